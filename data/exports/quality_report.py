"""The quality report of a plan: one page that opens offline, a PDF, or a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from data.exports.grid_file import GridFileError, check_place, draft_beside
from data.exports.paper import check_pdf, page_template, write_pdf
from data.exports.quality_content import QualityReport, ReportGrid
from data.exports.quality_figures import (
    COLOURS,
    PAGE_WIDTH_MM,
    deviation_class,
    deviation_map,
    histogram,
)
from data.exports.quality_sheet import write_sheet
from data.exports.quality_words import FIGURES, WORDS, title_of, why_and_advice
from geo.limits import Language

SUFFIXES: Final = (".html", ".pdf", ".xlsx")
_KINDS: Final = ("general", "micro", "site")
_TEMPLATE: Final = "quality.html"


@dataclass(frozen=True)
class ReportGround:
    """What the map of a report is drawn from; ``grids`` in the report's order."""

    grids: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame | None = None
    attribution: str | None = None


@dataclass(frozen=True)
class DrawnMap:
    """The map of a report, drawn before: one ``svg`` element as wide as a page."""

    svg: str
    attribution: str | None = None


def check_report(path: Path, *, force: bool) -> None:
    """Refuse early what could not be written, or would be lost.

    Raises
    ------
    GridFileError
        Another suffix than .html, .pdf or .xlsx; a folder that is missing; a file that is there.
    """
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        check_pdf(path, force=force)
        return
    if suffix not in SUFFIXES:
        raise GridFileError(
            f"质量报告写成 {'、'.join(SUFFIXES)}，而不是“{path.suffix}”。",
            f"A report is written as {', '.join(SUFFIXES)}, not “{path.suffix}”.",
        )
    check_place(path, force=force)


