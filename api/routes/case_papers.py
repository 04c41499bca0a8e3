"""Papers of cases: issue one, fetch it, add the signed scan; the office's templates."""

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection, Row

from api.case_views import ActorRef, NamedRef
from api.context import AppContext, CurrentCaller, Tx
from api.errors import Problem, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from casework.states import Actor
from data import case_papers, plan_papers
from data.case_types import Step, StoredCase
from data.cases import act, find_case
from data.exports.paper_forms import FIELDS, KINDS, NAMES, Kind
from data.exports.paper_writing import MOST_BYTES, fields_of
from data.file_names import plain_name

cases = APIRouter(
    prefix="/api/v1/cases/{case_id}/papers",
    tags=["papers"],
    responses=problem_responses(401, 403, 404),
)
templates = APIRouter(
    prefix="/api/v1/paper-templates", tags=["papers"], responses=problem_responses(401, 403)
)
KEEP = "private, no-store"


class NewPaper(BaseModel):
    """A paper that is to be issued on a case."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019abcde-0000-7000-8000-000000000003",
                    "kind": "assignment",
                    "seq": 2,
                    "unit_id": 3,
                    "demand": "清运积存垃圾，冲洗地面，并在此处增设垃圾桶。",
                    "due_on": "2026-11-25",
                }
            ]
        }
    )

    id: UUID = Field(description="UUIDv7 made by the client.")
    kind: Kind
    seq: int = Field(ge=1, description="The last `seq` of the case that the client knows.")
    unit_id: int
    demand: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    due_on: date | None = None


class SignedScan(BaseModel):
    """The scan of a paper with signature and seal, as it was sent."""

    name: str
    media_type: str
    sha256: str
    url: str
    added_by: ActorRef
    added_at: AwareDatetime


class CasePaper(BaseModel):
    """A paper as it was issued; it never changes."""

    id: UUID
    kind: Kind
    number: str = Field(examples=["交办〔2026〕12号"])
    unit: NamedRef
    due_on: date | None
    acted_for: bool = Field(
        description="The unit had no account: who issued it acts for it, as the ledger says."
    )
    sha256: str
    url: str
    issued_by: ActorRef
    issued_at: AwareDatetime
    signed: SignedScan | None


class CasePapers(BaseModel):
    """The papers of a case, oldest first, and the `seq` of its ledger."""

    seq: int
    items: list[CasePaper]


class PaperField(BaseModel):
    """A field that a template may name, in double braces."""

    name: str
    zh: str
    en: str


class Template(BaseModel):
    """The template of a kind of paper that is used now."""

    kind: Kind
    name_zh: str
    name_en: str
    own: bool = Field(description="False: the one that is shipped.")
    file_name: str
    url: str
    uploaded_at: AwareDatetime | None


class Templates(BaseModel):
    """The templates that are used now, and what they may name."""

    items: list[Template]
    fields: list[PaperField]


def _case(
    tx: Connection, caller: Caller, case_id: UUID, *, lock: bool = False
) -> tuple[StoredCase, Actor]:
    stored = find_case(tx, caller.district_id, case_id, lock=lock)
    actor = None if stored is None else caller.actor_in(stored)
    if stored is None or actor is None:
        raise not_found("case")
    return stored, actor


def _paper(tx: Connection, caller: Caller, case_id: UUID, paper_id: UUID, **how: Any) -> Row[Any]:
    found = case_papers.find_case_paper(tx, caller.district_id, paper_id, **how)
    if found is None or found.case_id != case_id:
        raise not_found("paper")
    return found


@cases.get("")
def case_paper_list(case_id: UUID, caller: CurrentCaller, tx: Tx) -> CasePapers:
    """List the papers that were issued on a case, and which have come back signed."""
    caller.require("case:read")
    stored, _ = _case(tx, caller, case_id)
    return _tell(tx, stored)


@cases.post(
    "", status_code=201, response_model=CasePapers, responses=problem_responses(409, 413, 422)
)
def issue_case_paper(
    case_id: UUID, body: NewPaper, command: CurrentCommand, parts: AppContext
) -> JSONResponse:
    """Issue a numbered paper on a case, from the office's template.

    It is kept as it is issued, and its digest stands in the case's ledger; where the unit has no
    accounts the ledger says that it is acted for.
    """
    caller, tx = command.caller, command.tx
    stored, actor = _case(tx, caller, case_id, lock=True)
    _require_unit(tx, caller, body.unit_id)
    if case_papers.find_case_paper(tx, caller.district_id, body.id) is not None:
        raise Problem(409, "paper-exists", "A paper with this id was issued already.")
    order = case_papers.Order(
        id=body.id,
        case_id=case_id,
        kind=body.kind,
        unit_id=body.unit_id,
        demand=body.demand,
        due_on=body.due_on,
        issued_by=caller.account_id,
        issuer=caller.display_name,
    )
    issued = case_papers.issue_paper(tx, parts.files, caller.district_id, order, command.at)
    after = _note(command, stored, actor, body.seq, issued.facts)
    return command.keep(_tell(tx, after), 201)


def _require_unit(tx: Connection, caller: Caller, unit_id: int) -> None:
    if not case_papers.is_unit(tx, caller.district_id, unit_id):
        raise not_found("unit")


def _note(
    command: Command, stored: StoredCase, actor: Actor, seq: int, facts: dict[str, Any]
) -> StoredCase:
    step = Step(action="paper", expected_seq=seq, facts=facts)
    return act(command.tx, stored, step, actor, command.at)


@cases.get(
    "/{paper_id}/file",
    response_class=Response,
    responses={200: {"content": {case_papers.DOCX: {}}, "description": "The paper."}},
)
def case_paper_file(
    case_id: UUID, paper_id: UUID, caller: CurrentCaller, tx: Tx, parts: AppContext
) -> Response:
    """Give a paper as it was issued, to be printed and sealed."""
    caller.require("case:read")
    _case(tx, caller, case_id)
    found = _paper(tx, caller, case_id, paper_id)
    body = bytes(parts.files.get(found.key).bytes())
    return _file(body, case_papers.DOCX, f"{found.number}.docx")


@cases.post(
    "/{paper_id}/signed",
    status_code=201,
    response_model=CasePapers,
    responses=problem_responses(409, 413, 415, 422),
)
def sign_case_paper(
    *,
    case_id: UUID,
    paper_id: UUID,
    file: UploadFile,
    seq: Annotated[int, Form(ge=1, description="The last `seq` that the client knows.")],
    command: CurrentCommand,
    parts: AppContext,
) -> JSONResponse:
    """Add the scan of an issued paper with signature and seal: PDF, JPEG or PNG, once.

    It is kept as it is sent, and its digest stands in the case's ledger.
    """
    caller, tx = command.caller, command.tx
    stored, actor = _case(tx, caller, case_id, lock=True)
    found = _paper(tx, caller, case_id, paper_id, lock=True)
    if found.signed_at is not None:
        raise Problem(409, "paper-signed", "This paper has come back signed already.")
    with parts.photo_slots:
        # One byte more than allowed is enough to know.
        raw = file.file.read(plan_papers.MOST_BYTES + 1)
        scan = plan_papers.prepare_paper(raw, file.filename or "")
    facts = case_papers.sign_paper(
        tx,
        caller.district_id,
        found,
        key=case_papers.store_scan(parts.files, caller.district_id, scan),
        scan=scan,
        signed_by=caller.account_id,
        at=command.at,
    )
    after = _note(command, stored, actor, seq, facts)
    return command.keep(_tell(tx, after), 201)


@cases.get(
    "/{paper_id}/signed",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "image/jpeg": {}, "image/png": {}}}},
)
def signed_case_paper(
    case_id: UUID, paper_id: UUID, caller: CurrentCaller, tx: Tx, parts: AppContext
) -> Response:
    """Give the signed scan of a paper as it was sent."""
    caller.require("case:read")
    _case(tx, caller, case_id)
    found = _paper(tx, caller, case_id, paper_id)
    if found.signed_key is None:
        raise not_found("signed paper")
    body = bytes(parts.files.get(found.signed_key).bytes())
    return _file(body, found.signed_media_type, found.signed_name)


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Cache-Control": KEEP,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
    }
    return Response(body, media_type=media_type, headers=headers)


def _tell(tx: Connection, stored: StoredCase) -> CasePapers:
    rows = case_papers.papers_of_case(tx, stored.district_id, stored.id)
    return CasePapers(seq=stored.case.seq, items=[_line(row, stored.id) for row in rows])


def _line(row: Row[Any], case_id: UUID) -> CasePaper:
    url = f"/api/v1/cases/{case_id}/papers/{row.id}"
    signed = None
    if row.signed_at is not None:
        signed = SignedScan(
            name=row.signed_name,
            media_type=row.signed_media_type,
            sha256=row.signed_sha256.hex(),
            url=f"{url}/signed",
            added_by=ActorRef(id=row.signed_by, display_name=row.signer or ""),
            added_at=row.signed_at,
        )
    return CasePaper(
        id=row.id,
        kind=row.kind,
        number=row.number,
        unit=NamedRef(id=row.unit_id, name=row.unit_name),
        due_on=row.due_on,
        acted_for=row.acted_for,
        sha256=row.sha256.hex(),
        url=f"{url}/file",
        issued_by=ActorRef(id=row.issued_by, display_name=row.issuer or ""),
        issued_at=row.issued_at,
        signed=signed,
    )


@templates.get("")
def paper_templates(caller: CurrentCaller, tx: Tx) -> Templates:
    """Tell which templates are used for papers, and which fields they may name."""
    caller.require("template:read")
    return _templates(tx, caller)


@templates.put("/{kind}", response_model=Templates, responses=problem_responses(413, 415, 422))
def put_paper_template(
    kind: Kind, file: UploadFile, command: CurrentCommand, parts: AppContext
) -> JSONResponse:
    """Use the office's own template (DOCX) for a kind of paper from now on.

    It is refused, with their names, when it names fields that there are not.
    """
    caller = command.caller
    caller.require("template:manage")
    raw = file.file.read(MOST_BYTES + 1)
    case_papers.keep_template(
        command.tx,
        parts.files,
        caller.district_id,
        kind,
        raw=raw,
        name=plain_name(file.filename or "", f"{NAMES[kind][0]}.docx"),
        fields=fields_of(raw),
        account_id=caller.account_id,
        at=command.at,
    )
    return command.keep(_templates(command.tx, caller))


@templates.delete("/{kind}", response_model=Templates)
def drop_paper_template(kind: Kind, command: CurrentCommand) -> JSONResponse:
    """Use the shipped template of a kind again."""
    command.caller.require("template:manage")
    case_papers.drop_template(command.tx, command.caller.district_id, kind)
    return command.keep(_templates(command.tx, command.caller))


@templates.get(
    "/{kind}/file",
    response_class=Response,
    responses={200: {"content": {case_papers.DOCX: {}}, "description": "The template."}},
)
def paper_template_file(
    kind: Literal["assignment", "supervision", "rectification"],
    caller: CurrentCaller,
    tx: Tx,
    parts: AppContext,
) -> Response:
    """Give the template that is used now, to begin one's own from."""
    caller.require("template:read")
    raw, name = case_papers.current_template(tx, parts.files, caller.district_id, kind)
    return _file(raw, case_papers.DOCX, name)


def _templates(tx: Connection, caller: Caller) -> Templates:
    own = case_papers.own_templates(tx, caller.district_id)
    return Templates(
        items=[
            Template(
                kind=kind,
                name_zh=NAMES[kind][0],
                name_en=NAMES[kind][1],
                own=kind in own,
                file_name=own[kind].name if kind in own else f"{NAMES[kind][0]}.docx",
                url=f"/api/v1/paper-templates/{kind}/file",
                uploaded_at=own[kind].at if kind in own else None,
            )
            for kind in KINDS
        ],
        fields=[PaperField(name=name, zh=zh, en=en) for name, (zh, en) in FIELDS.items()],
    )
