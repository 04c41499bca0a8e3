"""Hexagons: H3 cells that cover a town, the cells of points, and their outlines."""

from collections.abc import Iterable
from typing import Final

import h3
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.datum import FloatArray

CellArray = npt.NDArray[np.str_]
# Edges of about 200 m and 0.1 km²: of the size of a grid of 300 households in a town.
DEFAULT_RESOLUTION: Final = 9


def cells_of(
    lon: npt.ArrayLike, lat: npt.ArrayLike, resolution: int = DEFAULT_RESOLUTION
) -> CellArray:
    """Find the H3 cell of each point.

    Parameters
    ----------
    lon, lat : array_like, shape (n,), degrees, WGS 84
    resolution : int, 0 to 15

    Returns
    -------
    cells : array of str, shape (n,)
        H3 indexes in their usual hexadecimal form.
    """
    places = zip(np.atleast_1d(lat).tolist(), np.atleast_1d(lon).tolist(), strict=True)
    return _as_cells(h3.latlng_to_cell(y, x, resolution) for y, x in places)


def cover(
    polygons: BaseGeometry | Iterable[BaseGeometry], resolution: int = DEFAULT_RESOLUTION
) -> CellArray:
    """List the H3 cells that overlap a town, with or without cases in them.

    Parameters
    ----------
    polygons : Polygon, MultiPolygon or several, degrees, WGS 84
    resolution : int, 0 to 15

    Returns
    -------
    cells : array of str, ascending, each once
        All cells that share at least a point with a polygon. Empty cells belong to the
        analysis: without them every place with one case would look usual.
    """
    given = [polygons] if isinstance(polygons, BaseGeometry) else list(polygons)
    cells: set[str] = set()
    for part in shapely.get_parts(np.array(given, dtype=np.object_)):
        shape = h3.geo_to_h3shape(part)
        cells.update(h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap"))
    return _as_cells(sorted(cells))


def cell_polygons(cells: Iterable[str]) -> npt.NDArray[np.object_]:
    """Draw H3 cells as shapely polygons in WGS 84 degrees, longitude first."""
    rings = [h3.cell_to_boundary(cell) for cell in cells]
    polygons = [shapely.Polygon([(lon, lat) for lat, lon in ring]) for ring in rings]
    return np.array(polygons, dtype=np.object_)


def cell_centres(cells: Iterable[str]) -> tuple[FloatArray, FloatArray]:
    """Give the centres of H3 cells as longitudes and latitudes in WGS 84 degrees."""
    centres = np.array([h3.cell_to_latlng(cell) for cell in cells], dtype=np.float64)
    lat, lon = centres.reshape(-1, 2).T
    return lon, lat


def _as_cells(cells: Iterable[str]) -> CellArray:
    return np.array(list(cells), dtype="<U15")
