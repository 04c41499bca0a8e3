"""What planners ask of the ground: lines not to cross, lines to prefer, compounds kept whole.

Barriers and outlines are lines of the arrangement like roads, led around buildings. Then

* two cells that meet only across a barrier are not neighbours, so no grid is put together across
  one: what is left of a grid when the barriers are taken away is still one piece. A barrier that
  ends may end inside a grid, which then reaches round its end;
* ground that is itself a barrier (a river drawn as a polygon; the strip between two tracks, where
  nobody lives) joins the bank it shares most with, and joins no others to one another;
* the faces of a compound are one cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from geo.grids.faces import (
    BoolArray,
    Borders,
    FloatArray,
    GeometryArray,
    IntArray,
    split_pieces,
)

TOUCH_M = 0.003
"""What is noded on a barrier lies this near to it."""
STRIP_M = 60.0
"""Ground between barriers where nobody lives is a part of them where it is narrower than this."""
PREFERENCE = 0.5
"""A metre along a preferred line gains half of what a metre across open ground costs."""
WALL_M = 0.05
"""Half the width of what keeps a boundary from being pulled over a barrier."""


def no_shapes() -> GeometryArray:
    """Return an array without a shape."""
    return np.empty(0, dtype=np.object_)


@dataclass(frozen=True)
class Constraints:
    """What is asked of the ground, in local metres.

    Attributes
    ----------
    barriers
        Lines that no grid may lie across; the banks of ``wide`` are among them.
    wide
        Polygons that are barriers.
    preferred
        Lines that a boundary should follow before others.
    compounds
        Polygons that are kept whole.
    """

    barriers: GeometryArray = field(default_factory=no_shapes)
    wide: GeometryArray = field(default_factory=no_shapes)
    preferred: GeometryArray = field(default_factory=no_shapes)
    compounds: GeometryArray = field(default_factory=no_shapes)

    def lines(self) -> GeometryArray:
        """All lines that have to be in the arrangement."""
        return np.concatenate([self.barriers, self.preferred, shapely.boundary(self.compounds)])

    def walls(self) -> GeometryArray:
        """What a boundary may not be pulled over."""
        return np.asarray(shapely.buffer(self.barriers, WALL_M, cap_style="flat"), dtype=np.object_)


@dataclass(frozen=True)
class Bars:
    """Where neighbours are none; ``tree`` is None when nothing bars the way.

    Attributes
    ----------
    tree
        Barriers, ground that is a part of them, and buildings that they run into.
    ground
        Of each face, whether it is a part of a barrier.
    """

    tree: shapely.STRtree | None
    ground: BoolArray

    def across(self, borders: Borders, pen: IntArray) -> BoolArray:
        """Whether each border lies on a barrier and has different pens on its sides."""
        apart: BoolArray = (borders.right >= 0) & (pen[borders.left] != pen[borders.right])
        return apart & self.touched(borders.middle)

    def touched(self, points: FloatArray) -> BoolArray:
        """Whether each point lies on a barrier."""
        return _near(self.tree, points, TOUCH_M)


def find_bars(
    constraints: Constraints,
    faces: GeometryArray,
    borders: Borders,
    households: IntArray,
    crossed: GeometryArray,
) -> Bars:
    """Find where the faces of an arrangement are kept apart.

    Parameters
    ----------
    constraints
        What is asked.
    faces, borders
        The arrangement.
    households
        Of each face.
    crossed
        Buildings that a barrier runs into: they join no sides either.
    """
    if len(constraints.barriers) == 0:
        return Bars(None, np.zeros(len(faces), dtype=bool))
    inner = shapely.point_on_surface(faces)
    ground = np.zeros(len(faces), dtype=bool)
    ground[shapely.STRtree(constraints.wide).query(inner, predicate="within")[0]] = True
    solid = np.concatenate([constraints.barriers, crossed])
    first = Bars(shapely.STRtree(np.concatenate([solid, faces[ground]])), ground)
    ground = ground | _strips(first, faces, borders, households)
    return Bars(shapely.STRtree(np.concatenate([solid, faces[ground]])), ground)


def _strips(bars: Bars, faces: GeometryArray, borders: Borders, households: IntArray) -> BoolArray:
    """Faces of narrow places beside a barrier where nobody lives."""
    barred = bars.touched(borders.middle)
    together = np.zeros(len(faces), dtype=np.int64)
    place = split_pieces(together, _some(borders, ~barred), together)
    lived_in = np.bincount(place, households) > 0
    inner = barred & (borders.right >= 0)
    beside = np.unique(place[np.concatenate([borders.left[inner], borders.right[inner]])])
    found = np.zeros(len(faces), dtype=bool)
    for label in beside[~lived_in[beside]].tolist():
        members = np.flatnonzero(place == label)
        core = shapely.coverage_union_all(faces[members]).buffer(-STRIP_M / 2)
        found[members] = core.is_empty
    return found


def join_compounds(
    constraints: Constraints, bars: Bars, faces: GeometryArray, borders: Borders, block: IntArray
) -> tuple[IntArray, IntArray]:
    """Make one block of the faces of each compound; of each side where a barrier divides it.

    Returns
    -------
    The block of each face, and the labels of the blocks that are compounds.
    """
    if len(constraints.compounds) == 0:
        return block, np.empty(0, dtype=np.int64)
    inner = shapely.point_on_surface(faces)
    face, compound = shapely.STRtree(constraints.compounds).query(inner, predicate="within")
    order = np.lexsort((-compound, face))
    home = np.full(len(faces), -1, dtype=np.int64)
    home[face[order]] = compound[order]
    inside = np.flatnonzero((home >= 0) & ~bars.ground)
    pen = np.zeros(len(faces), dtype=np.int64)
    barred = bars.touched(borders.middle)
    pieces = split_pieces(home, _some(borders, ~barred), pen)
    labels = block.copy()
    labels[inside] = len(block) + pieces[inside]
    names, labels = np.unique(labels, return_inverse=True)
    return labels.astype(np.int64), np.flatnonzero(names >= len(block))


def _some(borders: Borders, kept: BoolArray) -> Borders:
    return Borders(
        borders.left[kept], borders.right[kept], borders.length_m[kept], borders.middle[kept]
    )


def divided_compounds(
    compounds: GeometryArray, shapes: GeometryArray, inner: GeometryArray, households: IntArray
) -> list[dict[str, int]]:
    """Tell which compounds lie in several grids.

    Parameters
    ----------
    compounds, shapes
        Compounds and grids.
    inner, households
        A point in each building, and its households.

    Returns
    -------
    For each such compound its ``row`` (position, from 0), its ``households`` and ``grids``.
    """
    home = np.full(len(inner), -1, dtype=np.int64)
    grid, house = shapely.STRtree(inner).query(shapes, predicate="intersects")
    home[house[::-1]] = grid[::-1]
    told = []
    compound, house = shapely.STRtree(inner).query(compounds, predicate="intersects")
    for row in np.unique(compound).tolist():
        mine = house[compound == row]
        lived_in = mine[(households[mine] > 0) & (home[mine] >= 0)]
        count = len(np.unique(home[lived_in]))
        if count > 1:
            told.append({"row": row, "households": int(households[mine].sum()), "grids": count})
    return told


def preference_m(constraints: Constraints, borders: Borders, near_m: float) -> FloatArray:
    """What each border gains by following a preferred line, in metres of open ground."""
    if len(constraints.preferred) == 0:
        return np.zeros(len(borders.left))
    follows = _near(shapely.STRtree(constraints.preferred), borders.middle, near_m)
    return np.asarray(PREFERENCE * borders.length_m * follows)


def _near(tree: shapely.STRtree | None, points: FloatArray, distance_m: float) -> BoolArray:
    near = np.zeros(len(points), dtype=bool)
    if tree is not None and len(tree.geometries):
        drawn = shapely.points(points)
        near[tree.query(drawn, predicate="dwithin", distance=distance_m)[0]] = True
    return near
