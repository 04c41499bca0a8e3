"""Reading cases: lists by filter, points for the map, one case with its ledger.

Every query carries the caller's scope; none grows with the length of its answer.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, text

from casework.states import OPEN
from data.case_filter import CaseFilter
from data.case_types import Point
from data.database import query
from data.scope import Scope, in_cases

MOST_POINTS: Final = 20_000
Sort = Literal["received", "-received", "deadline"]
Rows = Sequence[Row[Any]]

# sort → column and direction; the id makes the order total.
_ORDERS: Final[dict[Sort, tuple[str, str, str]]] = {
    "received": ("c.received_at", "ASC", ">"),
    "-received": ("c.received_at", "DESC", "<"),
    # What has no deadline, since its days are not in the calendar yet, comes last.
    "deadline": ("coalesce(c.deadline_at, 'infinity'::timestamptz)", "ASC", ">"),
}
# A unit sees a case that it was called to, and only for that.
_CALLED = "(c.district_id = :district_id AND c.called_units @> ARRAY[CAST(:scope_unit AS bigint)])"


def where_seen(scope: Scope, asked: CaseFilter) -> tuple[str, dict[str, Any]]:
    """SQL condition on `case_in_scope AS c` for what is asked within a scope, and its parameters.

    The parameters of the scope itself are not among them: `Scope.parameters()`.
    """
    parts, values = asked.conditions()
    return " AND ".join([_CALLED if asked.called else in_cases("c", scope), *parts]), values


def list_cases(
    connection: Connection,
    scope: Scope,
    asked: CaseFilter,
    *,
    sort: Sort,
    limit: int,
    after: tuple[datetime | None, UUID] | None = None,
) -> Rows:
    """A page of cases as `case_briefs.sql` tells them.

    Parameters
    ----------
    after
        Sort time (None: it has no deadline) and id of the last case of the page before.
    """
    column, direction, sign = _ORDERS[sort]
    where, values = where_seen(scope, asked)
    if after is not None:
        where += f" AND ({column}, c.id) {sign} (CAST(:after_at AS timestamptz), :after_id)"
        moment = "infinity" if after[0] is None else after[0].isoformat()
        values |= {"after_at": moment, "after_id": after[1]}
    return connection.execute(
        query("case_briefs", where=where, order=f"{column} {direction}, c.id {direction}"),
        {**scope.parameters(), **values, "limit": limit},
    ).all()


def cases_near(
    connection: Connection,
    scope: Scope,
    point: Point,
    *,
    metres: float,
    category_id: int | None = None,
    since: datetime | None = None,
    limit: int = 20,
) -> Rows:
    """Open cases within so many metres of a point, nearest first.

    Parameters
    ----------
    category_id, since
        Only of this kind; only received then or later.
    """
    # The envelope, a little too wide, uses the index; the distance on the ellipsoid decides.
    here = "CAST(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geography)"
    where = (
        f"{in_cases('c', scope)} AND c.state = ANY(:states)"
        f" AND c.geom && CAST(ST_Buffer({here}, :metres * 1.1) AS geometry)"
        f" AND ST_DWithin(CAST(c.geom AS geography), {here}, :metres)"
    )
    asked = {"category_id": category_id, "since": since}
    if category_id is not None:
        where += " AND c.category_id = :category_id"
    if since is not None:
        where += " AND c.received_at >= :since"
    return connection.execute(
        query("case_briefs", where=where, order=f"CAST(c.geom AS geography) <-> {here}, c.id"),
        {
            **scope.parameters(),
            **{name: value for name, value in asked.items() if value is not None},
            "states": sorted(OPEN),
            "lon": point.lon,
            "lat": point.lat,
            "metres": metres,
            "limit": limit,
        },
    ).all()


def case_points(connection: Connection, scope: Scope, asked: CaseFilter) -> Rows:
    """Id, place and looks of cases, newest first; one more than `MOST_POINTS` when there are."""
    parts, values = asked.conditions()
    where = " AND ".join([in_cases("c", scope), *parts])
    return connection.execute(
        query("case_points", where=where),
        {**scope.parameters(), **values, "limit": MOST_POINTS + 1},
    ).all()


def read_case(connection: Connection, district_id: int, case_id: UUID) -> Row[Any]:
    """One case as `case_briefs.sql` tells it; the caller has made sure that it may be seen."""
    return connection.execute(
        query("case_briefs", where="c.district_id = :district_id AND c.id = :id", order="c.id"),
        {"district_id": district_id, "id": case_id, "limit": 1},
    ).one()


def read_briefs(connection: Connection, district_id: int, case_ids: Sequence[UUID]) -> Rows:
    """Cases as `case_briefs.sql` tells them; the caller has made sure that they may be seen."""
    return connection.execute(
        query(
            "case_briefs", where="c.district_id = :district_id AND c.id = ANY(:ids)", order="c.id"
        ),
        {"district_id": district_id, "ids": list(case_ids), "limit": max(1, len(case_ids))},
    ).all()


def read_ledger(connection: Connection, district_id: int, case_id: UUID) -> Rows:
    """All lines of a case with who acted and what was said, first to last."""
    return connection.execute(
        query("case_ledger"), {"district_id": district_id, "case_id": case_id}
    ).all()


def descriptions_of(
    connection: Connection, district_id: int, case_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """What was said when cases were reported; those whose text was erased or none are left out."""
    rows = connection.execute(
        text(
            "SELECT case_id, body FROM case_text WHERE district_id = :district_id AND seq = 1"
            " AND case_id = ANY(CAST(:ids AS uuid[])) AND body IS NOT NULL"
        ),
        {"district_id": district_id, "ids": list(case_ids)},
    )
    return {row.case_id: row.body for row in rows}


def read_photos(connection: Connection, district_id: int, case_id: UUID) -> Rows:
    """The photos of a case, oldest first."""
    return connection.execute(
        text(
            "SELECT id, role, width_px, height_px, received_at, taken_at, ST_X(taken_geom) AS"
            " taken_lon, ST_Y(taken_geom) AS taken_lat, taken_datum, redactions, added_by"
            " FROM photo"
            " WHERE district_id = :district_id AND case_id = :case_id ORDER BY received_at, id"
        ),
        {"district_id": district_id, "case_id": case_id},
    ).all()
