"""The rota 值班表: who is on call for which unit, from a workbook or by hand; gaps are told."""

from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Annotated, Any, Self
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import Connection, Row, select

from api.case_views import ActorRef, NamedRef
from api.context import CurrentCaller, Now, Tx
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from casework.rota import on_call
from data import rota as store
from data.imports.problems import ImportFileError
from data.layers import district_today
from data.rota import NewEntry, RotaError
from data.rota_files import (
    DESK_NUMBER,
    ReadRota,
    RotaFileError,
    read_rota,
    rota_book,
    write_rota,
)
from data.schema import Account, District
from geo.limits import Language

router = APIRouter(
    prefix="/api/v1/rota", tags=["duty"], responses=problem_responses(401, 403, 404, 422)
)
MOST_DAYS = 62
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
DeskNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=f"^{DESK_NUMBER.pattern}$")
]


class RotaEntry(BaseModel):
    """Somebody on call for a unit."""

    id: int
    unit: NamedRef
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    turn: int = Field(description="1 is told first; then 2, when 1 did not accept.")
    account: ActorRef | None
    post: str | None = Field(description="Of a unit without accounts.", examples=["值班室"])
    desk_number: str | None = Field(description="Telephone of the office.")


class Gap(BaseModel):
    """A stretch in which nobody is on call for a unit."""

    unit: NamedRef
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Rota(BaseModel):
    """The rota between two days."""

    items: list[RotaEntry]
    gaps: list[Gap]


