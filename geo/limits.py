"""四至: what a grid reaches in the east, south, west and north, in words.

Each stretch of a grid's border is named by the road or water it follows, else by the neighbour
beyond it. A stretch speaks for a side as far as it faces that way and lies out on that side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import shapely

from geo.grids.faces import FloatArray, GeometryArray, IntArray

Side = Literal["east", "south", "west", "north"]
Language = Literal["zh", "en"]
SIDES: Final[tuple[Side, ...]] = get_args(Side)
TermKind = Literal["line", "grid", "area", "edge"]
Term = tuple[TermKind, str]
"""What a stretch of border is named by: a road or water, a grid, a community, or nothing."""

ALONG_M: Final = 15.0
"""A border this close to a named road or water follows it."""
_STEP_M: Final = 10.0
_BEYOND_M: Final = 1.0
_SHARE: Final = 0.35
_ALONG: Final = 0.5
_DIRECTIONS: Final = np.array([(1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (0.0, 1.0)])
_EDGE: Final[Term] = ("edge", "")


@dataclass(frozen=True)
class Limits:
    """The four limits of one grid; on each side one or two terms, the longer first."""

    east: tuple[Term, ...]
    south: tuple[Term, ...]
    west: tuple[Term, ...]
    north: tuple[Term, ...]

    def text_zh(self) -> str:
        """As Chinese offices write it: 东至人民路，南至孝妇河，西至第一网格，北至和平社区."""
        return "，".join(
            f"{side}至{self.side_text(name, 'zh')}"
            for side, name in zip("东南西北", SIDES, strict=True)
        )

    def text_en(self) -> str:
        """In English: east to 人民路; south to 孝妇河; west to grid 第一网格; north to 和平社区."""
        return "; ".join(f"{name} to {self.side_text(name, 'en')}" for name in SIDES)

    def side_text(self, side: Side, language: Language) -> str:
        """What lies on one side."""
        terms: tuple[Term, ...] = getattr(self, side)
        return "、".join(map(_zh, terms)) if language == "zh" else " and ".join(map(_en, terms))


def _zh(term: Term) -> str:
    return term[1] if term[0] != "edge" else "区域边界"


def _en(term: Term) -> str:
    kind, name = term
    if kind == "edge":
        return "the edge of the area"
    return f"grid {name}" if kind == "grid" else name


@dataclass(frozen=True)
class Surroundings:
    """What borders can be named by, in one metric system.

    Attributes
    ----------
    areas, area_names
        Communities, those of the grids and those around.
    lines, line_names
        Roads (lines) and water (lines or polygons); an empty name is passed over.
    """

    areas: GeometryArray
    area_names: Sequence[str]
    lines: GeometryArray
    line_names: Sequence[str]


@dataclass(frozen=True)
class _Stretches:
    """Straight stretches of the borders of all grids."""

    grid: IntArray
    start: FloatArray
    end: FloatArray

    @property
    def middle(self) -> FloatArray:
        return (self.start + self.end) / 2

    @property
    def outward(self) -> FloatArray:
        """Normal that points out of the grid, as long as the stretch."""
        along = self.end - self.start
        return np.column_stack([along[:, 1], -along[:, 0]])


def find_limits(
    grids: GeometryArray, names: Sequence[str], homes: IntArray, around: Surroundings
) -> list[Limits]:
    """Write down the four limits of grids.

    Parameters
    ----------
    grids
        Polygons or multipolygons that do not overlap, metres, x to the east and y to the north.
    names
        Their names.
    homes
        Position of each one's community in ``around.areas``.
    around
        What their borders can be named by.

    Returns
    -------
    One for each grid. A neighbour of another community is named by the community.
    """
    if len(grids) == 0:
        return []
    stretches = _stretches(grids)
    terms = _terms(stretches, grids, names, homes, around)
    first = np.searchsorted(stretches.grid, np.arange(len(grids) + 1))
    return [
        _of_grid(stretches, terms, slice(int(first[at]), int(first[at + 1])))
        for at in range(len(grids))
    ]


def _stretches(grids: GeometryArray) -> _Stretches:
    parts, grid = shapely.get_parts(grids, return_index=True)
    rings = shapely.get_exterior_ring(shapely.orient_polygons(parts))
    points, ring = shapely.get_coordinates(shapely.segmentize(rings, _STEP_M), return_index=True)
    inner = np.flatnonzero(ring[1:] == ring[:-1])
    return _Stretches(grid[ring[inner]].astype(np.int64), points[inner], points[inner + 1])


def _terms(
    stretches: _Stretches,
    grids: GeometryArray,
    names: Sequence[str],
    homes: IntArray,
    around: Surroundings,
) -> list[Term]:
    followed = _followed(stretches, around)
    outward = stretches.outward
    length = np.maximum(np.hypot(*outward.T), 1e-9)
    beyond = shapely.points(stretches.middle + outward * (_BEYOND_M / length)[:, None])
    other = _containing(grids, beyond)
    area = _containing(around.areas, beyond)
    terms: list[Term] = []
    for at, line in enumerate(followed.tolist()):
        home = homes[stretches.grid[at]]
        if line >= 0:
            terms.append(("line", around.line_names[line]))
        elif other[at] >= 0 and homes[other[at]] == home:
            terms.append(("grid", names[other[at]]))
        elif area[at] >= 0 and area[at] != home:
            terms.append(("area", around.area_names[area[at]]))
        else:
            terms.append(_EDGE)
    return terms


def _containing(shapes: GeometryArray, points: GeometryArray) -> IntArray:
    """Position of the shape that each point lies in, -1 for none."""
    found = np.full(len(points), -1, dtype=np.int64)
    point, shape = shapely.STRtree(shapes).query(points, predicate="within")
    found[point] = shape
    return found


def _followed(stretches: _Stretches, around: Surroundings) -> IntArray:
    """The nearest named line that is near both ends of each stretch, -1 for none."""
    named = np.array([at for at, name in enumerate(around.line_names) if name], dtype=np.int64)
    best = np.full(len(stretches.grid), -1, dtype=np.int64)
    if len(named) == 0:
        return best
    word = {name: at for at, name in enumerate(dict.fromkeys(around.line_names))}
    words = np.array([word[around.line_names[at]] for at in named.tolist()], dtype=np.int64)
    lines = around.lines[named]
    near_start = _nearest_by_word(stretches.start, lines, words)
    near_end = _nearest_by_word(stretches.end, lines, words)
    length = np.hypot(*(stretches.end - stretches.start).T)
    nearest = np.full(len(best), np.inf)
    for key, one in near_start.items():
        other = near_end.get(key)
        # What only crosses the border is nearest to both ends at one place.
        if other is None or np.hypot(*(one.place - other.place)) < _ALONG * length[key[0]]:
            continue
        far_m = max(one.distance_m, other.distance_m)
        if far_m < nearest[key[0]]:
            nearest[key[0]], best[key[0]] = far_m, named[one.line]
    return best


@dataclass(frozen=True)
class _Nearest:
    """The nearest line of a name: how far, which, and the place on it."""

    distance_m: float
    line: int
    place: FloatArray


def _nearest_by_word(
    places: FloatArray, lines: GeometryArray, words: IntArray
) -> dict[tuple[int, int], _Nearest]:
    """(point, name) → the nearest line of that name in reach."""
    points = np.asarray(shapely.points(places), dtype=np.object_)
    point, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=ALONG_M)
    ways = shapely.shortest_line(points[point], lines[line])
    ends = shapely.get_coordinates(ways).reshape(-1, 2, 2)[:, 1]
    distance_m = shapely.length(ways)
    order = np.argsort(-distance_m, kind="stable").tolist()
    return {
        (int(point[at]), int(words[line[at]])): _Nearest(
            float(distance_m[at]), int(line[at]), ends[at]
        )
        for at in order
    }


def _of_grid(stretches: _Stretches, terms: list[Term], own: slice) -> Limits:
    middle, outward = stretches.middle[own], stretches.outward[own]
    low, high = middle.min(axis=0), middle.max(axis=0)
    place = 2 * (middle - (low + high) / 2) / np.maximum(high - low, 1e-9)
    found = []
    for side in _DIRECTIONS:
        weight = np.maximum(outward @ side, 0.0) * np.maximum(place @ side, 0.0)
        total: dict[Term, float] = {}
        for term, share in zip(terms[own], weight.tolist(), strict=True):
            total[term] = total.get(term, 0.0) + share
        found.append(_foremost(total))
    return Limits(*found)


def _foremost(total: dict[Term, float]) -> tuple[Term, ...]:
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    whole = sum(total.values())
    second = [term for term, share in ranked[1:2] if share >= _SHARE * whole and share > 0]
    return (ranked[0][0], *second)
