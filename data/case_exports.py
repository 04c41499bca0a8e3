"""Files of cases that somebody takes along: written in pages, kept for a day, logged for good."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, BinaryIO, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, insert, select

from data.areas import like
from data.case_filter import CaseFilter
from data.case_lists import descriptions_of, list_cases
from data.database import query
from data.exports.case_columns import ColumnKey, Telling
from data.exports.case_files import (
    Encoding,
    Format,
    Written,
    write_csv,
    write_geojson,
    write_xlsx,
)
from data.exports.map_words import Language
from data.schema import District, ExportLog
from data.scope import Scope

KEPT_FOR: Final = timedelta(days=1)
_PAGE: Final = 1000
"""Rows a statement: none runs into the timeout, however long the file."""
_IN_MEMORY_BYTES: Final = 4 * 1024 * 1024
_NOTES: Final = {
    "zh-CN": ("导出人", "导出时间", "用途", "时区", "行数", "备注"),
    "en": ("Taken by", "Taken at", "Purpose", "Time zone", "Rows", "Note"),
}
_CAPPED: Final = {
    "zh-CN": "只导出了前 {most} 条，还有更多：请缩小范围分次导出。",
    "en": "Only the first {most} rows; there are more: narrow the filter and export in parts.",
}


@dataclass(frozen=True)
class Wanted:
    """Which file of which cases.

    Parameters
    ----------
    told
        The filter as it was asked for, for the log.
    most
        No more rows than this.
    """

    format: Format
    encoding: Encoding
    language: Language
    columns: Sequence[ColumnKey]
    cases: CaseFilter
    oldest_first: bool
    told: dict[str, Any]
    purpose: str
    most: int


@dataclass(frozen=True)
class Taker:
    """Who takes it: an account, the places that it sees, and the name on the notes."""

    account_id: UUID
    name: str
    scope: Scope
    area_path: str


@dataclass(frozen=True)
class Export:
    """A file that was written and logged."""

    id: UUID
    name: str
    key: str
    written: Written
    capped: bool
    size_bytes: int
    sha256: bytes


class _Pages:
    """The rows of an export, read page by page, with one more looked for than may be written."""

    def __init__(self, connection: Connection, scope: Scope, wanted: Wanted) -> None:
        self._connection, self._scope, self._wanted = connection, scope, wanted
        self.capped = False

    def __iter__(self) -> Iterator[Any]:
        left, after = self._wanted.most, None
        while True:
            page = list_cases(
                self._connection,
                self._scope,
                self._wanted.cases,
                sort="received" if self._wanted.oldest_first else "-received",
                limit=min(_PAGE, left) + 1,
                after=after,
            )
            rows = page[: min(_PAGE, left)]
            yield from self._with_words(rows)
            left -= len(rows)
            if len(page) == len(rows):
                return
            if left == 0:
                self.capped = True
                return
            after = rows[-1].received_at, rows[-1].id

    def _with_words(self, rows: Sequence[Row[Any]]) -> Iterator[Any]:
        if "description" not in self._wanted.columns:
            yield from rows
            return
        ids = [row.id for row in rows]
        said = descriptions_of(self._connection, self._scope.district_id, ids)
        for row in rows:
            told = row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
            yield SimpleNamespace(**told, description=said.get(row.id))


def export_cases(
    connection: Connection,
    files: ObjectStore,
    export_id: UUID,
    *,
    wanted: Wanted,
    taker: Taker,
    at: datetime,
) -> Export:
    """Write a file of cases, keep it for a day, and log who took it and what for."""
    district_id = taker.scope.district_id
    zone: str = connection.execute(
        select(District.time_zone).where(District.id == district_id)
    ).scalar_one()
    telling = Telling(wanted.language, ZoneInfo(zone))
    pages = _Pages(connection, taker.scope, wanted)
    key = f"exports/{district_id}/{export_id}.{wanted.format}"
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as spool:
        out: BinaryIO = spool  # type: ignore[assignment] # as good as one
        written = _write(out, pages, wanted, telling, taker=taker, at=at)
        size = spool.seek(0, 2)
        spool.seek(0)
        digest = hashlib.sha256()
        while part := spool.read(1024 * 1024):
            digest.update(part)
        spool.seek(0)
        files.put(key, spool)
    done = Export(
        export_id,
        _name(wanted, telling, at),
        key,
        written,
        pages.capped,
        size,
        digest.digest(),
    )
    _log(connection, done, wanted, taker, at)
    return done


def _write(
    out: BinaryIO, pages: _Pages, wanted: Wanted, telling: Telling, *, taker: Taker, at: datetime
) -> Written:
    if wanted.format == "csv":
        return write_csv(out, pages, wanted.columns, telling, wanted.encoding)
    when = telling.local(at)
    if wanted.format == "geojson":
        facts = {"exported_at": when and when.isoformat(), "purpose": wanted.purpose}
        return write_geojson(out, pages, wanted.columns, telling, facts)

    def notes(rows: int) -> list[tuple[str, str]]:
        said = (taker.name, f"{when:%Y-%m-%d %H:%M}", wanted.purpose, telling.zone.key, str(rows))
        lines = list(zip(_NOTES[wanted.language], said, strict=False))
        if pages.capped:
            lines.append((_NOTES[wanted.language][-1], _CAPPED[wanted.language].format(most=rows)))
        return lines

    return write_xlsx(out, pages, wanted.columns, telling, notes)


def _name(wanted: Wanted, telling: Telling, at: datetime) -> str:
    what = "问题" if wanted.language == "zh-CN" else "cases"
    return f"{what}_{telling.local(at):%Y%m%d_%H%M}.{wanted.format}"


def _log(connection: Connection, done: Export, wanted: Wanted, taker: Taker, at: datetime) -> None:
    connection.execute(
        insert(ExportLog).values(
            district_id=taker.scope.district_id,
            id=done.id,
            account_id=taker.account_id,
            area_path=taker.area_path,
            at=at,
            format=wanted.format,
            columns=list(wanted.columns),
            asked=wanted.told,
            rows=done.written.rows,
            capped=done.capped,
            purpose=wanted.purpose,
            name=done.name,
            key=done.key,
            size_bytes=done.size_bytes,
            sha256=done.sha256,
        )
    )


def find_export(connection: Connection, district_id: int, export_id: UUID) -> Row[Any] | None:
    """All columns of an export, or None."""
    found: Row[Any] | None = connection.execute(
        select(*ExportLog.__table__.columns).where(
            ExportLog.district_id == district_id, ExportLog.id == export_id
        )
    ).one_or_none()
    return found


def list_exports(
    connection: Connection,
    scope: Scope,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    days: tuple[date | None, date | None] = (None, None),
    words: str | None = None,
) -> Sequence[Row[Any]]:
    """Exports from within a scope's areas, the newest first, with the name of who took each.

    Parameters
    ----------
    days
        From one day to the day before another, in the district.
    words
        Part of who took it (name or login) or of what for.
    """
    return connection.execute(
        query("list_exports"),
        {
            "district_id": scope.district_id,
            "paths": list(scope.area_paths),
            "since": days[0],
            "until": days[1],
            "words": None if words is None else like(words),
            "after_at": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    ).all()


def delete_old_exports(files: ObjectStore, district_id: int, at: datetime) -> int:
    """Delete the files of exports that are older than a day; the log stays.

    Returns
    -------
    How many files were deleted.
    """
    old = [
        entry["path"]
        for batch in files.list(f"exports/{district_id}/", chunk_size=1000)
        for entry in batch
        if entry["last_modified"] < at - KEPT_FOR
    ]
    if old:
        files.delete(old)
    return len(old)


def common_path(paths: Sequence[str]) -> str:
    """The smallest area that holds all of several areas."""
    split = [path.split(".") for path in paths]
    shared = []
    for labels in zip(*split, strict=False):
        if len(set(labels)) > 1:
            break
        shared.append(labels[0])
    return ".".join(shared)
