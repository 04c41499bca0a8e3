"""The papers of cases as they are shipped: A4, in the fonts of an office, with room for the seal.

An office that has its own uploads a DOCX with the same fields; these show how.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, Literal

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

Kind = Literal["assignment", "supervision", "rectification"]
KINDS: Final[tuple[Kind, ...]] = ("assignment", "supervision", "rectification")
NAMES: Final[Mapping[Kind, tuple[str, str]]] = {
    "assignment": ("交办单", "Assignment"),
    "supervision": ("督办单", "Supervision order"),
    "rectification": ("整改通知单", "Notice to rectify"),
}
# How a number begins: 交办〔2026〕12号.
MARKS: Final[Mapping[Kind, str]] = {
    "assignment": "交办",
    "supervision": "督办",
    "rectification": "整改",
}
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("文号", "Number of the paper"),
    "kind": ("文书名称", "Name of the paper"),
    "office": ("发文单位", "Issuing office"),
    "unit": ("责任单位", "Unit it goes to"),
    "case_number": ("问题编号", "Number of the case"),
    "external_number": ("外部编号", "Number in another office"),
    "category": ("类别", "Category"),
    "severity": ("等级", "Severity"),
    "source": ("来源", "Source"),
    "address": ("地点", "Address"),
    "area": ("所在区域", "Area"),
    "grid": ("网格", "Grid"),
    "description": ("情况说明", "Description"),
    "received_at": ("上报时间", "Received at"),
    "deadline": ("期限", "Deadline"),
    "demand": ("办理要求", "What is asked"),
    "due_on": ("办结日期", "To be done by"),
    "issued_on": ("发文日期", "Day of issue"),
    "issued_by": ("经办人", "Issued by"),
}
_ROWS: Final[Sequence[tuple[str, str]]] = (
    ("问题编号", "{{ case_number }}"),
    ("类别、等级", "{{ category }}　{{ severity }}"),
    ("地点", "{{ address }}"),
    ("所在网格", "{{ area }} {{ grid }}"),
    ("上报时间", "{{ received_at }}"),
    ("情况说明", "{{ description }}"),
)
_LEADS: Final[Mapping[Kind, str]] = {
    "assignment": "现将下列问题交由你单位办理，请按要求办结，并将结果连同整改前后照片反馈我处。",
    "supervision": "下列问题至今未办结，现予督办。请说明原因，限期办结，并书面报告结果。",
    "rectification": "经检查，你单位存在下列问题。请按要求限期整改；逾期不改的，将依法依规处理。",
}
_TITLE, _BODY, _SMALL = ("SimHei", Pt(22)), ("FangSong", Pt(14)), ("FangSong", Pt(12))


@cache
def shipped_form(kind: Kind) -> bytes:
    """The DOCX of a kind of paper, with its fields in double braces."""
    paper = docx.Document()
    _page(paper)
    _line(paper, "{{ office }}", _BODY, WD_ALIGN_PARAGRAPH.CENTER)
    _line(paper, NAMES[kind][0], _TITLE, WD_ALIGN_PARAGRAPH.CENTER, after_pt=4, bold=True)
    _line(paper, "{{ number }}", _BODY, WD_ALIGN_PARAGRAPH.CENTER, after_pt=12)
    _line(paper, "{{ unit }}：", _BODY)
    _line(paper, _LEADS[kind], _BODY, indent=Pt(28))
    _table(paper, [*_ROWS, ("办理要求", "{{ demand }}"), ("办结日期", "{{ due_on }}")])
    # The seal, four centimetres wide, is put over name and day: room above them.
    _line(paper, "", _BODY, after_pt=54)
    for words in ("{{ office }}（印章）", "{{ issued_on }}"):
        _line(paper, words, _BODY, WD_ALIGN_PARAGRAPH.RIGHT)
    _line(paper, "经办人：{{ issued_by }}", _SMALL, after_pt=14)
    _line(paper, "回　执", _BODY, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    paper.paragraphs[-1].paragraph_format.keep_with_next = True
    _table(paper, [("办理结果", ""), ("签收人、日期", ""), ("责任单位（印章）", "")], (2.2, 1, 3))
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _page(paper: Any) -> None:
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin = page.bottom_margin = Cm(2.2)
    page.left_margin = page.right_margin = Cm(2.6)
    paper.core_properties.author = paper.core_properties.title = ""


def _line(
    paper: Any,
    words: str,
    font: tuple[str, Any],
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    *,
    after_pt: float = 2,
    indent: Any = None,
    bold: bool = False,
) -> None:
    line = paper.add_paragraph()
    line.alignment = align
    line.paragraph_format.space_after, line.paragraph_format.space_before = Pt(after_pt), Pt(0)
    line.paragraph_format.first_line_indent = indent
    _write(line, words, font, bold=bold)


def _write(line: Any, words: str, font: tuple[str, Any], *, bold: bool = False) -> None:
    run = line.add_run(words)
    run.font.name, run.font.size, run.bold = font[0], font[1], bold
    # Without this Word takes its own font for Chinese.
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font[0])  # noqa: SLF001


def _table(
    paper: Any, rows: Sequence[tuple[str, str]], heights_cm: Sequence[float] | None = None
) -> None:
    """Names and what is filled in beside them; rows grow with what they hold."""
    table = paper.add_table(rows=0, cols=2)
    table.style, table.autofit, table.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    # Word reads the width of the cells, other programs that of the columns.
    widths = (Cm(4), Cm(11.8))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for (name, words), height_cm in zip(rows, heights_cm or [0.9] * len(rows), strict=True):
        row = table.add_row()
        row.height, row.height_rule = Cm(height_cm), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, text, width in zip(row.cells, (name, words), widths, strict=True):
            cell.width, cell.vertical_alignment = width, WD_CELL_VERTICAL_ALIGNMENT.CENTER
            line = cell.paragraphs[0]
            # The slip to be sent back is not torn in two by the end of a page.
            line.paragraph_format.keep_with_next = heights_cm is not None
            line.paragraph_format.space_after = line.paragraph_format.space_before = Pt(3)
            _write(line, text, _SMALL)
