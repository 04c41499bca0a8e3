"""Grids drawn around the buildings that a list gives them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from data.imports.grid_lists import GridList, ListMatch, match_buildings
from data.imports.grids import number_grids
from data.imports.problems import BadRow, ImportFileError, Problem
from data.plans import TownFrames
from geo.gather import Gathered, gather_grids
from geo.grids.codes import grid_name
from geo.grids.faces import GeometryArray, IntArray
from geo.grids.inputs import bring_town
from geo.grids.local import local_frame


@dataclass(frozen=True)
class DrawnList:
    """Grids of a list, drawn.

    Attributes
    ----------
    grids
        As :func:`geo.grids.generate` returns them, in EPSG:4326, ordered by code.
    listed, buildings
        How many buildings the list names, and how many there are.
    households_listed, households
        Likewise.
    unreached
        Grids made of ground that no listed grid reaches: they are not on the list.
    notes
        Rows that match nothing, and buildings that went to a neighbour.
    own_codes
        Codes that stood in the list; the others were given here.
    """

    grids: gpd.GeoDataFrame
    listed: int
    buildings: int
    households_listed: int
    households: int
    unreached: int
    notes: list[BadRow]
    own_codes: frozenset[str]


def draw_list(
    listed: GridList,
    buildings: gpd.GeoDataFrame,
    town: TownFrames,
    in_use: frozenset[str] = frozenset(),
) -> DrawnList:
    """Draw the grids of a list around its buildings.

    Parameters
    ----------
    listed
        The list.
    buildings
        Those of the area with ``name``, ``compound``, ``address``, ``households``.
    town
        The communities to be divided, and the streets that borders follow.
    in_use
        Codes of grids in force, which new grids are not given.

    Raises
    ------
    ImportFileError
        When no building matches.
    """
    match = match_buildings(listed, buildings)
    at = np.array(sorted(match.grid_of_building), dtype=np.int64)
    if len(at) == 0:
        raise ImportFileError("grid_list_empty", bad=match.notes)
    labels = np.array([match.grid_of_building[one] for one in at.tolist()], dtype=np.int64)
    households = buildings["households"].to_numpy(dtype=np.int64)
    frame = local_frame(town.areas)
    ground = bring_town(buildings, town.roads, town.water, town.areas, frame)
    inner = shapely.point_on_surface(frame.bring(buildings))
    made = gather_grids(ground, inner[at], labels, households[at])
    grids = _grids(listed, made, _count(made, inner, households), town, in_use)
    grids = grids.set_geometry(frame.take_back(made.shapes, town.areas), crs=town.areas.crs)
    return DrawnList(
        grids.sort_values("code", ignore_index=True),
        len(at),
        len(buildings),
        int(households[at].sum()),
        int(households.sum()),
        int((made.label < 0).sum()),
        [*match.notes, *_moved(listed, match, at[made.moved], households)],
        frozenset(grids["code"]) & {grid.code for grid in listed.grids if grid.code is not None},
    )


def _grids(
    listed: GridList,
    made: Gathered,
    households: IntArray,
    town: TownFrames,
    in_use: frozenset[str],
) -> gpd.GeoDataFrame:
    """Codes, names, communities and households of the grids, in the order they were made."""
    of_list = [listed.grids[label] if label >= 0 else None for label in made.label.tolist()]
    given = [None if grid is None else grid.code for grid in of_list]
    codes = number_grids(given, made.shapes, made.area, town.areas, in_use)
    names = [
        (None if grid is None else grid.name) or grid_name(int(code[-3:]))
        for grid, code in zip(of_list, codes, strict=True)
    ]
    areas = [town.areas["code"].iloc[area] for area in made.area.tolist()]
    return gpd.GeoDataFrame(
        {"code": codes, "name": names, "area": areas, "households": households},
        geometry=made.shapes,
    )


def _count(made: Gathered, points: GeometryArray, households: IntArray) -> IntArray:
    grid, unit = shapely.STRtree(points).query(made.shapes, predicate="intersects")
    _, first = np.unique(unit, return_index=True)
    return np.bincount(grid[first], households[unit[first]], minlength=len(made.shapes)).astype(
        np.int64
    )


def _moved(
    listed: GridList, match: ListMatch, buildings: IntArray, households: IntArray
) -> list[BadRow]:
    """One note for each grid of which buildings went to a neighbour."""
    grids = np.array([match.grid_of_building[at] for at in buildings.tolist()], dtype=np.int64)
    notes = []
    for grid in np.unique(grids).tolist():
        own = buildings[grids == grid]
        row = next(row.row for row in listed.rows if row.grid == grid)
        params = {
            "grid": listed.grids[grid].code or listed.grids[grid].name,
            "count": len(own),
            "households": int(households[own].sum()),
        }
        notes.append(BadRow(row, listed.column, "", Problem("list_building_apart", params)))
    return notes
