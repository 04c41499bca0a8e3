"""Mending grids that were drawn by hand so that they tile their community again.

Grids that come from an office seldom fit together: slivers between neighbours, overlaps of a few
centimetres, a rim that misses the community's outline. All borders are noded together, so that
each place is a face that lies in one grid (sound), in none (gap), in several (overlap) or beyond
the outline; what is narrow enough goes to the neighbour with the longest shared edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.coverage import TOLERANCE_M
from geo.grids.faces import (
    NODE_GRID_M,
    GeometryArray,
    IntArray,
    absorb,
    find_borders,
    node_lines,
    polygonize,
    split_pieces,
)

FlawKind = Literal["gap", "overlap", "outside", "pieces"]
MOST_WIDE = 200
"""Flaws that are too wide are listed up to this many."""
_REACH = 1.5
_STEP_M = 2.0
_NOTHING_M2 = 0.05
_CORNER_RAD = np.radians(20.0)


@dataclass(frozen=True)
class Flaw:
    """A place where grids do not tile their area.

    Attributes
    ----------
    kind
        ``gap`` (in no grid), ``overlap`` (in several), ``outside`` (beyond the area), ``pieces``
        (a part of a grid that lies apart from the rest of it).
    grids
        Positions of the grids that lie over it, or beside it when it is a gap.
    x, y
        A place inside it, in the system of the shapes.
    size_m2, width_m
        Its size, and the diameter of the largest circle in it.
    """

    kind: FlawKind
    grids: tuple[int, ...]
    x: float
    y: float
    size_m2: float
    width_m: float


@dataclass(frozen=True)
class Moved:
    """What mending, or redrawing, did to one grid.

    Attributes
    ----------
    gained_m2, lost_m2
        Ground that it has now and had not, and the reverse.
    moved_m
        How far the farthest point of its border lies from the old one.
    """

    gained_m2: float
    lost_m2: float
    moved_m: float


@dataclass(frozen=True)
class MendedCoverage:
    """Grids that tile their area, and the flaws wider than a centimetre that they had."""

    shapes: GeometryArray
    mended: list[Flaw]


class WideFlawsError(ValueError):
    """Flaws that are wider than what may be mended.

    Parameters
    ----------
    flaws
        The largest first, at most ``MOST_WIDE``.
    count
        How many there are.
    """

    def __init__(self, flaws: list[Flaw]) -> None:
        self.flaws = sorted(flaws, key=lambda flaw: -flaw.size_m2)[:MOST_WIDE]
        self.count = len(flaws)
        super().__init__(f"{self.count} flaws are too wide to be mended")


def mend_coverage(grids: GeometryArray, area: BaseGeometry, width_m: float) -> MendedCoverage:
    """Make grids tile an area: no gap, no overlap, nothing beyond it, one piece each.

    Parameters
    ----------
    grids
        Valid polygons or multipolygons, local metres (near the origin, as
        :class:`geo.grids.local.LocalFrame` brings them).
    area
        What they must tile, in the same system.
    width_m
        Flaws up to this width are mended; the width is that of the largest circle inside.

    Returns
    -------
    MendedCoverage
        A valid coverage whose union is the area, to the node grid of a millimetre.

    Raises
    ------
    WideFlawsError
        Nothing is mended where something is too wide; each is named.
    """
    whole = shapely.set_precision(area, NODE_GRID_M)
    drawn = np.asarray(shapely.set_precision(grids, NODE_GRID_M), dtype=np.object_)
    made = _arrange(drawn, whole, [])
    flaws = _flaws(made, drawn, width_m)
    wide = [flaw for flaw in flaws if flaw.width_m > width_m]
    if wide:
        raise WideFlawsError(wide)
    cuts = _cuts_across_gaps(made, len(drawn), width_m)
    if cuts:
        made = _arrange(drawn, whole, cuts)
    seen = [flaw for flaw in flaws if flaw.width_m >= TOLERANCE_M]
    return _give_away(made, seen, len(drawn), width_m)


def compare_shapes(before: GeometryArray, after: GeometryArray) -> list[Moved]:
    """Say how each grid differs from what it was.

    Parameters
    ----------
    before, after
        Shapes of the same grids in the same order, metres.

    Notes
    -----
    Less than 0.05 m² in all is rounding (a slit of a millimetre, closed), and no change.
    """
    gained = shapely.area(shapely.difference(after, before))
    lost = shapely.area(shapely.difference(before, after))
    return [
        _moved(old, new, float(g), float(s))
        for old, new, g, s in zip(before, after, gained, lost, strict=True)
    ]


def _moved(before: BaseGeometry, after: BaseGeometry, gained_m2: float, lost_m2: float) -> Moved:
    if gained_m2 + lost_m2 < _NOTHING_M2:
        return Moved(0.0, 0.0, 0.0)
    return Moved(gained_m2, lost_m2, _farthest_m(before, after))


def _farthest_m(before: BaseGeometry, after: BaseGeometry) -> float:
    rims = shapely.boundary([before, after])
    farthest = 0.0
    for rim, other in (rims, rims[::-1]):
        points = shapely.points(shapely.get_coordinates(shapely.segmentize(rim, _STEP_M)))
        shapely.prepare(other)
        farthest = max(farthest, float(shapely.distance(points, other).max(initial=0.0)))
    return farthest


@dataclass(frozen=True)
class _Arrangement:
    """Faces, whether each lies in the area, how many grids lie over it, and the first of them."""

    faces: GeometryArray
    inside: IntArray
    covered: IntArray
    owner: IntArray
    over: list[tuple[int, ...]]

    @property
    def sound(self) -> IntArray:
        """Faces of the area that lie in one grid."""
        return np.flatnonzero((self.inside == 1) & (self.covered == 1))


def _arrange(grids: GeometryArray, area: BaseGeometry, cuts: list[BaseGeometry]) -> _Arrangement:
    lines = np.array([*shapely.boundary(grids), area.boundary, *cuts], dtype=np.object_)
    faces = polygonize(node_lines(lines))
    points = shapely.point_on_surface(faces)
    shapely.prepare(area)
    inside = shapely.intersects(area, points).astype(np.int64)
    over: list[list[int]] = [[] for _ in faces]
    face, grid = shapely.STRtree(grids).query(points, predicate="intersects")
    for at, number in zip(face.tolist(), grid.tolist(), strict=True):
        over[at].append(number)
    covered = np.array([len(numbers) for numbers in over], dtype=np.int64)
    owner = np.array([min(numbers, default=-1) for numbers in over], dtype=np.int64)
    kept = np.flatnonzero((inside == 1) | (covered > 0))
    return _Arrangement(
        faces[kept],
        inside[kept],
        covered[kept],
        owner[kept],
        [tuple(sorted(over[at])) for at in kept.tolist()],
    )


def _flaws(made: _Arrangement, grids: GeometryArray, width_m: float) -> list[Flaw]:
    """All that is wrong, one flaw for each connected place of one kind."""
    wrong = np.flatnonzero((made.inside == 0) | (made.covered != 1))
    found = [
        _flaw(kind, members, shape, width_m)
        for kind in ("gap", "overlap", "outside")
        for members, shape in _places(made, wrong, kind)
    ]
    beside = shapely.STRtree(grids)
    told = []
    for flaw, shape in found:
        near = flaw.grids or tuple(sorted(beside.query(shape, predicate="intersects").tolist()))
        told.append(Flaw(flaw.kind, near, flaw.x, flaw.y, flaw.size_m2, flaw.width_m))
    return told


def _places(
    made: _Arrangement, wrong: IntArray, kind: FlawKind
) -> list[tuple[tuple[int, ...], BaseGeometry]]:
    of_kind = [at for at in wrong.tolist() if _kind(made, at) == kind]
    groups: dict[tuple[int, ...], list[int]] = {}
    for at in of_kind:
        groups.setdefault(made.over[at], []).append(at)
    return [
        (over, part)
        for over, members in groups.items()
        for part in shapely.get_parts(shapely.coverage_union_all(made.faces[members]))
    ]


def _kind(made: _Arrangement, face: int) -> FlawKind:
    if made.inside[face] == 0:
        return "outside"
    return "gap" if made.covered[face] == 0 else "overlap"


def _flaw(
    kind: FlawKind, grids: tuple[int, ...], shape: BaseGeometry, width_m: float
) -> tuple[Flaw, BaseGeometry]:
    # A twentieth of the width is near enough to tell, and keeps the search short.
    radius: BaseGeometry = shapely.maximum_inscribed_circle(
        np.array([shape], dtype=np.object_), tolerance=max(width_m / 40, NODE_GRID_M)
    )[0]
    place = shapely.point_on_surface(shape)
    size_m2, width = float(shape.area), 2 * float(radius.length)
    return Flaw(kind, grids, float(place.x), float(place.y), size_m2, width), shape


def _cuts_across_gaps(made: _Arrangement, grids: int, width_m: float) -> list[BaseGeometry]:
    """Lines across gaps where the neighbour changes, so that each piece has one on either side."""
    empty = np.flatnonzero((made.inside == 1) & (made.covered == 0))
    if len(empty) == 0:
        return []
    # Noding moved the borders by a hair: only shapes put together from faces meet the gaps.
    drawn = np.array([_drawn_again(made, grid) for grid in range(grids)], dtype=np.object_)
    tree = shapely.STRtree(drawn)
    cuts: list[BaseGeometry] = []
    for gap in shapely.get_parts(shapely.coverage_union_all(made.faces[empty])):
        beside = drawn[tree.query(gap, predicate="intersects")]
        cuts += _cuts_of_gap(gap, beside, _REACH * width_m)
    return cuts


def _drawn_again(made: _Arrangement, grid: int) -> BaseGeometry:
    own = np.array([grid in over for over in made.over])
    return shapely.coverage_union_all(made.faces[own])


def _cuts_of_gap(gap: BaseGeometry, beside: GeometryArray, reach_m: float) -> list[BaseGeometry]:
    """Shortest lines from where neighbours change, and from inner corners, to the other sides."""
    rim = gap.boundary
    runs = [_lines(shapely.intersection(rim, shape)) for shape in beside]
    free = _lines(shapely.difference(rim, shapely.union_all(np.array(runs, dtype=np.object_))))
    runs = [run for run in (*runs, free) if not run.is_empty]
    ends = [end for run in runs for end in shapely.get_parts(shapely.boundary(run))]
    cuts = []
    for point in (*ends, *_inner_corners(gap)):
        near = [run for run in runs if NODE_GRID_M < run.distance(point) <= reach_m]
        cuts += [shapely.shortest_line(point, run) for run in near]
    return cuts


def _inner_corners(gap: BaseGeometry) -> list[BaseGeometry]:
    """Vertices at which a neighbour's corner sticks into a gap."""
    corners: list[BaseGeometry] = []
    for ring in shapely.get_rings(shapely.orient_polygons(gap)):
        points = shapely.get_coordinates(ring)[:-1]
        into, out = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
        turn = np.arctan2(
            into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0], np.sum(into * out, axis=1)
        )
        corners += list(shapely.points(points[turn < -_CORNER_RAD]))
    return corners


