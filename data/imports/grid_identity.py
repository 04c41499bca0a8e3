"""Which grids of a file are grids that we know: by the code that stands in the file.

A code of the draft that is replaced goes before that of a grid in force, for the draft may have
been numbered anew. A code counts only where its grid still has ground in common with the one of
the file: a number that was given to another place is another grid's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import Connection

from data.frames import read_frame
from data.plans import PlanKey


@dataclass(frozen=True)
class Continued:
    """How many grids of an import go on with the identity of one before.

    Attributes
    ----------
    by_code, by_shape
        Found by the code in the file; by more than half of their union.
    new
        Grids that continue none.
    """

    by_code: int
    by_shape: int
    new: int


def identities_by_code(
    connection: Connection,
    plan: PlanKey,
    grids: gpd.GeoDataFrame,
    own_codes: Collection[str],
    on: date,
) -> dict[str, int]:
    """Code → id of the published grid that a grid of a file continues.

    Parameters
    ----------
    plan
        The draft that the file's grids go into, with the grids that it has had.
    grids
        With ``code`` and ``area``, EPSG:4326.
    own_codes
        Codes that stood in the file; others were given by us and say nothing.
    on
        The day whose grids are in force.
    """
    parameters: dict[str, Any] = {"district_id": plan.district_id, "plan_id": plan.id}
    drafted = read_frame(connection, "draft_identities", parameters)
    parameters |= {"communities": sorted(set(grids["area"])), "on": on}
    in_force = read_frame(connection, "grids_before_plan", parameters)
    drawn = dict(zip(grids["code"], grids.geometry, strict=True))
    found = {}
    for row in drafted.itertuples(index=False):
        if row.published and _is(str(row.code), row.geometry, drawn, own_codes):
            found[str(row.code)] = int(row.id)
    of_draft = set(drafted["code"])
    for row in in_force.itertuples(index=False):
        code, grid_id = str(row.code), int(row.id)
        taken = code in of_draft or grid_id in found.values()
        if not taken and _is(code, row.geometry, drawn, own_codes):
            found[code] = grid_id
    return found


def _is(
    code: str,
    shape: shapely.Geometry,
    drawn: dict[str, shapely.Geometry],
    own_codes: Collection[str],
) -> bool:
    if code not in own_codes or code not in drawn:
        return False
    return bool(shapely.area(shapely.intersection(drawn[code], shape)) > 0)
