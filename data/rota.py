"""The rota 值班表 in the database: who is on call for which unit, and when nobody is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from casework.rota import Entry, clashes, gaps
from data.database import query
from data.schema import Account, Area, RotaEntry, Unit

LONGEST: Final = timedelta(hours=72)
MOST_ENTRIES: Final = 2_000
RotaRow = Row[*tuple[Any, ...]]


class RotaError(Exception):
    """An entry cannot be kept as asked.

    Parameters
    ----------
    code
        `unit`, `account` (no such one, or not of this unit), `times` (ends before it begins, or
        lasts longer than `LONGEST`), `taken` (somebody else has this turn then) or `unknown`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NewEntry:
    """An entry as it is to be kept; fields as of `casework.rota.Entry`."""

    unit_id: int
    starts_at: datetime
    ends_at: datetime
    turn: int = 1
    account_id: UUID | None = None
    post: str | None = None
    desk_number: str | None = None

    def as_entry(self, entry_id: int) -> Entry:
        """With the id it has, or is thought to have."""
        return Entry(
            entry_id,
            self.unit_id,
            self.starts_at,
            self.ends_at,
            self.turn,
            self.account_id,
            self.post,
            self.desk_number,
        )


def list_entries(
    connection: Connection,
    district_id: int,
    since: datetime | None,
    until: datetime | None,
    *,
    unit_id: int | None = None,
    entry_id: int | None = None,
    limit: int = MOST_ENTRIES,
) -> Sequence[RotaRow]:
    """Entries on call between two moments by unit, begin and turn, as `rota_entries.sql` tells."""
    return connection.execute(
        query("rota_entries"),
        {
            "district_id": district_id,
            "since": since,
            "until": until,
            "unit_id": unit_id,
            "id": entry_id,
            "limit": limit,
        },
    ).all()


def read_entry(connection: Connection, district_id: int, entry_id: int) -> RotaRow | None:
    """One entry, as `list_entries` tells it."""
    rows = list_entries(connection, district_id, None, None, entry_id=entry_id, limit=1)
    return rows[0] if rows else None


def entries_at(
    connection: Connection, district_id: int, at: datetime, *, unit_id: int | None = None
) -> list[Entry]:
    """Who is on call at a moment, of one unit or of all."""
    table = RotaEntry
    asked = select(table).where(
        table.district_id == district_id, table.starts_at <= at, table.ends_at > at
    )
    if unit_id is not None:
        asked = asked.where(table.unit_id == unit_id)
    return [entry_of(row) for row in connection.execute(asked)]


def entry_of(row: Row[Any]) -> Entry:
    """An entry from its row."""
    return Entry(
        row.id,
        row.unit_id,
        row.starts_at,
        row.ends_at,
        row.turn,
        row.account_id,
        row.post,
        row.desk_number,
    )


