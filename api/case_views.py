"""What the API tells of cases, photos and shifts, made from the rows of `data`."""

import json
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Row

from api.case_course_views import CaseTime, Course
from api.shapes import Ref
from casework.states import Action, State

Severity = Literal["red", "yellow", "blue"]
Source = Literal["patrol", "phone", "hotline", "message", "inspection"]


class CategoryRef(BaseModel):
    """A kind of hazard."""

    id: int
    code: str = Field(examples=["06010"])
    name: str = Field(examples=["暴露垃圾"])
    name_en: str = Field(examples=["Exposed rubbish"])


class NamedRef(BaseModel):
    """A thing by its id and name."""

    id: int
    name: str


class CaseCore(BaseModel):
    """What is told of a case in a list and alone."""

    id: UUID
    number: str = Field(examples=["2026000123"])
    category: CategoryRef
    severity: Severity
    state: State
    overdue: bool = Field(description="Not put right by its deadline, and still to be.")
    grid: Ref | None = Field(description="Null: in no grid, waits in the triage queue.")
    area: NamedRef | None
    lon: float | None = Field(
        description="Degrees, WGS 84; null: its place is not known yet.", examples=[118.3052]
    )
    lat: float | None = Field(description="Degrees, WGS 84.", examples=[36.6014])
    source: Source
    external_number: str | None = Field(description="Its number in another office's list.")
    address: str | None
    unit: NamedRef | None = Field(description="The unit charged with it.")
    occurred_at: AwareDatetime = Field(description="The device's clock.")
    received_at: AwareDatetime = Field(description="Our clock: deadlines run on it.")
    deadline_at: AwareDatetime | None = Field(
        description="Null: the days that it reaches are not in the calendar yet."
    )
    closed_at: AwareDatetime | None
    seq: int = Field(description="Of its last event; a command says which it expects.")


class ActorRef(BaseModel):
    """Who acted."""

    id: UUID
    display_name: str


class CaseBrief(CaseCore):
    """A case as a list shows it."""

    photos: int = Field(description="How many.")


class Photo(BaseModel):
    """A photo of a case; `?size=thumb` at its address gives a small one."""

    id: UUID
    role: Literal["before", "after"]
    url: str
    width_px: int
    height_px: int
    received_at: AwareDatetime
    taken_at: AwareDatetime | None = Field(description="As the camera's own clock says.")
    taken_lon: float | None = Field(description="Where the camera was, WGS 84.")
    taken_lat: float | None
    taken_datum: str | None = Field(
        description="The datum it was written in; `unsaid`: taken for WGS 84."
    )
    redactions: int = Field(description="How often parts of it were made unreadable.")
    added_by: UUID = Field(description="The account: who added it may make parts unreadable.")


class Sound(BaseModel):
    """A voice note of a case, as it was recorded."""

    id: UUID
    url: str
    media_type: Literal["audio/webm", "audio/ogg", "audio/mp4"]
    size_bytes: int
    duration_ms: int | None = Field(description="As the phone that recorded it says.")
    received_at: AwareDatetime
    added_by: ActorRef


class LedgerLine(BaseModel):
    """One line of a case's ledger; `digest` covers it and the line before."""

    seq: int
    action: Action
    state: State
    actor: ActorRef | None
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    facts: dict[str, Any]
    text: str | None
    digest: str


class Case(CaseCore):
    """A case with its ledger, photos and voice notes."""

    description: str | None
    grid_filed: Ref | None = Field(description="The grid when it was filed.")
    temporary_grids: list[NamedRef] = Field(
        description="Temporary grids that lay over its place when it was found."
    )
    accuracy_m: float | None
    shape: dict[str, Any] | None = Field(
        description="A line or an area as GeoJSON, where it is one; `lon` and `lat` lie on it."
    )
    reporter_unit: str | None = Field(description="The office that reported it in its list.")
    course: Course
    time: CaseTime | None = Field(description="Null: no deadline runs out.")
    actions: list[Action] = Field(description="What the caller may do with it now.")
    photos: list[Photo]
    sounds: list[Sound] = Field(description="Voice notes, oldest first.")
    ledger: list[LedgerLine]


