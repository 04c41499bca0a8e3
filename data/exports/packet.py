"""The consultation packet of a plan: for each community a map, and before against after.

The table leaves room for the signatures and seals of the community and of the street.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection

from data.exports.atlas import AtlasOptions, map_width_mm
from data.exports.grid_book import GridBook
from data.exports.grid_file import GridFileError
from data.exports.household_basis import basis_text
from data.exports.paper import HEIGHT_MM, MARGIN_MM, write_pdf
from data.exports.sheet_ground import Ground, fit_sheet
from data.exports.sheet_map import draw_overview
from data.frames import read_frame
from geo.grids.faces import GeometryArray, IntArray
from geo.limits import Language

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "title": "{area}网格调整征求意见材料",
        "part": "{community}网格调整征求意见",
        "summary": "方案 {plan} · {day} · 调整前 {before} 个网格，调整后 {after} 个，共 {homes} 户",
        "table": "调整前后对照表",
        "number": "序号",
        "grid": "调整后网格",
        "households": "户数",
        "limits": "四至",
        "before": "调整前所在网格及户数",
        "change": "变化",
        "now": "调整后",
        "former": "调整前",
        "was": "{name} {homes} 户",
        "none": "未划网格 {homes} 户",
        "new": "新划",
        "same": "不变",
        "renamed": "边界不变，编码或名称变更",
        "moved": "转入 {gained} 户，转出 {lost} 户",
        "gone": "撤销，并入 {into}",
        "opinion_community": "社区（村）意见：",
        "opinion_street": "街道（镇）意见：",
        "sign": "负责人签字：",
        "seal": "（盖章）",
        "date": "　　　　年　　月　　日",
        "and": "、",
    },
    "en": {
        "title": "Redrawing of grids, for consultation: {area}",
        "part": "Redrawing of grids: {community}",
        "summary": "Plan {plan} · {day} · {before} grids before, {after} after; {homes} households",
        "table": "Before and after",
        "number": "No.",
        "grid": "Grid after",
        "households": "Households",
        "limits": "Limits",
        "before": "Grids before, with households",
        "change": "Change",
        "now": "after",
        "former": "before",
        "was": "{name}: {homes}",
        "none": "no grid: {homes}",
        "new": "new",
        "same": "none",
        "renamed": "same border, another code or name",
        "moved": "{gained} households in, {lost} out",
        "gone": "ends; goes to {into}",
        "opinion_community": "Community:",
        "opinion_street": "Street or town:",
        "sign": "Signature:",
        "seal": "(seal)",
        "date": "Date:",
        "and": ", ",
    },
}
_REST_MM: Final = 34.0
_SAME_M2: Final = 1.0
_SLIVER: Final = 0.02


@dataclass(frozen=True)
class _Part:
    """One community: its grids after and before, and the households they share.

    ``shared`` has a row for each grid before and one more for "in none", a column for each after.
    """

    after: gpd.GeoDataFrame
    limits: list[str]
    before: gpd.GeoDataFrame
    shapes: GeometryArray
    former: GeometryArray
    shared: IntArray


def read_former(connection: Connection, book: GridBook) -> gpd.GeoDataFrame:
    """Read the grids in force on the book's day that its plan would replace."""
    communities = sorted(set(book.grids["area"]))
    parameters = {"district_id": book.district_id, "on": book.on, "communities": communities}
    return read_frame(connection, "grids_before_plan", parameters)


def write_packet(
    path: Path, book: GridBook, ground: Ground, former: gpd.GeoDataFrame, options: AtlasOptions
) -> int:
    """Write the packet of a plan as PDF, two or more pages for each of its communities.

    Parameters
    ----------
    path
        The .pdf; replaced when it is there.
    book, ground
        The grids of a plan, and what lies under and around them.
    former
        What they replace, as :func:`read_former` returns it.

    Returns
    -------
    Number of pages.

    Raises
    ------
    GridFileError
        When the book is not of a plan; as :func:`data.exports.paper.write_pdf`.
    """
    if book.plan is None:
        raise GridFileError(
            "征求意见材料是为方案做的，请给出方案号。",
            "A packet is made for a plan: give its number.",
        )
    words = _WORDS[options.language]
    title = words["title"].format(area=book.title)
    return write_pdf(
        path,
        "packet.html",
        options.paper,
        language=options.language,
        words=words,
        title=title,
        footer=f"{title} · {book.on}",
        basis=basis_text(book.basis, options.language),
        source=options.attribution or "",
        parts=[
            _pages(book, ground, former, code, options)
            for code in dict.fromkeys(book.grids["area"])
        ],
    )


