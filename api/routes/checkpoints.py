"""Checkpoints of patrol: put up, listed, printed with their QR codes, taken down."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Connection, Row, select

from api.context import AppContext, CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of, unknown_cursor
from api.positions import Lat, Lon, as_point
from data import checkpoints as store
from data.exports.checkpoint_sheet import PrintedCheckpoint, write_checkpoints
from data.exports.grid_file import GridFileError
from data.grids import grids_of_points
from data.layers import district_today
from data.schema import District
from data.scope import Scope
from data.street_walks import parts_of_checkpoint
from geo.datum import Datum

router = APIRouter(
    prefix="/api/v1/checkpoints", tags=["streets"], responses=problem_responses(401, 403)
)
MOST_PRINTED = 400
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Checkpoint(BaseModel):
    """A place with a code to scan."""

    id: UUID
    grid_id: int
    grid_code: str
    grid_name: str | None
    name: str
    code: str
    lon: float
    lat: float


class CheckpointIn(BaseModel):
    """A checkpoint to put up."""

    id: UUID = Field(description="UUIDv7 made by the client.")
    name: Name = Field(examples=["幸福里北门"])
    lon: Lon
    lat: Lat
    datum: Datum = "wgs84"


class CheckpointMade(Checkpoint):
    """A checkpoint, with the streets that it stands for."""

    streets: list[str | None] = Field(description="Their names, the nearest first; null: none.")


@router.get("", responses=problem_responses(422))
def checkpoints(
    *, caller: CurrentCaller, tx: Tx, at: Now, limit: Limit = 50, cursor: Cursor = None
) -> Page[Checkpoint]:
    """List the checkpoints that are up, by grid."""
    scope = scope_for(caller, "checkpoint:manage")
    key = key_of(cursor, str, str)
    try:
        after = None if key is None else (str(key[0]), UUID(str(key[1])))
    except ValueError:
        raise unknown_cursor() from None
    today = district_today(tx, scope.district_id, at)
    rows = store.list_checkpoints(tx, scope, today, limit=limit + 1, after=after)
    more = None
    if len(rows) > limit:
        more = cursor_of(rows[limit - 1].grid_code, str(rows[limit - 1].id))
    return Page(items=[_told(row) for row in rows[:limit]], next=more)


@router.post(
    "", status_code=201, response_model=CheckpointMade, responses=problem_responses(404, 422)
)
def put_up(body: CheckpointIn, command: CurrentCommand) -> Response:
    """Put up a checkpoint; it stands for the streets within 20 m, or the nearest within 100 m."""
    tx, caller = command.tx, command.caller
    caller.require("checkpoint:manage")
    today = district_today(tx, caller.district_id, command.at)
    point = as_point(body.lon, body.lat, body.datum)
    [grid] = grids_of_points(tx, caller.district_id, today, [point.lon], [point.lat])
    if grid is None or not caller.may("checkpoint:manage", grid.area_path, grid.grid_id):
        raise not_found("grid")
    new = store.NewCheckpoint(body.id, body.name, point.lon, point.lat, grid.grid_id)
    store.make_checkpoint(tx, caller.district_id, new, by=caller.account_id, at=command.at)
    row = _one(tx, scope_for(caller, "checkpoint:manage"), today, body.id)
    streets = parts_of_checkpoint(tx, caller.district_id, row.code, [grid.grid_id])
    if not streets:
        raise invalid("/lon", "no-street", "There is no street within 100 m of this place.")
    made = CheckpointMade(**_told(row).model_dump(), streets=[one.name for one in streets])
    return command.keep(made, 201)


@router.post("/{checkpoint_id}/end", response_model=Checkpoint, responses=problem_responses(404))
def take_down(checkpoint_id: UUID, command: CurrentCommand) -> Response:
    """Take a checkpoint down: what was scanned there stays, its code counts no more."""
    tx, caller = command.tx, command.caller
    scope = scope_for(caller, "checkpoint:manage")
    today = district_today(tx, caller.district_id, command.at)
    row = _one(tx, scope, today, checkpoint_id)
    store.end_checkpoint(tx, caller.district_id, checkpoint_id, command.at)
    return command.keep(_told(row))


@router.get(
    "/sheet.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, **problem_responses(404, 422, 503)},
)
def print_checkpoints(
    *,
    request: Request,
    caller: CurrentCaller,
    parts: AppContext,
    tx: Tx,
    at: Now,
    checkpoint_id: Annotated[
        list[UUID] | None, Query(max_length=MOST_PRINTED, description="None: all.")
    ] = None,
    language: Literal["zh", "en"] = "zh",
) -> Response:
    """Print checkpoints: A4, eight a sheet, to be cut apart and put up."""
    scope = scope_for(caller, "checkpoint:manage")
    today = district_today(tx, scope.district_id, at)
    rows = store.list_checkpoints(tx, scope, today, ids=checkpoint_id, limit=MOST_PRINTED)
    if not rows:
        raise not_found("checkpoint")
    place: str = tx.execute(
        select(District.name).where(District.id == caller.district_id)
    ).scalar_one()
    base = parts.settings.origin or str(request.base_url)
    drawn = [
        PrintedCheckpoint(row.name, row.code, store.address_of(base, row.code)) for row in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoints.pdf"
        try:
            write_checkpoints(path, drawn, place=place, language=language)
        except GridFileError as error:
            raise Problem(503, "pdf-not-possible", str(error)) from None
        sheet = path.read_bytes()
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'inline; filename="checkpoints.pdf"',
    }
    return Response(sheet, media_type="application/pdf", headers=headers)


def _one(tx: Connection, scope: Scope, today: date, checkpoint_id: UUID) -> Row[Any]:
    rows = store.list_checkpoints(tx, scope, today, ids=[checkpoint_id], limit=1)
    if not rows:
        raise not_found("checkpoint")
    return rows[0]


def _told(row: Row[Any]) -> Checkpoint:
    return Checkpoint(**{name: getattr(row, name) for name in Checkpoint.model_fields})
