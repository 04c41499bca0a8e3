"""Cases: report a hazard, find cases, act on one."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from api.case_actions import ActionOnCase, Line, Words
from api.case_course_views import clock_told, course_of, units_named
from api.case_views import Case, CaseBrief, Severity, Source, brief, full, temporary_ids
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import invalid, not_found, problem_responses
from api.once_own import no_such_case
from api.operations import Command, CurrentCommand
from api.past_roles import caller_when
from api.permissions import Caller
from api.positions import AccuracyM, Lat, Lon, as_point
from casework.states import Actor, allowed_actions
from data import cases as store
from data.case_deadlines import clock_of_case
from data.case_links import LINKS, act_on_two, hold_cases, related_cases
from data.case_lists import cases_near, read_case, read_ledger, read_photos
from data.case_rules import district_rules
from data.case_shapes import read_shape
from data.case_types import NewCase, Point, StoredCase
from data.categories import units_by_id
from data.dispatching import dispatch_by_rule
from data.duty_alerts import alert_case
from data.sounds import sounds_of_case
from data.temporary_grids import temporary_grids_named
from geo.datum import Datum

router = APIRouter(prefix="/api/v1/cases", tags=["cases"], responses=problem_responses(401, 403))

AnswerText = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]


class Drawn(BaseModel):
    """A GeoJSON line or area, longitude first, of at most 1,000 vertices."""

    type: Literal["LineString", "MultiLineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Near(BaseModel):
    """Cases that may be the same thing as one about to be reported, nearest first."""

    metres: float
    hours: int
    items: list[CaseBrief]


class Report(BaseModel):
    """A hazard as it is reported."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019abcde-0000-7000-8000-000000000001",
                    "category_id": 1,
                    "lon": 118.3052,
                    "lat": 36.6014,
                    "accuracy_m": 8,
                    "address": "幸福路2号",
                    "description": "三号楼东侧垃圾成堆，占了半条路",
                    "occurred_at": "2026-11-22T01:02:03Z",
                    "source": "patrol",
                }
            ]
        }
    )

    id: UUID = Field(description="UUIDv7 made by the client.")
    category_id: int
    severity: Severity | None = Field(None, description="None: as the category says.")
    lon: Lon | None = Field(None, description="Of a point; of a line or area it is found.")
    lat: Lat | None = None
    shape: Drawn | None = Field(None, description="A line or area instead of a point.")
    datum: Datum = "wgs84"
    answers: dict[str, AnswerText | float] | None = Field(
        None, description="To what the category asks, by the question's id; null: not asked."
    )
    accuracy_m: AccuracyM = None
    address: Line | None = None
    description: Annotated[Words, StringConstraints(min_length=1)] = Field(
        examples=["三号楼东侧垃圾成堆，占了半条路"]
    )
    occurred_at: AwareDatetime | None = Field(None, description="The device's clock.")
    source: Source = "patrol"
    external_number: Line | None = None
    owner: Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)] | None = Field(
        None, description="Whose the thing is 权属, where known: the rules may ask for it."
    )


def _own(command: Command, case_id: UUID, *, lock: bool) -> tuple[StoredCase, Actor]:
    """The case that the caller acts on; where it was his until lately he is told what changed."""
    caller = command.caller
    stored = store.find_case(command.tx, caller.district_id, case_id, lock=lock)
    actor = None if stored is None else caller.actor_in(stored)
    if stored is None or actor is None:
        raise no_such_case(command, stored)
    return stored, actor


def _visible(
    tx: Connection, caller: Caller, case_id: UUID, *, lock: bool
) -> tuple[StoredCase, Actor]:
    stored = store.find_case(tx, caller.district_id, case_id, lock=lock)
    actor = None if stored is None else caller.actor_in(stored)
    if stored is None or actor is None:
        raise not_found("case")
    return stored, actor