def _lines(shape: BaseGeometry) -> BaseGeometry:
    """The lines of a shape, joined end to end; its single points left out."""
    parts = shapely.get_parts(shape)
    lines = parts[shapely.get_dimensions(parts) == 1]
    joined: BaseGeometry = shapely.line_merge(shapely.multilinestrings(lines))
    return joined


def _give_away(made: _Arrangement, flaws: list[Flaw], grids: int, width_m: float) -> MendedCoverage:
    """Give each flawed face of the area to the grid it shares the longest edge with."""
    kept = np.flatnonzero(made.inside == 1)
    faces, sound = made.faces[kept], made.covered[kept] == 1
    pieces = np.where(sound, made.owner[kept], grids + np.arange(len(kept)))
    orphan = np.arange(grids + len(kept)) >= grids
    borders, pen = find_borders(faces), np.zeros(len(kept), dtype=np.int64)
    pieces = absorb(pieces, orphan, borders, pen)
    labels = _rejoin(faces, pieces, grids, width_m)
    shapes = np.empty(grids, dtype=np.object_)
    for grid in range(grids):
        shapes[grid] = shapely.coverage_union_all(faces[labels == grid])
    apart = _apart(shapes)
    if apart:
        raise WideFlawsError(apart)
    return MendedCoverage(shapes, flaws)


