"""Histogram and map of the quality report, as SVG."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from data.exports.colours import VERDICT_COLOURS
from data.exports.quality_content import QualityReport, ReportGrid
from data.exports.quality_words import WORDS
from data.exports.sheet_ground import Ground, Layer, fit_sheet
from data.exports.sheet_map import FONTS, draw_shaded
from geo.grids.faces import GeometryArray
from geo.grids.local import LocalFrame, local_frame
from geo.limits import Language

COLOURS: Final = {
    "far_below": VERDICT_COLOURS["much-fewer"],
    "below": VERDICT_COLOURS["fewer"],
    "within": "#cfe0d6",
    "above": VERDICT_COLOURS["more"],
    "far_above": VERDICT_COLOURS["much-more"],
    "none": "#c9c2d6",
}
"""Blue for too few, orange for too many, darker for more; told apart by any eye."""
PAGE_WIDTH_MM: Final = 186.0
"""Of a drawing that fills an A4 page between its margins."""
MAP_HEIGHT_MM: Final = 190.0
MOST_NAMED: Final = 60
"""With more communities than this their names no longer find room."""
_MAIN_ROADS: Final = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
_ALL_ROADS_TO: Final = 12_000
_LANES_TO: Final = 30_000
_HIGH, _LEFT, _FOOT, _TOP = 62.0, 11.0, 11.0, 6.0


def deviation_class(grid: ReportGrid) -> str:
    """The key in `COLOURS` of how far a grid is off its target."""
    off = grid.off_pct
    if off is None:
        return "none"
    if abs(off) <= 5:
        return "within"
    far = "far_" if abs(off) > 10 else ""
    return f"{far}below" if off < 0 else f"{far}above"


def histogram(
    grids: list[ReportGrid], wanted: int, language: Language, wide_mm: float = PAGE_WIDTH_MM
) -> str:
    """Draw how many grids have how many households.

    Parameters
    ----------
    grids
        Of one kind, at least one.
    wanted
        Households wanted in a grid: marked by a line, ±5 and ±10 % of it by bands.
    wide_mm
        Width of the drawing; letters stay as large as they are.

    Returns
    -------
    str
        One ``svg`` element; bars are stacked by deviation from each grid's own fair target.
    """
    words = WORDS[language]
    chart = _fit_chart(grids, wanted, wide_mm)
    parts = [_band(chart, wanted, share, fill) for share, fill in _BANDS]
    parts += [_level(chart, count) for count in range(0, chart.top + 1, chart.rise)]
    parts += _bars(chart, grids)
    every = max(1, round((chart.high - chart.low) / chart.step / (wide_mm / 15))) * chart.step
    ticks = np.arange(np.ceil(chart.low / every) * every, chart.high + chart.step / 2, every)
    parts += [_tick(chart.x(value), f"{value:,.0f}") for value in ticks.tolist()]
    parts.append(_target(chart, wanted, f"{words['wanted_short']} {wanted:,}"))
    parts.append(_word(wide_mm - 3, _HIGH - 0.8, words["axis"], "end"))
    parts.append(_word(0.5, 3, words["count"], "start"))
    label = escape(words["histogram"], quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="0 0 {wide_mm} {_HIGH}" width="{wide_mm}mm" height="{_HIGH}mm" '
        f'font-family="{FONTS}">'
        f"{''.join(parts)}</svg>"
    )


@dataclass(frozen=True)
class _Chart:
    """Where values lie on the drawing: columns of ``step`` households, lines each ``rise``."""

    wide_mm: float
    low: float
    high: float
    step: float
    top: int
    rise: int

    def column(self, households: int) -> int:
        return int((households - self.low) // self.step)

    def x(self, households: float) -> float:
        share = (households - self.low) / (self.high - self.low)
        return float(_LEFT + share * (self.wide_mm - _LEFT - 3))

    def y(self, count: float) -> float:
        return _HIGH - _FOOT - count / self.top * (_HIGH - _FOOT - _TOP)


def _fit_chart(grids: list[ReportGrid], wanted: int, wide_mm: float) -> _Chart:
    held = np.array([grid.households for grid in grids])
    step = _step(max(float(np.ptp(held)), 0.3 * wanted) / 24)
    low = step * float(np.floor(min(held.min(), 0.88 * wanted) / step))
    high = step * float(np.floor(max(held.max(), 1.12 * wanted) / step) + 1)
    tallest = int(np.bincount(((held - low) // step).astype(int)).max())
    rise = max(1, int(_step(tallest / 5)))
    return _Chart(wide_mm, low, high, step, rise * -(-tallest // rise), rise)


def _bars(chart: _Chart, grids: list[ReportGrid]) -> list[str]:
    """Columns, in each the grids with too few at the foot and those with too many on top."""
    stacks = Counter((chart.column(grid.households), deviation_class(grid)) for grid in grids)
    parts = []
    for at in sorted({column for column, _ in stacks}):
        begin = chart.x(chart.low + at * chart.step) + 0.25
        wide = chart.x(chart.low + (at + 1) * chart.step) - 0.25 - begin
        floor = 0
        for name, colour in COLOURS.items():
            count = stacks.get((at, name), 0)
            floor += count
            if count:
                parts.append(
                    f'<rect x="{begin:.2f}" y="{chart.y(floor):.2f}" width="{wide:.2f}" '
                    f'height="{chart.y(floor - count) - chart.y(floor):.2f}" fill="{colour}" '
                    'stroke="#3f4a56" stroke-width=".15"/>'
                )
    return parts


_BANDS: Final = ((0.10, "#ececec"), (0.05, "#d9dde1"))


def _step(least: float) -> float:
    """The next of 1, 2, 5, 10, 20 … from ``least`` up."""
    power = 10 ** np.floor(np.log10(max(least, 1)))
    return float(next(base * power for base in (1, 2, 5, 10) if base * power >= least))


def _band(chart: _Chart, wanted: int, share: float, fill: str) -> str:
    begin, end = chart.x(wanted * (1 - share)), chart.x(wanted * (1 + share))
    return (
        f'<rect x="{begin:.2f}" y="{_TOP}" width="{end - begin:.2f}" '
        f'height="{_HIGH - _FOOT - _TOP:.2f}" fill="{fill}"/>'
    )


def _level(chart: _Chart, count: int) -> str:
    y, end = chart.y(count), chart.wide_mm - 3
    line = f'<path d="M{_LEFT} {y:.2f}H{end}" stroke="#c6ccd2" stroke-width=".12" fill="none"/>'
    return line + _word(_LEFT - 1, y + 1, str(count), "end")


def _tick(x: float, word: str) -> str:
    base = _HIGH - _FOOT
    mark = f'<path d="M{x:.2f} {base}v1.2" stroke="#3f4a56" stroke-width=".2" fill="none"/>'
    return mark + _word(x, base + 4.4, word, "middle")


def _target(chart: _Chart, wanted: int, word: str) -> str:
    x = chart.x(wanted)
    line = (
        f'<path d="M{x:.2f} {_HIGH - _FOOT}V{_TOP - 1}" stroke="#14202b" stroke-width=".45" '
        'stroke-dasharray="1.6 .9" fill="none"/>'
    )
    return line + _word(x, _TOP - 2, word, "middle")


def _word(x: float, y: float, word: str, anchor: str) -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="2.9" text-anchor="{anchor}" '
        f'fill="#2b3440">{escape(word)}</text>'
    )


def deviation_map(
    report: QualityReport,
    grids: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame | None = None,
    *,
    wide_mm: float = PAGE_WIDTH_MM,
) -> str:
    """Draw the grids coloured by deviation, those that miss numbered as in the table.

    Parameters
    ----------
    report
        Its grids in the order of ``grids``.
    grids, areas, roads, water
        With a CRS each.
    wide_mm
        Width of the drawing; letters stay as large as they are.

    Returns
    -------
    str
        One ``svg`` element with scale bar and north.
    """
    frame = local_frame(areas)
    shapes = frame.bring(grids)
    sheet = fit_sheet(
        shapely.union_all(shapely.box(*shapely.bounds(shapes).T)), *_paper(shapes, wide_mm)
    )
    kept = _roads_at(roads, sheet.scale)
    names = [str(name) for name in areas["name"]] if "name" in areas.columns else []
    few = len(names) == len(areas) <= MOST_NAMED
    ground = Ground(
        frame=frame,
        grids=_layer(shapes),
        around=_layer(),
        communities=_layer(frame.bring_areas(areas), names if few else None),
        roads=_layer(_brought(kept, frame)),
        water=_layer(_brought(water, frame)),
        buildings=_layer(),
        places=_layer(),
        households=np.empty(0, dtype=np.int64),
    )
    marks = {miss.grid: str(number) for number, miss in enumerate(report.misses, start=1)}
    classes = [deviation_class(grid) for grid in report.grids]
    return draw_shaded(sheet, ground, classes, marks, COLOURS)


def _paper(shapes: GeometryArray, wide_mm: float) -> tuple[float, float]:
    """Width and height of the map: as high as the town is, for its width."""
    west, south, east, north = shapely.total_bounds(shapes)
    high = wide_mm * (north - south) / max(east - west, 1.0)
    most = wide_mm * MAP_HEIGHT_MM / PAGE_WIDTH_MM
    return wide_mm, float(min(most, max(0.4 * wide_mm, high)))


def _roads_at(roads: gpd.GeoDataFrame, scale: float) -> gpd.GeoDataFrame:
    """The roads that a map of a scale has room for."""
    if "highway" not in roads.columns or scale <= _ALL_ROADS_TO:
        return roads if scale <= _LANES_TO else roads.iloc[:0]
    main = _MAIN_ROADS if scale > _LANES_TO else _MAIN_ROADS | {"residential", "unclassified"}
    return roads[roads["highway"].isin(main)]


def _brought(layer: gpd.GeoDataFrame | None, frame: LocalFrame) -> GeometryArray:
    if layer is None or len(layer) == 0:
        return np.empty(0, dtype=np.object_)
    return frame.bring(layer)


def _layer(shapes: GeometryArray | None = None, words: list[str] | None = None) -> Layer:
    shapes = np.empty(0, dtype=np.object_) if shapes is None else shapes
    told = words or [""] * len(shapes)
    return Layer(shapes, told, [""] * len(shapes), shapely.STRtree(shapes))
