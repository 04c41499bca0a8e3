"""Notices: what the caller and his unit are to know."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field

from api.case_views import Severity
from api.context import CurrentCaller, Tx
from api.errors import problem_responses
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from data import notices as store

router = APIRouter(
    prefix="/api/v1/notices", tags=["notices"], responses=problem_responses(401, 403, 422)
)


class Notice(BaseModel):
    """Something to know; the client puts `kind` and `facts` into words."""

    id: int
    kind: str = Field(examples=["half-time"])
    to_unit: bool = Field(description="It is for everybody of the caller's unit.")
    case_id: UUID | None
    case_number: str | None
    severity: Severity | None = Field(description="Of its case.")
    category: str | None = Field(description="Of its case.", examples=["暴露垃圾"])
    category_en: str | None
    address: str | None
    facts: dict[str, Any]
    made_at: AwareDatetime
    read_at: AwareDatetime | None


class Notices(Page[Notice]):
    """A page of notices, the newest first."""

    unread: int = Field(description="How many are unread in all; counted up to 1000.")


class ReadUpTo(BaseModel):
    """Which notices were read."""

    id: int
    only: bool = Field(False, description="true: this one; false: every older one too.")


class Unread(BaseModel):
    """How many are still unread."""

    unread: int


@router.get("")
def list_notices(
    *, caller: CurrentCaller, tx: Tx, unread: bool = False, limit: Limit = 50, cursor: Cursor = None
) -> Notices:
    """List the notices for the caller and his unit, the newest first."""
    caller.require("map:read")
    key = key_of(cursor, int)
    rows = store.list_notices(
        tx,
        caller.district_id,
        caller.account_id,
        caller.unit_id,
        limit=limit + 1,
        before_id=None if key is None else int(key[0]),
        unread=unread,
    )
    items = [
        Notice(
            id=row.id,
            kind=row.kind,
            to_unit=row.unit_id is not None,
            case_id=row.case_id,
            case_number=row.case_number,
            severity=row.severity,
            category=row.category_name,
            category_en=row.category_name_en,
            address=row.address,
            facts=row.facts,
            made_at=row.made_at,
            read_at=row.read_at,
        )
        for row in rows[:limit]
    ]
    return Notices(
        items=items,
        next=cursor_of(rows[limit - 1].id) if len(rows) > limit else None,
        unread=store.count_unread(tx, caller.district_id, caller.account_id, caller.unit_id),
    )


@router.post("/read", response_model=Unread)
def mark_read(body: ReadUpTo, command: CurrentCommand) -> JSONResponse:
    """Mark a notice as read by the caller, and unless told otherwise all older ones."""
    tx, caller = command.tx, command.caller
    caller.require("map:read")
    store.mark_read(
        tx,
        caller.district_id,
        caller.account_id,
        caller.unit_id,
        up_to_id=body.id,
        at=command.at,
        only=body.only,
    )
    left = store.count_unread(tx, caller.district_id, caller.account_id, caller.unit_id)
    return command.keep(Unread(unread=left))
