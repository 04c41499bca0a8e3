"""Existing grids out of a file, made to tile the communities that they were drawn for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from data.imports.problems import BadRow, ImportFileError, Problem
from data.imports.read import ReadResult
from data.plans import TownFrames
from geo.grids.codes import MOST_GRIDS, grid_code, grid_name, reading_order
from geo.grids.errors import GridInputError
from geo.grids.faces import FloatArray, GeometryArray, IntArray
from geo.grids.local import LocalFrame, local_frame
from geo.mend import Flaw, Moved, WideFlawsError, compare_shapes, mend_coverage

DEFAULT_WIDTH_M = 2.0
"""Slivers, gaps and overlaps up to this width are mended when nobody says otherwise."""


@dataclass(frozen=True)
class GridMend:
    """What became of one grid of the file.

    Attributes
    ----------
    row
        Its row in the file.
    code, name
        As they are now.
    code_before
        The code in the file where it could not be kept, else None.
    moved
        What mending did to its shape.
    households_gained, households_lost
        Of buildings that lie in it now and did not as drawn, and the reverse.
    """

    row: int
    code: str
    name: str
    code_before: str | None
    moved: Moved
    households_gained: int
    households_lost: int


@dataclass(frozen=True)
class FittedGrids:
    """Grids that tile their communities.

    Attributes
    ----------
    grids
        As :func:`geo.grids.generate` returns them, in EPSG:4326, ordered by code.
    mends
        One for each grid, in the same order.
    flaws
        How many gaps, overlaps and overhangs were mended, by kind.
    communities_left
        Codes of communities for which the file has no grid.
    households_left
        Households in those communities, which the plan does not divide.
    own_codes
        Codes that stood in the file and were kept; the others were given here.
    """

    grids: gpd.GeoDataFrame
    mends: list[GridMend]
    flaws: dict[str, int]
    communities_left: list[str] = field(default_factory=list)
    households_left: int = 0
    own_codes: frozenset[str] = frozenset()


def fit_grids(
    read: ReadResult,
    town: TownFrames,
    *,
    width_m: float = DEFAULT_WIDTH_M,
    in_use: frozenset[str] = frozenset(),
) -> FittedGrids:
    """Make the grids of a file tile their communities, and keep their codes where they can be.

    A code is kept when it has 15 digits of which the first 12 are its community's; another one is
    given the lowest free number, in reading order. A grid without a name is named by its number.

    Parameters
    ----------
    read
        A file read as "grids".
    town
        The communities to be divided, and the buildings to be counted.
    width_m
        Gaps, overlaps and overhangs up to this width are mended.
    in_use
        Codes of grids in force, which new grids are not given.

    Raises
    ------
    ImportFileError
        Grids that lie nowhere, or flaws too wide: each with its row, place and size.
    """
    frame = local_frame(town.areas)
    drawn, areas = frame.bring_areas(read.frame), frame.bring_areas(town.areas)
    owner = _communities(read, drawn, areas, town.areas)
    shapes, flaws = _mend(_Drawn(read, drawn, owner, town.areas, frame), areas, width_m)
    given = [None if code is None else str(code) for code in read.frame["code"]]
    codes = number_grids(given, shapes, owner, town.areas, in_use)
    before, after = _sides(drawn, shapes, frame.bring(town.buildings))
    households = town.buildings["households"].to_numpy(dtype=np.int64)
    changes = _changes(compare_shapes(drawn, shapes), households, before, after)
    mends = [_mended(read, at, codes[at], change) for at, change in enumerate(changes)]
    grids = gpd.GeoDataFrame(
        {
            "code": codes,
            "name": [mend.name for mend in mends],
            "area": [town.areas["code"].iloc[at] for at in owner],
            "households": [int(households[list(inside)].sum()) for inside in after],
        },
        geometry=frame.take_back(shapes, town.areas),
        crs=town.areas.crs,
    )
    order = np.argsort(np.array(codes))
    left = [at for at in range(len(areas)) if at not in set(owner.tolist())]
    return FittedGrids(
        grids.iloc[order].reset_index(drop=True),
        [mends[at] for at in order.tolist()],
        {kind: sum(flaw.kind == kind for flaw in flaws) for kind in ("gap", "overlap", "outside")},
        [str(town.areas["code"].iloc[at]) for at in left],
        _households_in(areas[left], town, frame),
        frozenset(code for code, was in zip(codes, given, strict=True) if code == was),
    )


def _communities(
    read: ReadResult, drawn: GeometryArray, areas: GeometryArray, known: gpd.GeoDataFrame
) -> IntArray:
    """Position of each grid's community: the one it names, else the one it lies in most."""
    by_word = {str(code): at for at, code in enumerate(known["code"])}
    names = [str(name) for name in known["name"]]
    by_word |= {name: at for at, name in enumerate(names) if names.count(name) == 1}
    column = read.mapping.get("area", "area")
    grid, area = shapely.STRtree(areas).query(drawn, predicate="intersects")
    shared = np.zeros((len(drawn), len(areas)))
    shared[grid, area] = shapely.area(shapely.intersection(drawn[grid], areas[area]))
    owner = np.full(len(drawn), -1, dtype=np.int64)
    bad = []
    words = zip(read.frame["source_row"], read.frame["area"], strict=True)
    for at, (row, word) in enumerate(words):
        if word is not None and str(word) not in by_word:
            params = {"area": word, "known": "、".join(names)}
            bad.append(BadRow(int(row), column, str(word), Problem("grid_area_unknown", params)))
        elif word is not None:
            owner[at] = by_word[str(word)]
        elif shared[at].max(initial=0.0) > 0:
            owner[at] = int(shared[at].argmax())
        else:
            bad.append(BadRow(int(row), "geometry", "", Problem("grid_nowhere")))
    if bad:
        raise _refusal(bad, len(drawn))
    return owner


