"""Grids that came from a file, stored as the grids of a draft plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import geopandas as gpd
from sqlalchemy import Connection, select, update

from data.database import query
from data.draft_grids import store_draft
from data.frames import read_frame
from data.imports.grid_identity import Continued, identities_by_code
from data.imports.problems import ImportFileError
from data.layers import district_today
from data.plans import PlanKey, TownFrames
from data.schema import Plan
from data.shapes import store_grid_shapes
from geo.grids import score


def hold_draft(connection: Connection, plan: PlanKey) -> None:
    """Make sure that a plan is a draft, and that nobody else changes it before we are done.

    Raises
    ------
    ImportFileError
        If it is checked, approved or published.
    """
    status = connection.execute(
        select(Plan.status)
        .where(Plan.district_id == plan.district_id, Plan.id == plan.id)
        .with_for_update()
    ).scalar_one()
    if status != "draft":
        raise ImportFileError("plan_not_draft", plan=plan.id, status=status)


def store_grids(
    connection: Connection,
    plan: PlanKey,
    town: TownFrames,
    grids: gpd.GeoDataFrame,
    *,
    source: dict[str, Any],
    now: datetime,
    own_codes: Collection[str] = (),
) -> Continued:
    """Put grids in place of those that a draft may have had; its edits can be undone no longer.

    Parameters
    ----------
    town
        What the plan divides.
    grids
        As :func:`geo.grids.generate` returns them, in EPSG:4326.
    source
        Where they came from, kept with the plan: ``file`` and the like.
    own_codes
        Codes that stood in the file: such a grid continues the one that bears the code.

    Returns
    -------
    How many of them continue a grid that was published before.
    """
    hold_draft(connection, plan)
    today = district_today(connection, plan.district_id, now)
    known = identities_by_code(connection, plan, grids, own_codes, today)
    store_draft(
        connection,
        plan.district_id,
        plan.id,
        areas=town.areas,
        buildings=town.buildings,
        grids=grids,
        now=now,
        identities=known,
    )
    store_grid_shapes(connection, plan.district_id, plan.id)
    quality = score(grids, town.buildings, town.roads, town.areas, plan.households)
    connection.execute(
        update(Plan)
        .where(Plan.district_id == plan.district_id, Plan.id == plan.id)
        .values(
            generation={"state": "done", "done": 100, "total": 100, "message": "done"} | source,
            quality=asdict(quality) | {"households_outside": 0},
        )
    )
    return _continued(connection, plan, len(known))


def _continued(connection: Connection, plan: PlanKey, by_code: int) -> Continued:
    place = {"district_id": plan.district_id, "plan_id": plan.id}
    rows = connection.execute(query("draft_identities"), place).all()
    published = sum(row.published for row in rows)
    return Continued(by_code, published - by_code, len(rows) - published)


def codes_in_force(
    connection: Connection, district_id: int, communities: Sequence[str], on: date
) -> frozenset[str]:
    """Codes of the grids of some communities that are in force on a day."""
    parameters = {"district_id": district_id, "communities": list(communities), "on": on}
    return frozenset(read_frame(connection, "grids_before_plan", parameters)["code"])
