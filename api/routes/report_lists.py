"""Running lists of other offices: how one is read, what would become of it, and its import.

Nothing of a file is kept but what makes cases: it is sent again with every question, and only an
import leaves rows behind, until it is done.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection, select

from api.context import CurrentCaller, Now, Tx
from api.errors import Problem, not_found, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from api.report_list_views import (
    ListCheck,
    ListImport,
    ListPreview,
    beside,
    check_told,
    list_import,
    preview,
)
from data.areas import area_path
from data.exports.list_faults import write_faults
from data.imports.problems import ImportFileError
from data.report_lists.check import Understood, arrange_book, check_rows, understand
from data.report_lists.filing import hold_list
from data.report_lists.layout import ListLayout
from data.report_lists.remember import kinds_of, meanings_of, remember_layout, remember_words
from data.report_lists.runs import Order, ask_for_import, find_import, list_imports
from data.report_lists.sheets import read_book
from data.report_lists.words import Meanings, WordField
from data.schema import District
from geo.limits import Language

router = APIRouter(
    prefix="/api/v1/report-lists",
    tags=["report lists"],
    responses=problem_responses(401, 403, 413, 422),
)
MOST_WORDS = 2_000


class SaidWord(BaseModel):
    """What a word of the list stands for: a category's id, a state, a severity, a source, or ""."""

    field: WordField
    word: str = Field(max_length=200)
    meaning: str = Field(max_length=40, description='"": rows of this category are left out.')


class ListOrder(BaseModel):
    """What is said of a list with its file."""

    area_id: int = Field(description="Whose list it is: there a case waits for its place.")
    layout: ListLayout = ListLayout()
    words: list[SaidWord] = Field([], max_length=MOST_WORDS)
    id: UUID | None = Field(None, description="UUIDv7 made by the client, for an import.")
    accept_struck_off: bool = Field(
        False, description="Handle known cases that the list has struck off; others verify them."
    )


class ListImports(BaseModel):
    """The newest imports."""

    items: list[ListImport]


@dataclass(frozen=True)
class _Asked:
    """A file with what was said of it, for somebody who may import it."""

    order: ListOrder
    area_path: str
    meanings: Meanings
    understood: Understood


OrderText = Annotated[str, Form(max_length=400_000, description="A ListOrder as JSON.")]


@router.post("/preview", responses=problem_responses(404))
def preview_list(
    *, file: UploadFile, order: OrderText, caller: CurrentCaller, tx: Tx
) -> ListPreview:
    """Show how a list is read: sheets, header, columns; with what earlier ones have taught."""
    said = _order(order)
    _require_area(tx, caller, said.area_id)
    try:
        book = read_book(_name(file), file.file.read())
        return preview(arrange_book(tx, caller.district_id, book, said.layout))
    except ImportFileError as error:
        raise _unreadable(error) from error


@router.post("/check", responses=problem_responses(404))
def check_list(
    *, file: UploadFile, order: OrderText, caller: CurrentCaller, tx: Tx, at: Now
) -> ListCheck:
    """Tell what would become of each row of a list; nothing is written."""
    asked = _read(tx, caller, file, order, at)
    checked = check_rows(tx, caller.district_id, asked.understood, asked.area_path, at)
    seen = [_may_see(caller, known.case) for known in checked.sorted.known]
    return check_told(checked, asked.meanings, seen)


