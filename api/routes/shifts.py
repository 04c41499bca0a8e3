"""Shifts of duty: begin, send points, end; what they came to in each grid.

An officer sees his own shifts; who reads tracks for an area sees those of its grids.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row

from api.case_views import ActorRef
from api.context import AppContext, CurrentCaller, Now, Tx, scope_for
from api.errors import invalid, not_found, problem_responses
from api.once_own import no_such_grids
from api.operations import Command, CurrentCommand, Replay, operation_reused
from api.paging import Cursor, Limit, Page, cursor_of, moment_of
from api.past_roles import LATEST, caller_when
from api.permissions import Caller
from api.positions import AccuracyM, Lat, Lon
from api.track_intake import CurrentSent, Sent, TrackIntake
from api.track_looking import look_at_track
from data import patrols
from data.accounts import NewRole, UnknownPlaceError, place_paths
from data.scope import Scope
from data.shift_lists import ShiftFilter, grids_of_shift, list_shifts
from data.track_intake import Batch, NotOwnShiftError, OperationReusedError, microseconds
from geo.datum import Datum, to_wgs84
from geo.locate import GridIndex

router = APIRouter(prefix="/api/v1/shifts", tags=["shifts"], responses=problem_responses(401, 403))

MOST_POINTS = 1000
Kind = Literal["patrol", "inspection"]


class ShiftBegin(BaseModel):
    """A stretch of duty that begins."""

    id: UUID = Field(description="UUIDv7 made by the client.")
    kind: Kind = "patrol"
    grid_ids: list[int] = Field(min_length=1, max_length=50)
    tracked: bool = Field(
        default=False, description="Keep a track, between begin and end and near these grids only."
    )
    started_at: AwareDatetime | None = Field(None, description="None: now.")


class PointIn(BaseModel):
    """One fix of the phone; `seq` is its own count."""

    seq: int = Field(ge=0, le=2_000_000_000)
    occurred_at: AwareDatetime
    lon: Lon
    lat: Lat
    accuracy_m: AccuracyM = None


class PointsIn(BaseModel):
    """A batch of fixes; the same batch may be sent again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "points": [
                        {
                            "seq": 0,
                            "occurred_at": "2026-11-22T01:02:03Z",
                            "lon": 118.3052,
                            "lat": 36.6014,
                            "accuracy_m": 6,
                        }
                    ],
                    "datum": "wgs84",
                }
            ]
        }
    )

    points: list[PointIn] = Field(min_length=1, max_length=MOST_POINTS)
    datum: Datum = "wgs84"


class RefusedPoint(BaseModel):
    """A point that was not kept, and why."""

    seq: int
    reason: patrols.RefusalReason


class PointsTaken(BaseModel):
    """What became of a batch."""

    accepted: int
    duplicates: int
    refused: list[RefusedPoint]


class ShiftEnd(BaseModel):
    """The end of a stretch of duty."""

    ended_at: AwareDatetime | None = Field(None, description="None: now.")


class Shift(BaseModel):
    """A stretch of duty; its figures are worked out when it ends."""

    id: UUID
    shift_day: date = Field(description="The day it started in the district.")
    officer: ActorRef
    kind: str
    grid_ids: list[int]
    tracked: bool
    source: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    points: int
    seconds: float
    metres: float
    gap_seconds: float = Field(description="Nobody knows where these were spent.")
    standing_seconds: float = Field(description="Of the seconds, spent in one place.")
    left_out: int = Field(description="Fixes that cannot be believed: no part of the metres.")
    provisional: bool = Field(
        description="The track is not cleaned and matched to streets yet: figures will change."
    )


class ShiftGrid(BaseModel):
    """What a shift came to in one grid."""

    grid_id: int
    code: str | None
    name: str | None
    seconds: float
    metres: float
    points: int


class ShiftDetail(Shift):
    """A shift with its grids."""

    grids: list[ShiftGrid]


class TrackLines(BaseModel):
    """A GeoJSON MultiLineString, longitude first."""

    type: Literal["MultiLineString"] = "MultiLineString"
    coordinates: list[list[tuple[float, float]]]


class TrackProperties(BaseModel):
    """When each vertex was passed, in seconds since 1970; as the coordinates are nested."""

    shift_id: UUID
    times: list[list[float]]


class Track(BaseModel):
    """A track as a GeoJSON feature, in one line for each stretch without a gap."""

    type: Literal["Feature"] = "Feature"
    geometry: TrackLines
    properties: TrackProperties


