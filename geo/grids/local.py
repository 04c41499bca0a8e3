"""One local metric system for all that a town is made of.

Everything is measured in metres from a point in the middle of the areas: at the seven-digit
coordinates of a map projection, rounding alone makes noding fail.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Proj, Transformer

from geo.grids.errors import GridInputError
from geo.grids.faces import NODE_GRID_M, FloatArray, GeometryArray

STRAIGHT_M = 300.0
"""A straight line of this length in degrees bends by about a millimetre in metres."""
SLACK = 1.001
"""Edges that were given points once are a hair longer or shorter when they come back."""
SCALE_OFF = 0.005
"""A projected system is used as it is when its areas are true to half a per cent."""


@dataclass(frozen=True)
class LocalFrame:
    """A metric system whose origin lies in the middle of the areas.

    Attributes
    ----------
    crs
        The projected system.
    source
        The system of the areas.
    origin
        Easting and northing of the local origin, whole metres.
    """

    crs: CRS
    source: CRS
    origin: FloatArray

    @property
    def bends(self) -> bool:
        """Whether a straight line of the areas' system is not straight here."""
        return self.crs != self.source

    def bring(self, frame: gpd.GeoDataFrame | gpd.GeoSeries) -> GeometryArray:
        """Return the shapes in local metres, two-dimensional, on the node grid."""
        shapes = shapely.force_2d(frame.geometry.to_crs(self.crs).to_numpy())
        moved = shapely.transform(shapes, lambda points: points - self.origin)
        return np.asarray(shapely.set_precision(moved, NODE_GRID_M), dtype=np.object_)

    def bring_areas(self, areas: gpd.GeoDataFrame) -> GeometryArray:
        """Return areas in local metres; long edges get points so that they stay where they are."""
        return self.bring(gpd.GeoSeries(self._with_points(areas), crs=self.source))

    def bring_kept(self, kept: gpd.GeoDataFrame) -> GeometryArray:
        """Return grids of the areas' system in local metres; edges that have points get no more."""
        return self.bring(gpd.GeoSeries(self._with_points(kept, SLACK), crs=self.source))

    def take_back(
        self, shapes: GeometryArray, areas: gpd.GeoDataFrame, kept: gpd.GeoDataFrame | None = None
    ) -> GeometryArray:
        """Return local shapes in the areas' system, given vertices restored bit by bit.

        Parameters
        ----------
        shapes
            Local metres.
        areas, kept
            Whose vertices are restored; those of ``kept`` go before those of ``areas``.
        """
        back = Transformer.from_crs(self.crs, self.source, always_xy=True)
        given = shapely.get_coordinates(self._with_points(areas))
        if kept is not None:
            own = shapely.get_coordinates(self._with_points(kept, SLACK))
            given = np.concatenate([own, given])
        forward = Transformer.from_crs(self.source, self.crs, always_xy=True)
        known = self._keys(np.column_stack(forward.transform(*given.T)) - self.origin)
        known, first = np.unique(known, return_index=True)

        def restore(points: FloatArray) -> FloatArray:
            moved = np.column_stack(back.transform(*(points + self.origin).T))
            keys = self._keys(points)
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            same = known[at] == keys
            moved[same] = given[first[at[same]]]
            return moved

        return np.asarray(shapely.transform(shapes, restore), dtype=np.object_)

    def _with_points(self, areas: gpd.GeoDataFrame, slack: float = 1.0) -> GeometryArray:
        shapes = shapely.force_2d(areas.geometry.to_numpy())
        if not self.bends:
            return np.asarray(shapes, dtype=np.object_)
        axis = self.source.axis_info[0]
        step_m = slack * (STRAIGHT_M / 6_371_000 if self.source.is_geographic else STRAIGHT_M)
        return np.asarray(
            shapely.segmentize(shapes, step_m / axis.unit_conversion_factor), dtype=np.object_
        )

    @staticmethod
    def _keys(points: FloatArray) -> FloatArray:
        cells = np.rint(points / NODE_GRID_M).astype(np.int64)
        return np.asarray((cells[:, 0] << 32) + cells[:, 1])


def local_frame(areas: gpd.GeoDataFrame) -> LocalFrame:
    """Choose the metric system for some areas: their own where it is true, else UTM.

    Parameters
    ----------
    areas
        Areas with a CRS, at least one of them.

    Raises
    ------
    GridInputError
        When no metric system fits (areas that span continents, or a pole).
    """
    source = CRS(areas.crs)
    crs = source if _is_true(areas, source) else _utm(areas)
    west, south, east, north = areas.geometry.to_crs(crs).total_bounds
    if max(east - west, north - south) > 1_000_000:
        raise GridInputError(
            "areas_too_wide",
            "区域范围超过 1000 公里，请分批划分，或检查坐标是否写错。",
            "The areas span more than 1000 km: divide them in parts, or check their coordinates.",
        )
    return LocalFrame(crs, source, np.floor(np.array([west + east, south + north]) / 2))


def _is_true(areas: gpd.GeoDataFrame, source: CRS) -> bool:
    if not source.is_projected or source.axis_info[0].unit_conversion_factor != 1:
        return False
    west, south, east, north = areas.total_bounds
    to_degrees = Transformer.from_crs(source, source.geodetic_crs, always_xy=True)
    lon, lat = to_degrees.transform((west + east) / 2, (south + north) / 2)
    return bool(abs(Proj(source).get_factors(lon, lat).areal_scale - 1) <= SCALE_OFF)


def _utm(areas: gpd.GeoDataFrame) -> CRS:
    try:
        return CRS(areas.estimate_utm_crs())
    except (RuntimeError, ValueError) as error:
        raise GridInputError(
            "no_local_crs",
            "找不到适合这些区域的平面坐标系，请检查坐标是否写错。",
            "No metric system fits these areas: check their coordinates.",
        ) from error
