"""Channels by which notices leave the system: set them, try them, see what did not arrive."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import Row

from api.context import AppContext, CurrentCaller, Tx, scope_for
from api.errors import invalid, not_found, problem_responses
from api.notice_channel_views import (
    ChangedChannel,
    DeliveryFailures,
    NewChannel,
    NoticeChannel,
    NoticeChannels,
    SentAgain,
    TrialDone,
    channel,
    failure,
)
from api.operations import Command, CurrentCommand
from api.paging import Cursor, Limit, cursor_of, key_of
from data import notice_channels as store
from data.notice_senders import Address, AddressError, SendError, check_address, send
from data.notice_words import KINDS

router = APIRouter(
    prefix="/api/v1/notice-channels", tags=["notices"], responses=problem_responses(401, 403)
)
MANAGE: Final = "channel:manage"
_TRIAL: Final = {
    "zh-CN": ("三百 · 试发", "这是一条试发消息：通道“{name}”已接通。"),
    "en": ("Sanbai · trial", "A trial message: the channel “{name}” works."),
}


@router.get("", responses=problem_responses(422))
def notice_channels(
    caller: CurrentCaller, tx: Tx, limit: Limit = 50, cursor: Cursor = None
) -> NoticeChannels:
    """List the channels of the units and accounts within the caller's areas."""
    scope = scope_for(caller, MANAGE)
    key = key_of(cursor, int)
    after = 0 if key is None else int(key[0])
    rows = store.list_channels(
        tx, caller.district_id, scope.area_paths, limit=limit + 1, after_id=after
    )
    return NoticeChannels(
        items=[channel(row) for row in rows[:limit]],
        next=cursor_of(rows[limit - 1].id) if len(rows) > limit else None,
        kinds=list(KINDS),
    )


@router.get("/failures")
def notice_failures(caller: CurrentCaller, tx: Tx, limit: Limit = 50) -> DeliveryFailures:
    """List what did not arrive, and when it is tried again; the newest first."""
    scope = scope_for(caller, MANAGE)
    rows = store.list_failures(tx, caller.district_id, scope.area_paths, limit=limit)
    return DeliveryFailures(items=[failure(row) for row in rows])


@router.post(
    "", status_code=201, response_model=NoticeChannel, responses=problem_responses(404, 422)
)
def add_notice_channel(
    body: NewChannel, command: CurrentCommand, parts: AppContext
) -> JSONResponse:
    """Send the notices of a unit or an account through a channel too, from now on.

    The address is kept sealed with the key of the server.
    """
    address = _checked(body.address.address())
    made = store.add_channel(
        command.tx,
        command.caller.district_id,
        _channel(command, body),
        address,
        seal=parts.seal,
        at=command.at,
    )
    # What is stored of the command is its answer, which tells no secret.
    return command.keep(channel(_found(command, made)), 201)


def _channel(command: Command, body: NewChannel | ChangedChannel) -> store.Channel:
    return store.Channel(
        area_id=_area_of(command, body),
        account_id=body.account_id,
        unit_id=body.unit_id,
        name=body.name,
        kinds=None if body.kinds is None else tuple(sorted(set(body.kinds))),
        quiet=body.quiet,
        language=body.language,
        active=body.active,
    )


def _area_of(command: Command, body: NewChannel | ChangedChannel) -> int:
    """Where the unit or account is at work, as far as the caller may say; 404 elsewhere."""
    caller, tx = command.caller, command.tx
    caller.require(MANAGE)
    if body.unit_id is not None:
        found = store.area_of_unit(tx, caller.district_id, body.unit_id)
        areas = [] if found is None else [found]
    elif body.account_id is not None:
        areas = list(store.areas_of_account(tx, caller.district_id, body.account_id, command.at))
    else:
        areas = []
    for area in areas:
        if caller.may(MANAGE, area.path):
            return int(area.id)
    raise not_found("unit" if body.account_id is None else "account")


def _checked(address: Address) -> Address:
    try:
        check_address(address)
    except AddressError as error:
        raise invalid(
            f"/address/{error.field}", "unusable", "Nothing can be sent to this address."
        ) from None
    return address


def _found(command: Command, channel_id: int) -> Row[Any]:
    scope = scope_for(command.caller, MANAGE)
    found = store.find_channel(command.tx, scope.district_id, channel_id, scope.area_paths)
    if found is None:
        raise not_found("channel")
    return found


@router.post(
    "/{channel_id}/change", response_model=NoticeChannel, responses=problem_responses(404, 422)
)
def change_notice_channel(
    channel_id: int, body: ChangedChannel, command: CurrentCommand, parts: AppContext
) -> JSONResponse:
    """Change a channel, or switch it off and on; without an address it keeps the one it has."""
    _found(command, channel_id)
    store.change_channel(
        command.tx,
        command.caller.district_id,
        channel_id,
        _channel(command, body),
        None if body.address is None else _checked(body.address.address()),
        seal=parts.seal,
    )
    return command.keep(channel(_found(command, channel_id)))


@router.post(
    "/{channel_id}/remove", response_model=NoticeChannel, responses=problem_responses(404, 422)
)
def remove_notice_channel(channel_id: int, command: CurrentCommand) -> JSONResponse:
    """Remove a channel with what is still on its way through it."""
    found = _found(command, channel_id)
    store.remove_channel(command.tx, command.caller.district_id, channel_id)
    return command.keep(channel(found))


@router.post("/{channel_id}/trial", response_model=TrialDone, responses=problem_responses(404, 422))
def try_notice_channel(channel_id: int, command: CurrentCommand, parts: AppContext) -> JSONResponse:
    """Send a trial message now, and tell whether it arrived."""
    found = _found(command, channel_id)
    title, words = _TRIAL[found.language]
    fault = None
    try:
        address = store.open_address(found.sealed, parts.seal)
        send(address, title, words.format(name=found.name), command.at)
    except SendError as error:
        fault = error.fault
    return command.keep(TrialDone(arrived=fault is None, fault=fault))


@router.post("/{channel_id}/again", response_model=SentAgain, responses=problem_responses(404, 422))
def send_notices_again(channel_id: int, command: CurrentCommand) -> JSONResponse:
    """Put what failed through a channel in the last day on its way once more."""
    _found(command, channel_id)
    count = store.try_again(command.tx, command.caller.district_id, channel_id, command.at)
    return command.keep(SentAgain(count=count))
