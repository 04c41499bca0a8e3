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
    """What keeps the faces of an arrangement apart.

    Attributes
    ----------
    lines
        Barriers; None where there are none.
    passive
        Of each face, whether it joins nothing: ground that is itself a barrier, and buildings
        that one runs into. Such a face is given to a neighbour in the end.
    """

    lines: shapely.STRtree | None
    passive: BoolArray

    def links(self, borders: Borders) -> BoolArray:
        """Whether each border joins the faces on its sides."""
        if self.lines is None:
            return np.ones(len(borders.left), dtype=bool)
        barred = _near(self.lines, borders.middle, TOUCH_M)
        return ~barred & ~self.passive[borders.left] & ~self.passive[borders.right]

    def open_borders(self, borders: Borders) -> Borders:
        """Return the borders that join."""
        return _some(borders, self.links(borders))

    def of_faces(self, coarse: IntArray) -> Bars:
        """Return the same for a finer arrangement; ``coarse``: the face that each lies in."""
        return Bars(self.lines, (coarse >= 0) & self.passive[coarse])


def find_bars(
    constraints: Constraints,
    faces: GeometryArray,
    borders: Borders,
    households: IntArray,
    crossed: BoolArray,
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
        Of each face, whether it is a building that a barrier runs into.
    """
    if len(constraints.barriers) == 0:
        return Bars(None, np.zeros(len(faces), dtype=bool))
    passive = crossed.copy()
    inner = shapely.point_on_surface(faces)
    passive[shapely.STRtree(constraints.wide).query(inner, predicate="within")[0]] = True
    bars = Bars(shapely.STRtree(constraints.barriers), passive)
    return Bars(bars.lines, passive | _strips(bars, faces, borders, households))


def _strips(bars: Bars, faces: GeometryArray, borders: Borders, households: IntArray) -> BoolArray:
    """Faces of narrow places beside a barrier where nobody lives."""
    links = bars.links(borders)
    together = np.zeros(len(faces), dtype=np.int64)
    place = split_pieces(together, _some(borders, links), together)
    lived_in = np.bincount(place, households) > 0
    inner = ~links & (borders.right >= 0)
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
    inside = np.flatnonzero((home >= 0) & ~bars.passive)
    pieces = split_pieces(home, bars.open_borders(borders), np.zeros(len(faces), dtype=np.int64))
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
