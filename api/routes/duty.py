"""The duty officer's desk: what is before him, calls and promises, hand-over of the shift."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import Connection, select

from api.case_views import NamedRef
from api.context import CurrentCaller, Now, Tx, scope_for
from api.duty_views import (
    CaseDuty,
    DutyCall,
    DutyPage,
    Handover,
    HandoverBrief,
    Outcome,
    alerts_told,
    call_told,
    duty_page,
    handover_brief,
    handover_told,
)
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, moment_of
from api.permissions import Caller
from api.routes.rota import DeskNumber
from api.routing_views import suggestion_told
from data import duty_calls, handovers
from data.areas import area_path
from data.cases import find_case
from data.duty_alerts import list_alerts
from data.duty_calls import CallExistsError, NewCall
from data.handovers import HandoverError, Signed
from data.rota import units_of_rota
from data.routing import read_route
from data.schema import Area
from data.scope import Scope

router = APIRouter(prefix="/api/v1", tags=["duty"], responses=problem_responses(401, 403, 404, 422))
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
LONGEST_SHIFT = timedelta(hours=72)
USUAL_SHIFT = timedelta(hours=12)
AreaId = Annotated[int | None, Query(description="None: the largest of one's own.")]


class CallIn(BaseModel):
    """A call as it is logged. Offices are named, never people."""

    id: UUID = Field(description="UUIDv7 made by the client.")
    case_id: UUID
    unit_id: int | None = None
    post: Line = Field(examples=["环卫所值班室"])
    desk_number: DeskNumber | None = None
    outcome: Outcome = "reached"
    said: Words = Field("", examples=["已派车，二十分钟到"])
    promised_by: AwareDatetime | None = Field(None, description="By when, if that was promised.")
    called_at: AwareDatetime | None = Field(None, description="None: just now.")

    @model_validator(mode="after")
    def _promised_by_somebody(self) -> Self:
        if self.promised_by is not None and self.outcome != "reached":
            raise ValueError("nobody was reached who could have promised")
        return self


class HandoverIn(BaseModel):
    """A shift that is handed over."""

    id: UUID = Field(description="UUIDv7 made by the client.")
    area_id: int
    starts_at: AwareDatetime = Field(description="When the shift began.")
    notes: Words = Field("", description="What the next should know.")


class Acknowledgement(BaseModel):
    """That a shift is taken over."""

    remarks: Words | None = None


@router.get("/duty/desk")
def duty_desk(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    area_id: AreaId = None,
    since: Annotated[
        AwareDatetime | None, Query(description="When the shift began; none: 12 hours ago.")
    ] = None,
) -> DutyPage:
    """Tell what is urgent, what came in, and what was promised, in an area."""
    caller.require("duty:read")
    area, scope = _area(tx, caller, "duty:read", area_id)
    return duty_page(tx, scope, area, _since(since, at), at)


@router.get("/cases/{case_id}/duty")
def case_duty(case_id: UUID, caller: CurrentCaller, tx: Tx) -> CaseDuty:
    """Tell of a case why this unit, who on call was told, and who was telephoned."""
    caller.require("case:read")
    stored = find_case(tx, caller.district_id, case_id)
    if stored is None or caller.actor_in(stored) is None:
        raise not_found("case")
    route = read_route(tx, caller.district_id, case_id)
    alerts = alerts_told(list_alerts(tx, caller.district_id, [case_id]))
    calls = duty_calls.list_calls(tx, scope_for(caller, "case:read"), case_id)
    return CaseDuty(
        owner=None if route is None else route.owner,
        suggestion=suggestion_told(route),
        alerts=alerts.get(case_id, []),
        calls=[call_told(row) for row in calls],
    )


@router.post(
    "/duty/calls", status_code=201, response_model=DutyCall, responses=problem_responses(409)
)
def log_call(body: CallIn, command: CurrentCommand) -> Response:
    """Log a call about a case: whom, what was said, and what was promised by when."""
    tx, caller, at = command.tx, command.caller, command.at
    _require_case(tx, caller, body.case_id)
    called_at = body.called_at or at
    if called_at > at + timedelta(minutes=5):
        raise invalid("/called_at", "time", "A call is logged once it was made.")
    if body.promised_by is not None and body.promised_by <= called_at:
        raise invalid("/promised_by", "time", "What is promised lies after the call.")
    if body.unit_id is not None and all(
        unit.id != body.unit_id for unit in units_of_rota(tx, caller.district_id)
    ):
        raise invalid("/unit_id", "unknown", "No such unit.")
    new = NewCall(**(body.model_dump() | {"called_at": called_at}))
    try:
        duty_calls.log_call(tx, caller.district_id, new, by=caller.account_id, at=at)
    except CallExistsError as error:
        raise Problem(409, "call-exists", "A call with this id is logged already.") from error
    return command.keep(_call(tx, caller, body.id), 201)


@router.post("/duty/calls/{call_id}/settle", response_model=DutyCall)
def settle_call(call_id: UUID, command: CurrentCommand) -> Response:
    """Say that a promise is kept, or holds no longer: it is chased no more."""
    tx, caller = command.tx, command.caller
    call = _call(tx, caller, call_id)
    _require_case(tx, caller, call.case_id)
    duty_calls.settle_call(tx, caller.district_id, call_id, by=caller.account_id, at=command.at)
    return command.keep(_call(tx, caller, call_id))


@router.get("/handovers")
def handover_list(
    *, caller: CurrentCaller, tx: Tx, limit: Limit = 50, cursor: Cursor = None
) -> Page[HandoverBrief]:
    """List the shifts handed over in the caller's areas, the newest first."""
    scope = scope_for(caller, "duty:read")
    rows = handovers.list_handovers(tx, scope, limit=limit + 1, before=moment_of(cursor))
    more = None
    if len(rows) > limit:
        more = cursor_of(rows[limit - 1].signed_at.isoformat(), str(rows[limit - 1].id))
    return Page(items=[handover_brief(row) for row in rows[:limit]], next=more)


