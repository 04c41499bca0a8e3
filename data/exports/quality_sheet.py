"""The quality report as a workbook: figures, grids that miss, all grids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from data.exports.quality_content import QualityReport
from data.exports.quality_words import FIGURES, WORDS, title_of, why_and_advice
from geo.limits import Language

Cell = str | int | float | None
_FORMULA_STARTS: Final = ("=", "+", "-", "@")
_WIDEST: Final = 60


def write_sheet(path: Path, report: QualityReport, language: Language) -> None:
    """Write a report as .xlsx; numbers are numbers, so that they can be reckoned with."""
    words = WORDS[language]
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.title = title_of(report, language)
    _add(
        workbook.create_sheet(words["figures"]),
        [words[name] for name in ("measure", "value", "meaning")],
        _figures(report, language),
    )
    heads = ("number", "code", "name", "area", "households", "target", "off", "why", "advice")
    _add(
        workbook.create_sheet(words["misses"]),
        [words[name] for name in heads],
        _misses(report, language),
    )
    _add(
        workbook.create_sheet(words["table"]),
        [
            words[name]
            for name in (
                *("code", "name", "area", "kind", "households", "target", "off"),
                *("compactness", "road5", "size"),
            )
        ],
        _grids(report, language),
    )
    if report.not_revised:
        _add(
            workbook.create_sheet(words["not_revised"]),
            [words[name] for name in ("area", "code", "why")],
            [
                [one.area, one.code, one.message_zh if language == "zh" else one.message_en]
                for one in report.not_revised
            ],
        )
    workbook.save(path)


def _figures(report: QualityReport, language: Language) -> list[list[Cell]]:
    found, words = report.figures, FIGURES[language]
    counts = {"areas": f"{found.areas:,}", "households": f"{found.households:,}"}
    values: dict[str, Cell] = {
        "grids": found.grids,
        "within_5": round(found.within_5_pct, 2),
        "within_10": round(found.within_10_pct, 2),
        "span": f"{found.households_min} / {found.households_mean:.1f} / {found.households_max}",
        "contiguous": round(found.contiguous_pct, 2),
        "gaps": f"{found.gaps} / {found.overlaps}",
        "compactness": round(found.compactness, 3),
        "road5": round(found.road5_pct, 2),
        "cut": round(found.cut_pct, 3),
    }
    return [[words[key][0], value, words[key][1].format(**counts)] for key, value in values.items()]


def _misses(report: QualityReport, language: Language) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for number, miss in enumerate(report.misses, start=1):
        row: list[Cell] = [number, miss.code, miss.name, miss.area, miss.households, miss.target]
        row += [miss.off_pct, *why_and_advice(miss, report.tolerance_pct, language)]
        rows.append(row)
    return rows


def _grids(report: QualityReport, language: Language) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for grid in report.grids:
        kind = WORDS[language][f"kind_{grid.kind}"]
        row: list[Cell] = [grid.code, grid.name, grid.area, kind, grid.households, grid.target]
        row += [grid.off_pct, grid.compactness, grid.road5_pct, round(grid.size_m2 / 10_000, 2)]
        rows.append(row)
    return rows


def _add(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    sheet.append(list(heads))
    for row in rows:
        sheet.append([_harmless(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF4")
    for at, head in enumerate(heads, start=1):
        widest = max((_width(row[at - 1]) for row in rows), default=0)
        wide = min(_WIDEST, max(_width(head), widest) + 2)
        sheet.column_dimensions[get_column_letter(at)].width = wide
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _harmless(value: Cell) -> Cell:
    """A text that Excel would run as a formula is kept from it."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _width(value: Cell) -> int:
    return sum(1 if mark.isascii() else 2 for mark in str("" if value is None else value))
