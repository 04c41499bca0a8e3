"""Papers of cases: numbered without a gap, kept as issued, proved by the signed scan."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import docx
import pytest
from httpx2 import Response
from people import Clock, Person
from photo_files import picture
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
TEMPLATES = "/api/v1/paper-templates"


@pytest.fixture
def commander(person: People) -> Person:
    """Who issues papers."""
    return person("commander")


@pytest.fixture
def case(commander: Person, report: Report) -> dict[str, Any]:
    """A case in the west."""
    found: dict[str, Any] = commander.do("/api/v1/cases", report(address="幸福路2号"))
    return found


def order(units: dict[str, int], seq: int, **said: Any) -> dict[str, Any]:
    """A paper to the unit that has people."""
    return {
        "id": str(uuid7()),
        "kind": "assignment",
        "seq": seq,
        "unit_id": units["环卫所"],
        "demand": "清运垃圾，增设垃圾桶。",
        "due_on": "2026-11-25",
        **said,
    }


def words_of(raw: bytes) -> str:
    """All words of a DOCX."""
    paper = docx.Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*[line.text for line in paper.paragraphs], *cells])


def upload(who: Person, method: str, path: str, raw: bytes, **form: Any) -> Response:
    """Send a file with a command."""
    return who.client.request(
        method,
        path,
        files={"file": ("盖章.docx", raw)},
        data=form,
        headers={**who.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid7())},
    )


def test_a_paper_is_issued_filled_and_in_the_ledger(
    commander: Person, case: dict[str, Any], units: dict[str, int], person: People
) -> None:
    path = f"/api/v1/cases/{case['id']}/papers"
    told = commander.do(path, order(units, case["seq"]))
    (paper,) = told["items"]
    assert (paper["number"], paper["unit"]["name"]) == ("交办〔2026〕1号", "环卫所")
    assert told["seq"] == case["seq"] + 1
    answer = commander.get(paper["url"])
    assert hashlib.sha256(answer.content).hexdigest() == paper["sha256"]
    words = words_of(answer.content)
    for said in (
        "交办〔2026〕1号",
        case["number"],
        "幸福路2号",
        "垃圾成堆",
        "清运垃圾，增设垃圾桶。",
    ):
        assert said in words
    assert "2026年11月25日" in words
    line = commander.read(f"/api/v1/cases/{case['id']}")["ledger"][-1]
    assert (line["action"], line["facts"]["number"]) == ("paper", "交办〔2026〕1号")
    assert line["facts"]["sha256"] == paper["sha256"]
    assert "for_unit" not in line["facts"]
    assert not paper["acted_for"]
    assert person("commander.east").get(path).status_code == 404
    assert person("commander.east").get(paper["url"]).status_code == 404
    assert person("officer").post(path, order(units, told["seq"])).status_code == 403


def test_for_a_unit_without_accounts_the_ledger_says_who_acted(
    commander: Person, case: dict[str, Any], engine: Engine
) -> None:
    with engine.begin() as connection:
        lone = connection.execute(
            text("INSERT INTO unit (district_id, area_id, name) VALUES (1, 1, '热力') RETURNING id")
        ).scalar_one()
    path = f"/api/v1/cases/{case['id']}/papers"
    (paper,) = commander.do(path, order({"环卫所": lone}, case["seq"]))["items"]
    assert paper["acted_for"]
    facts = commander.read(f"/api/v1/cases/{case['id']}")["ledger"][-1]["facts"]
    assert facts["for_unit"] == lone


def test_numbers_have_no_gap_and_begin_anew_each_year_and_kind(
    *, commander: Person, case: dict[str, Any], units: dict[str, int], clock: Clock,
) -> None:  # fmt: skip
    path = f"/api/v1/cases/{case['id']}/papers"
    seq = commander.do(path, order(units, case["seq"]))["seq"]
    late = commander.post(path, order(units, case["seq"]))
    assert (late.status_code, late.json()["code"]) == (409, "case-moved-on")
    assert commander.post(path, order(units, seq, unit_id=999)).status_code == 404
    seq = commander.do(path, order(units, seq))["seq"]
    seq = commander.do(path, order(units, seq, kind="supervision"))["seq"]
    # New Year in China, not yet in UTC.
    clock.at = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    told = commander.do(path, order(units, seq))
    assert [paper["number"] for paper in told["items"]] == [
        "交办〔2026〕1号",
        "交办〔2026〕2号",
        "督办〔2026〕1号",
        "交办〔2027〕1号",
    ]
    again = commander.post(path, order(units, told["seq"], id=told["items"][0]["id"]))
    assert (again.status_code, again.json()["code"]) == (409, "paper-exists")


def test_the_signed_scan_is_the_proof(
    commander: Person, case: dict[str, Any], units: dict[str, int]
) -> None:
    path = f"/api/v1/cases/{case['id']}/papers"
    told = commander.do(path, order(units, case["seq"]))
    signed = f"{path}/{told['items'][0]['id']}/signed"
    assert commander.get(signed).status_code == 404
    assert upload(commander, "POST", signed, b"text", seq=told["seq"]).status_code == 415
    scan = picture(kind="PNG")
    answer = upload(commander, "POST", signed, scan, seq=told["seq"])
    assert answer.status_code == 201, answer.text
    kept = answer.json()["items"][0]["signed"]
    assert (kept["media_type"], kept["sha256"]) == ("image/png", hashlib.sha256(scan).hexdigest())
    assert commander.get(signed).content == scan
    facts = commander.read(f"/api/v1/cases/{case['id']}")["ledger"][-1]["facts"]
    assert (facts["step"], facts["sha256"]) == ("signed", kept["sha256"])
    twice = upload(commander, "POST", signed, scan, seq=told["seq"] + 1)
    assert (twice.status_code, twice.json()["code"]) == (409, "paper-signed")
    other = f"/api/v1/cases/{UUID(int=1)}/papers/{told['items'][0]['id']}/signed"
    assert commander.get(other).status_code == 404


def own_template(words: str) -> bytes:
    """An office's own DOCX."""
    paper = docx.Document()
    paper.add_paragraph(words)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def test_an_office_uses_its_own_template(
    commander: Person, case: dict[str, Any], units: dict[str, int], person: People
) -> None:
    administrator = person("administrator")
    raw = own_template("本局文书 {{ number }} {{ unit }}")
    told = upload(administrator, "PUT", f"{TEMPLATES}/assignment", raw).json()
    assert [item["own"] for item in told["items"]] == [True, False, False]
    assert administrator.get(f"{TEMPLATES}/assignment/file").content == raw
    path = f"/api/v1/cases/{case['id']}/papers"
    issued = commander.do(path, order(units, case["seq"]))
    words = words_of(commander.get(issued["items"][0]["url"]).content)
    assert words == "本局文书 交办〔2026〕1号 环卫所"
    headers = {**administrator.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid7())}
    dropped = administrator.client.delete(f"{TEMPLATES}/assignment", headers=headers).json()
    assert not any(item["own"] for item in dropped["items"])
    assert words_of(commander.get(issued["items"][0]["url"]).content) == words


def test_a_template_at_fault_is_refused_with_names(person: People) -> None:
    administrator = person("administrator")
    path = f"{TEMPLATES}/assignment"
    refused = upload(administrator, "PUT", path, own_template("{{ nomber }}"))
    assert (refused.status_code, refused.json()["code"]) == (422, "template-unknown-fields")
    assert refused.json()["params"]["fields"] == "nomber"
    assert upload(administrator, "PUT", path, b"x").json()["code"] == "template-not-docx"
    assert upload(person("commander"), "PUT", path, own_template("{{ unit }}")).status_code == 403
    told = person("commander").read(TEMPLATES)
    assert not any(item["own"] for item in told["items"])
    assert {field["name"] for field in told["fields"]} >= {"number", "unit", "demand"}
    assert person("officer").get(TEMPLATES).status_code == 403