@router.get("/handovers/{handover_id}")
def handover(handover_id: UUID, caller: CurrentCaller, tx: Tx) -> Handover:
    """Tell all of a hand-over: the page as it stood, and whether it is still what was signed."""
    caller.require("duty:read")
    return _handover(tx, caller, handover_id, "duty:read")


@router.post(
    "/handovers", status_code=201, response_model=Handover, responses=problem_responses(409)
)
def sign_handover(body: HandoverIn, command: CurrentCommand) -> Response:
    """Sign the page as it stands at this moment, for the next shift."""
    tx, caller, at = command.tx, command.caller, command.at
    caller.require("duty:act")
    area, scope = _area(tx, caller, "duty:act", body.area_id)
    page = duty_page(tx, scope, area, _since(body.starts_at, at), at)
    signed = Signed(
        id=body.id,
        area_id=area.id,
        area_path=scope.area_paths[0],
        starts_at=body.starts_at,
        ends_at=at,
        notes=body.notes,
        page=page.model_dump(mode="json"),
        signed_by=caller.account_id,
    )
    try:
        handovers.sign_handover(tx, caller.district_id, signed)
    except HandoverError as error:
        raise _refused(error) from error
    return command.keep(_handover(tx, caller, body.id, "duty:act"), 201)


@router.post(
    "/handovers/{handover_id}/acknowledge",
    response_model=Handover,
    responses=problem_responses(409),
)
def acknowledge_handover(
    handover_id: UUID, body: Acknowledgement, command: CurrentCommand
) -> Response:
    """Take a shift over; who signed it cannot, and nothing of it changes afterwards."""
    tx, caller = command.tx, command.caller
    _handover(tx, caller, handover_id, "duty:act")
    try:
        handovers.acknowledge_handover(
            tx,
            caller.district_id,
            handover_id,
            by=caller.account_id,
            at=command.at,
            remarks=body.remarks or None,
        )
    except HandoverError as error:
        raise _refused(error) from error
    return command.keep(_handover(tx, caller, handover_id, "duty:act"))


def _area(
    tx: Connection, caller: Caller, permission: str, area_id: int | None
) -> tuple[NamedRef, Scope]:
    """An area and its scope; without one the largest that the permission is held in."""
    path: str | None
    if area_id is None:
        held = [role.area_path for role in caller.roles_for(permission) if role.grid_id is None]
        path = min(held, key=lambda one: (one.count("."), one), default=None)
    else:
        path = area_path(tx, caller.district_id, area_id)
    if path is None:
        raise not_found("area")
    caller.require_at(permission, path, what="area")
    area = tx.execute(
        select(Area.id, Area.name).where(Area.district_id == caller.district_id, Area.path == path)
    ).one()
    return NamedRef(id=area.id, name=area.name), Scope(caller.district_id, (path,))


def _since(since: datetime | None, at: datetime) -> datetime:
    begun = since or at - USUAL_SHIFT
    if not timedelta(0) < at - begun <= LONGEST_SHIFT:
        raise invalid("/starts_at", "time", "A shift began within the last 72 hours.")
    return begun


def _require_case(tx: Connection, caller: Caller, case_id: UUID) -> None:
    stored = find_case(tx, caller.district_id, case_id)
    if stored is None or caller.actor_in(stored) is None:
        raise not_found("case")
    caller.require_at("duty:act", stored.area_path, stored.grid_id, what="case")


def _call(tx: Connection, caller: Caller, call_id: UUID) -> DutyCall:
    rows = duty_calls.list_calls(tx, scope_for(caller, "duty:act"), call_id=call_id)
    if not rows:
        raise not_found("call")
    return call_told(rows[0])


def _handover(tx: Connection, caller: Caller, handover_id: UUID, permission: str) -> Handover:
    row = handovers.read_handover(tx, caller.district_id, handover_id)
    if row is None:
        raise not_found("handover")
    caller.require_at(permission, row.area_path, what="handover")
    return handover_told(row)


def _refused(error: HandoverError) -> Problem:
    detail = {
        "exists": "A hand-over with this id was signed already.",
        "same-person": "Who signed it cannot acknowledge it.",
        "done": "It was acknowledged before.",
    }[error.code]
    return Problem(409, f"handover-{error.code}", detail)