def _pages(
    book: GridBook, ground: Ground, former: gpd.GeoDataFrame, code: str, options: AtlasOptions
) -> dict[str, Any]:
    words = _WORDS[options.language]
    own = np.flatnonzero(book.grids["area"] == code)
    part = _part(book, ground, former[former["area"] == code], own, options.language)
    shown = replace(ground, grids=ground.grids.only(own))
    high = HEIGHT_MM[options.paper] - 2 * MARGIN_MM - _REST_MM
    sheet = fit_sheet(shapely.union_all(part.shapes), map_width_mm(options.paper), high)
    community = str(part.after["community"].iloc[0])
    return {
        "community": community,
        "title": words["part"].format(community=community),
        "summary": words["summary"].format(
            plan=book.plan,
            day=book.on,
            before=len(part.before),
            after=len(part.after),
            homes=f"{int(part.after['households'].sum()):,}",
        ),
        "map": draw_overview(sheet, shown, list(part.after["name"]), part.former),
        "has_former": len(part.before) > 0,
        "rows": [_row(part, at, words) for at in range(len(part.after))],
        "gone": [_gone(part, at, words) for at in _ended(part)],
    }


def _part(
    book: GridBook, ground: Ground, before: gpd.GeoDataFrame, own: IntArray, language: Language
) -> _Part:
    limits = [book.limits[at] for at in own.tolist()]
    shapes = ground.grids.shapes[own]
    none = np.array([], dtype=np.object_)
    former = ground.frame.bring_areas(before) if len(before) else none
    inner = shapely.point_on_surface(ground.buildings.shapes)
    now, was = _home(shapes, inner), _home(former, inner)
    inside = now >= 0
    shared = np.zeros((len(former) + 1, len(shapes)), dtype=np.int64)
    np.add.at(shared, (was[inside], now[inside]), ground.households[inside])
    return _Part(
        book.grids.iloc[own],
        [one.text_zh() if language == "zh" else one.text_en() for one in limits],
        before,
        shapes,
        former,
        shared,
    )


def _home(shapes: GeometryArray, points: GeometryArray) -> IntArray:
    """Position of the shape that holds each point, -1 for none."""
    home = np.full(len(points), -1, dtype=np.int64)
    shape, point = shapely.STRtree(points).query(shapes, predicate="intersects")
    home[point[::-1]] = shape[::-1]
    return home


def _row(part: _Part, at: int, words: dict[str, str]) -> dict[str, Any]:
    grid = part.after.iloc[at]
    came = part.shared[:, at]
    told = [
        words["was"].format(name=part.before["name"].iloc[was], homes=f"{came[was]:,}")
        for was in np.argsort(-came[:-1], kind="stable").tolist()
        if came[was] > 0
    ]
    if came[-1] > 0:
        told.append(words["none"].format(homes=f"{came[-1]:,}"))
    return {
        "name": grid["name"],
        "code": grid["code"],
        "households": f"{int(grid['households']):,}",
        "limits": part.limits[at],
        "before": told,
        "change": _change(part, at, words),
    }


def _change(part: _Part, at: int, words: dict[str, str]) -> str:
    was = _same_grid(part, at)
    if was is None:
        return words["new"]
    grid, former = part.after.iloc[at], part.before.iloc[was]
    off_m2 = shapely.symmetric_difference(part.shapes[at], part.former[was]).area
    if off_m2 >= _SAME_M2:
        gained = int(part.shared[:, at].sum() - part.shared[was, at])
        lost = int(part.shared[was].sum() - part.shared[was, at])
        return words["moved"].format(gained=f"{gained:,}", lost=f"{lost:,}")
    named = grid["code"] == former["code"] and grid["name"] == former["name"]
    return words["same"] if named else words["renamed"]


def _same_grid(part: _Part, at: int) -> int | None:
    """The grid before that is this one: of the same identity."""
    same = np.flatnonzero(part.before["id"].to_numpy() == part.after["id"].iloc[at])
    return int(same[0]) if len(same) else None


def _ended(part: _Part) -> list[int]:
    kept = set(part.after["id"])
    return [at for at, grid in enumerate(part.before["id"]) if grid not in kept]


def _gone(part: _Part, was: int, words: dict[str, str]) -> dict[str, str]:
    """A grid that ends, and those that its households go to, most of them first.

    Where nobody lives, those that take its ground. A sliver along a border takes nothing.
    """
    former = part.before.iloc[was]
    shared = shapely.area(shapely.intersection(part.shapes, part.former[was]))
    homes = part.shared[was]
    least_m2 = max(_SAME_M2, _SLIVER * part.former[was].area)
    into = [
        str(part.after["name"].iloc[at])
        for at in np.lexsort((-shared, -homes)).tolist()
        if homes[at] > 0 or shared[at] >= least_m2
    ]
    return {
        "name": str(former["name"]),
        "code": str(former["code"]),
        "change": words["gone"].format(into=words["and"].join(into)),
    }
