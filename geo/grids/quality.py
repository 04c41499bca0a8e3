"""All that a quality report says of a plan: figures, each grid, and each miss with its reason."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.grids.along import Guides
from geo.grids.faces import FloatArray, GeometryArray
from geo.grids.inputs import check_areas
from geo.grids.misses import Miss, explain
from geo.grids.options import GridOptions
from geo.grids.score import GridScore, score
from geo.grids.standing import RIM_M, Standing, find_standing, texts_of

SAMPLE_M = 5.0
"""A boundary is looked at in stretches no longer than this."""


@dataclass(frozen=True)
class Quality:
    """The quality of a plan, grid by grid.

    Attributes
    ----------
    score
        Of the whole.
    grids
        One row a grid, in the plan's order: ``code``, ``name``, ``area`` (code), ``area_name``,
        ``kind``, ``households``, ``target`` and ``off_pct`` (NaN for a whole site), ``low`` and
        ``high`` (limits), ``compactness`` (Polsby–Popper), ``road5_pct`` (of its boundary with
        grids of its area, NaN where there is none), ``size_m2``.
    misses
        The grids beyond their limits, each with the reason.
    """

    score: GridScore
    grids: pd.DataFrame
    misses: tuple[Miss, ...]


def assess(
    grids: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    options: GridOptions | None = None,
    *,
    scored: GridScore | None = None,
    water: gpd.GeoDataFrame | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    compounds: gpd.GeoDataFrame | None = None,
    kept: gpd.GeoDataFrame | None = None,
) -> Quality:
    """Measure a plan, grid by grid, and say of each miss why it is.

    Parameters
    ----------
    grids
        A plan made by any means; see :func:`geo.grids.misses.explain`.
    buildings, roads, areas, water, barriers, compounds, kept
        What it was made from; see :func:`geo.grids.generate`.
    options
        Households wanted in a grid, and the tolerance.
    scored
        What :func:`geo.grids.score` found, where it is known already.
    """
    options = options or GridOptions()
    standing = find_standing(grids, buildings, areas, options, kept=kept)
    return Quality(
        score=scored
        or score(
            grids,
            buildings,
            roads,
            areas,
            options.households,
            micro_households=options.micro_households,
            kept=kept,
        ),
        grids=_table(grids, areas, roads, standing),
        misses=explain(
            grids,
            buildings,
            areas,
            options,
            roads=roads,
            water=water,
            barriers=barriers,
            compounds=compounds,
            kept=kept,
            standing=standing,
        ),
    )


def _table(
    grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, standing: Standing
) -> pd.DataFrame:
    codes, names = check_areas(areas), texts_of(areas, "name")
    size_m2 = shapely.area(standing.shapes)
    return pd.DataFrame(
        {
            "code": texts_of(grids, "code"),
            "name": texts_of(grids, "name"),
            "area": [codes[at] if at >= 0 else "" for at in standing.area.tolist()],
            "area_name": [names[at] if at >= 0 else "" for at in standing.area.tolist()],
            "kind": list(standing.kind),
            "households": standing.households,
            "target": standing.target,
            "off_pct": standing.off_pct,
            "low": standing.low,
            "high": standing.high,
            "compactness": 4 * np.pi * size_m2 / shapely.length(standing.shapes) ** 2,
            "road5_pct": _along_roads_pct(standing, roads),
            "size_m2": size_m2,
        }
    )


def _along_roads_pct(standing: Standing, roads: gpd.GeoDataFrame) -> FloatArray:
    """Share of each grid's boundary inside its area that runs within 5 m of a road."""
    size = len(standing.shapes)
    rings = shapely.segmentize(shapely.boundary(standing.shapes), SAMPLE_M)
    parts, grid_of_part = shapely.get_parts(rings, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    begin = np.flatnonzero(part[1:] == part[:-1])
    length_m = np.hypot(*(points[begin + 1] - points[begin]).T)
    middle = (points[begin] + points[begin + 1]) / 2
    grid = grid_of_part[part[begin]]
    inner = np.ones(len(begin), dtype=bool)
    rims = shapely.STRtree(_stretches(shapely.boundary(standing.outlines)))
    inner[rims.query(shapely.points(middle), predicate="dwithin", distance=RIM_M)[0]] = False
    near = np.zeros(len(begin), dtype=bool)
    if len(roads):
        near[inner] = Guides(standing.frame.bring(roads)).near(middle[inner])
    total_m = np.bincount(grid[inner], length_m[inner], minlength=size)
    near_m = np.bincount(grid[near], length_m[near], minlength=size)
    with np.errstate(invalid="ignore"):
        return np.where(total_m > 0, 100 * near_m / total_m, np.nan)


def _stretches(lines: GeometryArray) -> GeometryArray:
    """The straight pieces of lines: an index finds a near one without walking a long line."""
    points, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    begin = np.flatnonzero(line[1:] == line[:-1])
    pairs = np.stack([points[begin], points[begin + 1]], axis=1)
    return np.asarray(shapely.linestrings(pairs), dtype=np.object_)
