"""Signed papers of a plan: add the scan of a signed packet, look at one, take one away."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from api.caching import etag_of, is_current
from api.case_views import ActorRef
from api.context import AppContext, Context, CurrentCaller, Now, Tx
from api.errors import invalid, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from api.plan_views import refusing, require_plan
from api.shapes import Ref
from data import plan_papers
from data.layers import district_today
from data.photos import read_picture
from data.plan_steps import Standing, keep_step, read_standing, require_step, standing_of

router = APIRouter(prefix="/api/v1/plans/{plan_id}/papers", tags=["plans"])
KEEP = "private, max-age=86400"


class SignedPaper(BaseModel):
    """A scanned paper with signatures and seals."""

    id: UUID
    name: str
    area: Ref | None = Field(description="The community it is of; null: the whole plan.")
    current: bool = Field(description="False: the plan was edited since; it does not count.")
    media_type: str
    size_bytes: int
    sha256: str = Field(description="Of the file as it was sent, hexadecimal.")
    url: str
    added_by: ActorRef
    received_at: datetime


class PaperCommunity(BaseModel):
    """A community of the plan, and whether it has signed."""

    id: int
    code: str
    name: str
    changed: bool = Field(description="Whether the plan changes its grids.")
    signed: bool


class PlanPapers(BaseModel):
    """The signed papers of a plan."""

    required: bool = Field(description="Whether it is approved only with all of them.")
    papers: list[SignedPaper]
    communities: list[PaperCommunity]


@router.get("", responses=problem_responses(404, 409))
def papers(plan_id: int, caller: CurrentCaller, tx: Tx, at: Now, parts: AppContext) -> PlanPapers:
    """List the signed papers of a plan, and which communities have signed."""
    require_plan(tx, caller, plan_id, "plan:read")
    with refusing():
        standing = read_standing(tx, caller.district_id, plan_id)
    return _tell(tx, caller, plan_id, standing.revision, at=at, parts=parts)


@router.post(
    "", status_code=201, response_model=PlanPapers, responses=problem_responses(404, 409, 413, 415)
)
def add_paper(
    *,
    plan_id: int,
    file: UploadFile,
    command: CurrentCommand,
    parts: AppContext,
    area_id: Annotated[int | None, Form(description="Community; none: the whole plan.")] = None,
) -> Response:
    """Add the scan of a signed paper to a checked plan: PDF, JPEG or PNG, at most 15 MB.

    It is kept as it is sent.
    """
    caller, tx = command.caller, command.tx
    standing = _hold(command, plan_id, "sign")
    communities = plan_papers.paper_communities(
        tx, caller.district_id, plan_id, standing.revision, _today(tx, caller, command.at)
    )
    named = {row.id: row.name for row in communities}
    if area_id is not None and area_id not in named:
        raise invalid("/area_id", "unknown", "The plan has no such community.")
    with parts.photo_slots:
        # One byte more than allowed is enough to know.
        raw = file.file.read(plan_papers.MOST_BYTES + 1)
        paper = plan_papers.prepare_paper(raw, file.filename or "")
    plan_papers.add_paper(
        tx,
        caller.district_id,
        plan_id,
        uuid7(),
        area_id=area_id,
        revision=standing.revision,
        key=plan_papers.store_paper(parts.files, caller.district_id, paper),
        paper=paper,
        added_by=caller.account_id,
        at=command.at,
    )
    where = "" if area_id is None else f"{named[area_id]} · "
    _note(command, plan_id, standing, "sign", where + _mark(paper.name, paper.sha256))
    return command.keep(
        _tell(tx, caller, plan_id, standing.revision, at=command.at, parts=parts), 201
    )


@router.get(
    "/{paper_id}",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}, "image/jpeg": {}, "image/png": {}}},
        **problem_responses(404),
    },
)
def paper(
    *,
    plan_id: int,
    paper_id: UUID,
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    parts: AppContext,
) -> Response:
    """Give a signed paper as it was sent."""
    require_plan(tx, caller, plan_id, "plan:read")
    found = plan_papers.find_paper(tx, caller.district_id, plan_id, paper_id)
    if found is None:
        raise not_found("paper")
    headers = {
        "ETag": etag_of(found.sha256),
        "Cache-Control": KEEP,
        "Vary": "Cookie",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    body = read_picture(parts.files, found.key)
    return Response(body, media_type=found.media_type, headers=headers)


@router.delete("/{paper_id}", response_model=PlanPapers, responses=problem_responses(404, 409))
def take_paper(
    plan_id: int, paper_id: UUID, command: CurrentCommand, parts: AppContext
) -> JSONResponse:
    """Take a signed paper away, as long as the plan is not approved."""
    caller, tx = command.caller, command.tx
    standing = _hold(command, plan_id, "unsign")
    found = plan_papers.find_paper(tx, caller.district_id, plan_id, paper_id)
    if found is None:
        raise not_found("paper")
    plan_papers.remove_paper(tx, caller.district_id, paper_id)
    _note(command, plan_id, standing, "unsign", _mark(found.name, found.sha256))
    return command.keep(_tell(tx, caller, plan_id, standing.revision, at=command.at, parts=parts))


def _hold(command: Command, plan_id: int, action: Any) -> Standing:
    """The plan, locked, once the caller may do this and it follows from where the plan stands."""
    require_plan(command.tx, command.caller, plan_id, f"plan:{action}")
    with refusing():
        standing = standing_of(command.tx, command.caller.district_id, plan_id)
        require_step(standing, action)
    return standing


def _note(command: Command, plan_id: int, standing: Standing, action: Any, said: str) -> None:
    keep_step(
        command.tx,
        command.caller.district_id,
        plan_id,
        action,
        standing.status,
        by=command.caller.account_id,
        at=command.at,
        reason=said,
    )


def _mark(name: str, sha256: bytes) -> str:
    return f"{name} · SHA-256 {sha256.hex()[:12]}"


def _today(tx: Connection, caller: Caller, at: datetime) -> Any:
    return district_today(tx, caller.district_id, at)


def _tell(
    tx: Connection, caller: Caller, plan_id: int, revision: int, *, at: datetime, parts: Context
) -> PlanPapers:
    district_id = caller.district_id
    rows = plan_papers.paper_communities(tx, district_id, plan_id, revision, _today(tx, caller, at))
    return PlanPapers(
        required=parts.settings.approval_needs_signature,
        papers=[
            _paper(row, plan_id, revision)
            for row in plan_papers.papers_of(tx, district_id, plan_id)
        ],
        communities=[
            PaperCommunity(
                id=row.id, code=row.code, name=row.name, changed=row.changed, signed=row.signed
            )
            for row in rows
        ],
    )


def _paper(row: Any, plan_id: int, revision: int) -> SignedPaper:
    area = None
    if row.area_id is not None:
        area = Ref(id=row.area_id, code=row.area_code, name=row.area_name)
    return SignedPaper(
        id=row.id,
        name=row.name,
        area=area,
        current=row.revision == revision,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256.hex(),
        url=f"/api/v1/plans/{plan_id}/papers/{row.id}",
        added_by=ActorRef(id=row.added_by, display_name=row.display_name or ""),
        received_at=row.received_at,
    )
