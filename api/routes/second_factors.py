"""A second factor of one's own: set up, confirmed, removed; reset by who administers the account.

Login and password are given again each time: so an account whose role asks for a second factor
sets it up before its first session, and a session left open changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import segno
from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.context import AppContext, Context
from api.cookies import refuse_other_origins
from api.errors import Problem, problem_responses
from api.operations import CurrentCommand
from api.origins import address_of
from api.routes.account_ways_in import account_to_manage, tell_ways_in
from api.routes.session import OneTimeCode, SignIn, check_password, wait_first
from api.second_factors import (
    count_code,
    forget_codes,
    is_asked_of,
    secret_of,
    take_code,
    wrong_code,
)
from api.ways_in_views import WaysIn
from data.account_events import note_event
from data.accounts import ToCheck, caller_of_account
from data.layers import district_today
from data.rights import let_act
from data.scope import Scope
from data.second_factor import (
    EnrolledError,
    address_of_secret,
    begin_factor,
    confirm_factor,
    factor_of,
    give_recovery_codes,
    new_secret,
    remove_factor,
    step_of_code,
)
from data.sign_in import forget_attempts

router = APIRouter(prefix="/api/v1")
ISSUER = "Sanbai 三百"
Answer = TypeVar("Answer")


class FactorBegun(BaseModel):
    """What the app is given: by the QR code, or typed in."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    address: str = Field(description="`otpauth://totp/…`, for an app on the same device.")
    qr: str = Field(description="The same as a picture: `data:image/png;base64,…`.")


class WithCode(SignIn):
    """Login and password, and a code of the app or a recovery code."""

    code: OneTimeCode


class RecoveryCodes(BaseModel):
    """Codes for when the telephone is lost: told once, each good once."""

    codes: list[str] = Field(examples=[["K7QF3-2M9XA"]])


@router.post(
    "/session/second-factor", tags=["session"], responses=problem_responses(401, 403, 409, 429, 503)
)
async def begin_second_factor(body: SignIn, request: Request, parts: AppContext) -> FactorBegun:
    """Begin a second factor: nothing is asked for before a first code confirms it."""
    account = await _known(parts, body, request)
    secret = new_secret()

    def begin(connection: Connection, at: datetime) -> None:
        sealed = parts.seal.close(secret)
        try:
            begin_factor(connection, account.district_id, account.id, sealed, at)
        except EnrolledError:
            raise _enrolled() from None

    await _carry_out(parts, body, account, request, begin)
    address = address_of_secret(secret, body.login, ISSUER)
    picture = segno.make(address, error="m", micro=False).png_data_uri(scale=5, border=3)
    return FactorBegun(secret=secret, address=address, qr=picture)


@router.post(
    "/session/second-factor/confirm",
    tags=["session"],
    responses=problem_responses(401, 403, 409, 429, 503),
)
async def confirm_second_factor(
    body: WithCode, request: Request, parts: AppContext
) -> RecoveryCodes:
    """Confirm it by a code of the app: from then on signing in asks for one."""
    account = await _known(parts, body, request)

    def confirm(connection: Connection, at: datetime) -> list[str]:
        found = factor_of(connection, account.district_id, account.id)
        if found is None:
            raise Problem(409, "second-factor-not-begun", "Begin it first.")
        step = step_of_code(secret_of(parts, found[0]), body.code.replace(" ", ""), at)
        if step is None:
            raise wrong_code()
        try:
            codes = confirm_factor(connection, account.district_id, account.id, step, at)
        except EnrolledError:
            raise _enrolled() from None
        _note(connection, account, "second-factor-set-up", at)
        return codes

    return RecoveryCodes(codes=await _carry_out(parts, body, account, request, confirm))