def unit_gaps(
    connection: Connection, district_id: int, since: datetime, until: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    """When nobody is on call, for each unit that has a rota between two moments."""
    entries = [entry_of(row) for row in list_entries(connection, district_id, since, until)]
    units = dict.fromkeys(entry.unit_id for entry in entries)
    found = {unit_id: gaps(entries, unit_id, since, until) for unit_id in units}
    return {unit_id: open_ones for unit_id, open_ones in found.items() if open_ones}


def midnight(connection: Connection, district_id: int, day: date) -> datetime:
    """When a day begins in the district's time zone."""
    begins: datetime = connection.execute(
        text(
            "SELECT CAST(CAST(:day AS date) AS timestamp) AT TIME ZONE time_zone"
            " FROM district WHERE id = :district_id"
        ),
        {"district_id": district_id, "day": day},
    ).scalar_one()
    return begins


def units_of_rota(connection: Connection, district_id: int) -> Sequence[Row[Any]]:
    """All units with the areas they work in: `id, name, area_path`."""
    return connection.execute(
        select(Unit.id, Unit.name, text("CAST(area.path AS text) AS area_path"))
        .join(Area, (Area.district_id == Unit.district_id) & (Area.id == Unit.area_id))
        .where(Unit.district_id == district_id)
        .order_by(Unit.id)
    ).all()


def add_entry(
    connection: Connection, district_id: int, new: NewEntry, *, by: UUID, at: datetime
) -> int:
    """Put somebody on call; the id of the entry.

    Raises
    ------
    RotaError
        `unit`, `account`, `times`, `taken`.
    """
    _hold(connection, district_id)
    require_possible(connection, district_id, new)
    return _insert(connection, district_id, new, by, at)


def change_entry(
    connection: Connection,
    district_id: int,
    entry_id: int,
    new: NewEntry,
    *,
    by: UUID,
    at: datetime,
) -> None:
    """Keep an entry anew.

    Raises
    ------
    RotaError
        `unit`, `account`, `times`, `taken`, `unknown`.
    """
    _hold(connection, district_id)
    require_possible(connection, district_id, new, but=entry_id)
    changed = connection.execute(
        update(RotaEntry)
        .where(RotaEntry.district_id == district_id, RotaEntry.id == entry_id)
        .values(**_values(new), changed_by=by, changed_at=at)
    )
    if changed.rowcount == 0:
        raise RotaError("unknown")


def remove_entry(connection: Connection, district_id: int, entry_id: int) -> None:
    """Take an entry off the rota; whom it led to call stays known with the cases.

    Raises
    ------
    RotaError
        `unknown`.
    """
    gone = connection.execute(
        delete(RotaEntry).where(RotaEntry.district_id == district_id, RotaEntry.id == entry_id)
    )
    if gone.rowcount == 0:
        raise RotaError("unknown")


def entries_to_hand_over(
    connection: Connection,
    district_id: int,
    going: tuple[UUID, UUID],
    days: tuple[date, date | None],
    at: datetime,
) -> int:
    """How many entries `hand_entries_over` would let go."""
    return connection.execute(
        select(func.count()).where(*_going(connection, district_id, going, days, at))
    ).scalar_one()


def hand_entries_over(
    connection: Connection,
    district_id: int,
    going: tuple[UUID, UUID],
    days: tuple[date, date | None],
    *,
    by: UUID,
    at: datetime,
) -> int:
    """Let the entries that begin on some days go with a post to a stand-in of the same unit.

    What is over stays as it was, and what began before these days stays with who has begun it.

    Parameters
    ----------
    going
        Accounts: from whom, to whom.
    days
        The first, and the day after the last; None: without end.

    Returns
    -------
    How many went.
    """
    _hold(connection, district_id)
    return connection.execute(
        update(RotaEntry)
        .where(*_going(connection, district_id, going, days, at))
        .values(account_id=going[1], changed_by=by, changed_at=at)
    ).rowcount


def replace_entries(
    connection: Connection, district_id: int, news: Sequence[NewEntry], *, by: UUID, at: datetime
) -> int:
    """Put a whole rota in force: for each unit in it, from its first entry to its last.

    What the unit had in that time goes, but for what reaches in from before or lasts on after it;
    how many went. The entries have been checked (`require_possible`), and do not clash.

    Raises
    ------
    RotaError
        `taken`, where what reaches in has a turn that one of them wants.
    """
    _hold(connection, district_id)
    gone = 0
    for unit_id in dict.fromkeys(new.unit_id for new in news):
        own = [new for new in news if new.unit_id == unit_id]
        gone += connection.execute(
            delete(RotaEntry).where(
                RotaEntry.district_id == district_id,
                RotaEntry.unit_id == unit_id,
                RotaEntry.starts_at >= min(new.starts_at for new in own),
                RotaEntry.ends_at <= max(new.ends_at for new in own),
            )
        ).rowcount
    for new in news:
        _require_free(connection, district_id, new, None)
        _insert(connection, district_id, new, by, at)
    return gone


def require_possible(
    connection: Connection, district_id: int, new: NewEntry, *, but: int | None = None
) -> None:
    """Refuse what cannot be kept; `but` is the entry that it replaces. Errors as of `add_entry`."""
    require_known(connection, district_id, new)
    _require_free(connection, district_id, new, but)


def require_known(connection: Connection, district_id: int, new: NewEntry) -> None:
    """Refuse times that make no shift, and units and accounts that are not there."""
    if not new.starts_at < new.ends_at <= new.starts_at + LONGEST:
        raise RotaError("times")
    unit = select(Unit.id).where(Unit.district_id == district_id, Unit.id == new.unit_id)
    if connection.execute(unit).scalar() is None:
        raise RotaError("unit")
    if new.account_id is not None:
        account = select(Account.id).where(
            Account.district_id == district_id,
            Account.id == new.account_id,
            Account.unit_id == new.unit_id,
            Account.active,
        )
        if connection.execute(account).scalar() is None:
            raise RotaError("account")


def doubled(news: Iterable[NewEntry]) -> set[int]:
    """Positions of entries whose turn another of the same list has already."""
    return {late.id for _, late in clashes([new.as_entry(at) for at, new in enumerate(news)])}


def _going(
    connection: Connection,
    district_id: int,
    going: tuple[UUID, UUID],
    days: tuple[date, date | None],
    at: datetime,
) -> list[ColumnElement[bool]]:
    holder, stand_in = going
    unit = select(Account.unit_id).where(Account.district_id == district_id, Account.id == stand_in)
    first, end = days
    asked = [
        RotaEntry.district_id == district_id,
        RotaEntry.account_id == holder,
        RotaEntry.unit_id == unit.scalar_subquery(),
        RotaEntry.starts_at >= midnight(connection, district_id, first),
        RotaEntry.ends_at > at,
    ]
    if end is not None:
        asked.append(RotaEntry.starts_at < midnight(connection, district_id, end))
    return asked


def _require_free(connection: Connection, district_id: int, new: NewEntry, but: int | None) -> None:
    taken = select(RotaEntry.id).where(
        RotaEntry.district_id == district_id,
        RotaEntry.unit_id == new.unit_id,
        RotaEntry.turn == new.turn,
        RotaEntry.starts_at < new.ends_at,
        RotaEntry.ends_at > new.starts_at,
    )
    if but is not None:
        taken = taken.where(RotaEntry.id != but)
    if connection.execute(taken.limit(1)).scalar() is not None:
        raise RotaError("taken")


def _insert(connection: Connection, district_id: int, new: NewEntry, by: UUID, at: datetime) -> int:
    values = {"district_id": district_id, "changed_by": by, "changed_at": at, **_values(new)}
    return connection.execute(insert(RotaEntry).values(values).returning(RotaEntry.id)).scalar_one()


def _values(new: NewEntry) -> dict[str, Any]:
    return {
        "unit_id": new.unit_id,
        "starts_at": new.starts_at,
        "ends_at": new.ends_at,
        "turn": new.turn,
        "account_id": new.account_id,
        "post": new.post,
        "desk_number": new.desk_number,
    }


def _hold(connection: Connection, district_id: int) -> None:
    """One at a time changes the rota: whether a turn is free is asked before it is taken."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"rota {district_id}"},
    )
