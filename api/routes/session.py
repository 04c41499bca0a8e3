"""Signing in and out, and who is signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from api.case_views import NamedRef
from api.context import AppContext, Context, Now, Tx, current_session
from api.cookies import (
    cookie_name,
    device_token_of,
    give_token,
    refuse_other_origins,
    take_token,
    token_of,
)
from api.errors import Problem, problem_responses
from api.origins import address_of, origin_of
from api.passwords import LONGEST, TooBusyError
from api.permissions import permissions_of
from api.second_factors import count_code, forget_codes, require_code
from api.settings import Settings
from api.shapes import Box, Ref
from data.accounts import (
    Held,
    Origin,
    ToCheck,
    account_to_check,
    caller_of_session,
    close_session,
    open_session,
    unit_name,
    whereabouts,
)
from data.rights import let_act
from data.scope import Scope
from data.sign_in import begin_attempt, forget_attempts

router = APIRouter(prefix="/api/v1/session", tags=["session"])


OneTimeCode = Annotated[str, StringConstraints(min_length=1, max_length=20, strip_whitespace=True)]


class SignIn(BaseModel):
    """Login and password."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"login": "wang.li", "password": "幸福路三百户"}]}
    )

    login: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class FullSignIn(SignIn):
    """Login and password; and the code of the second factor, where the account has one."""

    code: OneTimeCode | None = Field(
        None, description="Of the app, or a recovery code; asked for by `second-factor-needed`."
    )


class MyAccount(BaseModel):
    """Who is signed in."""

    id: UUID
    login: str
    display_name: str
    unit: NamedRef | None


class HeldRole(BaseModel):
    """A role, and where it holds: in an area with all below it, or on one grid."""

    role: str = Field(examples=["officer"])
    area: Ref | None
    grid: Ref | None


class District(BaseModel):
    """The district the account belongs to."""

    id: int
    code: str
    name: str
    time_zone: str = Field(examples=["Asia/Shanghai"])
    bbox: Box


class TracksKept(BaseModel):
    """How long positions of a duty are kept."""

    whole_days: int = Field(description="As they came; then one a minute.")
    days: int = Field(description="At most, then none.")


class Me(BaseModel):
    """Who is signed in, what he may do, and where."""

    account: MyAccount
    roles: list[HeldRole]
    permissions: list[str] = Field(examples=[["case:read", "case:report", "map:read"]])
    district: District
    home_bbox: Box = Field(description="The box around all that the account works in.")
    now: AwareDatetime = Field(description="Our clock: deadlines run on it.")
    tracks_kept: TracksKept


@dataclass(frozen=True)
class Entry:
    """Somebody who is about to be let in.

    Parameters
    ----------
    origin
        By what and from where he comes.
    settle
        What is to be written beside the session, such as that wrong attempts are forgotten.
    code
        Of the second factor, where he gave one.
    asks_code
        False where the way in has seen to a second factor itself.
    """

    district_id: int
    account_id: UUID
    origin: Origin
    settle: Callable[[Connection], None]
    code: str | None = None
    asks_code: bool = True


@router.post("", responses=problem_responses(401, 429, 503))
async def sign_in(body: FullSignIn, request: Request, response: Response, parts: AppContext) -> Me:
    """Sign in: sets the session cookie.

    Wrong passwords in a row slow down the next attempts (429 with `Retry-After`); nobody is
    locked out. An account with a second factor gives its code as well (`second-factor-needed`);
    where a role asks for one that is not there yet, it is set up first
    (`second-factor-must-enrol`).
    """
    refuse_other_origins(request)
    token, me = await begin_session(parts, body, request)
    give_token(request, response, token, parts.settings.session_hours)
    return me


@router.get("", responses=problem_responses(401))
def me(request: Request, parts: AppContext, tx: Tx, at: Now) -> Me:
    """Tell who is signed in and what he may do."""
    return _me(tx, current_session(request, tx, at), at, parts.settings)


@router.delete("", status_code=204, responses=problem_responses(401, 403))
def sign_out(request: Request, response: Response, parts: AppContext, tx: Tx, at: Now) -> None:
    """Sign out: the session ends on the server, not only in the browser."""
    current_session(request, tx, at)
    if device_token_of(request) is not None:
        raise Problem(403, "person-only", "A device has no session: it is revoked instead.")
    close_session(tx, token_of(request) or "")
    parts.signed_in.forget()
    take_token(request, response)


async def begin_session(
    parts: Context, body: FullSignIn, request: Request, *, way: str = "password"
) -> tuple[str, Me]:
    """Open a session by login and password, however they were sent; its token, and whose it is.

    Raises
    ------
    Problem
        401 when one is wrong, 403 when the password has to be changed first, 429 after too many
        wrong ones, 503 when too many sign in at once.
    """
    at, address = parts.clock(), address_of(request)
    account = await check_password(parts, body.login, body.password, address, at)
    if account.must_change:
        raise Problem(
            403, "password-must-change", "Choose a password of your own first; then sign in by it."
        )
    entry = Entry(
        account.district_id,
        account.id,
        origin_of(request, way),
        lambda connection: forget_attempts(connection, body.login, address),
        code=body.code,
    )
    return await enter(parts, entry, request, at)


