"""Answers to other offices about their tickets: told once each, and what they made of them."""

from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7

from api.context import AppContext, CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from api.routes.exports import Purpose
from data import ticket_replies as store
from data.case_exports import KEPT_FOR, common_path
from data.imports.problems import ImportFileError
from data.report_lists.verdicts import VerdictsRead, read_verdicts
from data.scope import Scope

router = APIRouter(
    prefix="/api/v1/ticket-replies", tags=["tickets"], responses=problem_responses(401, 403, 422)
)
MOST_BYTES = 20 * 1024 * 1024


class TicketSource(BaseModel):
    """An office whose tickets are cases here, and how far they are."""

    source: str = Field(examples=["12345热线"])
    open: int
    waiting: int = Field(description="Over here, and not answered yet.")
    told: int = Field(description="Answered; the office has not said anything to it.")
    accepted: int
    refused: int


class TicketSources(BaseModel):
    """Offices with tickets within the caller's areas."""

    items: list[TicketSource]


class NewReplies(BaseModel):
    """Answers that are to be written for an office."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"source": "12345热线", "purpose": "本周答复"}]}
    )

    source: str = Field(min_length=1, max_length=100)
    again: bool = Field(False, description="Those that were told before too.")
    language: Literal["zh-CN", "en"] = "zh-CN"
    purpose: Purpose


class RepliesTold(BaseModel):
    """A workbook of answers; it can be fetched for a day by who asked for it."""

    id: UUID
    name: str
    rows: int
    capped: bool = Field(description="There are more: ask once more for the rest.")
    url: str
    expires_at: AwareDatetime


class VerdictsTaken(BaseModel):
    """What became of an office's file; rows are numbered as a person counts them."""

    accepted: int
    refused: int = Field(description="Each is an appeal now, for a commander to decide.")
    known: int = Field(description="Said before: nothing was changed.")
    empty: int = Field(description="Rows without an answer yet.")
    unclear: list[int] = Field(description="Rows whose word nobody knows.")
    unknown: list[int] = Field(description="Rows whose ticket was never answered from here.")
    differs: list[int] = Field(description="Rows that differ from what was said before.")
    not_possible: list[int] = Field(description="Rows whose case has moved on since.")


@router.get("")
def ticket_sources(caller: CurrentCaller, tx: Tx) -> TicketSources:
    """List the offices whose tickets are cases here, and how many wait for an answer."""
    rows = store.list_sources(tx, _scope(caller))
    names = TicketSource.model_fields
    return TicketSources(
        items=[TicketSource(**{name: getattr(row, name) for name in names}) for row in rows]
    )


def _scope(caller: Caller) -> Scope:
    # What he may answer for lies in his areas; what he sees beside that does not.
    scope = scope_for(caller, "ticket:reply")
    return Scope(scope.district_id, scope.area_paths, scope.grid_ids)


@router.post("", status_code=201, response_model=RepliesTold)
def tell_replies(body: NewReplies, command: CurrentCommand, parts: AppContext) -> JSONResponse:
    """Write the answers to an office into a workbook, each end of a case once.

    Names and numbers in what was written are taken out; who took the file and what for is kept.
    """
    caller = command.caller
    roles = caller.require("ticket:reply")
    told = store.tell_office(
        command.tx,
        parts.files,
        uuid7(),
        body.source,
        teller=store.Teller(
            caller.account_id,
            caller.display_name,
            _scope(caller),
            common_path([role.area_path for role in roles]),
        ),
        again=body.again,
        purpose=body.purpose,
        language=body.language,
        at=command.at,
    )
    return command.keep(
        RepliesTold(
            id=told.id,
            name=told.name,
            rows=told.rows,
            capped=told.capped,
            url=f"/api/v1/exports/{told.id}/file",
            expires_at=command.at + KEPT_FOR,
        ),
        201,
    )


@router.post("/verdicts/check", responses=problem_responses(413))
def check_verdicts(
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    file: UploadFile,
    source: Annotated[str, Form(max_length=100)],
) -> VerdictsTaken:
    """Tell what would become of an office's file of answers; nothing is changed."""
    read = _read(file)
    return _settled(tx, caller, source, read, at, apply=False)


@router.post("/verdicts", response_model=VerdictsTaken, responses=problem_responses(413))
def take_verdicts(
    command: CurrentCommand, file: UploadFile, source: Annotated[str, Form(max_length=100)]
) -> JSONResponse:
    """Take in what an office says to answers: accepted ones are noted, refused ones are appeals.

    The same file again changes nothing.
    """
    caller, tx = command.caller, command.tx
    read = _read(file)
    store.hold_verdicts(tx, caller.district_id, source)
    return command.keep(_settled(tx, caller, source, read, command.at, apply=True))


def _read(file: UploadFile) -> VerdictsRead:
    raw = file.file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        params = {"megabytes": MOST_BYTES >> 20}
        raise Problem(413, "file-too-large", "The file is too large.", params=params)
    name = PurePath((file.filename or "list").replace("\\", "/")).name
    try:
        return read_verdicts(name, raw)
    except ImportFileError as error:
        told = {
            "reason": error.code,
            "message_zh": error.message_zh,
            "message_en": error.message_en,
        }
        raise Problem(422, "list-unreadable", error.message_en, params=told) from error


def _settled(
    tx: Tx, caller: Caller, source: str, read: VerdictsRead, at: datetime, *, apply: bool
) -> VerdictsTaken:
    done = store.settle(
        tx,
        _scope(caller),
        source,
        read.verdicts,
        actor_in=caller.actor_in,
        at=at,
        apply=apply,
    )
    return VerdictsTaken(**vars(done), empty=read.empty, unclear=read.unclear)