@router.post(
    "/session/second-factor/codes",
    tags=["session"],
    responses=problem_responses(401, 403, 429, 503),
)
async def renew_recovery_codes(
    body: WithCode, request: Request, parts: AppContext
) -> RecoveryCodes:
    """Make ten new recovery codes; those before are good no more."""
    account = await _known(parts, body, request)
    await _count(parts, account, request)

    def renew(connection: Connection, at: datetime) -> list[str]:
        _take(connection, parts, account, body.code, request, at)
        _note(connection, account, "recovery-codes-renewed", at)
        return give_recovery_codes(connection, account.district_id, account.id)

    return RecoveryCodes(codes=await _carry_out(parts, body, account, request, renew))


@router.post(
    "/session/second-factor/remove",
    status_code=204,
    tags=["session"],
    responses=problem_responses(401, 403, 409, 429, 503),
)
async def remove_second_factor(body: WithCode, request: Request, parts: AppContext) -> None:
    """Ask for no codes any more; not where a role asks for them."""
    account = await _known(parts, body, request)
    await _count(parts, account, request)

    def remove(connection: Connection, at: datetime) -> None:
        held = caller_of_account(connection, account.district_id, account.id, at)
        if held is not None and is_asked_of(parts, held):
            raise Problem(409, "second-factor-asked", "Your role asks for a second factor.")
        _take(connection, parts, account, body.code, request, at)
        remove_factor(connection, account.district_id, account.id)
        _note(connection, account, "second-factor-removed", at)

    await _carry_out(parts, body, account, request, remove)


@router.post(
    "/accounts/{account_id}/second-factor/reset",
    response_model=WaysIn,
    tags=["accounts"],
    responses=problem_responses(404, 409),
)
def reset_second_factor(account_id: UUID, command: CurrentCommand, parts: AppContext) -> Response:
    """Let an account in without codes: telephone and recovery codes are lost. It is kept who did.

    Where its role asks for a second factor, it is set up anew at the next sign-in.
    """
    tx, caller, at = command.tx, command.caller, command.at
    account_to_manage(tx, caller, account_id, district_today(tx, caller.district_id, at))
    if account_id == caller.account_id:
        raise Problem(409, "own-account", "Nobody resets his own second factor.")
    if remove_factor(tx, caller.district_id, account_id):
        note_event(
            tx, caller.district_id, account_id, "second-factor-reset", by=caller.account_id, at=at
        )
    return tell_ways_in(command, account_id, parts)


async def _known(parts: Context, body: SignIn, request: Request) -> ToCheck:
    refuse_other_origins(request)
    account = await check_password(
        parts, body.login, body.password, address_of(request), parts.clock()
    )
    if account.must_change:
        raise Problem(403, "password-must-change", "Choose a password of your own first.")
    return account


async def _count(parts: Context, account: ToCheck, request: Request) -> None:
    async with parts.turns:
        wait_s = await to_thread.run_sync(
            count_code, parts, account.id, address_of(request), parts.clock()
        )
    if wait_s is not None:
        raise wait_first(wait_s)


async def _carry_out(
    parts: Context,
    body: SignIn,
    account: ToCheck,
    request: Request,
    step: Callable[[Connection, datetime], Answer],
) -> Answer:
    at = parts.clock()

    def carry_out() -> Answer:
        with parts.engine.begin() as connection:
            let_act(connection, Scope(account.district_id, account_id=account.id))
            answer = step(connection, at)
            forget_attempts(connection, body.login, address_of(request))
            return answer

    async with parts.turns:
        return await to_thread.run_sync(carry_out)


def _take(  # noqa: PLR0917 (with what, whose, from where, when)
    connection: Connection,
    parts: Context,
    account: ToCheck,
    code: str,
    request: Request,
    at: datetime,
) -> None:
    if not take_code(connection, parts, account.district_id, account.id, code, at):
        raise wrong_code()
    forget_codes(connection, account.id, address_of(request))


def _note(connection: Connection, account: ToCheck, action: str, at: datetime) -> None:
    note_event(connection, account.district_id, account.id, action, by=account.id, at=at)


def _enrolled() -> Problem:
    return Problem(409, "second-factor-enrolled", "There is one: remove it first.")
