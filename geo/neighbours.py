"""Who is whose neighbour: grids that touch, units within a distance, H3 cells side by side."""

from collections.abc import Iterable, Sequence

import h3
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import KDTree
from shapely import STRtree

from geo.datum import FloatArray
from geo.hexagons import cell_centres
from geo.metric import local_crs, project

Neighbours = Sequence[npt.NDArray[np.intp]]
"""For each unit the positions of its neighbours, ascending, without itself."""


def touching(polygons: npt.ArrayLike, tolerance_m: float = 1.0) -> Neighbours:
    """Find the polygons that touch one another at an edge or a corner (queen contiguity).

    Parameters
    ----------
    polygons : array_like of shapely polygons, shape (n,), degrees, WGS 84
    tolerance_m : float, metres
        A smaller gap still counts as touching: where two communities were drawn apart, their
        common border seldom fits to the last digit.

    Returns
    -------
    Neighbours
        A polygon that touches none (an island) is made a neighbour of the nearest one, both
        ways.
    """
    shapes = np.array(polygons, dtype=np.object_)
    if len(shapes) == 0:
        return []
    vertices = shapely.get_coordinates(shapes)
    crs = local_crs(vertices[:, 0], vertices[:, 1])
    flat = shapely.transform(shapes, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1], crs)))
    pairs = STRtree(flat).query(flat, predicate="dwithin", distance=tolerance_m)
    found = _from_pairs(pairs[0], pairs[1], len(flat))
    return _join_islands(found, shapely.get_coordinates(shapely.centroid(flat)))


def within(lon: npt.ArrayLike, lat: npt.ArrayLike, distance_m: float) -> Neighbours:
    """Find the units whose centres lie within a distance of one another (distance band).

    Parameters
    ----------
    lon, lat : array_like, shape (n,), degrees, WGS 84
    distance_m : float, metres

    Returns
    -------
    Neighbours
        A unit with none within the distance is joined to the nearest one, both ways.
    """
    x, y = np.atleast_1d(lon), np.atleast_1d(lat)
    if len(x) == 0:
        return []
    places = np.column_stack(project(x, y, local_crs(x, y)))
    pairs = KDTree(places).query_pairs(distance_m, output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return _join_islands(_from_pairs(both[:, 0], both[:, 1], len(places)), places)


def of_cells(cells: Iterable[str]) -> Neighbours:
    """Find which of the given H3 cells lie side by side.

    Parameters
    ----------
    cells : H3 indexes of one resolution, each once

    Returns
    -------
    Neighbours
        Up to six for each cell; one that has none of the given cells beside it is joined to
        the nearest one, both ways.
    """
    names = list(cells)
    position = {cell: i for i, cell in enumerate(names)}
    if not names:
        return []
    found = [
        {position[other] for other in h3.grid_disk(cell, 1) if other in position} - {i}
        for i, cell in enumerate(names)
    ]
    lon, lat = cell_centres(names)
    places = np.column_stack(project(lon, lat, local_crs(lon, lat)))
    return _join_islands(found, places)


def _from_pairs(
    one: npt.NDArray[np.intp], other: npt.NDArray[np.intp], size: int
) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in range(size)]
    for i, j in zip(one.tolist(), other.tolist(), strict=True):
        if i != j:
            found[i].add(j)
    return found


def _join_islands(found: list[set[int]], places: FloatArray) -> Neighbours:
    islands = [i for i, others in enumerate(found) if not others]
    if islands and len(found) > 1:
        nearest = np.asarray(KDTree(places).query(places[islands], k=2)[1])
        for i, pair in zip(islands, nearest.tolist(), strict=True):
            # The nearest of all is the island itself, unless two share one place.
            other = pair[1] if pair[0] == i else pair[0]
            found[i].add(other)
            found[other].add(i)
    return [np.array(sorted(others), dtype=np.intp) for others in found]
