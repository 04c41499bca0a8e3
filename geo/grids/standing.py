"""How many households each grid of a plan has, and how many it should have.

Nothing that the plan says of itself is trusted: households are counted from the buildings, and
a grid's area is the one that holds most of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.grids.faces import BoolArray, FloatArray, GeometryArray, IntArray
from geo.grids.local import LocalFrame, local_frame
from geo.grids.options import (
    KINDS,
    GridOptions,
    grid_targets,
    households_wanted,
    kinds_of,
    locked_of,
)
from geo.grids.score import count_households, too_large

RIM_M: Final = 0.05
"""As near as this to the border of its area a boundary lies on it."""


@dataclass(frozen=True)
class Standing:
    """Where the grids of a plan stand against their targets; local metres, one row a grid.

    Attributes
    ----------
    frame
        The metric system.
    shapes, outlines
        Grids, and the areas.
    area
        Position of each grid's area, -1 where it lies in none.
    kind
        "general", "micro" or "site".
    households
        Counted anew.
    target
        See :func:`geo.grids.options.grid_targets`; NaN for a whole site, which is one grid
        whatever its households.
    low, high
        Households between which a grid keeps to its target.
    """

    frame: LocalFrame
    shapes: GeometryArray
    outlines: GeometryArray
    area: IntArray
    kind: tuple[str, ...]
    households: IntArray
    target: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def off_pct(self) -> FloatArray:
        """Deviation from the target, per cent; NaN where there is none."""
        with np.errstate(invalid="ignore", divide="ignore"):
            off = 100 * (self.households / self.target - 1)
        empty = (self.target == 0) & (self.households == 0)
        return np.where(empty, 0.0, off)

    @property
    def missed(self) -> IntArray:
        """Positions of the grids beyond their tolerance, in their order."""
        outside: BoolArray = (self.households < self.low) | (self.households > self.high)
        return np.flatnonzero(outside & np.isfinite(self.target))


def find_standing(
    grids: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    options: GridOptions | None = None,
    *,
    kept: gpd.GeoDataFrame | None = None,
) -> Standing:
    """Count the households of a plan's grids and set them against their fair targets.

    Parameters
    ----------
    grids
        Polygons or multipolygons; ``kind``, ``locked`` and ``target`` are used where they are
        there.
    buildings
        ``households``.
    areas
        ``code``, and if wanted ``kind`` and ``target`` (households wanted in a grid).
    options
        Households wanted in a grid, and the tolerance.
    kept
        Grids that were locked, by their ``code``, where ``grids`` has no column ``locked``.
    """
    options = options or GridOptions()
    frame = local_frame(areas)
    shapes, outlines = frame.bring(grids), frame.bring_areas(areas)
    area = _area_of_grid(shapes, outlines)
    walls, held = frame.bring(buildings), buildings["households"].to_numpy(dtype=np.int64)
    site = np.array(kinds_of(areas)) == "site"
    most = np.where(site, np.iinfo(np.int64).max, households_wanted(areas, options))
    large = too_large(walls, held, outlines, most)
    households = count_households(shapes, walls, held, large, area)
    kind = _kinds(grids, areas, area)
    wanted = _wanted(areas, area, kind, options)
    target = grid_targets(area, kind, locked_of(grids, kept), households, wanted)
    if "target" in grids.columns:
        given = pd.to_numeric(grids["target"], errors="coerce").to_numpy(dtype=np.float64)
        target = np.where(np.isfinite(given) & np.isfinite(target), given, target)
    micro = np.array([one == "micro" for one in kind], dtype=bool)
    low, high = target * (1 - options.tolerance), target * (1 + options.tolerance)
    return Standing(
        frame=frame,
        shapes=shapes,
        outlines=outlines,
        area=area,
        kind=kind,
        households=households,
        target=target,
        low=np.where(micro, np.minimum(low, options.micro_range[0]), low),
        high=np.where(micro, np.maximum(high, options.micro_range[1]), high),
    )


def _area_of_grid(shapes: GeometryArray, outlines: GeometryArray) -> IntArray:
    grid, area = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    found = np.full(len(shapes), -1, dtype=np.int64)
    rims = shapely.buffer(outlines, RIM_M)
    shapely.prepare(rims)
    # Measuring what two shapes share is dear; few grids of few plans cross a border.
    whole = shapely.covers(rims[area], shapes[grid])
    crossing = np.bincount(grid, whole, minlength=len(shapes))[grid] != 1
    shared_m2 = whole.astype(np.float64)
    shared_m2[crossing] = shapely.area(
        shapely.intersection(shapes[grid[crossing]], outlines[area[crossing]])
    )
    order = np.argsort(shared_m2, kind="stable")
    order = order[shared_m2[order] > 0]
    found[grid[order]] = area[order]
    return found


def _kinds(grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, area: IntArray) -> tuple[str, ...]:
    if "kind" in grids.columns:
        return tuple(str(one) if one in KINDS else "general" for one in grids["kind"])
    of_area = [*kinds_of(areas), "general"]  # the last for grids that lie in no area
    return tuple(of_area[at] for at in area.tolist())


def _wanted(
    areas: gpd.GeoDataFrame,
    area: IntArray,
    kind: tuple[str, ...],
    options: GridOptions,
) -> IntArray:
    """Households wanted in each grid: as its area says, else as its own kind does."""
    usual = {"micro": options.micro_households}
    wanted = np.array([usual.get(one, options.households) for one in kind], dtype=np.int64)
    if "target" in areas.columns:
        told = np.append(areas["target"].notna().to_numpy(), False)[area]
        wanted[told] = np.append(households_wanted(areas, options), 0)[area[told]]
    return wanted


def texts_of(grids: gpd.GeoDataFrame, column: str) -> list[str]:
    """A column as texts, "" where there is nothing; ``code`` is counted where there is none."""
    if column in grids.columns:
        return ["" if pd.isna(value) else str(value) for value in grids[column]]
    counted = column == "code"
    return [str(at) if counted else "" for at in range(1, len(grids) + 1)]
