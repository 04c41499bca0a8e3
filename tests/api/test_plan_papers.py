"""Signed papers of a plan: what is kept, who may, and what an approval asks for."""

import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import small_town
from drafts import draft
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from PIL import Image
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from api.app import create_app

People = Callable[[str], Person]
PAPERS = "/api/v1/plans/2/papers"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def drawn(engine: Engine) -> None:
    """A draft that redraws community 11; its households are those of its buildings."""
    with engine.begin() as connection:
        draft(connection, status="draft")


@pytest.fixture
def checked(drawn: None, person: People) -> Person:
    """The planner, with the draft checked."""
    planner = person("planner")
    assert planner.do("/api/v1/plans/2/check")["status"] == "checked"
    return planner


def send(who: Person, raw: bytes, name: str = "幸福社区 签章.pdf", **form: Any) -> Response:
    headers = {"X-Sanbai": "1", "Operation-Id": str(uuid7()), **who.cookies}
    return who.client.post(PAPERS, files={"file": (name, raw)}, data=form, headers=headers)


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, kind)
    return out.getvalue()


def test_a_paper_is_kept_as_it_came_and_noted(checked: Person) -> None:
    answer = send(checked, PDF, area_id=11)
    assert answer.status_code == 201, answer.text
    told = answer.json()["papers"][0]
    assert told["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (told["name"], told["size_bytes"], told["current"]) == (
        "幸福社区 签章.pdf",
        len(PDF),
        True,
    )
    assert (told["area"]["code"], told["added_by"]["display_name"]) == (
        "370399001001",
        "planner",
    )
    given = checked.get(told["url"])
    assert given.content == PDF
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5")
    etag = {"If-None-Match": given.headers["etag"], **checked.cookies}
    assert checked.client.get(told["url"], headers=etag).status_code == 304
    step = checked.read("/api/v1/plans/2")["steps"][-1]
    assert (step["action"], step["status"]) == ("sign", "checked")
    assert step["reason"].startswith("幸福社区 · 幸福社区 签章.pdf · SHA-256 ")
    assert told["sha256"].startswith(step["reason"].split()[-1])


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [(PDF, "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png")],
)
def test_what_a_paper_is_stands_in_it(checked: Person, raw: bytes, media_type: str) -> None:
    told = send(checked, raw, "scan.bin").json()["papers"][0]
    assert (told["media_type"], told["area"]) == (media_type, None)


