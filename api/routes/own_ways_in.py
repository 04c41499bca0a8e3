"""One's own account: sessions, devices and what was done to the ways in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import segno
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from api.context import AppContext, Context, CurrentCaller, Now, Tx
from api.cookies import token_of
from api.errors import Problem, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from api.ways_in_views import DeviceKind, DeviceLine, WaysIn, device_line, ways_in
from data.account_events import note_event
from data.devices import (
    NewDevice,
    TooManyDevicesError,
    devices_of,
    find_device,
    give_token,
    register_device,
    revoke_device,
)
from data.layers import district_today
from data.session_list import end_other_sessions, end_session
from data.sign_in_cards import revoke_card
from data.trackers import give_key

router = APIRouter(
    prefix="/api/v1/session", tags=["session"], responses=problem_responses(401, 403)
)


class DeviceIn(BaseModel):
    """A device to be registered."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "三号巡查手机", "kind": "phone", "of_post": True}]}
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
    kind: DeviceKind
    of_post: bool = Field(
        default=False, description="It belongs to the post, and goes with it when handed over."
    )


class TrackerAddress(BaseModel):
    """What is typed into the app that records: all forms of the same secret."""

    secret: str = Field(description="Its identifier, or its password.")
    address: str = Field(examples=["https://sanbai.example.cn/t/abcd…"])
    qr: str = Field(description="The address as a picture: `data:image/png;base64,…`.")


class DeviceMade(BaseModel):
    """A device with its token, which is told once."""

    device: DeviceLine
    token: str | None = Field(
        description="Sent as `Authorization: Bearer`; null when the command is repeated. An answer "
        "may bring the next one in the header `Sanbai-Device-Token`: keep that in its place.",
        examples=["sanbai-device-2n0c…"],
    )
    tracker: TrackerAddress | None = Field(
        description="Of a tracker, told once: where it sends positions."
    )


@router.get("/ways-in")
def own_ways_in(
    request: Request, caller: CurrentCaller, tx: Tx, at: Now, parts: AppContext
) -> WaysIn:
    """Tell one's own sessions, devices, card and second factor, and what was done to them."""
    return _own(request, caller, tx, at, parts)


@router.post("/sessions/{session_id}/end", response_model=WaysIn, responses=problem_responses(404))
def end_own_session(
    session_id: UUID, request: Request, command: CurrentCommand, parts: AppContext
) -> Response:
    """End one of one's own sessions, on whatever device it is."""
    tx, caller = command.tx, command.caller
    if not end_session(tx, caller.district_id, caller.account_id, session_id):
        raise not_found("session")
    note_event(
        tx,
        caller.district_id,
        caller.account_id,
        "session-ended",
        by=caller.account_id,
        at=command.at,
    )
    parts.signed_in.forget()
    return _done(command, request, parts)


@router.post("/sessions/end-others", response_model=WaysIn)
def end_other_own_sessions(
    request: Request, command: CurrentCommand, parts: AppContext
) -> Response:
    """End all of one's own sessions but the one that asks."""
    tx, caller = command.tx, command.caller
    ended = end_other_sessions(tx, caller.district_id, caller.account_id, token_of(request) or "")
    if ended:
        note_event(
            tx,
            caller.district_id,
            caller.account_id,
            "sessions-ended",
            by=caller.account_id,
            at=command.at,
            facts={"count": ended},
        )
    parts.signed_in.forget()
    return _done(command, request, parts)


@router.post(
    "/devices", status_code=201, response_model=DeviceMade, responses=problem_responses(409)
)
def add_device(
    body: DeviceIn, command: CurrentCommand, request: Request, parts: AppContext
) -> Response:
    """Register a device of one's own; its token is told once."""
    new = NewDevice(uuid7(), body.name, body.kind, body.of_post)
    tx, caller, at = command.tx, command.caller, command.at
    today = district_today(tx, caller.district_id, at)
    try:
        token = register_device(tx, caller.district_id, caller.account_id, new, at=at, today=today)
    except TooManyDevicesError:
        raise Problem(
            409, "devices-too-many", "Revoke a device that is no longer used first."
        ) from None
    secret = give_key(tx, caller.district_id, new.id, at) if new.kind == "tracker" else None
    return _tell(command, new.id, token, 201, _tracker(request, parts, secret))


