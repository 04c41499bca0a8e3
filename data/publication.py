"""Publishing a plan: its grids come into force on a day, those they replace end on it.

One transaction: either all of it has happened or none.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, text

from casework.states import Actor, Refusal, decide
from data.case_types import Place
from data.cases import find_case, write_event
from data.database import query
from data.grids import grids_of_points
from data.layers import district_today, touch_layer
from data.plan_errors import PlanError
from data.plan_history import forget_edits
from data.plan_officers import Charge, move_officers, plan_handover
from data.plan_steps import codes_taken, keep_step, read_standing, require_step, standing_of
from data.shapes import store_grid_shapes
from data.status import bump_areas

# A case is placed anew by the plan, not by a person: the rights of whoever published it do.
_PLACING: Final = frozenset({"commander"})


def publish_plan(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    effective_on: date,
    reason: str | None,
    published_by: UUID,
    at: datetime,
    charges: Sequence[Charge] = (),
) -> int:
    """Publish an approved plan: its grids are in force from a day on.

    Grids of the same communities end on that day and stay as history. Where nothing is replaced
    the day may lie in the past; a redrawing never does, for it would rewrite history.

    Parameters
    ----------
    effective_on
        First day of the new grids, in the district's time zone.
    reason
        Why; None: as the draft says.
    published_by
        Account that answers for it, and for the lines in the ledgers of cases that move.
    charges
        Who looks after grids for which the rule of `data.plan_officers` is not to decide.

    Returns
    -------
    Open cases that lie in another grid now. With a day ahead they move on that day; see
    `place_open_cases`.

    Raises
    ------
    PlanError
        Nothing has changed.
    """
    # First of all: whoever looks up places meanwhile holds this row (`data.cases.hold_grids`).
    touch_layer(connection, district_id, "grids", at)
    plan = {"district_id": district_id, "plan_id": plan_id, "day": effective_on}
    today = district_today(connection, district_id, at)
    area_id = require_publishable(connection, district_id, plan_id, effective_on, today)
    limits = read_standing(connection, district_id, plan_id).limits
    handover = plan_handover(connection, district_id, plan_id, area_id, limits, effective_on)
    _put_in_force(connection, plan)
    move_officers(connection, district_id, handover, effective_on, charges)
    _keep_publication(connection, plan | {"by": published_by, "at": at, "reason": reason})
    store_grid_shapes(connection, district_id, plan_id)
    bump_areas(connection, district_id, _paths(connection, plan))
    if effective_on > today:
        return 0
    return place_open_cases(connection, district_id, plan_id, at)


def _put_in_force(connection: Connection, plan: dict[str, Any]) -> None:
    connection.execute(query("close_replaced_grids"), plan)
    connection.execute(
        text(
            "UPDATE grid_version SET validity = daterange(CAST(:day AS date), NULL) "
            "WHERE district_id = :district_id AND plan_id = :plan_id"
        ),
        plan,
    )
    connection.execute(query("begin_grid_status"), plan)


def _keep_publication(connection: Connection, plan: dict[str, Any]) -> None:
    connection.execute(
        text(
            "UPDATE plan SET status = 'published', effective_on = :day, published_at = :at, "
            "published_by = :by, reason = coalesce(:reason, reason) "
            "WHERE district_id = :district_id AND id = :plan_id"
        ),
        plan,
    )
    keep_step(
        connection,
        plan["district_id"],
        plan["plan_id"],
        "publish",
        "published",
        by=plan["by"],
        at=plan["at"],
        reason=plan["reason"] or "",
    )


def require_publishable(
    connection: Connection, district_id: int, plan_id: int, day: date, today: date
) -> int:
    """Refuse a plan that is not approved, or a day on which it cannot take effect.

    Returns
    -------
    Id of the area that the plan divides.

    Raises
    ------
    PlanError
    """
    standing = standing_of(connection, district_id, plan_id)
    require_step(standing, "publish")
    require_day(connection, district_id, plan_id, day, today)
    return standing.area_id


def require_day(
    connection: Connection, district_id: int, plan_id: int, day: date, today: date
) -> None:
    """Refuse a day on which a plan cannot take effect.

    Raises
    ------
    PlanError
        `later-plan`, `day-passed` or `codes-taken`.
    """
    plan = {"district_id": district_id, "plan_id": plan_id, "day": day}
    replaced = connection.execute(query("replaced_grids"), plan).one()
    if replaced.latest_start is not None and replaced.latest_start >= day:
        raise PlanError(
            "later-plan",
            "Grids of these communities begin on or after this day: choose a later one.",
            replaced.latest_start,
        )
    if replaced.latest_start is not None and day < today:
        raise PlanError(
            "day-passed", "Grids that are in force cannot be replaced in the past.", today
        )
    taken = codes_taken(connection, district_id, plan_id, day)
    if taken:
        raise PlanError(
            "codes-taken", "Grids elsewhere bear some of the plan's codes.", codes=taken[:20]
        )


def _paths(connection: Connection, plan: dict[str, Any]) -> list[str]:
    return list(
        connection.execute(
            text(
                "SELECT DISTINCT CAST(area_path AS text) FROM grid_version "
                "WHERE district_id = :district_id AND plan_id = :plan_id"
            ),
            plan,
        ).scalars()
    )


def place_open_cases(connection: Connection, district_id: int, plan_id: int, at: datetime) -> int:
    """Put the open cases of a plan's area into the grids in force, each with a line of its ledger.

    A case whose point lies in the grid it is in already is left alone, so this may be repeated.

    Returns
    -------
    How many cases moved.
    """
    published_by, cases = _open_cases(connection, district_id, plan_id)
    today = district_today(connection, district_id, at)
    grids = grids_of_points(
        connection, district_id, today, [c.lon for c in cases], [c.lat for c in cases]
    )
    moved = [
        (case, grid)
        for case, grid in zip(cases, grids, strict=True)
        if case.grid_id != (None if grid is None else grid.grid_id)
    ]
    for case, grid in moved:
        place = Place(
            None if grid is None else grid.grid_id,
            case.path if grid is None else grid.area_path,
            today,
        )
        _place(connection, (district_id, plan_id), case, place, Actor(published_by, _PLACING), at)
    return len(moved)


def _open_cases(
    connection: Connection, district_id: int, plan_id: int
) -> tuple[UUID, list[Row[Any]]]:
    plan = {"district_id": district_id, "plan_id": plan_id}
    published_by: UUID = connection.execute(
        text("SELECT published_by FROM plan WHERE district_id = :district_id AND id = :plan_id"),
        plan,
    ).scalar_one()
    return published_by, list(connection.execute(query("open_cases_of_plan"), plan).all())


def _place(  # noqa: PLR0917 (who moves what, where to, and when)
    connection: Connection,
    plan: tuple[int, int],
    case: Row[Any],
    place: Place,
    actor: Actor,
    at: datetime,
) -> None:
    district_id, plan_id = plan
    stored = find_case(connection, district_id, case.id, lock=True)
    if stored is None:
        raise LookupError(f"case {case.id} vanished")
    event = decide(
        stored.case,
        "place",
        actor,
        at,
        facts={
            "grid_id": place.grid_id,
            "area_path": place.area_path,
            "lon": case.lon,
            "lat": case.lat,
            "plan_id": plan_id,
        },
    )
    # Closed or struck off since it was listed: it stays where it was put right.
    if not isinstance(event, Refusal):
        write_event(connection, stored, event, place=place)


def plans_taking_effect(connection: Connection, at: datetime) -> list[Row[Any]]:
    """List published plans whose first day was yesterday or is today: `district_id`, `id`.

    Yesterday's too, so that nothing is missed when no worker ran at midnight.
    """
    return list(
        connection.execute(
            text(
                "SELECT p.district_id, p.id FROM plan AS p "
                "JOIN district AS d ON d.id = p.district_id "
                "CROSS JOIN LATERAL (SELECT CAST(CAST(:at AS timestamptz) "
                "AT TIME ZONE d.time_zone AS date) AS today) AS day "
                "WHERE p.status = 'published' "
                "AND p.effective_on BETWEEN day.today - 1 AND day.today "
                "ORDER BY p.district_id, p.id"
            ),
            {"at": at},
        ).all()
    )


def discard_draft(connection: Connection, district_id: int, plan_id: int) -> None:
    """Delete a draft with its grids, and identities that only it used.

    Raises
    ------
    PlanError
        If it is published: what was in force stays.
    """
    plan = {"district_id": district_id, "plan_id": plan_id}
    status = connection.execute(
        text(
            "SELECT status FROM plan WHERE district_id = :district_id AND id = :plan_id FOR UPDATE"
        ),
        plan,
    ).scalar_one_or_none()
    if status is None:
        raise PlanError("unknown", "There is no such plan.")
    if status == "published":
        raise PlanError("published", "A published plan stays: its grids are history.")
    grid_ids = list(
        connection.execute(
            text(
                "DELETE FROM grid_version WHERE district_id = :district_id "
                "AND plan_id = :plan_id RETURNING grid_id"
            ),
            plan,
        ).scalars()
    )
    connection.execute(
        text(
            "DELETE FROM grid AS g WHERE g.district_id = :district_id AND g.id = ANY(:grid_ids) "
            "AND NOT EXISTS (SELECT 1 FROM grid_version AS v "
            "WHERE v.district_id = g.district_id AND v.grid_id = g.id)"
        ),
        plan | {"grid_ids": grid_ids},
    )
    forget_edits(connection, district_id, plan_id)
    connection.execute(
        text("DELETE FROM plan WHERE district_id = :district_id AND id = :plan_id"), plan
    )
