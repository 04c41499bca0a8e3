"""Storing hazards that were recorded elsewhere, as cases.

They go through the same functions as what the phone sends, on behalf of an account. A row is known
again by an id made from its content, so that the same file twice files nothing twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid5

from sqlalchemy import Connection

from casework.states import Actor
from data.accounts import caller_of_login
from data.case_types import CaseExistsError, NewCase, Point, RefusedError
from data.cases import create_case
from data.categories import list_categories
from data.imports.problems import BadRow, ImportFileError, Problem, refuse_rows
from data.imports.read import ReadResult
from data.imports.store import Progress, Stored, no_progress

Source = Literal["patrol", "phone", "hotline", "message", "inspection"]
_IDS: Final = UUID("6b1f3c1e-0a51-5d3e-9f0b-3a0d5c7e2a11")
_MOST_CATEGORIES: Final = 10_000
_TELL_EVERY: Final = 50


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
    roles = frozenset(row.role for row in held.assignments)
    return _Recorder(held.district_id, held.account_id, roles)


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