def _refusal(bad: Sequence[BadRow], total: int) -> ImportFileError:
    first = bad[0]
    return ImportFileError(
        "rows_bad",
        bad=bad,
        count=len({row.row for row in bad}),
        total=total,
        first_zh=first.line("zh"),
        first_en=first.line("en"),
    )


@dataclass(frozen=True)
class _Drawn:
    """Grids as the file has them, in local metres, and the position of each one's community."""

    read: ReadResult
    shapes: GeometryArray
    owner: IntArray
    areas: gpd.GeoDataFrame
    frame: LocalFrame


def _mend(drawn: _Drawn, areas: GeometryArray, width_m: float) -> tuple[GeometryArray, list[Flaw]]:
    shapes, flaws, wide = drawn.shapes.copy(), list[Flaw](), list[tuple[Flaw, BadRow]]()
    rows = drawn.read.frame["source_row"].to_numpy(dtype=np.int64)
    count = 0
    for at in np.unique(drawn.owner).tolist():
        members = np.flatnonzero(drawn.owner == at)
        try:
            made = mend_coverage(drawn.shapes[members], areas[at], width_m)
        except WideFlawsError as error:
            area = f"{drawn.areas['name'].iloc[at]}（{drawn.areas['code'].iloc[at]}）"
            told = [_bad_row(flaw, rows[members], area, drawn.frame) for flaw in error.flaws]
            wide += zip(error.flaws, told, strict=True)
            count += error.count
            continue
        shapes[members] = made.shapes
        flaws += made.mended
    if wide:
        bad = [row for _, row in sorted(wide, key=lambda pair: -pair[0].size_m2)]
        raise ImportFileError(
            "grids_unfit",
            bad=bad,
            count=count,
            width_m=f"{width_m:g}",
            first_zh=bad[0].line("zh"),
            first_en=bad[0].line("en"),
        )
    return shapes, flaws


def _bad_row(flaw: Flaw, rows: IntArray, area: str, frame: LocalFrame) -> BadRow:
    back = Transformer.from_crs(frame.crs, 4326, always_xy=True)
    lon, lat = back.transform(flaw.x + frame.origin[0], flaw.y + frame.origin[1])
    named = [int(rows[grid]) for grid in flaw.grids]
    code = "grid_covered" if flaw.kind == "pieces" and flaw.size_m2 == 0 else f"grid_{flaw.kind}"
    params = {
        "size_m2": f"{flaw.size_m2:,.1f}",
        "width_m": f"{flaw.width_m:.1f}",
        "lon": f"{lon:.6f}",
        "lat": f"{lat:.6f}",
        "area": area,
        "others": ", ".join(map(str, named[1:])),
    }
    return BadRow(named[0] if named else 0, "geometry", area, Problem(code, params))