@router.post(
    "", status_code=201, response_model=ShiftDetail, responses=problem_responses(404, 409, 422)
)
def begin_shift(body: ShiftBegin, command: CurrentCommand) -> Response:
    """Begin a stretch of duty on the caller's own grids."""
    caller = command.caller
    started_at = body.started_at or command.at
    if started_at < command.at - LATEST:
        raise invalid("/started_at", "too-old", "A shift is sent within 30 days of its begin.")
    _require_grids(command, body.grid_ids, started_at)
    new = patrols.NewShift(
        id=body.id,
        account_id=caller.account_id,
        kind=body.kind,
        grid_ids=tuple(sorted({*body.grid_ids})),
        tracked=body.tracked,
        started_at=started_at,
    )
    patrols.begin_shift(command.tx, caller.district_id, new, command.at)
    return command.keep(_tell(command.tx, caller, body.id), 201)


async def track_intake(request: Request, parts: AppContext) -> TrackIntake:
    """Where batches of points of this process are gathered."""
    state = request.app.state
    if not hasattr(state, "track_intake"):
        state.track_intake = TrackIntake(parts, _answer)
    return cast("TrackIntake", state.track_intake)


@router.post(
    "/{shift_id}/points",
    response_model=PointsTaken,
    responses=problem_responses(404, 409, 422, 503),
)
async def send_points(
    shift_id: UUID,
    body: PointsIn,
    sent: CurrentSent,
    intake: Annotated[TrackIntake, Depends(track_intake)],
) -> Response:
    """Add a batch of fixes to the caller's own shift; answered once it is safely stored.

    Points outside the shift's time or far from its grids are refused, each with its reason. With
    503 the server has too much to do: the same batch is sent again after `Retry-After` seconds.
    """
    outcome = await intake.take(sent.caller.district_id, _batch(shift_id, body, sent))
    if isinstance(outcome, NotOwnShiftError):
        sent.caller.require("shift:record")
        raise not_found("shift")
    if isinstance(outcome, OperationReusedError):
        raise operation_reused()
    if isinstance(outcome, patrols.PatrolError):
        raise outcome
    if outcome.replayed:
        raise Replay(outcome.status, outcome.answer)
    return JSONResponse(outcome.answer, outcome.status)


def _batch(shift_id: UUID, body: PointsIn, sent: Sent) -> Batch:
    points = body.points
    lon, lat = to_wgs84([p.lon for p in points], [p.lat for p in points], body.datum)
    return Batch(
        account_id=sent.caller.account_id,
        shift_id=shift_id,
        operation_id=sent.operation_id,
        digest=sent.digest,
        received_at=sent.at,
        seq=np.array([p.seq for p in points], dtype=np.int64),
        occurred_us=microseconds([p.occurred_at for p in points]),
        lon=lon,
        lat=lat,
        accuracy_m=np.array([p.accuracy_m for p in points], dtype=np.float64),
    )


def _answer(taken: patrols.Taken) -> dict[str, Any]:
    refused = [RefusedPoint(seq=seq, reason=reason) for seq, reason in taken.refused]
    told = PointsTaken(accepted=taken.accepted, duplicates=taken.duplicates, refused=refused)
    return told.model_dump(mode="json")


@router.post(
    "/{shift_id}/end", response_model=ShiftDetail, responses=problem_responses(404, 409, 422)
)
def end_shift(shift_id: UUID, body: ShiftEnd, command: CurrentCommand) -> Response:
    """End the caller's own shift; its time and length are shared over the grids."""
    shift = own_shift(command, shift_id)
    patrols.end_shift(command.tx, shift, body.ended_at or command.at, command.at)
    return command.keep(_tell(command.tx, command.caller, shift_id))


