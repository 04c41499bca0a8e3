"""Signing in through the office's own identity provider, and linking accounts with it."""

import logging
from typing import Annotated, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.cookies import give_token, is_secure
from api.errors import Problem, not_found, problem_responses
from api.oidc import OidcError, Provider
from api.operations import CurrentCommand
from api.origins import origin_of
from data.account_events import note_event
from data.account_lists import find_account
from data.accounts import Origin, account_to_check, caller_of_session, open_session
from data.identities import (
    JOURNEY_HOLDS,
    IdentityTakenError,
    Journey,
    TooManyJourneysError,
    account_of_identity,
    begin_journey,
    end_journey,
    identity_of,
    link_identity,
    unlink_identity,
)
from data.layers import district_today
from data.rights import let_act
from data.scope import Scope

router = APIRouter(prefix="/api/v1", tags=["session"])
logger = logging.getLogger("sanbai.api.oidc")

COOKIE: Final = "sanbai_journey"
HOST_COOKIE: Final = "__Host-sanbai-journey"
COME_BACK: Final = "/api/v1/session/oidc/return"
HOME: Final = "/"
Word = Annotated[str | None, Query(max_length=4096)]


class OidcWay(BaseModel):
    """A way in through the office's own identity provider."""

    name: str = Field(examples=["统一身份认证"])
    start: str = Field(description="The browser goes here.", examples=["/api/v1/session/oidc"])


class OtherWays(BaseModel):
    """Ways in beside the password."""

    oidc: OidcWay | None


class Identity(BaseModel):
    """Whether an account is linked with the identity provider."""

    offered: bool = Field(description="There is a provider.")
    linked_at: AwareDatetime | None
    linked_by: str | None = Field(description="Null: by itself, when it signed in first.")


class IdentityIn(BaseModel):
    """Who an account is to the identity provider."""

    subject: (
        Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]
        | None
    ) = Field(description="The provider's `sub`; null: linked no more.")


@router.get("/session/other-ways")
def other_ways(parts: AppContext) -> OtherWays:
    """Tell which ways in there are beside the password."""
    provider = parts.oidc
    if provider is None:
        return OtherWays(oidc=None)
    return OtherWays(oidc=OidcWay(name=provider.name, start="/api/v1/session/oidc"))