def _rejoin(faces: GeometryArray, labels: IntArray, grids: int, width_m: float) -> IntArray:
    """Give slivers that mending cut off their grid to a neighbour; the largest piece stays."""
    borders, pen = find_borders(faces), np.zeros(len(faces), dtype=np.int64)
    pieces = split_pieces(labels, borders, pen)
    count = int(pieces.max()) + 1
    of_piece = np.zeros(count, dtype=np.int64)
    of_piece[pieces] = labels
    size_m2 = np.bincount(pieces, shapely.area(faces), minlength=count)
    orphan = np.ones(count, dtype=bool)
    for grid in range(grids):
        own = np.flatnonzero(of_piece == grid)
        if len(own):
            orphan[own[np.argmax(size_m2[own])]] = False
    for piece in np.flatnonzero(orphan).tolist():
        shape = shapely.coverage_union_all(faces[pieces == piece])
        orphan[piece] = bool(shapely.is_empty(shapely.buffer(shape, -width_m / 2)))
    return np.asarray(of_piece[absorb(pieces, orphan, borders, pen)])


def _apart(shapes: GeometryArray) -> list[Flaw]:
    """Grids that are not one polygon: the parts besides the largest; a grid that is gone."""
    flaws = []
    for grid, shape in enumerate(shapes):
        parts = shapely.get_parts(shape)
        parts = parts[np.argsort(-shapely.area(parts))]
        flaws += [_flaw("pieces", (grid,), part, 1.0)[0] for part in parts[1:]]
        if len(parts) == 0:
            flaws.append(Flaw("pieces", (grid,), float("nan"), float("nan"), 0.0, 0.0))
    return flaws