@router.get("", responses=problem_responses(422))
def shifts(
    *,
    caller: CurrentCaller,
    tx: Tx,
    grid_id: int | None = None,
    account_id: UUID | None = None,
    from_: Annotated[date | None, Query(alias="from", description="First day.")] = None,
    to: Annotated[date | None, Query(description="Last day.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Shift]:
    """List shifts, newest first."""
    asked = ShiftFilter(grid_id=grid_id, account_id=account_id, from_day=from_, to_day=to)
    rows = list_shifts(
        tx,
        _scope(caller),
        caller.account_id,
        asked,
        limit=limit + 1,
        after=moment_of(cursor),
    )
    following = None
    if len(rows) > limit:
        following = cursor_of(rows[limit - 1].started_at.isoformat(), str(rows[limit - 1].id))
    return Page(items=[Shift(**_shift(row)) for row in rows[:limit]], next=following)


@router.get("/{shift_id}", responses=problem_responses(404))
def shift(shift_id: UUID, caller: CurrentCaller, tx: Tx) -> ShiftDetail:
    """Tell what a shift came to in each grid; provisionally until its track is matched."""
    return _tell(tx, caller, shift_id)


@router.get("/{shift_id}/track", responses=problem_responses(404, 409))
def track(shift_id: UUID, caller: CurrentCaller, tx: Tx, at: Now) -> Track:
    """Give the track as lines, split where nobody knows how the officer went.

    Who looks at a track is kept, and the officer sees it. He sees it first: for others it is there
    when he has looked at it after the end, or half a day later.
    """
    row = seen_shift(tx, caller, shift_id)
    found = patrols.find_shift(tx, caller.district_id, row.id)
    if found is not None:
        look_at_track(tx, caller, found, at)
    points = [] if found is None else patrols.read_track(tx, found)
    lines: list[list[tuple[float, float]]] = []
    times: list[list[float]] = []
    if points:
        measured = patrols.measure(points, GridIndex([], []))
        kept = [points[i] for i in measured.kept_fixes]
        for part in np.split(np.arange(len(kept)), np.flatnonzero(~measured.counts) + 1):
            if len(part) > 1:
                lines.append([(kept[i].lon, kept[i].lat) for i in part])
                times.append([kept[i].time_s for i in part])
    return Track(
        geometry=TrackLines(coordinates=lines),
        properties=TrackProperties(shift_id=shift_id, times=times),
    )


def _require_grids(command: Command, grid_ids: list[int], started_at: datetime) -> None:
    """Duty is done on one's own grids; any other is unknown to the caller.

    What counts is whose they were when it began: a phone may send it days later, when a plan has
    put others in their place.
    """
    caller = caller_when(command, started_at)
    caller.require("shift:record")
    roles = [NewRole("officer", grid_id=grid_id) for grid_id in grid_ids]
    try:
        paths = place_paths(command.tx, caller.district_id, roles)
    except UnknownPlaceError:
        raise no_such_grids(command, grid_ids) from None
    for grid_id, path in zip(grid_ids, paths, strict=True):
        if not caller.may("shift:record", path, grid_id):
            raise no_such_grids(command, grid_ids)


def own_shift(command: Command, shift_id: UUID) -> Row[Any]:
    """The caller's own shift, locked until the command ends.

    It stays his own when he is charged with no grid any more.
    """
    found = patrols.find_shift(command.tx, command.caller.district_id, shift_id, lock=True)
    if found is None or found.account_id != command.caller.account_id:
        command.caller.require("shift:record")
        raise not_found("shift")
    return found


def _scope(caller: Caller) -> Scope:
    """Areas whose tracks the caller reads; an officer reads only his own."""
    scope = scope_for(caller, "track:read")
    paths = {
        role.area_path
        for role in caller.roles_for("track:read")
        if role.name != "officer" and role.grid_id is None
    }
    return Scope(district_id=scope.district_id, area_paths=tuple(sorted(paths)))


def seen_shift(tx: Connection, caller: Caller, shift_id: UUID) -> Row[Any]:
    """A shift that the caller may read, or 404: his own, or one of the areas he reads for."""
    reads = bool(caller.roles_for("track:read"))
    scope = _scope(caller) if reads else Scope(district_id=caller.district_id)
    found = list_shifts(tx, scope, caller.account_id, ShiftFilter(shift_id=shift_id), limit=1)
    if not found:
        raise not_found("shift")
    return found[0]


def _tell(tx: Connection, caller: Caller, shift_id: UUID) -> ShiftDetail:
    row = seen_shift(tx, caller, shift_id)
    grids = [
        ShiftGrid(**grid._mapping)  # noqa: SLF001 (SQLAlchemy's public name)
        for grid in grids_of_shift(tx, caller.district_id, row.shift_day, row.id)
    ]
    return ShiftDetail(**_shift(row), grids=grids)


_PLAIN = (
    *("id", "shift_day", "kind", "grid_ids", "tracked", "source", "started_at", "ended_at"),
    *("points", "seconds", "metres", "gap_seconds", "standing_seconds", "left_out", "provisional"),
)


def _shift(row: Row[Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return plain | {"officer": ActorRef(id=row.account_id, display_name=row.display_name)}
