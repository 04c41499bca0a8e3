"""The ways into accounts that one administers: what was lost is let in no more."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Connection, Row

from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from api.second_factors import is_asked_of
from api.ways_in_views import WaysIn, ways_in
from data.account_events import note_event
from data.account_lists import find_account
from data.accounts import caller_of_account, end_sessions
from data.devices import find_device, revoke_device
from data.layers import district_today
from data.rights import let_act
from data.scope import Scope
from data.sign_in_cards import revoke_card

router = APIRouter(
    prefix="/api/v1/accounts/{account_id}",
    tags=["accounts"],
    responses=problem_responses(401, 403, 404),
)


@router.get("/ways-in")
def account_ways_in(
    account_id: UUID, caller: CurrentCaller, tx: Tx, at: Now, parts: AppContext
) -> WaysIn:
    """Tell sessions, devices, card and second factor of an account one administers."""
    today = district_today(tx, caller.district_id, at)
    account_to_manage(tx, caller, account_id, today)
    # Reading, one sees one's own ways in alone; this account's are now known to be one's to see.
    let_act(tx, Scope(caller.district_id, account_id=caller.account_id))
    return _told(tx, caller, account_id, at, parts)


@router.post("/sessions/end", response_model=WaysIn)
def end_account_sessions(account_id: UUID, command: CurrentCommand, parts: AppContext) -> Response:
    """End every session of an account; it signs in anew."""
    tx, caller = command.tx, command.caller
    account_to_manage(tx, caller, account_id, district_today(tx, caller.district_id, command.at))
    end_sessions(tx, caller.district_id, account_id)
    note_event(
        tx, caller.district_id, account_id, "sessions-ended", by=caller.account_id, at=command.at
    )
    parts.signed_in.forget()
    return tell_ways_in(command, account_id, parts)


@router.post("/devices/{device_id}/revoke", response_model=WaysIn)
def revoke_account_device(
    account_id: UUID, device_id: UUID, command: CurrentCommand, parts: AppContext
) -> Response:
    """Let a device of an account in no more."""
    tx, caller, at = command.tx, command.caller, command.at
    today = district_today(tx, caller.district_id, at)
    account_to_manage(tx, caller, account_id, today)
    device = find_device(tx, caller.district_id, account_id, device_id, today)
    if device is None:
        raise not_found("device")
    revoke_device(tx, device, account_id, why="administrator", by=caller.account_id, at=at)
    parts.signed_in.forget()
    return tell_ways_in(command, account_id, parts)


@router.post("/card/revoke", response_model=WaysIn)
def revoke_account_card(account_id: UUID, command: CurrentCommand, parts: AppContext) -> Response:
    """Let the sign-in card of an account in no more; revoking it twice changes nothing."""
    tx, caller, at = command.tx, command.caller, command.at
    account_to_manage(tx, caller, account_id, district_today(tx, caller.district_id, at))
    revoke_card(tx, caller.district_id, account_id, by=caller.account_id, at=at)
    return tell_ways_in(command, account_id, parts)


def account_to_manage(tx: Connection, caller: Caller, account_id: UUID, today: date) -> Row[Any]:
    """The account, if it is the caller's to administer; 404 if not."""
    found = find_account(tx, scope_for(caller, "account:manage"), today, account_id)
    if found is None:
        raise not_found("account")
    return found


def tell_ways_in(command: Command, account_id: UUID, parts: Context) -> Response:
    """Answer a command with the ways into the account as they are now."""
    return command.keep(_told(command.tx, command.caller, account_id, command.at, parts))


def _told(tx: Connection, caller: Caller, account_id: UUID, at: datetime, parts: Context) -> WaysIn:
    held = caller_of_account(tx, caller.district_id, account_id, at)
    return ways_in(
        tx,
        caller.district_id,
        account_id,
        at=at,
        today=district_today(tx, caller.district_id, at),
        asked=held is not None and is_asked_of(parts, held),
    )