@router.get(
    "/session/oidc",
    status_code=303,
    response_class=RedirectResponse,
    responses={
        303: {"description": "To the provider, or back to the sign-in page."},
        **problem_responses(404),
    },
)
async def set_out(request: Request, parts: AppContext) -> Response:
    """Send the browser to the identity provider; without one, or when it fails, back home."""
    provider = _provider(parts)
    try:
        async with parts.turns:
            journey = await to_thread.run_sync(_begin, parts)
        address = await to_thread.run_sync(
            provider.address,
            _come_back(request, parts),
            journey.state,
            journey.nonce,
            journey.verifier,
            parts.clock(),
        )
    except (OidcError, TooManyJourneysError) as error:
        return _home(error)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        _cookie(request),
        journey.browser,
        max_age=int(JOURNEY_HOLDS.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return answer


@router.get(
    "/session/oidc/return",
    status_code=303,
    response_class=RedirectResponse,
    responses={
        303: {"description": "To the map, or back to the sign-in page."},
        **problem_responses(404),
    },
)
async def come_back(
    *,
    request: Request,
    parts: AppContext,
    state: Word = None,
    code: Word = None,
    error: Word = None,
) -> Response:
    """Take somebody back from the identity provider and sign him in, or say why not."""
    provider, at = _provider(parts), parts.clock()
    browser = request.cookies.get(_cookie(request), "")
    try:
        async with parts.turns:
            journey = await to_thread.run_sync(_end, parts, state or "", browser)
        if journey is None:
            raise OidcError("stale", "no such journey")
        if code is None:
            raise OidcError("cancelled", error or "no code")
        # No connection is held while the provider is asked.
        claims = await to_thread.run_sync(
            provider.claims, code, _come_back(request, parts), journey.nonce, journey.verifier, at
        )
        login = None if provider.login_claim is None else claims.get(provider.login_claim)
        async with parts.turns:
            token = await to_thread.run_sync(
                _sign_in,
                parts,
                claims["sub"],
                login if isinstance(login, str) else None,
                origin_of(request, "provider"),
            )
    except OidcError as failure:
        answer = _home(failure)
    else:
        answer = RedirectResponse(HOME, 303)
        give_token(request, answer, token, parts.settings.session_hours)
    answer.delete_cookie(
        _cookie(request), path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )
    return answer


@router.get(
    "/accounts/{account_id}/identity", tags=["accounts"], responses=problem_responses(401, 403, 404)
)
def account_identity(
    account_id: UUID, caller: CurrentCaller, tx: Tx, at: Now, parts: AppContext
) -> Identity:
    """Tell whether an account is linked with the identity provider."""
    scope = scope_for(caller, "account:manage")
    if find_account(tx, scope, district_today(tx, caller.district_id, at), account_id) is None:
        raise not_found("account")
    return _identity(tx, parts, caller.district_id, account_id)


@router.post(
    "/accounts/{account_id}/identity",
    tags=["accounts"],
    response_model=Identity,
    responses=problem_responses(401, 403, 404, 409, 422),
)
def link_account(
    account_id: UUID, body: IdentityIn, command: CurrentCommand, parts: AppContext
) -> Response:
    """Link an account with an identity at the provider, or with none."""
    tx, caller = command.tx, command.caller
    scope = scope_for(caller, "account:manage")
    today = district_today(tx, caller.district_id, command.at)
    if find_account(tx, scope, today, account_id) is None:
        raise not_found("account")
    account = (caller.district_id, account_id)
    if body.subject is None:
        unlink_identity(tx, *account)
        note_event(tx, *account, "identity-unlinked", by=caller.account_id, at=command.at)
    elif parts.oidc is None:
        raise Problem(409, "provider-none", "No identity provider is set up.")
    else:
        identity = (parts.oidc.issuer, body.subject)
        try:
            link_identity(tx, account, identity, by=caller.account_id, at=command.at)
        except IdentityTakenError:
            raise Problem(
                409, "identity-taken", "Another account is linked with this identity."
            ) from None
    return command.keep(_identity(tx, parts, *account))


def _identity(tx: Tx, parts: Context, district_id: int, account_id: UUID) -> Identity:
    linked = identity_of(tx, district_id, account_id)
    return Identity(
        offered=parts.oidc is not None,
        linked_at=None if linked is None else linked.linked_at,
        linked_by=None if linked is None else linked.linked_by,
    )


def _provider(parts: Context) -> Provider:
    if parts.oidc is None:
        raise not_found("provider")
    return parts.oidc


def _cookie(request: Request) -> str:
    return HOST_COOKIE if is_secure(request) else COOKIE


def _come_back(request: Request, parts: Context) -> str:
    ours = parts.settings.origin or str(request.base_url)
    return ours.rstrip("/") + COME_BACK


def _home(error: OidcError | TooManyJourneysError) -> RedirectResponse:
    """Back to the sign-in page, which says why in words."""
    code = error.code if isinstance(error, OidcError) else "busy"
    logger.warning("signing in by the identity provider: %s: %s", code, error)
    return RedirectResponse(f"{HOME}?sign-in=oidc-{code}", 303)


def _begin(parts: Context) -> Journey:
    with parts.engine.begin() as connection:
        return begin_journey(connection, parts.clock())


def _end(parts: Context, state: str, browser: str) -> Journey | None:
    with parts.engine.begin() as connection:
        return end_journey(connection, state, browser, parts.clock())


def _sign_in(parts: Context, subject: str, login: str | None, origin: Origin) -> str:
    """Open a session for who is linked, or is now by his login; its token."""
    provider, at = _provider(parts), parts.clock()
    with parts.engine.begin() as connection:
        account = account_of_identity(connection, provider.issuer, subject)
        named = None if login is None else account_to_check(connection, login)
        if account is None and named is not None:
            account = (named.district_id, named.id)
            let_act(connection, Scope(named.district_id, account_id=named.id))
            try:
                link_identity(connection, account, (provider.issuer, subject), by=None, at=at)
            except IdentityTakenError:
                raise OidcError("unknown", "the account is linked with another identity") from None
        if account is None:
            raise OidcError("unknown", "no account is linked")
        hours = parts.settings.session_hours
        token = open_session(connection, *account, at, hours, origin=origin)
        if caller_of_session(connection, token, at) is None:
            raise OidcError("unknown", "the account is switched off")
        return token