def write_report(
    path: Path,
    report: QualityReport,
    ground: ReportGround | DrawnMap,
    language: Language = "zh",
) -> None:
    """Write a report, whole or not at all.

    Parameters
    ----------
    path
        .html (one file without anything from elsewhere), .pdf or .xlsx; replaced when it is there.
    report, ground
        What it says, and what its map is drawn from; or the map, where it is drawn already.
    language
        "zh" or "en".

    Raises
    ------
    GridFileError
        See :func:`check_report` and :func:`data.exports.paper.write_pdf`.
    """
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        write_pdf(path, _TEMPLATE, "A4", **_values(report, ground, language))
        return
    with draft_beside(path) as draft:
        try:
            if suffix == ".xlsx":
                write_sheet(draft, report, language)
            else:
                draft.write_text(render_report(report, ground, language), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise GridFileError(
                f"写不出 {path}：{error}。", f"Cannot write {path}: {error}."
            ) from error


def render_report(
    report: QualityReport, ground: ReportGround | DrawnMap, language: Language = "zh"
) -> str:
    """Render a report as one HTML page that needs nothing else."""
    return page_template(_TEMPLATE).render(
        paper="A4", margin_mm=12, **_values(report, ground, language)
    )


def draw_report_map(
    report: QualityReport, ground: ReportGround, wide_mm: float = PAGE_WIDTH_MM
) -> DrawnMap:
    """Draw the map of a report, as wide as a page or as it is asked for."""
    svg = deviation_map(
        report, ground.grids, ground.areas, ground.roads, ground.water, wide_mm=wide_mm
    )
    return DrawnMap(svg, ground.attribution)


def _values(
    report: QualityReport, ground: ReportGround | DrawnMap, language: Language
) -> dict[str, Any]:
    words = WORDS[language]
    drawn = ground if isinstance(ground, DrawnMap) else draw_report_map(report, ground)
    return {
        "language": language,
        "words": words,
        "title": title_of(report, language),
        "under": _under(report, words, language),
        "verdict": _verdict(report, words),
        "good": not report.misses,
        "figures": figures_in_words(report, language),
        "histograms": _histograms(report, language),
        "legend": _legend(report, words),
        "map": drawn.svg,
        "attribution": drawn.attribution or "",
        "misses": _misses(report, language),
        "areas": report.areas,
        "towers": report.towers,
        "compounds": _compounds(report, words, language),
        "not_revised": [
            (one.area, one.message_zh if language == "zh" else one.message_en)
            for one in report.not_revised
        ],
        "grids": [
            (grid, f"is-{deviation_class(grid)}", *grid_cells(grid)) for grid in report.grids
        ],
        "kinds": len({grid.kind for grid in report.grids}) > 1,
    }


def _compounds(report: QualityReport, words: dict[str, str], language: Language) -> str:
    """Which compounds are divided, among how many grids: one line, or nothing."""
    told = [
        words["compound"].format(
            name=one.name or words["row"].format(row=one.row),
            households=f"{one.households:,}",
            grids=one.grids,
        )
        for one in report.compounds
    ]
    return ("；" if language == "zh" else "; ").join(told)


def _under(report: QualityReport, words: dict[str, str], language: Language) -> list[str]:
    day = report.made_at.strftime("%Y-%m-%d %H:%M")
    first = [
        words["made"].format(day=day),
        words["wanted"].format(wanted=f"{report.wanted:,}", tolerance=f"{report.tolerance_pct:g}"),
    ]
    if report.seed is not None:
        first.append(words["seed"].format(seed=report.seed))
    second = []
    if report.sources:
        comma = "、" if language == "zh" else ", "
        second.append(words["sources"].format(files=comma.join(report.sources)))
    second.append(" · ".join(f"{name} {number}" for name, number in report.versions.items()))
    return [" · ".join(first), " · ".join(second)]


def _verdict(report: QualityReport, words: dict[str, str]) -> str:
    told = words["bad" if report.misses else "good"].format(
        grids=f"{report.figures.grids:,}",
        misses=f"{len(report.misses):,}",
        tolerance=f"{report.tolerance_pct:g}",
    )
    if report.figures.households_outside:
        outside = f"{report.figures.households_outside:,}"
        told += " " + words["outside"].format(outside=outside)
    return told


def figures_in_words(report: QualityReport, language: Language) -> list[tuple[str, str, str]]:
    """The key figures: name, value, what it means."""
    found, words = report.figures, FIGURES[language]
    values = {
        "grids": f"{found.grids:,}",
        "within_5": f"{found.within_5_pct:.1f} %",
        "within_10": f"{found.within_10_pct:.1f} %",
        "span": f"{found.households_min:,} / {found.households_mean:,.1f} / "
        f"{found.households_max:,}",
        "contiguous": f"{found.contiguous_pct:.1f} %",
        "gaps": f"{found.gaps} / {found.overlaps}",
        "compactness": f"{found.compactness:.3f}",
        "road5": f"{found.road5_pct:.1f} %",
        "cut": f"{found.cut_pct:.2f} %",
    }
    counts = {"areas": f"{found.areas:,}", "households": f"{found.households:,}"}
    return [(words[key][0], value, words[key][1].format(**counts)) for key, value in values.items()]


def _histograms(report: QualityReport, language: Language) -> list[dict[str, str]]:
    words = WORDS[language]
    kinds = {kind: [one for one in report.grids if one.kind == kind] for kind in _KINDS}
    drawn = []
    for kind in ("general", "micro"):
        grids = kinds[kind]
        if not grids:
            continue
        targets = [grid.target for grid in grids if grid.target is not None]
        wanted = report.wanted if kind == "general" else report.wanted_micro
        drawn.append(
            {
                "name": words[f"kind_{kind}"] if len(kinds["general"]) < len(report.grids) else "",
                "svg": histogram(grids, wanted, language),
                "note": words["histogram_note"].format(
                    wanted=f"{wanted:,}",
                    low=f"{min(targets, default=wanted):,.0f}",
                    high=f"{max(targets, default=wanted):,.0f}",
                ),
            }
        )
    return drawn


def _legend(report: QualityReport, words: dict[str, str]) -> list[dict[str, Any]]:
    classes = [deviation_class(grid) for grid in report.grids]
    return [
        {"label": words[name], "colour": colour, "count": classes.count(name)}
        for name, colour in COLOURS.items()
        if name != "none" or name in classes
    ]


def _misses(report: QualityReport, language: Language) -> list[dict[str, Any]]:
    rows = []
    for miss in report.misses:
        why, advice = why_and_advice(miss, report.tolerance_pct, language)
        rows.append({"miss": miss, "off": signed_pct(miss.off_pct), "why": why, "advice": advice})
    return rows


def signed_pct(value: float | None) -> str:
    """A deviation with its sign: "+5.2 %", "−3.0 %" with a real minus."""
    if value is None:
        return "—"
    sign = "±" if round(value, 1) == 0 else "−" if value < 0 else "+"
    return f"{sign}{abs(value):.1f} %"


def grid_cells(grid: ReportGrid) -> tuple[str, ...]:
    """Target, deviation, compactness, share along roads and size in ha, as they are printed."""
    return (
        "—" if grid.target is None else f"{grid.target:,.1f}",
        signed_pct(grid.off_pct),
        f"{grid.compactness:.2f}",
        "—" if grid.road5_pct is None else f"{grid.road5_pct:.0f} %",
        f"{grid.size_m2 / 10_000:,.2f}",
    )
