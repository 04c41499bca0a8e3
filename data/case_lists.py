"""Reading cases: lists by filter, points for the map, one case with its ledger.

Every query carries the caller's scope; none grows with the length of its answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, text

from casework.states import OPEN
from data.case_types import Point
from data.database import query
from data.scope import Scope, in_cases

MOST_POINTS: Final = 20_000
Sort = Literal["received", "-received", "deadline"]
Bbox = tuple[float, float, float, float]
Rows = Sequence[Row[Any]]

# sort → column and direction; the id makes the order total.
_ORDERS: Final[dict[Sort, tuple[str, str, str]]] = {
    "received": ("c.received_at", "ASC", ">"),
    "-received": ("c.received_at", "DESC", "<"),
    # What has no deadline, since its days are not in the calendar yet, comes last.
    "deadline": ("coalesce(c.deadline_at, 'infinity'::timestamptz)", "ASC", ">"),
}
# A day begins at midnight in the district, not in UTC.
_MIDNIGHT = (
    "(CAST(CAST(:{day} AS date) + {days} AS timestamp)"
    " AT TIME ZONE (SELECT time_zone FROM district WHERE id = :district_id))"
)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are asked for; None asks nothing.

    Parameters
    ----------
    states
        States, any of them.
    triage
        True: only those in no grid.
    bbox
        West, south, east, north in WGS 84 degrees.
    from_day, to_day
        Days of receipt in the district's time zone, both included.
    called
        True: those to which the caller's unit was called 吹哨, wherever they lie.
    words
        Part of a number or of an address, or a whole external number.
    """

    states: Sequence[str] | None = None
    category_id: int | None = None
    severity: str | None = None
    overdue: bool | None = None
    grid_id: int | None = None
    area_id: int | None = None
    unit_id: int | None = None
    triage: bool | None = None
    bbox: Bbox | None = None
    from_day: date | None = None
    to_day: date | None = None
    words: str | None = None
    called: bool = False

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """SQL conditions on `hazard_case AS c`, and their parameters."""
        asked: list[tuple[str, str, Any]] = [
            ("states", "c.state = ANY(:states)", None if self.states is None else [*self.states]),
            ("category_id", "c.category_id = :category_id", self.category_id),
            ("severity", "c.severity = :severity", self.severity),
            ("overdue", "c.overdue = :overdue", self.overdue),
            ("grid_id", "c.grid_id = :grid_id", self.grid_id),
            ("area_id", _IN_AREA, self.area_id),
            ("asked_unit", "c.unit_id = :asked_unit", self.unit_id),
            ("triage", "(c.grid_id IS NULL) = :triage", self.triage),
            (
                "from_day",
                f"c.received_at >= {_MIDNIGHT.format(day='from_day', days=0)}",
                self.from_day,
            ),
            ("to_day", f"c.received_at < {_MIDNIGHT.format(day='to_day', days=1)}", self.to_day),
            ("words", _WORDS, None if self.words is None else _like(self.words)),
        ]
        parts = [condition for _, condition, value in asked if value is not None]
        values = {name: value for name, _, value in asked if value is not None}
        if self.words is not None:
            values["whole"] = self.words.strip()
        if self.bbox is not None:
            parts.append("c.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)")
            values |= dict(zip(("west", "south", "east", "north"), self.bbox, strict=True))
        return parts, values


_IN_AREA = (
    "c.area_path <@ (SELECT path FROM area WHERE district_id = :district_id AND id = :area_id)"
)
# A unit sees a case that it was called to, and only for that.
_CALLED = "(c.district_id = :district_id AND c.called_units @> ARRAY[CAST(:scope_unit AS bigint)])"
_WORDS = "(c.number LIKE :words OR c.address ILIKE :words OR c.external_number = :whole)"


def _like(words: str) -> str:
    plain = words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


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
    parts, values = asked.conditions()
    if after is not None:
        parts.append(f"({column}, c.id) {sign} (CAST(:after_at AS timestamptz), :after_id)")
        moment = "infinity" if after[0] is None else after[0].isoformat()
        values |= {"after_at": moment, "after_id": after[1]}
    where = " AND ".join([_CALLED if asked.called else in_cases("c", scope), *parts])
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
            " taken_lon, ST_Y(taken_geom) AS taken_lat, taken_datum, redactions FROM photo"
            " WHERE district_id = :district_id AND case_id = :case_id ORDER BY received_at, id"
        ),
        {"district_id": district_id, "case_id": case_id},
    ).all()
