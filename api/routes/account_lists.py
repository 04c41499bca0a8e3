"""Accounts in bulk: a workbook to fill in, what would become of it, and all of it or nothing."""

from datetime import date
from pathlib import PurePath
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection

from api.context import AppContext, CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from data.imports.problems import ImportFileError
from data.layers import district_today
from data.people_book import people_book
from data.people_filing import file_people
from data.people_lists import Column, PeopleFileError, ReadPeople, Wish, read_people
from geo.limits import Language

router = APIRouter(
    prefix="/api/v1/account-lists",
    tags=["accounts"],
    responses=problem_responses(401, 403, 422),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PeopleFault(BaseModel):
    """What is wrong with a row, by the row as a person counts it."""

    row: int
    column: Column
    code: str
    value: str


class ListedPerson(BaseModel):
    """What becomes of somebody whom the list names."""

    rows: list[int]
    login: str
    display_name: str
    outcome: Literal["new", "more", "same"] = Field(
        description="new: an account is made; more: roles are added; same: nothing to do."
    )
    roles: int = Field(description="Roles that are given.")
    kept: int = Field(description="Roles that are held already.")


class PeopleCheck(BaseModel):
    """What would become of a list; nothing is written."""

    people: list[ListedPerson]
    faults: list[PeopleFault]
    examples: int = Field(description="Rows of the template's examples, passed over.")


class NewcomerCode(BaseModel):
    """Somebody who was made an account for; the code is told once."""

    id: UUID
    login: str
    display_name: str
    code: str | None = Field(
        description="Null when the command is repeated: it is told once.",
        examples=["K7QF-2M9X-TR4D-8WHC"],
    )
    expires_at: AwareDatetime


class PeopleFiled(BaseModel):
    """What became of a list."""

    newcomers: list[NewcomerCode]
    added: int = Field(description="Roles given to people who had accounts.")
    same: int = Field(description="People with nothing to do.")


@router.get("/file.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def people_file(
    caller: CurrentCaller, tx: Tx, at: Now, lang: Annotated[Language, Query()] = "zh"
) -> Response:
    """Give the workbook in which people are listed, with the caller's areas, grids and units."""
    scope = scope_for(caller, "account:manage")
    today = district_today(tx, caller.district_id, at)
    name = quote("人员名单.xlsx" if lang == "zh" else "people.xlsx")
    return Response(
        people_book(tx, scope, today, lang),
        media_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("/check")
def check_people(*, file: UploadFile, caller: CurrentCaller, tx: Tx, at: Now) -> PeopleCheck:
    """Tell what would become of each person of a list, and what is wrong; nothing is written."""
    read = _read(tx, caller, file, district_today(tx, caller.district_id, at))
    return PeopleCheck(
        people=[_told(wish) for wish in read.people],
        faults=_faults(read),
        examples=read.examples,
    )


@router.post("", status_code=201, response_model=PeopleFiled, responses=problem_responses(409))
def import_people(*, file: UploadFile, command: CurrentCommand, parts: AppContext) -> Response:
    """Make the accounts of a list and give its roles: all of it, or nothing where a row is wrong.

    Each newcomer has a code, good once and for fourteen days, by which he chooses a password.
    """
    tx, caller, at = command.tx, command.caller, command.at
    read = _read(tx, caller, file, district_today(tx, caller.district_id, at))
    if read.faults or not read.people:
        raise Problem(
            422,
            "people-rows",
            "Mend these rows first: nothing was written.",
            params={"faults": [fault.model_dump() for fault in _faults(read)]},
        )
    newcomers = file_people(
        tx,
        caller.district_id,
        read.people,
        password_hash=parts.passwords.hash_or_none(None),
        by=caller.account_id,
        at=at,
    )
    told = PeopleFiled(
        newcomers=[
            NewcomerCode.model_validate(newcomer, from_attributes=True) for newcomer in newcomers
        ],
        added=sum(len(wish.roles) for wish in read.people if wish.account_id is not None),
        same=sum(_told(wish).outcome == "same" for wish in read.people),
    )
    untold = [newcomer.model_copy(update={"code": None}) for newcomer in told.newcomers]
    return command.keep(told, 201, again=told.model_copy(update={"newcomers": untold}))


def _read(tx: Connection, caller: Caller, file: UploadFile, today: date) -> ReadPeople:
    scope = scope_for(caller, "account:manage")
    name = PurePath((file.filename or "people").replace("\\", "/")).name
    try:
        return read_people(tx, scope, (name, file.file.read()), today)
    except PeopleFileError as error:
        raise Problem(
            422, f"people-{error.code}", "The file has not the columns of a list, or too many rows."
        ) from error
    except ImportFileError as error:
        told = {"message_zh": error.message_zh, "message_en": error.message_en}
        raise Problem(422, "list-unreadable", error.message_en, params=told) from error


def _told(wish: Wish) -> ListedPerson:
    outcome: Literal["new", "more", "same"] = "more" if wish.roles else "same"
    if wish.account_id is None:
        outcome = "new"
    return ListedPerson(
        rows=wish.rows,
        login=wish.login,
        display_name=wish.display_name,
        outcome=outcome,
        roles=len(wish.roles),
        kept=wish.kept,
    )


def _faults(read: ReadPeople) -> list[PeopleFault]:
    return [PeopleFault.model_validate(fault, from_attributes=True) for fault in read.faults]
