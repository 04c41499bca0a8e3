"""What stands where grids are redrawn: buildings with their households, lines to follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geo.grids.faces import GeometryArray, IntArray
from geo.redraw.plane import Plane

CUT_M2 = 0.1
"""A building is cut when two grids hold more than this of it."""


@dataclass(frozen=True)
class Ground:
    """Buildings, roads and water of a community.

    Attributes
    ----------
    ids, households
        Of each building; the parts of one that is divided among grids follow each other, and
        have the same id.
    buildings : array of polygons and multipolygons, EPSG:4326
    lines : array of lines, EPSG:4326
        Roads, and the banks of rivers and lakes.
    """

    ids: IntArray
    households: IntArray
    buildings: GeometryArray
    lines: GeometryArray

    @cached_property
    def inner(self) -> GeometryArray:
        """A point inside each building: where it is counted."""
        return np.asarray(shapely.point_on_surface(self.buildings), dtype=np.object_)

    @cached_property
    def _points(self) -> shapely.STRtree:
        return shapely.STRtree(self.inner)

    @cached_property
    def _walls(self) -> shapely.STRtree:
        return shapely.STRtree(self.buildings)

    def home(self, shapes: GeometryArray) -> IntArray:
        """Position of the grid that each building is counted in; -1 where it is in none.

        Parameters
        ----------
        shapes : array of polygons, EPSG:4326
            A building whose inner point lies on a boundary counts in the first of its grids.
        """
        found = np.full(len(self.ids), -1, dtype=np.int64)
        # The tree holds the points: a grid is then prepared once, not asked for each building.
        grid, building = self._points.query(shapes, predicate="intersects")
        order = np.lexsort((grid, building))
        building, first = np.unique(building[order], return_index=True)
        found[building] = grid[order][first]
        return found

    def count(self, shapes: GeometryArray) -> tuple[IntArray, IntArray]:
        """Count households and buildings in each grid by the buildings' inner points."""
        home = self.home(shapes)
        inside = home >= 0
        size = len(shapes)
        households = np.bincount(home[inside], self.households[inside], minlength=size)
        first = np.zeros(len(self.ids), dtype=np.bool_)
        first[np.unique(self.ids, return_index=True)[1]] = True
        buildings = np.bincount(home[inside & first], minlength=size)
        return households.astype(np.int64), buildings.astype(np.int64)

    def cut(self, shapes: GeometryArray) -> list[list[int]]:
        """Ids of the buildings that each grid shares with another of the grids given."""
        found: list[list[int]] = [[] for _ in range(len(shapes))]
        grid, building = self._walls.query(shapes, predicate="intersects")
        several = np.bincount(building, minlength=len(self.ids))[building] > 1
        building, grid = building[several], grid[several]
        if len(building) == 0:
            return found
        plane = Plane.around(shapes)
        held = shapely.intersection(
            plane.bring(self.buildings[building]), plane.bring(shapes[grid])
        )
        large = shapely.area(held) > CUT_M2
        building, grid = building[large], grid[large]
        cut = np.bincount(building, minlength=len(self.ids))[building] > 1
        for at, of in zip(building[cut].tolist(), grid[cut].tolist(), strict=True):
            found[of].append(int(self.ids[at]))
        return found
