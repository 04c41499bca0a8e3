"""Files of cases to take along: ask for one, fetch it, and who took which and what for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from uuid_utils.compat import uuid7

from api.case_filters import AskedCases, filter_of
from api.case_views import ActorRef
from api.context import AppContext, CurrentCaller, Now, Tx, scope_for
from api.days import Day
from api.errors import invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of, unknown_cursor
from api.permissions import Caller
from data.case_exports import (
    KEPT_FOR,
    Taker,
    Wanted,
    common_path,
    export_cases,
    find_export,
    list_exports,
)
from data.exports.case_columns import USUAL, ColumnKey
from data.exports.case_files import MEDIA_TYPES

router = APIRouter(
    prefix="/api/v1/exports", tags=["exports"], responses=problem_responses(401, 403)
)

Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class ExportedCases(AskedCases):
    """Which cases, as the list of cases is filtered."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class NewExport(BaseModel):
    """A file of cases that somebody wants, and what for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"format": "xlsx", "cases": {"state": "open"}, "purpose": "周例会材料"}]
        }
    )

    format: Literal["csv", "xlsx", "geojson"]
    encoding: Literal["utf-8", "gbk"] = Field(
        "utf-8", description="Of a CSV. gbk: characters beyond it are kept as GB18030."
    )
    language: Literal["zh-CN", "en"] = "zh-CN"
    columns: list[ColumnKey] = Field(list(USUAL), min_length=1, max_length=50)
    cases: ExportedCases
    oldest_first: bool = False
    purpose: Purpose = Field(description="Kept with who took it.", examples=["周例会材料"])


class ExportDone(BaseModel):
    """A file that was written; it can be fetched for a day by who asked for it."""

    id: UUID
    name: str
    rows: int
    capped: bool = Field(description="There are more than may be taken at once.")
    most: int = Field(description="So many may be taken at once.")
    beyond_gbk: int = Field(description="Rows with characters that GBK does not know.")
    size_bytes: int
    sha256: str
    url: str
    expires_at: AwareDatetime


class ExportLine(BaseModel):
    """What somebody took along."""

    id: UUID
    by: ActorRef
    at: AwareDatetime
    format: Literal["csv", "xlsx", "geojson"]
    columns: list[str]
    cases: dict[str, Any] = Field(description="The filter, as it was asked.")
    rows: int
    capped: bool
    purpose: str
    name: str
    size_bytes: int
    sha256: str


@router.post("", status_code=201, response_model=ExportDone, responses=problem_responses(422))
def export_list(body: NewExport, command: CurrentCommand, parts: AppContext) -> JSONResponse:
    """Write the cases of a filter into a file, and keep who took it and what for.

    CSV, a workbook or GeoJSON, in the district's time zone. It holds no more rows than the
    administrator has set, and says when there are more.
    """
    caller, most = command.caller, parts.settings.export_rows
    if len(set(body.columns)) < len(body.columns):
        raise invalid("/columns", "repeated", "Name each column once.")
    wanted = Wanted(
        format=body.format,
        encoding=body.encoding,
        language=body.language,
        columns=body.columns,
        cases=filter_of(command.tx, caller, command.at, body.cases),
        oldest_first=body.oldest_first,
        told=body.cases.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        purpose=body.purpose,
        most=most,
    )
    done = export_cases(
        command.tx, parts.files, uuid7(), wanted=wanted, taker=_taker(caller), at=command.at
    )
    told = ExportDone(
        id=done.id,
        name=done.name,
        rows=done.written.rows,
        capped=done.capped,
        most=most,
        beyond_gbk=done.written.beyond_gbk,
        size_bytes=done.size_bytes,
        sha256=done.sha256.hex(),
        url=f"/api/v1/exports/{done.id}/file",
        expires_at=command.at + KEPT_FOR,
    )
    return command.keep(told, 201)


def _taker(caller: Caller) -> Taker:
    roles = caller.require("case:export")
    # What he may export he may see; what he sees beside that he may not.
    allowed = Caller(**{**vars(caller), "roles": roles})
    path = common_path([role.area_path for role in roles])
    return Taker(caller.account_id, caller.display_name, scope_for(allowed, "case:export"), path)


@router.get("/{export_id}/file", responses=problem_responses(404))
def export_file(
    export_id: UUID, caller: CurrentCaller, tx: Tx, at: Now, parts: AppContext
) -> StreamingResponse:
    """Give a file to who asked for it, for a day."""
    caller.require("case:export")
    found = find_export(tx, caller.district_id, export_id)
    if found is None or found.account_id != caller.account_id or found.at + KEPT_FOR <= at:
        raise not_found("export")
    stored = parts.files.get(found.key).stream(min_chunk_size=256 * 1024)

    def body() -> Iterator[bytes]:
        for part in stored:
            yield bytes(part)

    headers = {
        "Cache-Control": "private, no-store",
        "Content-Length": str(found.size_bytes),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
    }
    return StreamingResponse(body(), media_type=MEDIA_TYPES[found.format], headers=headers)


@router.get("", responses=problem_responses(422))
def exports(
    *,
    caller: CurrentCaller,
    tx: Tx,
    from_: Annotated[Day | None, Query(alias="from", description="First day.")] = None,
    to: Annotated[Day | None, Query(description="Last day, included.")] = None,
    q: Annotated[
        str | None, Query(max_length=64, description="Part of who took it, or of what for.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ExportLine]:
    """List what was taken from the caller's areas, by whom and what for; the newest first."""
    rows = list_exports(
        tx,
        scope_for(caller, "export:read"),
        limit=limit + 1,
        after=_after(cursor),
        days=(from_, None if to is None else to + timedelta(days=1)),
        words=q,
    )
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = cursor_of("exports", last.at.isoformat(), str(last.id))
    return Page(items=[_line(row) for row in rows[:limit]], next=following)


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    key = key_of(cursor, str, str, str)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[1])), UUID(str(key[2]))
    except ValueError:
        raise unknown_cursor() from None


def _line(row: Any) -> ExportLine:
    return ExportLine(
        id=row.id,
        by=ActorRef(id=row.account_id, display_name=row.display_name or ""),
        at=row.at,
        format=row.format,
        columns=row.columns,
        cases=row.asked,
        rows=row.rows,
        capped=row.capped,
        purpose=row.purpose,
        name=row.name,
        size_bytes=row.size_bytes,
        sha256=row.sha256.hex(),
    )
