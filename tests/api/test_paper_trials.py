"""A template is tried before it is used: what is wrong is said, nothing is kept."""

import io
from collections.abc import Callable

import docx
import pytest
from httpx2 import Response
from people import Person

from data.exports.paper_forms import FIELDS, KINDS, NAMES
from data.exports.paper_sample import sample_values

People = Callable[[str], Person]
PATH = "/api/v1/paper-templates"


def template(words: str) -> bytes:
    """An office's own DOCX."""
    paper = docx.Document()
    paper.add_paragraph(words)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def words_of(raw: bytes) -> str:
    """All words of a DOCX."""
    paper = docx.Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*[line.text for line in paper.paragraphs], *cells])


def attempt(who: Person, raw: bytes) -> Response:
    """Try a template."""
    return who.client.post(
        f"{PATH}/supervision/trial",
        files={"file": ("a.docx", raw)},
        headers={**who.cookies, "X-Sanbai": "1"},
    )


def test_a_template_is_filled_with_a_sample_and_not_kept(person: People) -> None:
    administrator = person("administrator")
    answer = attempt(administrator, template("{{ number }} {{ unit }}"))
    assert answer.status_code == 200
    assert words_of(answer.content) == "督办〔2026〕0号（试填） 某某街道环卫所"
    assert not any(one["own"] for one in administrator.read(PATH)["items"])
    refused = attempt(administrator, template("{{ nomber }} {{ unid }}"))
    assert (refused.status_code, refused.json()["code"]) == (422, "template-unknown-fields")
    assert refused.json()["params"]["fields"] == "nomber、unid"
    assert attempt(administrator, template("{% for a in unit %}{% endfor %}")).status_code == 422
    assert attempt(administrator, b"none").json()["code"] == "template-not-docx"
    assert attempt(person("commander"), template("{{ unit }}")).status_code == 403


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shipped_leaves_no_field_open(person: People, kind: str) -> None:
    commander = person("commander")
    filled = words_of(commander.get(f"{PATH}/{kind}/trial").content)
    assert "{{" not in filled
    assert NAMES[kind][0] in filled
    assert "印章" in filled
    assert "{{ unit }}" in words_of(commander.get(f"{PATH}/{kind}/shipped").content)
    assert person("officer").get(f"{PATH}/{kind}/trial").status_code == 403


def test_the_sample_has_a_value_for_every_field() -> None:
    for kind in KINDS:
        values = sample_values(kind)
        assert values.keys() == FIELDS.keys()
        assert all(values.values())