def number_grids(
    given: Sequence[str | None],
    shapes: GeometryArray,
    owner: IntArray,
    areas: gpd.GeoDataFrame,
    in_use: frozenset[str] = frozenset(),
) -> list[str]:
    """Keep valid codes; number the other grids of a community in reading order.

    Parameters
    ----------
    given
        Codes as they came; one is valid when it is its community's and three digits.
    shapes, owner
        Of each grid, local metres, and the position of its community in ``areas``.
    in_use
        Codes of grids in force: not given again where a community keeps any code.

    Raises
    ------
    GridInputError
        When a community has more than 999.
    """
    codes = [""] * len(given)
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    size_m2 = shapely.area(shapes)
    for at in np.unique(owner).tolist():
        members = np.flatnonzero(owner == at)
        area = str(areas["code"].iloc[at])
        kept = {one: given[one] for one in members.tolist() if _is_valid(given[one], area)}
        taken = {code for code in kept.values() if code is not None}
        # A code that belongs to another grid's history would be mistaken for it.
        taken |= in_use if taken else frozenset()
        codes_free = (
            code
            for number in range(1, MOST_GRIDS + 1)
            if (code := grid_code(area, number)) not in taken
        )
        for place in reading_order(x[members], y[members], size_m2[members]).tolist():
            member = int(members[place])
            chosen = kept.get(member) or next(codes_free, None)
            if chosen is None:
                raise GridInputError(
                    "area_too_large",
                    f"社区 {area} 的网格超过 {MOST_GRIDS} 个。",
                    f"Community {area} has more than {MOST_GRIDS} grids.",
                )
            codes[member] = chosen
    return codes


def _is_valid(code: str | None, area: str) -> bool:
    return (
        code is not None
        and len(code) == len(area) + 3
        and code.isascii()
        and code.isdigit()
        and code.startswith(area)
        and not code.endswith("000")
    )


def _sides(
    drawn: GeometryArray, shapes: GeometryArray, buildings: GeometryArray
) -> tuple[list[set[int]], list[set[int]]]:
    """Positions of the buildings in each grid as drawn, and as mended (each in one grid)."""
    inner = shapely.point_on_surface(buildings)
    grid, unit = shapely.STRtree(inner).query(drawn, predicate="intersects")
    before: list[set[int]] = [set() for _ in drawn]
    for at, number in zip(grid.tolist(), unit.tolist(), strict=True):
        before[at].add(number)
    grid, unit = shapely.STRtree(inner).query(shapes, predicate="intersects")
    _, first = np.unique(unit, return_index=True)
    after: list[set[int]] = [set() for _ in shapes]
    for at, number in zip(grid[first].tolist(), unit[first].tolist(), strict=True):
        after[at].add(number)
    return before, after


def _changes(
    moved: Sequence[Moved], households: IntArray, before: list[set[int]], after: list[set[int]]
) -> list[tuple[Moved, int, int]]:
    """How each grid moved, the households it gained and those it lost."""
    return [
        (move, int(households[list(now - was)].sum()), int(households[list(was - now)].sum()))
        for move, was, now in zip(moved, before, after, strict=True)
    ]


def _mended(read: ReadResult, at: int, code: str, change: tuple[Moved, int, int]) -> GridMend:
    row = read.frame.iloc[at]
    given = None if row["code"] is None else str(row["code"])
    moved, gained, lost = change
    return GridMend(
        row=int(row["source_row"]),
        code=code,
        name=str(row["name"]) if row["name"] is not None else grid_name(int(code[-3:])),
        code_before=given if given != code else None,
        moved=moved,
        households_gained=gained,
        households_lost=lost,
    )


def _households_in(areas: GeometryArray, town: TownFrames, frame: LocalFrame) -> int:
    if len(areas) == 0:
        return 0
    inner = shapely.point_on_surface(frame.bring(town.buildings))
    inside = np.unique(shapely.STRtree(inner).query(areas, predicate="intersects")[1])
    counts: FloatArray = town.buildings["households"].to_numpy(dtype=np.float64)
    return int(counts[inside].sum())
