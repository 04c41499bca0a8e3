"""What every route is given: the transaction, the clock, the settings, and who is asking."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import Annotated, Final, cast

from anyio import Semaphore
from fastapi import Depends, Request
from obstore.store import ObjectStore
from sqlalchemy import Connection, Engine

from api.cookies import SAFE_METHODS, device_token_of, refuse_other_sites, token_of
from api.errors import Problem
from api.live.hub import Hub
from api.oidc import Provider
from api.passwords import Passwords
from api.permissions import Caller, Role, as_caller
from api.route_rights import require_for_route
from api.settings import Settings
from api.signed_in import SignedIn
from data.accounts import Held, caller_of_session
from data.picture_workers import PictureWorkers
from data.rights import Sight, let_act, let_see
from data.scope import Scope
from data.sealing import Seal
from data.status_board import StatusBoards
from tiles.grid_status import StatusTemplate
from tiles.memory import ByteMemory, Memory

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """The parts of a running application; `request.app.state.context`."""

    settings: Settings
    engine: Engine
    files: ObjectStore
    clock: Clock
    passwords: Passwords
    photo_slots: BoundedSemaphore
    map_slots: BoundedSemaphore
    pictures: PictureWorkers
    turns: Semaphore
    memory: ByteMemory
    templates: Memory[StatusTemplate]
    signed_in: SignedIn
    boards: StatusBoards
    live: Hub
    oidc: Provider | None
    seal: Seal


async def context(request: Request) -> Context:
    """The parts of the application that answers."""
    return cast("Context", request.app.state.context)


AppContext = Annotated[Context, Depends(context)]


async def turn(parts: AppContext) -> AsyncIterator[None]:
    """Wait, without a thread, until a connection is free.

    Whoever waited for one in a thread would keep that thread from those who have one: with more
    requests at once than connections, nobody would get on.
    """
    async with parts.turns:
        yield


Turn = Annotated[None, Depends(turn, scope="function")]


def transaction(parts: AppContext, _turn: Turn) -> Iterator[Connection]:
    """One transaction a request, committed before the answer is sent."""
    with parts.engine.begin() as connection:
        yield connection


# Without scope="function" the commit would come after the answer: a failed one still says 201.
Tx = Annotated[Connection, Depends(transaction, scope="function")]


async def now(parts: AppContext) -> datetime:
    """Our own clock: deadlines run on it."""
    return parts.clock()


Now = Annotated[datetime, Depends(now)]

MEANT_ACCOUNT: Final = "x-sanbai-account"
"""Header that says by whom a request is meant to be; another account's session refuses it."""


def current_session(request: Request, tx: Tx, at: Now) -> Held:
    """The account of the session cookie or device; 401 when nobody is signed in."""
    # No page of another site can make a browser send a device's token.
    if request.method not in SAFE_METHODS and device_token_of(request) is None:
        refuse_other_sites(request)
    token = token_of(request)
    held = caller_of_session(tx, token, at) if token else None
    if held is None:
        raise Problem(401, "not-signed-in", "Sign in first.")
    # A phone's outbox is sent by whom it belongs to, though somebody else signed in meanwhile.
    meant = request.headers.get(MEANT_ACCOUNT)
    if meant is not None and meant != str(held.account_id):
        raise Problem(403, "other-account", "Another account is signed in by now.")
    return held


def caller(request: Request, parts: AppContext, tx: Tx, at: Now) -> Caller:
    """Who is asking, by cookie or device; 401 when nobody is signed in, 403 without the right."""
    who = as_caller(current_session(request, tx, at))
    require_for_route(who, request.method, request.scope["route"].path)
    say_rights(tx, who, writes=request.method not in SAFE_METHODS)
    parts.signed_in.keep(token_of(request) or "", who, at)
    return who


def say_rights(tx: Connection, who: Caller, *, writes: bool) -> None:
    """Tell the database what this request may touch: it guards that beside us."""
    cases = _scope(who, who.roles_for("case:read"))
    if writes:
        let_act(tx, cases)
    else:
        let_see(tx, cases, _sight(who))


def _sight(who: Caller) -> Sight:
    def below(permission: str) -> tuple[str, ...]:
        return _scope(who, who.roles_for(permission)).area_paths

    # Within a street people stand in for each other.
    streets = {".".join(role.area_path.split(".")[:2]) for role in who.roles}
    return Sight(
        below("track:read"), below("plan:read"), below("list:import"), tuple(sorted(streets))
    )


CurrentCaller = Annotated[Caller, Depends(caller)]


def scope_for(who: Caller, permission: str) -> Scope:
    """The places in which the caller holds a permission; 403 when nowhere."""
    return _scope(who, who.require(permission))


def _scope(who: Caller, roles: tuple[Role, ...]) -> Scope:
    return Scope(
        district_id=who.district_id,
        area_paths=tuple(sorted({r.area_path for r in roles if r.grid_id is None})),
        grid_ids=tuple(sorted({r.grid_id for r in roles if r.grid_id is not None})),
        unit_id=who.unit_id,
        account_id=who.account_id,
    )
