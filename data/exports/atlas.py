"""The printed atlas of grids: an overview, an index, and one page a grid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import shapely

from data.exports.grid_book import GridBook
from data.exports.household_basis import basis_text
from data.exports.paper import (
    HEIGHT_MM,
    MARGIN_MM,
    WIDTH_MM,
    Paper,
    grid_address,
    qr_svg,
    write_pdf,
)
from data.exports.sheet_ground import Ground, fit_sheet
from data.exports.sheet_map import draw_grid, draw_overview
from geo.limits import Language

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "title": "{area}网格图册",
        "subtitle": "{what} · {day} · 共 {count} 个网格、{households} 户",
        "plan": "方案 {plan}（{day}打印，未发布前仅供核对）",
        "in_force": "现行网格",
        "index": "网格目录",
        "code": "网格编码",
        "name": "网格",
        "community": "社区",
        "households": "户数",
        "buildings": "楼栋数",
        "size": "面积（公顷）",
        "page": "页",
        "officers": "网格员",
        "nobody": "未指派",
        "limits": "四至",
        "neighbours": "相邻网格",
        "none": "无",
        "scan": "扫码打开",
    },
    "en": {
        "title": "Atlas of grids: {area}",
        "subtitle": "{what} · {day} · {count} grids, {households} households",
        "plan": "Plan {plan} (printed {day}; to be checked, not in force)",
        "in_force": "Grids in force",
        "index": "Grids",
        "code": "Code",
        "name": "Grid",
        "community": "Community",
        "households": "Households",
        "buildings": "Buildings",
        "size": "Size (ha)",
        "page": "Page",
        "officers": "Officers",
        "nobody": "nobody yet",
        "limits": "Limits",
        "neighbours": "Neighbours",
        "none": "none",
        "scan": "Scan to open",
    },
}
# What is left of the page beside the map: title above; facts, source and foot below.
_GRID_REST_MM: Final = 62.0
_OVERVIEW_REST_MM: Final = 36.0
_TOUCH_M: Final = 1.0


@dataclass(frozen=True)
class AtlasOptions:
    """How an atlas is made.

    Attributes
    ----------
    paper
        "A4" or "A3", upright.
    language
        Of titles and limits; names stay as they are.
    address
        Where the application is reached, for the QR codes; None prints none.
    attribution
        Whose map data it is, at the foot of each map.
    """

    paper: Paper = "A4"
    language: Language = "zh"
    address: str | None = None
    attribution: str | None = None


def write_atlas(path: Path, book: GridBook, ground: Ground, options: AtlasOptions) -> int:
    """Write the atlas of a book as PDF.

    Parameters
    ----------
    path
        The .pdf; replaced when it is there.
    book, ground
        The grids, and what lies under and around them.

    Returns
    -------
    Number of pages.

    Raises
    ------
    GridFileError
        As :func:`data.exports.paper.write_pdf`.
    """
    words = _WORDS[options.language]
    what = words["in_force"]
    if book.plan is not None:
        what = words["plan"].format(plan=book.plan, day=book.on)
    title = words["title"].format(area=book.title)
    return write_pdf(
        path,
        "atlas.html",
        options.paper,
        language=options.language,
        words=words,
        title=title,
        subtitle=words["subtitle"].format(
            what=what,
            day=book.on,
            count=len(book.grids),
            households=f"{int(book.grids['households'].sum()):,}",
        ),
        footer=f"{title} · {what} · {book.on}",
        basis=basis_text(book.basis, options.language),
        source=options.attribution or "",
        overview=_overview(book, ground, options.paper),
        sheets=[_sheet(book, ground, at, options) for at in range(len(book.grids))],
    )


def map_width_mm(paper: Paper) -> float:
    """Width of a map that fills the page between its margins."""
    return WIDTH_MM[paper] - 2 * MARGIN_MM


def _overview(book: GridBook, ground: Ground, paper: Paper) -> str:
    high = HEIGHT_MM[paper] - 2 * MARGIN_MM - _OVERVIEW_REST_MM
    sheet = fit_sheet(shapely.union_all(ground.grids.shapes), map_width_mm(paper), high)
    return draw_overview(sheet, ground, short_names(book))


def short_names(book: GridBook) -> list[str]:
    """The last digits of each code: what fits into a grid on an overview."""
    return [str(int(code[-3:])) for code in book.grids["code"]]


def _sheet(book: GridBook, ground: Ground, at: int, options: AtlasOptions) -> dict[str, Any]:
    grid, limits = book.grids.iloc[at], book.limits[at]
    high = HEIGHT_MM[options.paper] - 2 * MARGIN_MM - _GRID_REST_MM
    sheet = fit_sheet(ground.grids.shapes[at], map_width_mm(options.paper), high)
    middle = grid.geometry.representative_point()
    qr = None
    if options.address is not None:
        qr = qr_svg(grid_address(options.address, int(grid["id"]), middle.x, middle.y))
    return {
        "code": grid["code"],
        "name": grid["name"],
        "community": grid["community"],
        "households": f"{int(grid['households']):,}",
        "buildings": f"{int(grid['buildings']):,}",
        "size": f"{grid['area_m2'] / 10_000:.2f}",
        "officers": grid["officers"],
        "limits": limits.text_zh() if options.language == "zh" else limits.text_en(),
        "neighbours": "、".join(neighbour_names(ground, at)),
        "map": draw_grid(sheet, ground, at),
        "qr": qr,
    }


def neighbour_names(ground: Ground, at: int) -> list[str]:
    """Names of the grids that share an edge with one; those of other communities in full."""
    rim = ground.grids.shapes[at].buffer(_TOUCH_M)
    home = ground.grids.classes[at]
    named = []
    for layer in (ground.grids, ground.around):
        for one in layer.within(rim).tolist():
            itself = layer is ground.grids and one == at
            # A corner touches as well; an edge covers more of the rim.
            if itself or layer.shapes[one].intersection(rim).area <= 3 * _TOUCH_M**2:
                continue
            name, community = layer.words[one], layer.classes[one]
            named.append(name if community == home else f"{community}{name}")
    return named
