"""Storing work that was recorded elsewhere: hazards as cases, tracks as shifts.

Both go through the same functions as what the phone sends, on behalf of an account. A row is known
again by an id made from its content, so that the same file twice files nothing twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid5

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection

from casework.states import Actor
from data.accounts import caller_of_login
from data.case_types import CaseExistsError, NewCase, Point, RefusedError
from data.cases import create_case
from data.categories import list_categories
from data.imports.problems import BadRow, ImportFileError, Problem, refuse_rows
from data.imports.read import ReadResult
from data.imports.store import Progress, Stored, no_progress
from data.patrols import (
    LONGEST_SHIFT,
    Fix,
    NewShift,
    add_points,
    begin_shift,
    end_shift,
    find_shift,
)

Source = Literal["patrol", "phone", "hotline", "message", "inspection"]
_IDS: Final = UUID("6b1f3c1e-0a51-5d3e-9f0b-3a0d5c7e2a11")
_MOST_CATEGORIES: Final = 10_000
_TELL_EVERY: Final = 50
_FIXES_PER_BATCH: Final = 1_000
_TRACK_FAULTS: Final = {
    "far-from-duty": "fix_far_from_duty",
    "in-future": "fix_in_future",
    "after-end": "track_too_long",
    "before-start": "time_order",
}


@dataclass(frozen=True)
class StoredWork:
    """What an import of work came to, and rows left out."""

    stored: Stored
    bad: list[BadRow]


@dataclass(frozen=True)
class _Recorder:
    """The account that the records are entered for."""

    district_id: int
    account_id: UUID
    roles: frozenset[str]
    grid_ids: tuple[int, ...]


def store_hazards(
    connection: Connection,
    read: ReadResult,
    at: datetime,
    *,
    login: str,
    source: Source = "inspection",
    skip_bad: bool = False,
    progress: Progress = no_progress,
) -> StoredWork:
    """File each hazard as a reported case; its deadline runs from the import.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    read
        A file read as "hazards".
    at
        The time of the import.
    login
        The account they are entered by.
    source
        Where they came from.
    skip_bad
        Leave out rows of unknown category, rather than raise.
    progress
        Called with (cases done, cases, message).

    Raises
    ------
    ImportFileError
        If the account is unknown or may not report, or a category is unknown.
    """
    recorder = _recorder(connection, login, at)
    categories = _categories(connection, recorder.district_id)
    bad = _unknown_categories(read, categories)
    if bad and not skip_bad:
        raise refuse_rows(bad, read.rows_read)
    left_out = {row.row for row in bad}
    rows = [row for row in read.frame.itertuples() if row.source_row not in left_out]
    added = 0
    for done, row in enumerate(rows):
        if done % _TELL_EVERY == 0:
            progress(done, len(rows), "hazards")
        new = _new_case(row, recorder, categories[row.category], source, read.datum)
        try:
            actor = Actor(recorder.account_id, recorder.roles)
            create_case(connection, recorder.district_id, new, actor, at)
        except CaseExistsError:
            continue
        except RefusedError as error:
            raise ImportFileError("account_may_not", login=login) from error
        added += 1
    progress(len(rows), len(rows), "hazards")
    return StoredWork(Stored(recorder.district_id, added, 0, len(rows) - added), bad)


def _recorder(connection: Connection, login: str, at: datetime) -> _Recorder:
    held = caller_of_login(connection, login, at)
    if held is None:
        raise ImportFileError("account_unknown", login=login)
    grids = sorted({row.grid_id for row in held.assignments if row.grid_id is not None})
    return _Recorder(
        held.district_id,
        held.account_id,
        frozenset(row.role for row in held.assignments),
        tuple(grids),
    )


def _categories(connection: Connection, district_id: int) -> dict[str, int]:
    """Return the id of each category by code and by name."""
    rows = list_categories(connection, district_id, limit=_MOST_CATEGORIES)
    return {row.name: row.id for row in rows} | {row.code: row.id for row in rows}


def _unknown_categories(read: ReadResult, categories: dict[str, int]) -> list[BadRow]:
    column = read.mapping["category"]
    return [
        BadRow(int(row), column, str(word), Problem("category_unknown", {"category": word}))
        for row, word in zip(read.frame["source_row"], read.frame["category"], strict=True)
        if word not in categories
    ]


def _new_case(
    row: Any, recorder: _Recorder, category_id: int, source: Source, datum: str
) -> NewCase:
    occurred_at = row.occurred_at.to_pydatetime()
    content = row.external_id or (
        f"{row.category}|{occurred_at.isoformat()}|{row.geometry.x:.7f}|{row.geometry.y:.7f}"
        f"|{row.description or ''}"
    )
    return NewCase(
        id=uuid5(_IDS, f"hazard|{recorder.district_id}|{content}"),
        category_id=category_id,
        point=Point(row.geometry.x, row.geometry.y, datum),
        description=row.description or row.category,
        occurred_at=occurred_at,
        source=source,
        severity=row.severity,
        address=row.address,
        external_number=row.external_id,
    )


def store_tracks(
    connection: Connection,
    read: ReadResult,
    at: datetime,
    *,
    login: str,
    skip_bad: bool = False,
    progress: Progress = no_progress,
) -> StoredWork:
    """Store each track as an ended shift of an officer, on the grids assigned to him.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    read
        A file read as "tracks".
    at
        The time of the import.
    login
        The officer's account.
    skip_bad
        Leave out fixes far from his grids, rather than raise.
    progress
        Called with (tracks done, tracks, message).

    Returns
    -------
    StoredWork
        Counts are of shifts.

    Raises
    ------
    ImportFileError
        If the account is unknown or has no grids, or a fix cannot belong to the shift.
    """
    recorder = _recorder(connection, login, at)
    if not recorder.grid_ids:
        raise ImportFileError("account_without_grids", login=login)
    tracks = list(_tracks(read.frame))
    column = read.mapping["occurred_at"]
    bad: list[BadRow] = []
    added, known = 0, 0
    for done, track in enumerate(tracks):
        progress(done, len(tracks), "tracks")
        new = _new_shift(track, recorder)
        if find_shift(connection, recorder.district_id, new.id) is not None:
            known += 1
            continue
        fault = _fault_of_track(track, at)
        if fault is not None:
            bad.append(_bad_fix(track, len(track) - 1, fault, column))
            continue
        faults = _store_track(connection, recorder.district_id, new, track, at)
        bad += [_bad_fix(track, at_fix, code, column) for at_fix, code in faults]
        added += 1
    if bad and not skip_bad:
        raise refuse_rows(bad, read.rows_read)
    progress(len(tracks), len(tracks), "tracks")
    return StoredWork(Stored(recorder.district_id, added, 0, known), bad)


def _tracks(frame: gpd.GeoDataFrame) -> Iterator[gpd.GeoDataFrame]:
    for _, track in frame.groupby("track", dropna=False, sort=False):
        yield track.reset_index(drop=True)


def _new_shift(track: gpd.GeoDataFrame, recorder: _Recorder) -> NewShift:
    first, last = track["occurred_at"].iloc[0], track["occurred_at"].iloc[-1]
    place = track.geometry.iloc[0]
    content = f"{first.isoformat()}|{last.isoformat()}|{len(track)}|{place.x:.7f}|{place.y:.7f}"
    return NewShift(
        id=uuid5(_IDS, f"track|{recorder.account_id}|{content}"),
        account_id=recorder.account_id,
        kind="patrol",
        grid_ids=recorder.grid_ids,
        tracked=True,
        started_at=first.to_pydatetime(),
        source="import",
    )


def _fault_of_track(track: gpd.GeoDataFrame, at: datetime) -> str | None:
    """Tell why a track as a whole cannot be a shift that has ended."""
    first, last = track["occurred_at"].iloc[0], track["occurred_at"].iloc[-1]
    if last > at:
        return "fix_in_future"
    return "track_too_long" if last - first > LONGEST_SHIFT else None


def _store_track(
    connection: Connection,
    district_id: int,
    new: NewShift,
    track: gpd.GeoDataFrame,
    at: datetime,
) -> Sequence[tuple[int, str]]:
    """Store one track; returns (place in the track, problem code) of fixes that were refused."""
    ended_at = track["occurred_at"].iloc[-1].to_pydatetime()
    begin_shift(connection, district_id, new, at)
    shift = find_shift(connection, district_id, new.id, lock=True)
    if shift is None:
        raise LookupError(f"shift {new.id} vanished in its own transaction")
    faults: list[tuple[int, str]] = []
    for start in range(0, len(track), _FIXES_PER_BATCH):
        taken = add_points(
            connection, shift, _fixes(track.iloc[start : start + _FIXES_PER_BATCH]), at
        )
        faults += [(seq, _TRACK_FAULTS[reason]) for seq, reason in taken.refused]
    end_shift(connection, shift, ended_at, at)
    return faults


def _fixes(track: gpd.GeoDataFrame) -> list[Fix]:
    return [
        Fix(
            seq=int(row.Index),
            occurred_at=row.occurred_at.to_pydatetime(),
            lon=row.geometry.x,
            lat=row.geometry.y,
            accuracy_m=None if pd.isna(row.accuracy_m) else float(row.accuracy_m),
        )
        for row in track.itertuples()
    ]


def _bad_fix(track: gpd.GeoDataFrame, place: int, code: str, column: str) -> BadRow:
    row = track.iloc[place]
    params = {"before": int(track["source_row"].iloc[0])}
    return BadRow(int(row.source_row), column, str(row.occurred_at), Problem(code, params))
