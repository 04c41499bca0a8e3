"""Temporary grids over the others: market days, floods, works."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import shapely
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from api.case_views import ActorRef
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, invalid, not_found
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.permissions import Caller
from api.shapes import Outline, Ref
from data import temporary_grids as store
from data.layers import district_today
from data.temporary_changes import Changed, change_temporary_grid, end_temporary_grid
from data.temporary_grids import NewTemporaryGrid, TemporaryGridError

router = APIRouter(prefix="/api/v1/temporary-grids", tags=["grids"])
Kind = Literal["market", "flood", "works", "other"]
Clock = Annotated[
    time,
    PlainSerializer(lambda hour: f"{hour:%H:%M}", return_type=str),
    AfterValidator(lambda hour: hour.replace(tzinfo=None)),
    Field(examples=["06:00"]),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
POINTERS = {
    "shape": "/geometry",
    "vertices": "/geometry",
    "outside": "/geometry",
    "days": "/last_day",
    "officer": "/officer_ids",
}


# By the clock on the wall: `date-time` is one that says its zone.
LocalTime = Annotated[
    datetime,
    WithJsonSchema({"type": "string", "examples": ["2026-11-22T18:00:00"]}),
]


class TemporaryGrid(BaseModel):
    """A grid over the others for some days; it has no code and changes none."""

    id: int
    name: str = Field(examples=["腊月大集"])
    kind: Kind
    area: Ref = Field(description="The lowest area that holds all of it.")
    first_day: date
    last_day: date = Field(description="Included.")
    from_time: Clock | None = Field(
        description="When it begins on the first day; null: at midnight."
    )
    to_time: Clock | None = Field(description="When it is over on the last day; null: at midnight.")
    reason: str
    officers: list[ActorRef]
    geometry: Outline


class NewGrid(BaseModel):
    """A temporary grid to be drawn; it needs a last day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "腊月大集",
                    "kind": "market",
                    "reason": "腊月二十三大集，摊位占道",
                    "first_day": "2027-01-30",
                    "last_day": "2027-02-03",
                    "from_time": "06:00",
                    "to_time": "14:00",
                    "officer_ids": [],
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [
                            [[118.30, 36.60], [118.31, 36.60], [118.31, 36.61], [118.30, 36.60]]
                        ],
                    },
                }
            ]
        }
    )

    name: Line
    kind: Kind
    reason: Line
    first_day: date
    last_day: date = Field(description="Included.")
    from_time: Clock | None = Field(
        None, description="When it begins on the first day; none: midnight."
    )
    to_time: Clock | None = Field(
        None, description="When it is over on the last day; none: midnight."
    )
    officer_ids: list[UUID] = Field([], max_length=50)
    geometry: Outline


