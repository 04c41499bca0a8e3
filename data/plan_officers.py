"""Officers follow their grids when a plan is published.

An assignment goes with the grid's identity. Where a grid ends, its officers go on with the grid
that takes most of its households, from the plan's first day, unless the publication names who
looks after a grid from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, Row, text

from data.areas import area_path
from data.counted_buildings import in_parts
from data.database import query
from data.frames import read_frame
from data.plan_errors import PlanError
from data.plan_wishes import Limits
from geo.plan_difference import CasePlaces, PlanSides, plan_difference

MOST_OFFICERS: Final = 5_000


@dataclass(frozen=True)
class Charge:
    """Who looks after a grid of the plan from its first day on: these and nobody else."""

    grid_id: int
    officers: frozenset[UUID]


@dataclass(frozen=True)
class Handover:
    """Which grid's officers go on where, from a plan's first day."""

    area_id: int
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


def plan_handover(  # noqa: PLR0917 (whose plan, of what, from when)
    connection: Connection, district_id: int, plan_id: int, area_id: int, limits: Limits, day: date
) -> Handover:
    """Find who goes on where, before the old grids are closed, as the preview finds it."""
    sides = read_sides(connection, district_id, plan_id, day)
    before = frozenset(int(grid_id) for grid_id in sides.before["grid_id"])
    after = frozenset(int(grid_id) for grid_id in sides.after["grid_id"])
    if before <= after:
        return Handover(area_id, before, after, {})
    place = {"district_id": district_id, "area_id": area_id}
    buildings = in_parts(
        read_frame(connection, "buildings_to_divide", place),
        read_frame(connection, "communities_to_divide", place),
        limits,
    )
    none = CasePlaces([], [], np.empty(0, dtype=np.int64))
    return Handover(area_id, before, after, plan_difference(sides, buildings, none).successors)


def move_officers(
    connection: Connection,
    district_id: int,
    handover: Handover,
    day: date,
    charges: Sequence[Charge] = (),
) -> int:
    """End and begin assignments on a plan's first day, once its grids are dated.

    Returns
    -------
    How many assignments moved.

    Raises
    ------
    PlanError
        `unknown-grid`: a charge names a grid that is not the plan's; `unknown-officer`: it names
        somebody who is no officer of the street.
    """
    _require_known(connection, district_id, handover, day, charges)
    moved = 0
    for row in _assignments(connection, district_id, handover.before, day):
        to_grid = handover.heir(row.grid_id)
        if to_grid != row.grid_id:
            _move(connection, district_id, row, to_grid, day)
            moved += 1
    return moved + sum(_charge(connection, district_id, charge, day) for charge in charges)


def officers_near(
    connection: Connection, district_id: int, paths: Sequence[str], day: date, *, limit: int
) -> Sequence[Row[Any]]:
    """List the officers of the streets that areas lie in, and what each has in all his grids.

    Parameters
    ----------
    paths
        ltree paths of the areas.

    Returns
    -------
    `id`, `display_name`, `grids`, `households`, `buildings`, `open_cases`, by name.
    """
    return connection.execute(
        query("officers_near"),
        {"district_id": district_id, "paths": list(paths), "day": day, "limit": limit},
    ).all()


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
    handover: Handover,
    day: date,
    charges: Sequence[Charge],
) -> None:
    if not charges:
        return
    if not {charge.grid_id for charge in charges} <= handover.after:
        raise PlanError("unknown-grid", "A grid named is not one of the plan's.")
    path = area_path(connection, district_id, handover.area_id)
    # Whose only grid ends that day has it until the day before.
    rows = officers_near(
        connection,
        district_id,
        [] if path is None else [path],
        day - timedelta(days=1),
        limit=MOST_OFFICERS,
    )
    known = {row.id for row in rows}
    if not {account_id for charge in charges for account_id in charge.officers} <= known:
        raise PlanError("unknown-officer", "Somebody named is no officer of this street.")


def _charge(connection: Connection, district_id: int, charge: Charge, day: date) -> int:
    """End what others have of a grid from a day on, and begin what is missing."""
    rows = _assignments(connection, district_id, frozenset({charge.grid_id}), day)
    others = [
        row for row in rows if row.role == "officer" and row.account_id not in charge.officers
    ]
    for row in others:
        _move(connection, district_id, row, None, day)
    missing = sorted(charge.officers - {row.account_id for row in rows})
    for account_id in missing:
        connection.execute(
            text(
                "INSERT INTO assignment (district_id, account_id, role, grid_id, validity) VALUES "
                "(:district_id, :account_id, 'officer', :grid_id, "
                "daterange(CAST(:day AS date), NULL))"
            ),
            {
                "district_id": district_id,
                "account_id": account_id,
                "grid_id": charge.grid_id,
                "day": day,
            },
        )
    return len(others) + len(missing)


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
