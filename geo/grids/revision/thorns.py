"""Thorns: places where a coverage is narrower than a centimetre, closed before it is noded anew.

Where a grid runs out in a strip of a millimetre between two others, noding on a grid of one
millimetre makes something else of it each time, and what was drawn before and after no longer
fits together. Here an edge that passes a corner that closely is led through it, and two such
corners become one, so that the strip closes. What is the rim of the coverage stays where it is: a
corner beside it moves to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.grids.coverage import TOLERANCE_M
from geo.grids.faces import (
    NODE_GRID_M,
    POLYGON,
    FloatArray,
    GeometryArray,
    IntArray,
    are_sound,
    node_lines,
    point_keys,
    polygonize,
)
from geo.grids.revision.fit import holders
from geo.grids.revision.outlines import Outlines, trace

THORN_M = TOLERANCE_M
"""What is narrower than this is closed."""
POINTED = 3.0
"""A thorn is at least so many times longer than wide; a short edge in a corner is none."""


@dataclass(frozen=True)
class _Close:
    """Corners close to an edge that they are no end of: places in the names and edges."""

    corner: IntArray
    edge: IntArray
    along: FloatArray


def mend_thorns(shapes: GeometryArray) -> GeometryArray:
    """Close what is narrower than ``THORN_M`` between the edges of a coverage.

    Parameters
    ----------
    shapes
        Polygons that form a coverage, local metres, vertices on the node grid.

    Returns
    -------
    Polygons in the same order, a coverage of the same ground but for the rounding of the node
    grid. Those without a thorn are what they were; so are all where one could only be closed by
    tearing a shape apart.
    """
    outlines = trace(shapes)
    close, pairs = _find(outlines), _pairs(outlines)
    if len(close.corner) == 0 and len(pairs) == 0:
        return shapes
    close, goal = _aims(outlines, close, pairs)
    points, shape = shapely.get_coordinates(shapes, return_index=True)
    moved = np.flatnonzero((goal != outlines.places).any(axis=1))
    concerned = np.concatenate([moved, close.corner, outlines.ends[:, close.edge].ravel()])
    members = np.unique(shape[np.isin(point_keys(points), outlines.names[concerned])])
    drawn = _draw(shapes[members], outlines, close, goal)
    if drawn is None:
        return shapes
    mended = shapes.copy()
    mended[members] = drawn
    return mended if shapely.coverage_is_valid(mended) else shapes


def _find(outlines: Outlines) -> _Close:
    begin, end = outlines.places[outlines.ends]
    edges = np.asarray(shapely.linestrings(np.stack([begin, end], axis=1)), dtype=np.object_)
    corners = np.asarray(shapely.points(outlines.places), dtype=np.object_)
    corner, edge = shapely.STRtree(edges).query(corners, predicate="dwithin", distance=THORN_M)
    beside = (outlines.ends[:, edge] != corner).all(axis=0)
    corner, edge = corner[beside], edge[beside]
    along = np.asarray(shapely.line_locate_point(edges[edge], corners[corner]))
    off = shapely.distance(edges[edge], corners[corner])
    length = shapely.length(edges[edge])
    inner = np.minimum(along, length - along) >= np.maximum(POINTED * off, NODE_GRID_M)
    return _Close(corner[inner], edge[inner], along[inner])


def _pairs(outlines: Outlines) -> IntArray:
    """Corners close to one another that no edge joins, shape (n, 2)."""
    found = cKDTree(outlines.places).query_pairs(THORN_M, output_type="ndarray").astype(np.int64)
    size = len(outlines.names)
    joined = outlines.ends.min(axis=0) * size + outlines.ends.max(axis=0)
    return found[~np.isin(found.min(axis=1) * size + found.max(axis=1), joined)]


def _aims(outlines: Outlines, close: _Close, pairs: IntArray) -> tuple[_Close, FloatArray]:
    """Sort out what cannot be closed; also where each corner is to be."""
    alone, size = outlines.alone(), len(outlines.names)
    fixed = np.zeros(size, dtype=bool)
    fixed[outlines.ends[:, alone]] = True
    goal = outlines.places.copy()
    rim = alone[close.edge]
    usable = ~rim | ~fixed[close.corner]
    close = _Close(close.corner[usable], close.edge[usable], close.along[usable])
    led = np.flatnonzero(rim[usable])
    begin, end = outlines.places[outlines.ends[:, close.edge[led]]]
    way = (end - begin) / np.hypot(*(end - begin).T)[:, None]
    foot = begin + close.along[led][:, None] * way
    goal[close.corner[led]] = np.rint(foot / NODE_GRID_M) * NODE_GRID_M
    links = coo_array((np.ones(len(pairs)), pairs.T), shape=(size, size))
    _, group = connected_components(links, directed=False)
    order = np.lexsort((~fixed, group))
    chief = order[np.unique(group[order], return_index=True)[1]][group]
    free = ~fixed & (chief != np.arange(size))
    goal[free] = outlines.places[chief[free]]
    return close, goal


def _draw(
    shapes: GeometryArray, outlines: Outlines, close: _Close, goal: FloatArray
) -> GeometryArray | None:
    """Draw shapes with edges led through corners; None where they are not one polygon each."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapes), return_index=True)
    keys = point_keys(points)
    at = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.unique(np.sort(np.stack([keys[at], keys[at + 1]]), axis=0), axis=1)
    one, other = np.searchsorted(outlines.names, ends)
    place = {ends: at for at, ends in enumerate(zip(*outlines.ends.tolist(), strict=True))}
    through: dict[int, list[tuple[float, int]]] = {}
    for corner, edge, along in zip(
        close.corner.tolist(), close.edge.tolist(), close.along.tolist(), strict=True
    ):
        through.setdefault(edge, []).append((along, corner))
    lines = []
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        between = [corner for _, corner in sorted(through.get(place[a, b], []))]
        lines.append(shapely.LineString(goal[[a, *between, b]]))
    faces = polygonize(node_lines(np.array(lines, dtype=np.object_)))
    holder = holders(faces, shapes)
    drawn = np.empty(len(shapes), dtype=np.object_)
    for shape in range(len(shapes)):
        drawn[shape] = shapely.coverage_union_all(faces[holder == shape])
    whole = (shapely.get_type_id(drawn) == POLYGON).all() and are_sound(drawn).all()
    return drawn if whole else None
