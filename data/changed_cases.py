"""Cases that changed since somebody looked, with all who may have seen them before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from data.database import query
from data.snapshot import Snapshot


@dataclass(frozen=True)
class Standing:
    """Where a case stood at some time: whoever may see it there could see it then."""

    area_path: str | None
    grid_id: int | None
    unit_id: int | None


@dataclass(frozen=True)
class ChangedCase:
    """A case as it stands now, and where it has stood before."""

    id: str
    lon: float | None
    lat: float | None
    state: str
    severity: str
    overdue: bool
    category_id: int
    reported_by: UUID
    now: Standing
    before: tuple[Standing, ...]


def changed_cases(
    connection: Connection, district_id: int, since: Snapshot, *, limit: int
) -> Sequence[ChangedCase]:
    """Cases of a district that were changed by what was not committed in a snapshot.

    Returns
    -------
    At most `limit`, the oldest change first.
    """
    rows = connection.execute(
        query("changed_cases"),
        {
            "district_id": district_id,
            "oldest": str(since.oldest),
            "known": str(since),
            "limit": limit,
        },
    )
    return [_case(row) for row in rows]


def _case(row: Row[Any]) -> ChangedCase:
    return ChangedCase(
        id=row.id,
        lon=row.lon,
        lat=row.lat,
        state=row.state,
        severity=row.severity,
        overdue=row.overdue,
        category_id=row.category_id,
        reported_by=row.reported_by,
        now=Standing(row.area_path, row.grid_id, row.unit_id),
        before=tuple(_before(row.before)),
    )


def _before(ledger: list[list[Any]]) -> Iterator[Standing]:
    """Every place and every unit that was ever named; a line names one or the other."""
    for area_path, grid_id, unit_id in ledger:
        yield Standing(area_path, grid_id, unit_id)
