"""Papers: what an office may put into its template, and what comes of it."""

import io

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm

from data.exports.paper_forms import FIELDS, KINDS, NAMES, shipped_form
from data.exports.paper_writing import TemplateError, fields_of, fill


def template(*lines: str, header: str = "") -> bytes:
    """A DOCX with these lines."""
    paper = docx.Document()
    for line in lines:
        paper.add_paragraph(line)
    paper.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def lines_of(raw: bytes) -> list[str]:
    """The lines of a DOCX outside its tables."""
    return [line.text for line in docx.Document(io.BytesIO(raw)).paragraphs]


VALUES = {name: f"<{name}> & 甲" for name in FIELDS}


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_forms_are_whole_a4_and_in_chinese_fonts(kind: str) -> None:
    raw = shipped_form(kind)  # type: ignore[arg-type]
    assert {"number", "unit", "case_number", "demand", "due_on", "issued_on"} <= set(fields_of(raw))
    paper = docx.Document(io.BytesIO(fill(raw, VALUES)))
    page = paper.sections[0]
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)
    text = "\n".join(line.text for line in paper.paragraphs)
    assert NAMES[kind][0] in text  # type: ignore[index]
    assert "<number> & 甲" in text
    assert "{{" not in text
    seal = next(line for line in paper.paragraphs if "印章" in line.text)
    before = paper.paragraphs[[line.text for line in paper.paragraphs].index(seal.text) - 1]
    assert before.paragraph_format.space_after >= Cm(1.2)
    for line in paper.paragraphs:
        for run in line.runs:
            assert run._element.rPr.rFonts.get(qn("w:eastAsia")) in {"SimHei", "FangSong"}
    cells = [cell.text for row in paper.tables[0].rows for cell in row.cells]
    assert "<case_number> & 甲" in cells
    assert "签收人、日期" in [cell.text for row in paper.tables[1].rows for cell in row.cells]


@pytest.mark.parametrize(
    ("text", "fault", "names"),
    [
        ("{{ nomber }} {{ phone }} {{ unit }}", "unknown-fields", ("nomber", "phone")),
        ("{{ number", "syntax", None),
        ("{{ number.__class__ }}", "not-allowed", ("Getattr",)),
        ("{{ ''.join(number) }}", "not-allowed", None),
        ("{{ number|upper }}", "not-allowed", ("Filter",)),
        ("{% for i in number %}{{ i }}{% endfor %}", "not-allowed", ("For",)),
        ("{% set x = 1 %}{{ number }}", "not-allowed", None),
        ("{% include 'a' %}{{ number }}", "not-allowed", ("Include",)),
        ("nothing", "no-fields", ()),
    ],
)
def test_a_template_may_name_fields_and_nothing_else(
    text: str, fault: str, names: tuple[str, ...] | None
) -> None:
    with pytest.raises(TemplateError) as refused:
        fields_of(template(text))
    assert refused.value.fault == fault
    if names is not None:
        assert refused.value.names == names


def test_a_field_in_the_header_counts_and_an_if_chooses() -> None:
    raw = template("{% if due_on %}办结：{{ due_on }}{% endif %}", header="{{ number }}")
    assert fields_of(raw) == ["due_on", "number"]
    assert lines_of(fill(raw, VALUES | {"due_on": ""})) == [""]
    assert lines_of(fill(raw, VALUES)) == ["办结：<due_on> & 甲"]
    with pytest.raises(TemplateError, match="unknown-fields"):
        fields_of(template("{{ number }}", header="{{ secret }}"))


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", "not-docx"),
        (b"PK\x03\x04" + bytes(200), "not-docx"),
        (bytes(5 * 1024 * 1024 + 1), "too-large"),
        (template("{{ number }}")[:-400], "not-docx"),
    ],
    ids=["empty", "no zip", "too large", "broken off"],
)
def test_what_is_no_docx_is_refused(raw: bytes, fault: str) -> None:
    with pytest.raises(TemplateError, match=fault):
        fields_of(raw)


def test_words_that_look_like_fields_stay_words() -> None:
    raw = template("{{ description }}")
    said = lines_of(fill(raw, VALUES | {"description": "{{ number }}\n第二行\x00"}))
    assert said == ["{{ number }}\n第二行"]
