"""Officers follow their grids when a plan is published.

An assignment goes with the grid's identity. Where a grid ends, its officers go on with the grid
that takes most of its households, from the plan's first day, unless the publication says
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, Row, text

from data.frames import read_frame
from data.plan_errors import PlanError
from geo.plan_difference import CasePlaces, PlanSides, plan_difference


@dataclass(frozen=True)
class OfficerWish:
    """Where an officer of a grid goes instead; `to_grid` None: the charge ends."""

    account_id: UUID
    from_grid: int
    to_grid: int | None


@dataclass(frozen=True)
class Handover:
    """Which grid's officers go on where, from a plan's first day."""

    before: frozenset[int]
    after: frozenset[int]
    successors: Mapping[int, int]

    def heir(self, grid_id: int) -> int | None:
        """Where the officers of a grid go: it itself where it stays; None where nothing is left."""
        return grid_id if grid_id in self.after else self.successors.get(grid_id)


def read_sides(connection: Connection, district_id: int, plan_id: int, day: date) -> PlanSides:
    """Read the grids before and after a plan that would take effect on a day."""
    grids = read_frame(
        connection,
        "grids_beside_plan",
        {"district_id": district_id, "plan_id": plan_id, "day": day},
    )
    return PlanSides(*(grids[grids["side"] == side] for side in ("before", "after", "around")))


def plan_handover(
    connection: Connection, district_id: int, plan_id: int, area_id: int, day: date
) -> Handover:
    """Find who goes on where, before the old grids are closed."""
    sides = read_sides(connection, district_id, plan_id, day)
    before = frozenset(int(grid_id) for grid_id in sides.before["grid_id"])
    after = frozenset(int(grid_id) for grid_id in sides.after["grid_id"])
    if before <= after:
        return Handover(before, after, {})
    buildings = read_frame(
        connection, "buildings_to_divide", {"district_id": district_id, "area_id": area_id}
    )
    none = CasePlaces([], [], np.empty(0, dtype=np.int64))
    return Handover(before, after, plan_difference(sides, buildings, none).successors)


def move_officers(
    connection: Connection,
    district_id: int,
    handover: Handover,
    day: date,
    wishes: Sequence[OfficerWish] = (),
) -> int:
    """End and begin assignments on a plan's first day, once its grids are dated.

    Returns
    -------
    How many assignments moved.

    Raises
    ------
    PlanError
        `unknown-officer`: a wish names an officer who has no such grid, or a grid that is not in
        force then.
    """
    wanted = {(wish.account_id, wish.from_grid): wish.to_grid for wish in wishes}
    rows = _assignments(connection, district_id, handover.before, day)
    _require_known(connection, district_id, day, wanted, rows)
    moved = 0
    for row in rows:
        to_grid = wanted.get((row.account_id, row.grid_id), handover.heir(row.grid_id))
        if to_grid != row.grid_id:
            _move(connection, district_id, row, to_grid, day)
            moved += 1
    return moved


def _assignments(
    connection: Connection, district_id: int, grid_ids: frozenset[int], day: date
) -> Sequence[Row[Any]]:
    return connection.execute(
        text(
            "SELECT id, account_id, role, grid_id FROM assignment "
            "WHERE district_id = :district_id AND grid_id = ANY(CAST(:grid_ids AS bigint[])) "
            "AND validity && daterange(CAST(:day AS date), NULL) ORDER BY id FOR UPDATE"
        ),
        {"district_id": district_id, "grid_ids": sorted(grid_ids), "day": day},
    ).all()


def _require_known(
    connection: Connection,
    district_id: int,
    day: date,
    wanted: Mapping[tuple[UUID, int], int | None],
    rows: Sequence[Row[Any]],
) -> None:
    held = {(row.account_id, row.grid_id) for row in rows}
    asked = {grid_id for grid_id in wanted.values() if grid_id is not None}
    in_force = set(
        connection.execute(
            text(
                "SELECT grid_id FROM grid_version WHERE district_id = :district_id "
                "AND grid_id = ANY(CAST(:grid_ids AS bigint[])) "
                "AND validity @> CAST(:day AS date)"
            ),
            {"district_id": district_id, "grid_ids": sorted(asked), "day": day},
        ).scalars()
    )
    if not wanted.keys() <= held or not asked <= in_force:
        raise PlanError(
            "unknown-officer", "An officer named has no such grid, or the grid is not in force."
        )


def _move(
    connection: Connection, district_id: int, row: Row[Any], to_grid: int | None, day: date
) -> None:
    """End an assignment on a day and go on with another grid; what was still ahead only moves."""
    values = {
        "district_id": district_id,
        "id": row.id,
        "account_id": row.account_id,
        "role": row.role,
        "grid_id": to_grid,
        "day": day,
    }
    if to_grid is not None:
        connection.execute(_GO_ON, values)
    connection.execute(_END, values)
    connection.execute(_NEVER_BEGAN, values)


# Where he is charged with that grid all the time already, nothing is added.
_GO_ON = text(
    "INSERT INTO assignment (district_id, account_id, role, grid_id, validity) "
    "SELECT s.district_id, s.account_id, s.role, :grid_id, "
    "s.validity * daterange(CAST(:day AS date), NULL) FROM assignment AS s "
    "WHERE s.district_id = :district_id AND s.id = :id AND NOT EXISTS ("
    "SELECT 1 FROM assignment AS has WHERE has.district_id = s.district_id "
    "AND has.account_id = s.account_id AND has.role = s.role AND has.grid_id = :grid_id "
    "AND has.validity @> s.validity * daterange(CAST(:day AS date), NULL))"
)
_END = text(
    "UPDATE assignment SET validity = validity * daterange(NULL, CAST(:day AS date)) "
    "WHERE district_id = :district_id AND id = :id"
)
_NEVER_BEGAN = text(
    "DELETE FROM assignment WHERE district_id = :district_id AND id = :id AND isempty(validity)"
)
