"""Storing a file of tracks as shifts of duty, by the functions that the phone uses.

The same file again changes nothing, and a longer export adds only what is new: time that is on
record for an officer is not recorded twice.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import isnan
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, select, text

from data.accounts import caller_of_login
from data.database import query
from data.imports.problems import ImportFileError, refuse_rows
from data.imports.store import Progress, no_progress
from data.imports.track_messages import DropReason
from data.imports.tracks.fixes import NOBODY, BadRows, Fixes, TrackFile
from data.imports.tracks.spans import DutyRules, cut_spans, local_days, mark_recorded, mark_time
from data.match_queue import match_later
from data.patrols import (
    CLOCK_AHEAD,
    LONGEST_SHIFT,
    Fix,
    NewShift,
    add_points,
    begin_shift,
    end_shift,
    far_from,
    find_shift,
)
from data.schema import Account, District
from data.status import refresh_patrol_counters

MakeWeeks = Callable[[Sequence[date]], None]
_IDS: Final = UUID("6b1f3c1e-0a51-5d3e-9f0b-3a0d5c7e2a11")
_FIXES_PER_BATCH: Final = 5_000
_NO_DUTY: Final = -1


@dataclass
class TracksStored:
    """What a file of tracks came to.

    Parameters
    ----------
    shifts, fixes
        New ones.
    dropped
        Fixes that were not stored, by reason.
    seconds, metres, gap_seconds
        Of the new shifts, after cleaning (see `geo.tracks.share_track`).
    bad
        Rows that cannot be read, or name an account that does not exist.
    """

    shifts: int = 0
    fixes: int = 0
    dropped: Counter[DropReason] = field(default_factory=Counter)
    seconds: float = 0.0
    metres: float = 0.0
    gap_seconds: float = 0.0
    bad: BadRows = field(default_factory=BadRows)


@dataclass
class _Officer:
    """Whose fixes they are, and what he is on duty for on each day."""

    login: str
    district_id: int
    account_id: UUID
    zone: ZoneInfo
    duties: list[tuple[tuple[int, ...], Any]] = field(default_factory=list)
    duty_of_day: dict[date, int] = field(default_factory=dict)
    numbers: dict[tuple[tuple[int, ...], bytes], int] = field(default_factory=dict)
    planned: list[tuple[float, float, bool]] = field(default_factory=list)


@dataclass
class _Span:
    """A shift to be stored."""

    officer: _Officer
    grid_ids: tuple[int, ...]
    day: date
    fixes: Fixes


@dataclass
class _Work:
    """What the storing of one file needs throughout."""

    connection: Connection
    at: datetime
    rules: DutyRules
    progress: Progress
    total: int
    done: TracksStored
    passed: int = 0

    def pass_on(self, login: str, fixes: int) -> None:
        """Tell how far the work has come."""
        self.passed += fixes
        self.progress(self.passed, self.total, login)


def all_logins(connection: Connection) -> list[str]:
    """Return the logins of all active accounts."""
    return list(connection.execute(select(Account.login).where(Account.active)).scalars())


def common_zone(connection: Connection) -> str | None:
    """Return the time zone of the districts, None where there is none or they differ."""
    zones = set(connection.execute(select(District.time_zone)).scalars())
    return zones.pop() if len(zones) == 1 else None


def make_weeks_of(connection: Connection, days: Sequence[date]) -> None:
    """Make the partitions of track points that hold these days."""
    for day in days:
        connection.execute(text("SELECT make_track_week(:day)"), {"day": day})


def store_tracks(
    connection: Connection,
    file: TrackFile,
    at: datetime,
    *,
    name: str,
    login: str | None,
    rules: DutyRules,
    skip_bad: bool = False,
    progress: Progress = no_progress,
    make_weeks: MakeWeeks | None = None,
) -> TracksStored:
    """Store the fixes of a file as ended shifts of those who were on duty.

    Only what lies near the grids that an officer had on that day is stored.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    at
        The time of the import.
    name
        Of the file, to speak of it.
    login
        Whose fixes those are that do not say it.
    rules
        How fixes become shifts.
    skip_bad
        Leave bad rows out, rather than raise.
    progress
        Called with (fixes done, fixes, message).
    make_weeks
        Called with the days of the shifts before the first is stored, to make the partitions of
        their weeks in a transaction of its own: made in this one, which may last minutes, they
        would keep every phone waiting until its end.

    Raises
    ------
    ImportFileError
        If a row is bad, nothing says whose the fixes are, or that account does not exist.
    """
    officers = _officers(connection, file, name, login, at)
    if file.bad.count and not skip_bad:
        raise refuse_rows(file.bad.rows, file.rows_read)
    work = _Work(connection, at, rules, progress, len(file.fixes), TracksStored(bad=file.bad))
    spans: list[_Span] = []
    for number, officer in officers.items():
        for track in _tracks(file.fixes.pick(file.fixes.login == number)):
            spans += _plan_track(work, officer, track)
    if make_weeks is not None:
        make_weeks(sorted({span.day for span in spans}))
    _store_spans(work, spans)
    progress(work.total, work.total, "")
    return work.done


def _store_spans(work: _Work, spans: Sequence[_Span]) -> None:
    touched: dict[int, set[int]] = {}
    for span in spans:
        grids = touched.setdefault(span.officer.district_id, set())
        grids |= _store_shift(work, span)
        work.pass_on(span.officer.login, len(span.fixes))
    # Last, since a phone that ends a shift in one of these grids waits from here to the commit.
    for district_id, grids in touched.items():
        refresh_patrol_counters(
            work.connection, work.at, district_id=district_id, grid_ids=sorted(grids)
        )
        match_later(work.connection, district_id)


def _officers(
    connection: Connection, file: TrackFile, name: str, login: str | None, at: datetime
) -> dict[int, _Officer]:
    """Find the account behind each login of a file; rows of unknown ones become bad."""
    officers: dict[int, _Officer] = {}
    for number in np.unique(file.fixes.login).tolist():
        said = login if number == NOBODY else file.logins[number]
        if said is None:
            raise ImportFileError("track_owner_unknown", path=name)
        officer = _officer(connection, said, at)
        if officer is not None:
            officers[number] = officer
        elif number == NOBODY:
            raise ImportFileError("account_unknown", login=said)
        else:
            rows = file.fixes.row[file.fixes.login == number]
            column = file.mapping["login"]
            params = {"login": said, "count": len(rows)}
            file.bad.add(int(rows[0]), column, said, "track_login_unknown", **params)
            file.bad.count += len(rows) - 1
    return officers


def _officer(connection: Connection, login: str, at: datetime) -> _Officer | None:
    held = caller_of_login(connection, login, at)
    if held is None:
        return None
    zone: str = connection.execute(
        select(District.time_zone).where(District.id == held.district_id)
    ).scalar_one()
    return _Officer(login, held.district_id, held.account_id, ZoneInfo(zone))


def _tracks(fixes: Fixes) -> list[Fixes]:
    """Divide fixes by track, each in the order of time, the earliest track first."""
    order = np.lexsort((fixes.row, fixes.time_s, fixes.track))
    ordered = fixes.pick(order)
    starts = np.flatnonzero(np.diff(ordered.track)) + 1
    parts = [ordered.pick(part) for part in np.split(np.arange(len(ordered)), starts)]
    return sorted((part for part in parts if len(part)), key=lambda part: float(part.time_s[0]))


def _plan_track(work: _Work, officer: _Officer, fixes: Fixes) -> list[_Span]:
    """Sort out which fixes stay, and cut them into shifts."""
    reasons = np.full(len(fixes), "", dtype=object)
    days, second_of_day = local_days(fixes.time_s, officer.zone)
    latest_s = (work.at + CLOCK_AHEAD).timestamp()
    mark_time(reasons, fixes.time_s, second_of_day, work.rules, latest_s)
    duty = _duties(work.connection, officer, days, fixes)
    reasons[(duty == _NO_DUTY) & (reasons == "")] = "no_grids"
    for number, (_, outlines) in enumerate(officer.duties):
        here = np.flatnonzero((duty == number) & (reasons == ""))
        if len(here):
            away = far_from(outlines, fixes.lon[here], fixes.lat[here])
            reasons[here[away]] = "far_from_duty"
    recorded = [*_recorded(work.connection, officer, fixes), *officer.planned]
    mark_recorded(reasons, fixes.time_s, recorded)
    places = cut_spans(fixes.time_s, reasons, duty, work.rules, LONGEST_SHIFT)
    left_out = reasons[reasons != ""].tolist()
    work.done.dropped.update(left_out)
    work.pass_on(officer.login, len(left_out))
    spans = [
        _Span(officer, officer.duties[int(duty[at[0]])][0], days[at[0]].item(), fixes.pick(at))
        for at in places
    ]
    officer.planned += [
        (float(span.fixes.time_s[0]), float(span.fixes.time_s[-1]), True) for span in spans
    ]
    return spans


def _duties(
    connection: Connection,
    officer: _Officer,
    days: npt.NDArray[np.datetime64],
    fixes: Fixes,
) -> npt.NDArray[np.int64]:
    """Number the duty of each fix: the grids, as they were drawn, that he had on its day."""
    known, place = np.unique(days, return_inverse=True)
    numbers = []
    for at, day in enumerate(known.tolist()):
        if day not in officer.duty_of_day:
            moment = datetime.fromtimestamp(float(fixes.time_s[place == at][0]), UTC)
            officer.duty_of_day[day] = _duty(connection, officer, day, moment)
        numbers.append(officer.duty_of_day[day])
    return np.array(numbers, dtype=np.int64)[place]


def _duty(connection: Connection, officer: _Officer, day: date, moment: datetime) -> int:
    held = caller_of_login(connection, officer.login, moment)
    wanted = [] if held is None else [row.grid_id for row in held.assignments if row.grid_id]
    rows = connection.execute(
        query("duty_grids"),
        {"district_id": officer.district_id, "grid_ids": wanted, "day": day},
    ).all()
    if not rows:
        return _NO_DUTY
    grid_ids = tuple(row.grid_id for row in rows)
    outlines = [bytes(row.geometry) for row in rows]
    number = officer.numbers.setdefault((grid_ids, b"".join(outlines)), len(officer.duties))
    if number == len(officer.duties):
        officer.duties.append((grid_ids, shapely.from_wkb(np.array(outlines, dtype=object))))
    return number


def _recorded(
    connection: Connection, officer: _Officer, fixes: Fixes
) -> list[tuple[float, float, bool]]:
    first, last = (datetime.fromtimestamp(float(fixes.time_s[at]), UTC) for at in (0, -1))
    rows = connection.execute(
        query("shifts_of_account"),
        {
            "district_id": officer.district_id,
            "account_id": officer.account_id,
            "first": first,
            "last": last,
        },
    ).all()
    return [(row.started_at.timestamp(), row.ended_at.timestamp(), row.tracked) for row in rows]


def _store_shift(work: _Work, span: _Span) -> set[int]:
    officer, fixes = span.officer, span.fixes
    times = [datetime.fromtimestamp(second, UTC) for second in fixes.time_s.tolist()]
    content = f"{times[0].isoformat()}|{times[-1].isoformat()}|{len(fixes)}"
    new = NewShift(
        id=uuid5(_IDS, f"track|{officer.account_id}|{content}"),
        account_id=officer.account_id,
        kind=work.rules.kind,
        grid_ids=span.grid_ids,
        tracked=True,
        started_at=times[0],
        source="import",
    )
    begin_shift(work.connection, officer.district_id, new, work.at)
    shift = _of_id(work.connection, officer, new.id)
    batch, done = _fixes(fixes, times), work.done
    for start in range(0, len(batch), _FIXES_PER_BATCH):
        part = batch[start : start + _FIXES_PER_BATCH]
        taken = add_points(work.connection, shift, part, work.at)
        done.fixes += taken.accepted
        # At the very limit the plane of a whole track and that of a batch may differ.
        done.dropped.update(["far_from_duty"] * len(taken.refused))
    touched = end_shift(work.connection, shift, times[-1], work.at, refresh=False)
    measured = _of_id(work.connection, officer, new.id)
    done.shifts += 1
    done.seconds += measured.seconds
    done.metres += measured.metres
    done.gap_seconds += measured.gap_seconds
    return touched


def _of_id(connection: Connection, officer: _Officer, shift_id: UUID) -> Any:
    shift = find_shift(connection, officer.district_id, shift_id, lock=True)
    if shift is None:
        raise LookupError(f"shift {shift_id} vanished in its own transaction")
    return shift


def _fixes(fixes: Fixes, times: Sequence[datetime]) -> list[Fix]:
    said = [None if isnan(metres) else metres for metres in fixes.accuracy_m.tolist()]
    rows = zip(times, fixes.lon.tolist(), fixes.lat.tolist(), said, strict=True)
    return [Fix(seq, *row) for seq, row in enumerate(rows)]