def ref(place_id: int | None, code: str | None, name: str | None) -> Ref | None:
    """A place by its id; None where there is none."""
    if place_id is None:
        return None
    # A grid that was taken away before it took effect has no code.
    return Ref(id=place_id, code=code or "", name=name or "")


def _named(thing_id: int | None, name: str | None) -> NamedRef | None:
    return None if thing_id is None else NamedRef(id=thing_id, name=name or "")


_PLAIN = (
    *("id", "number", "severity", "state", "overdue", "lon", "lat", "address", "seq", "photos"),
    *("occurred_at", "received_at", "deadline_at", "closed_at", "external_number", "source"),
)


def _brief(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PLAIN} | {
        "category": CategoryRef(
            id=row.category_id,
            code=row.category_code,
            name=row.category_name,
            name_en=row.category_name_en,
        ),
        "grid": ref(row.grid_id, row.grid_code, row.grid_name),
        "area": _named(row.area_id, row.area_name),
        "unit": _named(row.unit_id, row.unit_name),
    }


def brief(row: Row[Any]) -> CaseBrief:
    """A case of a list, from a row of `case_briefs.sql`."""
    return CaseBrief(**_brief(row))


def photo(row: Row[Any]) -> Photo:
    """A photo, from its row."""
    return Photo(
        id=row.id,
        role=row.role,
        url=f"/api/v1/photos/{row.id}",
        width_px=row.width_px,
        height_px=row.height_px,
        received_at=row.received_at,
        taken_at=row.taken_at,
        taken_lon=row.taken_lon,
        taken_lat=row.taken_lat,
        taken_datum=row.taken_datum,
        redactions=row.redactions,
        added_by=row.added_by,
    )


def sound(row: Row[Any]) -> Sound:
    """A voice note, from its row."""
    return Sound(
        id=row.id,
        url=f"/api/v1/sounds/{row.id}",
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        duration_ms=row.duration_ms,
        received_at=row.received_at,
        added_by=ActorRef(id=row.added_by, display_name=row.display_name),
    )


def full(
    row: Row[Any],
    ledger: Sequence[Row[Any]],
    photos: Sequence[Row[Any]],
    actions: Sequence[Action],
    course: Course,
    *,
    sounds: Sequence[Row[Any]] = (),
    clock: CaseTime | None = None,
    temporary_grids: Sequence[Row[Any]] = (),
) -> Case:
    """One case with all that is known of it."""
    told = _brief(row) | {"photos": [photo(item) for item in photos]}
    told |= {"sounds": [sound(item) for item in sounds]}
    return Case(
        **told,
        description=ledger[0].body,
        grid_filed=ref(row.grid_id_filed, row.grid_filed_code, row.grid_filed_name),
        temporary_grids=[NamedRef(id=grid.id, name=grid.name) for grid in temporary_grids],
        accuracy_m=row.accuracy_m,
        shape=None if row.shape is None else json.loads(row.shape),
        reporter_unit=ledger[0].reporter_unit,
        course=course,
        time=clock,
        actions=list(actions),
        ledger=[_line(item) for item in ledger],
    )


def temporary_ids(ledger: Sequence[Row[Any]]) -> list[int]:
    """Ids of the temporary grids that the last person to place a case found over it."""
    for line in reversed(ledger):
        # A plan that takes effect moves a case to another grid, not to another place.
        if line.action in {"report", "place"} and "plan_id" not in line.facts:
            return list(line.facts.get("temporary_grid_ids", []))
    return []


def _line(row: Row[Any]) -> LedgerLine:
    actor = None
    if row.display_name is not None:
        actor = ActorRef(id=row.actor_id, display_name=row.display_name)
    return LedgerLine(
        seq=row.seq,
        action=row.action,
        state=row.state,
        actor=actor,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        facts=row.facts,
        text=row.body,
        digest=row.digest.hex(),
    )