def _tell(tx: Connection, caller: Caller, stored: StoredCase, at: datetime) -> Case:
    actor = caller.actor_in(stored)
    ledger = read_ledger(tx, stored.district_id, stored.id)
    units = units_by_id(tx, stored.district_id, units_named(stored.case, ledger))
    clock = clock_of_case(tx, stored)
    return full(
        read_case(tx, stored.district_id, stored.id),
        ledger,
        read_photos(tx, stored.district_id, stored.id),
        [] if actor is None else allowed_actions(stored.case, actor, at),
        course_of(
            stored.case,
            ledger,
            units,
            related_cases(tx, stored),
            clock=clock,
            at=at,
        ),
        sounds=sounds_of_case(tx, stored.district_id, stored.id),
        clock=clock_told(clock, stored.case, at),
        temporary_grids=temporary_grids_named(tx, stored.district_id, temporary_ids(ledger)),
    )


@router.post("", status_code=201, response_model=Case, responses=problem_responses(409, 422))
def report_case(body: Report, command: CurrentCommand) -> Response:
    """Report a hazard.

    Its grid is the one that holds the point; without one it goes to the triage queue. The
    deadline runs from now, by our clock.
    """
    caller, tx, at = command.caller, command.tx, command.at
    shape = None if body.shape is None else read_shape(body.shape.model_dump(), body.datum)
    new = NewCase(
        id=body.id,
        category_id=body.category_id,
        point=_point(body) if shape is None else shape.point,
        shape=shape,
        answers=body.answers,
        description=body.description,
        occurred_at=body.occurred_at or at,
        source=body.source,
        severity=body.severity,
        accuracy_m=body.accuracy_m,
        address=body.address,
        external_number=body.external_number,
        owner=body.owner or None,
    )
    # Written offline it may come when a plan has ended the charge of who found it.
    finder = caller_when(command, body.occurred_at).reporter()
    stored = store.create_case(tx, caller.district_id, new, finder, at)
    stored = dispatch_by_rule(tx, stored, at)
    return command.keep(_tell(tx, caller, stored, at), 201)


def _point(body: Report) -> Point:
    if body.lon is None:
        raise invalid("/lon", "missing", "Say where it lies.")
    if body.lat is None:
        raise invalid("/lat", "missing", "Say where it lies.")
    return as_point(body.lon, body.lat, body.datum)


@router.get("/near", responses=problem_responses(422))
def near(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    category_id: int,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    datum: Annotated[Datum, Query(description="Of the coordinates given.")] = "wgs84",
) -> Near:
    """Offer open cases of this kind close by and reported of late: is it one of them?

    How close and how late the district has set; nothing is merged by itself.
    """
    scope = scope_for(caller, "case:read")
    rules = district_rules(tx, caller.district_id)
    rows = cases_near(
        tx,
        scope,
        as_point(lon, lat, datum),
        metres=rules.near_m,
        category_id=category_id,
        since=at - timedelta(hours=rules.near_hours),
    )
    return Near(metres=rules.near_m, hours=rules.near_hours, items=[brief(row) for row in rows])


@router.get("/{case_id}", responses=problem_responses(404))
def case(case_id: UUID, caller: CurrentCaller, tx: Tx, at: Now) -> Case:
    """Tell all about a case: its ledger, its photos, and what the caller may do with it now."""
    caller.require("case:read")
    stored, _ = _visible(tx, caller, case_id, lock=False)
    return _tell(tx, caller, stored, at)


@router.post("/{case_id}/actions", response_model=Case, responses=problem_responses(404, 409, 422))
def act_on_case(case_id: UUID, body: ActionOnCase, command: CurrentCommand) -> Response:
    """Take the next step with a case; `actions` of a case names those that the caller may take.

    `seq` is the last one the client knows; when somebody acted meanwhile the answer is 409
    `case-moved-on` and nothing is done.
    """
    caller, tx, at = command.caller, command.tx, command.at
    stored, actor = _own(command, case_id, lock=body.action not in LINKS)
    body = body.as_it_stands(stored.case, caller.account_id)
    step = body.step(actor, caller.unit_id)
    if body.action not in LINKS:
        after = store.act(tx, stored, step, actor, at)
        if body.action == "dispatch":
            alert_case(tx, caller.district_id, case_id, at)
        return command.keep(_tell(tx, caller, after, at))
    other_id = hold_cases(tx, caller.district_id, case_id, step)
    stored, actor = _own(command, case_id, lock=True)
    other = None
    if other_id is not None:
        other = _visible(tx, caller, other_id, lock=True)
    after = act_on_two(tx, stored, step, actor, at, other=other)
    return command.keep(_tell(tx, caller, after, at))
