"""What patrols came to: of places, never of people.

Whoever sees a grid may know when it and its streets were visited; by whom, shifts tell those who
may read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from data.database import query
from data.scope import Scope, in_place
from data.status import PATROL_S
from data.street_parts import VISITED_SHARE

_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Stands before every visit where lists go on after a street that had none."""

_SIDES: Final = ("west", "south", "east", "north")


@dataclass(frozen=True)
class Days:
    """A period, both days in it, and the day on which grids are looked at."""

    first: date
    last: date
    on: date


def grid_coverage(
    connection: Connection,
    scope: Scope,
    days: Days,
    *,
    grid_id: int | None = None,
    area_path: str | None = None,
    after: tuple[str, int] | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Visits and walked streets of grids by code, as `grid_coverage.sql` tells them."""
    return connection.execute(
        query("grid_coverage", seen=in_place("v", scope)),
        {
            **_asked(scope, days, area_path),
            "grid_id": grid_id,
            "after_code": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "patrol_s": PATROL_S,
            "limit": limit,
        },
    ).all()


def coverage_total(
    connection: Connection, scope: Scope, days: Days, *, area_path: str | None = None
) -> Row[Any]:
    """How much of a place's streets was walked, each counted once."""
    return connection.execute(
        query("coverage_total", seen=in_place("v", scope)), _asked(scope, days, area_path)
    ).one()


def streets_in_scope(
    connection: Connection,
    scope: Scope,
    on: date,
    *,
    grid_id: int | None = None,
    area_path: str | None = None,
    near: tuple[float, float] | None = None,
    box: tuple[float, float, float, float] | None = None,
    before: datetime | None = None,
    after: tuple[datetime | None, int] | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Parts of streets, those not visited for longest first, or the nearest to a place.

    Parameters
    ----------
    near
        Longitude and latitude in degrees.
    box
        West, south, east, north in degrees.
    before
        Only those that were not visited since.
    after
        Last visit and id of the last street of the page before.
    """
    return connection.execute(
        query("streets_in_scope", seen=in_place("v", scope)),
        {
            **scope.parameters(),
            "on": on,
            "grid_id": grid_id,
            "area_path": area_path,
            "lon": None if near is None else near[0],
            "lat": None if near is None else near[1],
            **dict(zip(_SIDES, box or (None,) * 4, strict=True)),
            "before": before,
            "after_at": None if after is None else after[0] or _NEVER,
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    ).all()


def _asked(scope: Scope, days: Days, area_path: str | None) -> dict[str, Any]:
    return {
        **scope.parameters(),
        "first": days.first,
        "last": days.last,
        "on": days.on,
        "area_path": area_path,
        "visited": VISITED_SHARE,
    }