@router.post(
    "/devices/{device_id}/token",
    response_model=DeviceMade,
    responses=problem_responses(404, 409),
)
def renew_device(
    device_id: UUID, command: CurrentCommand, request: Request, parts: AppContext
) -> Response:
    """Make a new token for a device that one has: those before it are good no more.

    So one signs in on the device of a post that came with it, or one that lost its token.
    """
    tx, caller, at = command.tx, command.caller, command.at
    today = district_today(tx, caller.district_id, at)
    device = find_device(tx, caller.district_id, caller.account_id, device_id, today)
    if device is None:
        raise not_found("device")
    if not device.held:
        raise Problem(409, "device-not-held", "Somebody else has it today.")
    if device.revoked_at is not None:
        raise Problem(409, "device-revoked", "It was revoked: register it as a new one.")
    token = give_token(tx, caller.district_id, caller.account_id, device_id, at)
    note_event(
        tx,
        caller.district_id,
        caller.account_id,
        "device-renewed",
        by=caller.account_id,
        at=at,
        facts={"device": device.name, "kind": device.kind},
    )
    secret = give_key(tx, caller.district_id, device_id, at) if device.kind == "tracker" else None
    return _tell(command, device_id, token, 200, _tracker(request, parts, secret))


@router.post("/devices/{device_id}/revoke", response_model=WaysIn, responses=problem_responses(404))
def revoke_own_device(
    device_id: UUID, request: Request, command: CurrentCommand, parts: AppContext
) -> Response:
    """Let a device of one's own in no more: it was lost, sold or is no longer used."""
    tx, caller, at = command.tx, command.caller, command.at
    today = district_today(tx, caller.district_id, at)
    device = find_device(tx, caller.district_id, caller.account_id, device_id, today)
    if device is None:
        raise not_found("device")
    revoke_device(tx, device, caller.account_id, why="owner", by=caller.account_id, at=at)
    parts.signed_in.forget()
    return _done(command, request, parts)


@router.post("/card/revoke", response_model=WaysIn)
def revoke_own_card(request: Request, command: CurrentCommand, parts: AppContext) -> Response:
    """Let one's own sign-in card in no more: it was lost. Revoking it twice changes nothing."""
    tx, caller = command.tx, command.caller
    revoke_card(tx, caller.district_id, caller.account_id, by=caller.account_id, at=command.at)
    return _done(command, request, parts)


def _tracker(request: Request, parts: Context, secret: str | None) -> TrackerAddress | None:
    if secret is None:
        return None
    site = parts.settings.origin or str(request.base_url)
    address = f"{site.rstrip('/')}/t/{secret}"
    picture = segno.make(address, error="m", micro=False).png_data_uri(scale=5, border=3)
    return TrackerAddress(secret=secret, address=address, qr=picture)


def _tell(
    command: Command, device_id: UUID, token: str, status: int, tracker: TrackerAddress | None
) -> Response:
    tx, caller, at = command.tx, command.caller, command.at
    today = district_today(tx, caller.district_id, at)
    rows = devices_of(tx, caller.district_id, caller.account_id, at, today)
    line = next(device_line(row, today) for row in rows if row.id == device_id)
    told = DeviceMade(device=line, token=token, tracker=tracker)
    again = told.model_copy(update={"token": None, "tracker": None})
    return command.keep(told, status, again=again)


def _done(command: Command, request: Request, parts: Context) -> Response:
    return command.keep(_own(request, command.caller, command.tx, command.at, parts))


def _own(request: Request, caller: Caller, tx: Connection, at: datetime, parts: Context) -> WaysIn:
    asked = parts.settings.asks_second_factor_of
    return ways_in(
        tx,
        caller.district_id,
        caller.account_id,
        at=at,
        today=district_today(tx, caller.district_id, at),
        asked=any(role.name in asked for role in caller.roles),
        token=token_of(request),
    )