@router.post(
    "/faults.xlsx",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
            }
        },
        **problem_responses(404),
    },
)
def list_faults(
    *,
    file: UploadFile,
    order: OrderText,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    lang: Annotated[Language, Query()] = "zh",
) -> Response:
    """Give the rows that cannot be cases as a workbook, to mend and import again."""
    asked = _read(tx, caller, file, order, at)
    body = write_faults(asked.understood.arranged, asked.understood.faults, lang)
    ending = "未导入" if lang == "zh" else "not imported"
    name = quote(f"{PurePath(_name(file)).stem}-{ending}.xlsx")
    return Response(
        body,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("", status_code=202, response_model=ListImport, responses=problem_responses(404, 409))
def import_list(*, file: UploadFile, order: OrderText, command: CurrentCommand) -> JSONResponse:
    """Import a list: the worker files its rows, and what was said of it is remembered."""
    caller, tx, at = command.caller, command.tx, command.at
    asked = _read(tx, caller, file, order, at)
    layout = asked.understood.arranged.layout
    if asked.order.id is None:
        raise Problem(422, "invalid", "Send an id of your own for the import.")
    if not layout.source.strip():
        raise _unreadable(ImportFileError("source_missing"))
    hold_list(tx, caller.district_id, f"remember {layout.source}")
    remember_layout(tx, caller.district_id, asked.understood.arranged, at)
    said = [(one.field, one.word, one.meaning) for one in asked.order.words]
    remember_words(tx, caller.district_id, said, at)
    ask_for_import(
        tx,
        Order(
            district_id=caller.district_id,
            id=asked.order.id,
            area_id=asked.order.area_id,
            source=layout.source,
            file_name=_name(file),
            datum=layout.datum,
            accept_struck_off=asked.order.accept_struck_off,
            asked_by=caller.account_id,
            found=beside(asked.understood),
        ),
        asked.understood.ready.rows,
        at,
    )
    return command.keep(_told(tx, caller, asked.order.id), 202)


@router.get("")
def report_lists(
    caller: CurrentCaller, tx: Tx, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> ListImports:
    """List the imports for the caller's areas, the newest first."""
    paths = sorted({role.area_path for role in caller.require("list:import")})
    rows = list_imports(tx, caller.district_id, paths, limit=limit)
    return ListImports(items=[list_import(row) for row in rows])


@router.get("/{list_id}", responses=problem_responses(404))
def report_list(list_id: UUID, caller: CurrentCaller, tx: Tx) -> ListImport:
    """Tell how far an import is, and what has become of its rows."""
    caller.require("list:import")
    return _told(tx, caller, list_id)


def _told(tx: Connection, caller: Caller, list_id: UUID) -> ListImport:
    row = find_import(tx, caller.district_id, list_id)
    if row is None or not caller.may("list:import", row.area_path):
        raise not_found("list")
    return list_import(row)


def _read(tx: Connection, caller: Caller, file: UploadFile, order: str, at: datetime) -> _Asked:
    said = _order(order)
    path = _require_area(tx, caller, said.area_id)
    words = {(one.field, one.word): one.meaning for one in said.words}
    known = {str(kind.id) for kind in kinds_of(tx, caller.district_id)}
    if any(one.field == "category" and one.meaning not in {*known, ""} for one in said.words):
        raise Problem(422, "invalid", "A word stands for a category that is not in use.")
    meanings = meanings_of(tx, caller.district_id, words)
    zone = ZoneInfo(
        tx.execute(select(District.time_zone).where(District.id == caller.district_id)).scalar_one()
    )
    try:
        book = read_book(_name(file), file.file.read())
        arranged = arrange_book(tx, caller.district_id, book, said.layout)
        return _Asked(said, path, meanings, understand(arranged, meanings, at, zone))
    except ImportFileError as error:
        raise _unreadable(error) from error


def _order(text: str) -> ListOrder:
    try:
        return ListOrder.model_validate_json(text)
    except ValidationError as error:
        fields = ["/".join(map(str, one["loc"])) for one in error.errors()]
        told: list[dict[str, Any]] = [
            {"pointer": f"/order/{one}", "code": "invalid", "message": "not as expected"}
            for one in fields
        ]
        raise Problem(422, "invalid", "Mend the order.", errors=told) from error


def _require_area(tx: Connection, caller: Caller, area_id: int) -> str:
    path = area_path(tx, caller.district_id, area_id)
    if path is None:
        raise not_found("area")
    caller.require_at("list:import", path, what="area")
    return path


def _name(file: UploadFile) -> str:
    return PurePath((file.filename or "list").replace("\\", "/")).name


def _may_see(caller: Caller, case: Any) -> bool:
    return any(role.covers(case.area_path, case.grid_id) for role in caller.roles)


def _unreadable(error: ImportFileError) -> Problem:
    told = {"reason": error.code, "message_zh": error.message_zh, "message_en": error.message_en}
    return Problem(422, "list-unreadable", error.message_en, params=told)