@pytest.mark.parametrize(
    ("raw", "status", "code", "reason"),
    [
        (b"", 415, "unsupported-paper", "unknown-kind"),
        (b"<html>%%EOF", 415, "unsupported-paper", "unknown-kind"),
        (PDF[:-8], 415, "unsupported-paper", "damaged"),
        (picture("PNG")[:60], 415, "unsupported-paper", "damaged"),
        (picture("GIF"), 415, "unsupported-paper", "unknown-kind"),
        (PDF + bytes(15 * 1024 * 1024), 413, "paper-too-large", "too-large"),
    ],
    ids=["empty", "html", "pdf broken off", "png broken off", "gif", "15 MB"],
)
def test_what_is_no_paper_is_refused(
    *, checked: Person, raw: bytes, status: int, code: str, reason: str
) -> None:
    answer = send(checked, raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["params"]["reason"] == reason
    assert checked.read(PAPERS)["papers"] == []


def test_a_name_loses_what_could_do_harm(checked: Person) -> None:
    names = ["..\\..\\盖章.pdf", "a/\u202egnp.exe", "\r\n", "长" * 300 + ".pdf"]
    for name in names:
        send(checked, PDF, name.replace("\r\n", "..."))
    told = [paper["name"] for paper in checked.read(PAPERS)["papers"]]
    assert told == ["盖章.pdf", "gnp.exe", "scan.pdf", "长" * 116 + ".pdf"]


def test_papers_are_added_to_a_checked_plan_and_stay_once_it_is_approved(
    *, drawn: None, person: People
) -> None:
    planner, commander = person("planner"), person("commander")
    early = send(planner, PDF)
    assert (early.status_code, early.json()["code"]) == (409, "plan-state")
    planner.do("/api/v1/plans/2/check")
    url = send(commander, PDF).json()["papers"][0]["url"]
    commander.do("/api/v1/plans/2/approve", {})
    late = take(planner, url)
    assert (late.status_code, late.json()["code"]) == (409, "plan-state")
    commander.do("/api/v1/plans/2/send-back", {"reason": "印章不清"})
    assert take(planner, url).json()["papers"] == []
    assert planner.get(url).status_code == 404
    actions = [step["action"] for step in planner.read("/api/v1/plans/2")["steps"]]
    assert actions == ["check", "sign", "approve", "send-back", "unsign"]


def take(who: Person, url: str) -> Response:
    headers = {"X-Sanbai": "1", "Operation-Id": str(uuid7()), **who.cookies}
    return who.client.delete(url, headers=headers)


@pytest.mark.parametrize(
    ("login", "status"), [("auditor", 403), ("commander.east", 404), ("officer", 403)]
)
def test_who_may_not_sign_does_not(
    *, checked: Person, person: People, login: str, status: int
) -> None:
    url = send(checked, PDF).json()["papers"][0]["url"]
    other = person(login)
    assert send(other, PDF).status_code == status
    assert take(other, url).status_code == status
    assert other.get(url).status_code == (200 if login == "auditor" else status)


def test_an_unknown_community_or_paper_is_refused(checked: Person) -> None:
    answer = send(checked, PDF, area_id=21)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/area_id")
    assert take(checked, f"{PAPERS}/{uuid7()}").status_code == 404


@pytest.fixture
def strict(
    application: tuple[FastAPI, Clock], client: TestClient, person: People
) -> Iterator[People]:
    """People at a server on which an approval needs signed papers."""
    parts, clock = application[0].state.context, application[1]
    settings = parts.settings.model_copy(update={"approval_needs_signature": True})
    with TestClient(create_app(settings, clock=clock), raise_server_exceptions=False) as other:

        def sign_in(login: str) -> Person:
            known = person(login)
            known.client = other
            return known

        yield sign_in


def test_an_approval_may_ask_for_the_papers_of_all_communities_that_change(
    *, drawn: None, strict: People, engine: Engine
) -> None:
    planner = strict("planner")
    planner.do("/api/v1/plans/2/check")
    told = planner.read(PAPERS)
    assert told["required"]
    assert [(c["code"], c["changed"], c["signed"]) for c in told["communities"]] == [
        ("370399001001", True, False)
    ]
    refused = planner.post("/api/v1/plans/2/approve", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan-not-signed")
    assert refused.json()["params"]["codes"] == ["370399001001"]
    send(planner, PDF, area_id=11)
    with engine.begin() as connection:
        connection.execute(text("UPDATE plan_signature SET revision = revision - 1"))
    assert not planner.read(PAPERS)["papers"][0]["current"]
    assert planner.post("/api/v1/plans/2/approve", {}).status_code == 409
    send(planner, PDF, area_id=11)
    assert planner.do("/api/v1/plans/2/approve", {})["status"] == "approved"


def test_a_plan_that_changes_nothing_needs_no_paper(*, strict: People, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO plan (district_id, id, area_id, name, created_at) "
                "VALUES (1, 2, 11, '不变', :at)"
            ),
            {"at": small_town.AT},
        )
        connection.execute(
            text(
                "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
                "households, buildings, area_m2, geom, label) SELECT 1, grid_id, 2, area_path, "
                "code, name, households, 1, 1, ST_Reverse(geom), label FROM grid_version "
                "WHERE grid_id < 3"
            )
        )
    planner = strict("planner")
    planner.do("/api/v1/plans/2/check")
    assert [c["changed"] for c in planner.read(PAPERS)["communities"]] == [False]
    assert planner.do("/api/v1/plans/2/approve", {})["status"] == "approved"