async def enter(parts: Context, entry: Entry, request: Request, at: datetime) -> tuple[str, Me]:
    """Open a session for somebody whose way in was found to be right; its token, and whose it is.

    Every way in ends here: password, card, and whatever else proves who somebody is. The session
    that the browser had before ends: at a shared desk the next takes over.

    Raises
    ------
    Problem
        As of `api.second_factors.require_code`.
    """
    async with parts.turns:
        return await to_thread.run_sync(_enter, parts, entry, request, at)


async def check_password(
    parts: Context, login: str, password: str, address: str, at: datetime
) -> ToCheck:
    """The account of a login whose password this is; failures as of `begin_session`."""
    account = await look_up(parts, login, address, at)
    kept = None if account is None else account.password_hash
    try:
        right = await parts.passwords.verify(kept, password)
    except TooBusyError:
        raise too_busy() from None
    if not right or account is None:
        raise wrong_credentials()
    return account


def wrong_credentials() -> Problem:
    """One of login, password and code is wrong; which one is not told."""
    return Problem(401, "wrong-credentials", "Login or password is wrong.")


def too_busy() -> Problem:
    """Too many passwords are being checked."""
    return Problem(503, "busy", "Many sign in just now; try again.", headers={"Retry-After": "2"})


def wait_first(wait_s: int) -> Problem:
    """Too many wrong attempts in a row."""
    return Problem(
        429,
        "too-many-requests",
        "Too many wrong passwords: wait before the next attempt.",
        params={"retry_after_s": wait_s},
        headers={"Retry-After": str(wait_s)},
    )


async def look_up(parts: Context, login: str, address: str, at: datetime) -> ToCheck | None:
    """Count an attempt in a transaction of its own, before anything is checked."""
    async with parts.turns:
        return await to_thread.run_sync(_look_up, parts, login, address, at)


def _look_up(parts: Context, login: str, address: str, at: datetime) -> ToCheck | None:
    with parts.engine.begin() as connection:
        wait_s = begin_attempt(connection, login, address, at)
        found = account_to_check(connection, login)
    if wait_s is not None:
        raise wait_first(wait_s)
    return found


def _enter(parts: Context, entry: Entry, request: Request, at: datetime) -> tuple[str, Me]:
    address, former = address_of(request), request.cookies.get(cookie_name(request))
    wait_s = None
    if entry.code is not None:
        wait_s = count_code(parts, entry.account_id, address, at)
    if wait_s is not None:
        raise wait_first(wait_s)
    with parts.engine.begin() as connection:
        let_act(connection, Scope(entry.district_id, account_id=entry.account_id))
        token = open_session(
            connection,
            entry.district_id,
            entry.account_id,
            at,
            parts.settings.session_hours,
            origin=entry.origin,
        )
        held = caller_of_session(connection, token, at)
        if held is None:
            raise wrong_credentials()
        if entry.asks_code:
            require_code(connection, parts, held, entry.code, at)
            forget_codes(connection, entry.account_id, address)
        entry.settle(connection)
        if former is not None:
            close_session(connection, former)
            parts.signed_in.forget()
        return token, _me(connection, held, at, parts.settings)


def _me(tx: Tx, held: Held, at: datetime, settings: Settings) -> Me:
    place = whereabouts(tx, held.district_id, held.assignments, at)
    whole = (place.w, place.s, place.e, place.n)
    home = (place.home_w, place.home_s, place.home_e, place.home_n)
    unit = None
    if held.unit_id is not None:
        unit = NamedRef(id=held.unit_id, name=unit_name(tx, held.district_id, held.unit_id))
    return Me(
        account=MyAccount(
            id=held.account_id, login=held.login, display_name=held.display_name, unit=unit
        ),
        roles=[
            HeldRole(
                role=row.role,
                area=_ref(row.area_id, row.area_code, row.area_name),
                grid=_ref(row.grid_id, row.grid_code, row.grid_name),
            )
            for row in held.assignments
        ],
        permissions=permissions_of(row.role for row in held.assignments),
        district=District(
            id=place.id, code=place.code, name=place.name, time_zone=place.time_zone, bbox=whole
        ),
        home_bbox=whole if home[0] is None else home,
        now=at,
        tracks_kept=TracksKept(whole_days=settings.track_whole_days, days=settings.track_days),
    )


def _ref(place_id: int | None, code: str | None, name: str | None) -> Ref | None:
    # A role outlives its grid when a plan takes the grid away: it then has no code any more.
    if place_id is None:
        return None
    return Ref(id=place_id, code=code or "", name=name or "")
