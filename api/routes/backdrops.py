"""Backdrops of a plan: a drawing (DXF) or a scan under the draft in the editor."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row
from uuid_utils.compat import uuid7

from api.caching import etag_of, is_current
from api.case_views import ActorRef
from api.context import AppContext, CurrentCaller, Tx
from api.errors import Problem, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from data import backdrops as stored
from data.backdrop_placing import (
    LOCAL,
    MOST_BYTES,
    ControlPoint,
    place_drawing,
    place_scan,
    prepare_backdrop,
)
from data.plan_drafts import Box, DraftPlan, box_of_plan, find_draft
from data.plans_read import plan_place
from geo.georeference import drawing_systems

router = APIRouter(prefix="/api/v1/plans/{plan_id}/backdrops", tags=["plans"])
KEEP = "private, max-age=86400"
Degrees = Annotated[float, Field(ge=-180, le=180)]


class PlacedPoint(BaseModel):
    """A control point: a place on the sheet's picture, and on the ground."""

    x: float = Field(description="Pixels from the left of the picture.")
    y: float = Field(description="Pixels from its top.")
    lon: Degrees
    lat: Annotated[float, Field(ge=-85, le=85)]


class FittedPoint(PlacedPoint):
    """A control point and how far the sheet lies from it."""

    residual_m: float


class Placing(BaseModel):
    """How a sheet was placed."""

    by: Literal["system", "points"]
    system: str | None = Field(None, description="The coordinate system it is drawn in.")
    fit: Literal["similarity", "affine"] | None = None
    rms_m: float | None = Field(None, description="Root mean square of the residuals.")
    spare: int | None = Field(None, description="Points beyond those needed; 0: not checked.")
    points: list[FittedPoint] = []


class Backdrop(BaseModel):
    """A drawing or a scan under a plan."""

    id: UUID
    kind: Literal["drawing", "scan"]
    name: str
    size_bytes: int
    width_px: int
    height_px: int
    page: int | None = Field(description="Of a PDF: the page shown, from 1.")
    pages: int | None = Field(description="Of a PDF: how many pages it has.")
    picture_url: str = Field(description="The sheet itself, to set control points on.")
    shown_url: str | None = Field(
        description="GeoJSON of a drawing, a picture in EPSG:3857 of a scan; null until placed."
    )
    placed: Placing | None
    bbox: tuple[float, float, float, float] | None = Field(
        description="West, south, east, north in degrees."
    )
    added_by: ActorRef
    received_at: datetime


class SystemChoice(BaseModel):
    """A coordinate system that drawings of this place are usually in."""

    code: str = Field(examples=["EPSG:4548"])
    family: str = Field(
        description="cgcs2000-zone, cgcs2000-meridian, utm, cgcs2000, wgs84 or local."
    )
    meridian_deg: int | None
    zone: int | None


class PlanBackdrops(BaseModel):
    """The backdrops of a plan, and the systems to choose from."""

    backdrops: list[Backdrop]
    systems: list[SystemChoice]


class ControlPoints(BaseModel):
    """Control points of a sheet."""

    fit: Literal["similarity", "affine"] = Field(
        "similarity", description="similarity: from 2 points; affine: from 3, allows for stretch."
    )
    points: list[PlacedPoint] = Field(min_length=2, max_length=50)


@router.get("", responses=problem_responses(404))
def backdrops(plan_id: int, caller: CurrentCaller, tx: Tx) -> PlanBackdrops:
    """List the drawings and scans under a plan."""
    return _tell(tx, caller, _require(tx, caller, plan_id))


@router.post(
    "",
    status_code=201,
    response_model=PlanBackdrops,
    responses=problem_responses(404, 409, 413, 415),
)
def add_backdrop(
    *,
    plan_id: int,
    file: UploadFile,
    command: CurrentCommand,
    parts: AppContext,
    system: Annotated[
        str | None,
        Form(
            max_length=20,
            description="EPSG:…, local, or none: as the file says. A drawing needs one.",
        ),
    ] = None,
    page: Annotated[int, Form(ge=1, le=100_000, description="Of a PDF: which page, from 1.")] = 1,
) -> Response:
    """Put a DXF, PNG, JPEG, TIFF or a page of a PDF under a draft.

    A file has at most 40 MB, 150 megapixels and 1,000 pages. Where its system is known it is
    placed at once, and refused when it does not lie over the town; else it waits for control
    points, as a page of a PDF always does.
    """
    caller, tx = command.caller, command.tx
    plan = _open(command, plan_id)
    with parts.photo_slots:
        raw = file.file.read(MOST_BYTES + 1)
        read = prepare_backdrop(raw, file.filename or "", system or None, _town(tx, plan), page)
    stored.add_backdrop(
        tx,
        parts.files,
        caller.district_id,
        plan_id,
        uuid7(),
        backdrop=read,
        added_by=caller.account_id,
        at=command.at,
    )
    return command.keep(_tell(tx, caller, plan), 201)