class EntryIn(BaseModel):
    """An entry as it is to be."""

    unit_id: int
    starts_at: AwareDatetime
    ends_at: AwareDatetime = Field(description="At most 72 hours later.")
    turn: int = Field(1, ge=1, le=9)
    account_id: UUID | None = Field(None, description="Of the unit; or a post.")
    post: Line | None = None
    desk_number: DeskNumber | None = Field(None, description="Needed with a post.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.account_id is None) == (self.post is None):
            raise ValueError("give account_id or post, one of them")
        if self.post is not None and self.desk_number is None:
            raise ValueError("a post needs desk_number")
        return self

    def as_entry(self) -> NewEntry:
        """As it is kept."""
        return NewEntry(**self.model_dump())


class RotaRemoved(BaseModel):
    """What was taken off the rota."""

    id: int


class OnCall(BaseModel):
    """Who is on call for a unit, in the order of calling; nobody: a gap."""

    unit: NamedRef
    entries: list[RotaEntry]


class OnCallNow(BaseModel):
    """Who is on call at a moment, for every unit that has a rota these days."""

    at: AwareDatetime
    items: list[OnCall]


class RotaFault(BaseModel):
    """A row that fails."""

    row: int = Field(description="As a person counts them.")
    code: str = Field(
        description="unit, day, time, times, turn, account, post, desk_number, who or taken."
    )
    value: str


class RotaCheck(BaseModel):
    """What would become of a workbook."""

    entries: int
    units: list[str]
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    faults: list[RotaFault]


class RotaImported(BaseModel):
    """What became of a workbook."""

    added: int
    replaced: int = Field(description="Entries that were there before and went.")
    left_out: list[RotaFault]


@router.get("")
def rota(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    from_: Annotated[date | None, Query(alias="from", description="None: today.")] = None,
    to: Annotated[date | None, Query(description="Included; none: six days later.")] = None,
    unit_id: int | None = None,
) -> Rota:
    """List who is on call between two days, and when nobody is."""
    caller.require("rota:read")
    since, until = _days(tx, caller, from_, to, at)
    rows = store.list_entries(tx, caller.district_id, since, until, unit_id=unit_id)
    names = {row.unit_id: row.unit_name for row in rows}
    return Rota(
        items=[_told(row) for row in rows],
        gaps=[
            Gap(unit=NamedRef(id=of, name=names[of]), starts_at=starts_at, ends_at=ends_at)
            for of, stretches in store.unit_gaps(tx, caller.district_id, since, until).items()
            if of in names
            for starts_at, ends_at in stretches
        ],
    )


@router.get("/on-call")
def on_call_now(
    caller: CurrentCaller,
    tx: Tx,
    now: Now,
    at: Annotated[AwareDatetime | None, Query(description="None: now.")] = None,
) -> OnCallNow:
    """Tell who is on call for each unit that has a rota in this week or the next."""
    caller.require("rota:read")
    moment = at or now
    week = timedelta(days=7)
    rows = store.list_entries(tx, caller.district_id, moment - week, moment + week)
    entries = [store.entry_of(row) for row in rows]
    told = {row.id: row for row in rows}
    names = {row.unit_id: row.unit_name for row in rows}
    return OnCallNow(
        at=moment,
        items=[
            OnCall(
                unit=NamedRef(id=unit_id, name=name),
                entries=[_told(told[one.id]) for one in on_call(entries, unit_id, moment)],
            )
            for unit_id, name in names.items()
        ],
    )


@router.post("", status_code=201, response_model=RotaEntry, responses=problem_responses(409))
def add_to_rota(body: EntryIn, command: CurrentCommand) -> Response:
    """Put somebody on call."""
    tx, caller = command.tx, command.caller
    _require_unit(tx, caller, body.unit_id)
    try:
        entry_id = store.add_entry(
            tx, caller.district_id, body.as_entry(), by=caller.account_id, at=command.at
        )
    except RotaError as error:
        raise _refused(error) from error
    return command.keep(_read(tx, caller, entry_id), 201)


@router.post("/{entry_id}/change", response_model=RotaEntry, responses=problem_responses(409))
def change_rota(entry_id: int, body: EntryIn, command: CurrentCommand) -> Response:
    """Change who is on call, for which unit, or when."""
    tx, caller = command.tx, command.caller
    for unit_id in (_read(tx, caller, entry_id).unit.id, body.unit_id):
        _require_unit(tx, caller, unit_id)
    try:
        store.change_entry(
            tx, caller.district_id, entry_id, body.as_entry(), by=caller.account_id, at=command.at
        )
    except RotaError as error:
        raise _refused(error) from error
    return command.keep(_read(tx, caller, entry_id))


@router.post("/{entry_id}/remove", response_model=RotaRemoved)
def remove_from_rota(entry_id: int, command: CurrentCommand) -> Response:
    """Take an entry off the rota."""
    tx, caller = command.tx, command.caller
    _require_unit(tx, caller, _read(tx, caller, entry_id).unit.id)
    store.remove_entry(tx, caller.district_id, entry_id)
    return command.keep(RotaRemoved(id=entry_id))


@router.get("/file.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def rota_file(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    from_: Annotated[date | None, Query(alias="from", description="None: empty.")] = None,
    to: Annotated[date | None, Query(description="Included.")] = None,
    lang: Annotated[Language, Query()] = "zh",
) -> Response:
    """Give the rota as a workbook, to be filled in and brought back; without days an empty one."""
    caller.require("rota:read")
    rows: list[list[Any]] = []
    if from_ is not None:
        since, until = _days(tx, caller, from_, to, at)
        found = store.list_entries(tx, caller.district_id, since, until)
        rows = write_rota(found, _logins(tx, caller), _zone(tx, caller))
    names = [unit.name for unit in store.units_of_rota(tx, caller.district_id)]
    name = quote("值班表.xlsx" if lang == "zh" else "rota.xlsx")
    return Response(
        rota_book(rows, names, lang),
        media_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("/check")
def check_rota(*, file: UploadFile, caller: CurrentCaller, tx: Tx) -> RotaCheck:
    """Tell what would become of each row of a workbook; nothing is written."""
    read = _read_file(tx, caller, file)
    units = {unit.id: unit.name for unit in store.units_of_rota(tx, caller.district_id)}
    return RotaCheck(
        entries=len(read.entries),
        units=[units[unit_id] for unit_id in dict.fromkeys(one.unit_id for one in read.entries)],
        starts_at=min((one.starts_at for one in read.entries), default=None),
        ends_at=max((one.ends_at for one in read.entries), default=None),
        faults=_faults(read),
    )


@router.post("/import", response_model=RotaImported, responses=problem_responses(409))
def import_rota(
    *,
    file: UploadFile,
    command: CurrentCommand,
    good_rows: Annotated[bool, Form(description="Take the others when some rows fail.")] = False,
) -> Response:
    """Put a workbook in force: it replaces each unit's entries from its first to its last there."""
    tx, caller = command.tx, command.caller
    read = _read_file(tx, caller, file)
    if (read.faults and not good_rows) or not read.entries:
        raise Problem(
            422,
            "rota-rows",
            "Mend these rows, or take the others.",
            params={"faults": [fault.model_dump() for fault in _faults(read)]},
        )
    try:
        replaced = store.replace_entries(
            tx, caller.district_id, read.entries, by=caller.account_id, at=command.at
        )
    except RotaError as error:
        raise _refused(error) from error
    told = RotaImported(added=len(read.entries), replaced=replaced, left_out=_faults(read))
    return command.keep(told)


def _read_file(tx: Connection, caller: Caller, file: UploadFile) -> ReadRota:
    caller.require("rota:write")
    units = {
        unit.name: unit.id
        for unit in store.units_of_rota(tx, caller.district_id)
        if caller.may("rota:write", unit.area_path)
    }
    name = PurePath((file.filename or "rota").replace("\\", "/")).name
    body = file.file.read()
    try:
        return read_rota(tx, caller.district_id, (name, body), units, _zone(tx, caller))
    except RotaFileError as error:
        raise Problem(
            422, f"rota-{error.code}", "The file has not the columns of a rota, or too many rows."
        ) from error
    except ImportFileError as error:
        told = {"message_zh": error.message_zh, "message_en": error.message_en}
        raise Problem(422, "list-unreadable", error.message_en, params=told) from error


def _faults(read: ReadRota) -> list[RotaFault]:
    return [RotaFault.model_validate(fault, from_attributes=True) for fault in read.faults]


def _refused(error: RotaError) -> Problem:
    if error.code == "unknown":
        return not_found("entry")
    if error.code == "taken":
        return Problem(409, "rota-taken", "Somebody else has this turn at that time.")
    pointers = {"unit": "/unit_id", "account": "/account_id", "times": "/ends_at"}
    details = {
        "unit": "No such unit.",
        "account": "No active account of this unit.",
        "times": "A shift ends after it begins, and within 72 hours.",
    }
    return invalid(pointers[error.code], error.code, details[error.code])


def _require_unit(tx: Connection, caller: Caller, unit_id: int) -> None:
    caller.require("rota:write")
    paths = {unit.id: unit.area_path for unit in store.units_of_rota(tx, caller.district_id)}
    if unit_id not in paths:
        raise invalid("/unit_id", "unit", "No such unit.")
    caller.require_at("rota:write", paths[unit_id], what="unit")


def _days(
    tx: Connection, caller: Caller, first: date | None, last: date | None, at: datetime
) -> tuple[datetime, datetime]:
    """The midnights around two days, in the district's time zone."""
    first = first or district_today(tx, caller.district_id, at)
    last = last or first + timedelta(days=6)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise invalid("/to", "days", f"Ask for 1 to {MOST_DAYS} days.")
    return store.midnight(tx, caller.district_id, first), store.midnight(
        tx, caller.district_id, last + timedelta(days=1)
    )


def _zone(tx: Connection, caller: Caller) -> str:
    return tx.execute(
        select(District.time_zone).where(District.id == caller.district_id)
    ).scalar_one()


def _logins(tx: Connection, caller: Caller) -> dict[UUID, str]:
    rows = tx.execute(
        select(Account.id, Account.login).where(Account.district_id == caller.district_id)
    )
    return {row.id: row.login for row in rows}


def _read(tx: Connection, caller: Caller, entry_id: int) -> RotaEntry:
    row = store.read_entry(tx, caller.district_id, entry_id)
    if row is None:
        raise not_found("entry")
    return _told(row)


def _told(row: Row[Any]) -> RotaEntry:
    account = None
    if row.account_id is not None:
        account = ActorRef(id=row.account_id, display_name=row.display_name)
    return RotaEntry(
        id=row.id,
        unit=NamedRef(id=row.unit_id, name=row.unit_name),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        turn=row.turn,
        account=account,
        post=row.post,
        desk_number=row.desk_number,
    )