class TemporaryChange(BaseModel):
    """What of a temporary grid is to be another; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "腊月大集（北段）", "reason": "摊位移到北段"}]}
    )

    name: Line | None = None
    kind: Kind | None = None
    reason: Line | None = None
    officer_ids: list[UUID] | None = Field(None, max_length=50)
    geometry: Outline | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any(value is not None for value in self.__dict__.values()):
            raise ValueError("say what is to be another")
        return self


class Ending(BaseModel):
    """When a temporary grid ends after all."""

    last_day: date | None = Field(None, description="Included; null: it ends now.")
    to_time: Clock | None = Field(None, description="When it is over on that day; none: midnight.")


class Ended(BaseModel):
    """The temporary grid ends then; null: it never began."""

    id: int
    ends: LocalTime | None = Field(description="In the district's time zone.")


@router.get("")
def temporary_grids(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    on: Annotated[date | None, Query(description="In force on this day; none: today.")] = None,
    to: Annotated[
        date | None, Query(description="Or later, up to this day, included; none: as `on`.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TemporaryGrid]:
    """List temporary grids with their outlines."""
    scope = scope_for(caller, "map:read")
    key = key_of(cursor, int)
    first = on or district_today(tx, scope.district_id, at)
    last = first if to is None else max(first, to)
    after = None if key is None else int(key[0])
    rows = store.list_temporary_grids(tx, scope, first, last, after_id=after, limit=limit)
    following = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[_grid(row) for row in rows[:limit]], next=following)


@router.get("/{grid_id}")
def temporary_grid(grid_id: int, caller: CurrentCaller, tx: Tx) -> TemporaryGrid:
    """Show one temporary grid, over or not; one that never began is gone."""
    rows = store.list_temporary_grids(
        tx, scope_for(caller, "map:read"), date.min, date.max, grid_id=grid_id
    )
    if not rows:
        raise not_found("temporary grid")
    return _grid(rows[0])


@router.post("", status_code=201, response_model=TemporaryGrid)
def draw(new: NewGrid, command: CurrentCommand) -> JSONResponse:
    """Draw a temporary grid over the others, with a last day."""
    tx, caller = command.tx, command.caller
    shape = _shape(new.geometry)
    try:
        path = store.lowest_area(tx, caller.district_id, shape)
        caller.require_at("temporary:draw", path, what="area")
        asked = NewTemporaryGrid(
            name=new.name,
            kind=new.kind,
            reason=new.reason,
            shape=shape,
            first_day=new.first_day,
            last_day=new.last_day,
            from_time=new.from_time,
            to_time=new.to_time,
            officer_ids=tuple(new.officer_ids),
        )
        made = store.draw_temporary_grid(
            tx, caller.district_id, asked, path, by=caller.account_id, at=command.at
        )
    except TemporaryGridError as error:
        raise _refused(error) from error
    row = _find(tx, caller, made, new.first_day, new.last_day)
    return command.keep(_grid(row), 201)


@router.post("/{grid_id}/end", response_model=Ended)
def end(grid_id: int, ending: Ending, command: CurrentCommand) -> JSONResponse:
    """End a temporary grid earlier or later; one that is ended before it began is called off."""
    tx, caller = command.tx, command.caller
    _require_here(tx, caller, grid_id)
    try:
        ends = end_temporary_grid(
            tx,
            caller.district_id,
            grid_id,
            last_day=ending.last_day,
            to_time=ending.to_time,
            by=caller.account_id,
            at=command.at,
        )
    except TemporaryGridError as error:
        raise _refused(error) from error
    return command.keep(Ended(id=grid_id, ends=ends))


@router.post("/{grid_id}/change", response_model=TemporaryGrid)
def change_temporary(grid_id: int, asked: TemporaryChange, command: CurrentCommand) -> JSONResponse:
    """Change a temporary grid that has not ended: its name, kind, reason, outline or officers."""
    tx, caller = command.tx, command.caller
    path = _require_here(tx, caller, grid_id)
    shape = None if asked.geometry is None else _shape(asked.geometry)
    officers = None if asked.officer_ids is None else tuple(asked.officer_ids)
    try:
        if shape is not None:
            path = store.lowest_area(tx, caller.district_id, shape)
            caller.require_at("temporary:draw", path, what="area")
        changed = Changed(asked.name, asked.kind, asked.reason, shape, officers)
        change_temporary_grid(
            tx, caller.district_id, grid_id, changed, path, by=caller.account_id, at=command.at
        )
    except TemporaryGridError as error:
        raise _refused(error) from error
    return command.keep(_grid(_find(tx, caller, grid_id, date.min, date.max)))


def _require_here(tx: Connection, caller: Caller, grid_id: int) -> str:
    """Path of the area that a temporary grid lies in, where the caller may draw such."""
    path = store.temporary_grid_place(tx, caller.district_id, grid_id)
    if path is None:
        raise not_found("temporary grid")
    caller.require_at("temporary:draw", path, what="temporary grid")
    return path


def _shape(outline: Outline) -> BaseGeometry:
    try:
        return shapely.from_geojson(outline.model_dump_json())
    except ShapelyError as error:
        raise invalid("/geometry", "shape", "Not a GeoJSON polygon.") from error


def _refused(error: TemporaryGridError) -> Problem:
    if error.code in POINTERS:
        return invalid(POINTERS[error.code], error.code, error.detail)
    return Problem(409, f"temporary-{error.code}", error.detail)


def _find(tx: Connection, caller: Caller, grid_id: int, first: date, last: date) -> Any:
    scope = scope_for(caller, "map:read")
    (row,) = store.list_temporary_grids(tx, scope, first, last, grid_id=grid_id)
    return row


def _grid(row: Any) -> TemporaryGrid:
    return TemporaryGrid(
        id=row.id,
        name=row.name,
        kind=row.kind,
        area=Ref(id=row.area_id, code=row.area_code, name=row.area_name),
        first_day=row.first_day,
        last_day=row.last_day,
        from_time=row.from_time,
        to_time=row.to_time,
        reason=row.reason,
        officers=[ActorRef(**officer) for officer in row.officers],
        geometry=Outline.model_validate_json(row.geometry),
    )