@router.post(
    "/{backdrop_id}/place", response_model=PlanBackdrops, responses=problem_responses(404, 409)
)
def place_backdrop(
    *,
    plan_id: int,
    backdrop_id: UUID,
    asked: ControlPoints,
    command: CurrentCommand,
    parts: AppContext,
) -> JSONResponse:
    """Place a sheet by control points; the answer tells what is left over at each, in metres."""
    caller, tx = command.caller, command.tx
    plan = _open(command, plan_id)
    row = _find(tx, caller, plan_id, backdrop_id, lock=True)
    points = [ControlPoint(point.x, point.y, point.lon, point.lat) for point in asked.points]
    with parts.photo_slots:
        if row.kind == "scan":
            placed = place_scan(stored.read_file(parts.files, row.picture_key), points, asked.fit)
        else:
            placed = place_drawing(stored.read_file(parts.files, row.source_key), points, asked.fit)
    stored.set_place(tx, parts.files, row, placed)
    return command.keep(_tell(tx, caller, plan))


@router.get(
    "/{backdrop_id}/{part}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}, "image/webp": {}, "application/geo+json": {}}},
        **problem_responses(404),
    },
)
def backdrop_file(
    *,
    plan_id: int,
    backdrop_id: UUID,
    part: Literal["picture", "shown"],
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    parts: AppContext,
) -> Response:
    """Give the sheet's picture, or what the map shows of it."""
    _require(tx, caller, plan_id)
    row = _find(tx, caller, plan_id, backdrop_id)
    key = row.picture_key if part == "picture" else row.shown_key
    if key is None:
        raise not_found("backdrop")
    headers = {"ETag": etag_of(key), "Cache-Control": KEEP, "Vary": "Cookie"}
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    body = stored.read_file(parts.files, key)
    return Response(body, media_type=stored.media_type_of(key), headers=headers)


@router.delete("/{backdrop_id}", response_model=PlanBackdrops, responses=problem_responses(404))
def take_backdrop(plan_id: int, backdrop_id: UUID, command: CurrentCommand) -> JSONResponse:
    """Take a sheet away from under a plan."""
    caller, tx = command.caller, command.tx
    plan = _open(command, plan_id)
    _find(tx, caller, plan_id, backdrop_id)
    stored.remove_backdrop(tx, caller.district_id, backdrop_id)
    return command.keep(_tell(tx, caller, plan))


def _require(tx: Connection, caller: Caller, plan_id: int) -> DraftPlan:
    """The plan, for who may plan there; nobody else sees what lies under it."""
    path = plan_place(tx, caller.district_id, plan_id)
    plan = find_draft(tx, caller.district_id, plan_id)
    if path is None or plan is None:
        raise not_found("plan")
    caller.require_at("plan:generate", path, what="plan")
    return plan


def _open(command: Command, plan_id: int) -> DraftPlan:
    """The plan, locked, as long as it is not published."""
    plan = _require(command.tx, command.caller, plan_id)
    stored.hold_plan(command.tx, command.caller.district_id, plan_id)
    if plan.status == "published":
        detail = "The plan is published already."
        raise Problem(409, "plan-published", detail, params={"status": plan.status})
    return plan


def _find(
    tx: Connection, caller: Caller, plan_id: int, backdrop_id: UUID, *, lock: bool = False
) -> Row[Any]:
    row = stored.find_backdrop(tx, caller.district_id, plan_id, backdrop_id, lock=lock)
    if row is None:
        raise not_found("backdrop")
    return row


def _town(tx: Connection, plan: DraftPlan) -> Box:
    return box_of_plan(tx, plan)


def _tell(tx: Connection, caller: Caller, plan: DraftPlan) -> PlanBackdrops:
    west, south, east, north = _town(tx, plan)
    systems = [
        SystemChoice(
            code=system.code,
            family=system.family,
            meridian_deg=system.meridian_deg,
            zone=system.zone,
        )
        for system in drawing_systems((west + east) / 2, (south + north) / 2)
    ]
    local = SystemChoice(code=LOCAL, family=LOCAL, meridian_deg=None, zone=None)
    rows = stored.backdrops_of(tx, caller.district_id, plan.id)
    return PlanBackdrops(backdrops=[_backdrop(row) for row in rows], systems=[*systems, local])


def _backdrop(row: Any) -> Backdrop:
    url = f"/api/v1/plans/{row.plan_id}/backdrops/{row.id}"
    # Another placing is another picture: its name is in the address, so it is never a stale one.
    mark = None if row.shown_key is None else row.shown_key.rpartition("/")[2][:12]
    return Backdrop(
        id=row.id,
        kind=row.kind,
        name=row.name,
        size_bytes=row.size_bytes,
        width_px=row.width_px,
        height_px=row.height_px,
        page=row.page,
        pages=row.pages,
        picture_url=f"{url}/picture",
        shown_url=None if mark is None else f"{url}/shown?v={mark}",
        placed=None if row.placed is None else Placing(**row.placed),
        bbox=row.bounds,
        added_by=ActorRef(id=row.added_by, display_name=row.display_name or ""),
        received_at=row.received_at,
    )
