"""Accounts: who may sign in, made and listed by administrators."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import Row
from uuid_utils.compat import uuid7

from api.case_views import NamedRef
from api.context import AppContext, CurrentCaller, Now, Tx, scope_for
from api.errors import invalid, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.passwords import LONGEST, SHORTEST
from api.shapes import Ref
from data.account_lists import Wanted, find_account, list_accounts
from data.accounts import (
    LOGIN_PATTERN,
    NewRole,
    UnknownPlaceError,
    create_account,
    place_paths,
)
from data.areas import area_path
from data.layers import district_today

router = APIRouter(
    prefix="/api/v1/accounts", tags=["accounts"], responses=problem_responses(401, 403)
)

RoleName = Literal["officer", "planner", "commander", "handler", "administrator", "auditor"]
Login = Annotated[str, StringConstraints(min_length=2, max_length=64, pattern=LOGIN_PATTERN)]
DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]


class RoleIn(BaseModel):
    """A role to be given, within an area or on one grid."""

    role: RoleName
    area_id: int | None = None
    grid_id: int | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "RoleIn":
        if (self.area_id is None) == (self.grid_id is None):
            raise ValueError("give area_id or grid_id, one of them")
        if self.grid_id is not None and self.role != "officer":
            raise ValueError("only an officer has single grids")
        return self


class AccountIn(BaseModel):
    """An account to be made."""

    login: Login = Field(examples=["wang.li"])
    display_name: DisplayName = Field(examples=["王丽"])
    password: Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)] | None = (
        Field(None, description="None: nobody can sign in by one before a code for it is given.")
    )
    roles: list[RoleIn] = Field(min_length=1, max_length=50)
    unit_id: int | None = Field(None, description="For handlers: the unit they belong to.")


class RoleOut(BaseModel):
    """A role that holds today."""

    role: RoleName
    area: Ref | None
    grid: Ref | None


class Account(BaseModel):
    """Somebody who may sign in; never with a password."""

    id: UUID
    login: str
    display_name: str
    unit: NamedRef | None
    active: bool
    must_change: bool = Field(description="No password of his own was chosen yet.")
    created_at: AwareDatetime
    roles: list[RoleOut]


@router.get("", responses=problem_responses(404, 422))
def accounts(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    q: Annotated[str | None, Query(max_length=64, description="Part of login or name.")] = None,
    role: Annotated[RoleName | None, Query(description="Who holds it today.")] = None,
    area_id: Annotated[
        int | None, Query(description="Who holds a role (or that role) in this area today.")
    ] = None,
    unit_id: int | None = None,
    state: Annotated[
        Literal["active", "off", "none"] | None,
        Query(description="off: may not sign in; none: may, but holds no role today."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Account]:
    """List the accounts whose roles lie in the caller's area, by login."""
    scope = scope_for(caller, "account:manage")
    key = key_of(cursor, str)
    place = None if area_id is None else area_path(tx, caller.district_id, area_id)
    if area_id is not None and place is None:
        raise not_found("area")
    rows = list_accounts(
        tx,
        scope,
        district_today(tx, caller.district_id, at),
        limit=limit + 1,
        after=None if key is None else str(key[0]),
        wanted=Wanted(
            words=q,
            unit_id=unit_id,
            active=None if state is None else state != "off",
            holds={"active": True, "none": False}.get(state or ""),
            role=role,
            area_path=place,
        ),
    )
    more = cursor_of(rows[limit - 1].login) if len(rows) > limit else None
    return Page(items=[account_of(row) for row in rows[:limit]], next=more)


@router.post(
    "", status_code=201, response_model=Account, responses=problem_responses(404, 409, 422)
)
def add_account(body: AccountIn, command: CurrentCommand, parts: AppContext) -> Response:
    """Make an account whose roles hold from today on, within the caller's own area.

    The password given here opens nothing but its own change.
    """
    tx, caller, at = command.tx, command.caller, command.at
    roles = [NewRole(role.role, role.area_id, role.grid_id) for role in body.roles]
    if body.unit_id is None and any(role.role == "handler" for role in roles):
        raise invalid("/unit_id", "missing", "A handler belongs to a unit.")
    require_places(command, roles)
    account_id = uuid7()
    today = district_today(tx, caller.district_id, at)
    create_account(
        tx,
        caller.district_id,
        account_id,
        login=body.login,
        display_name=body.display_name,
        password_hash=parts.passwords.hash_or_none(body.password),
        unit_id=body.unit_id,
        roles=roles,
        at=at,
        since=today,
        must_change=True,
    )
    scope = scope_for(caller, "account:manage")
    row = find_account(tx, scope, today, account_id)
    if row is None:
        raise not_found("account")
    return command.keep(account_of(row), 201)


def require_places(command: Command, roles: list[NewRole]) -> None:
    """Nobody gives a role where he is not administrator himself: such a place is unknown."""
    command.caller.require("account:manage")
    try:
        paths = place_paths(command.tx, command.caller.district_id, roles)
    except UnknownPlaceError:
        raise not_found("place") from None
    for role, path in zip(roles, paths, strict=True):
        if not command.caller.may("account:manage", path, role.grid_id):
            raise not_found("place")


def account_of(row: Row[Any]) -> Account:
    """Render an account as it is listed."""
    unit = None if row.unit_id is None else NamedRef(id=row.unit_id, name=row.unit_name)
    return Account(
        id=row.id,
        login=row.login,
        display_name=row.display_name,
        unit=unit,
        active=row.active,
        must_change=row.must_change,
        created_at=row.created_at,
        roles=row.roles,
    )
