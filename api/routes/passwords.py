"""Passwords: chosen by oneself, and a code for a new one from an administrator."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from api.context import AppContext, Context, scope_for
from api.cookies import refuse_other_origins
from api.errors import not_found, problem_responses
from api.operations import CurrentCommand
from api.origins import address_of
from api.passwords import LONGEST, SHORTEST, TooBusyError
from api.routes.session import check_password, look_up, too_busy, wrong_credentials
from data.account_events import note_event
from data.account_lists import find_account
from data.accounts import ToCheck
from data.layers import district_today
from data.rights import let_act
from data.scope import Scope
from data.sign_in import forget_attempts
from data.ways_in import choose_password, make_reset_code, use_reset_code

router = APIRouter(prefix="/api/v1", tags=["session"])

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]


class NewPassword(BaseModel):
    """A password of one's own choice, by the one that holds or by a code."""

    login: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)] | None = Field(
        None, description="The one that holds; or `code`."
    )
    code: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = Field(
        None, description="From an administrator.", examples=["K7QF-2M9X-TR4D-8WHC"]
    )
    new_password: Password

    @model_validator(mode="after")
    def _one_way(self) -> "NewPassword":
        if (self.password is None) == (self.code is None):
            raise ValueError("give password or code, one of them")
        if self.password == self.new_password:
            raise ValueError("choose another password than the one that holds")
        return self


class ResetCode(BaseModel):
    """A code for a new password; it is told once and good once."""

    login: str
    code: str | None = Field(
        description="Null when the command is repeated: it is told once.",
        examples=["K7QF-2M9X-TR4D-8WHC"],
    )
    expires_at: AwareDatetime


@router.post("/session/password", status_code=204, responses=problem_responses(401, 403, 429, 503))
async def choose_own_password(body: NewPassword, request: Request, parts: AppContext) -> None:
    """Choose a new password: every session of the account ends, and one signs in by the new one.

    Guessing is slowed down as it is when signing in.
    """
    refuse_other_origins(request)
    address, at = address_of(request), parts.clock()
    if body.password is None:
        account = await look_up(parts, body.login, address, at)
    else:
        account = await check_password(parts, body.login, body.password, address, at)
    try:
        # For a login that nobody has too, so that the time tells nothing.
        hashed = await parts.passwords.hash_in_turn(body.new_password)
    except TooBusyError:
        raise too_busy() from None
    if account is None:
        raise wrong_credentials()
    async with parts.turns:
        await to_thread.run_sync(_choose, parts, body, address, account, hashed, at)


def _choose(  # noqa: PLR0917 (what, whose, when)
    parts: Context, body: NewPassword, address: str, account: ToCheck, hashed: str, at: datetime
) -> None:
    with parts.engine.begin() as connection:
        let_act(connection, Scope(account.district_id, account_id=account.id))
        if body.code is not None and not use_reset_code(
            connection, account.district_id, account.id, body.code, at
        ):
            raise wrong_credentials()
        choose_password(connection, account.district_id, account.id, hashed)
        forget_attempts(connection, body.login, address)
    parts.signed_in.forget()


@router.post(
    "/accounts/{account_id}/reset",
    status_code=201,
    response_model=ResetCode,
    tags=["accounts"],
    responses=problem_responses(404),
)
def give_reset_code(account_id: UUID, command: CurrentCommand) -> Response:
    """Make a code by which somebody sets a new password, good once and for a day.

    Nothing changes until it is used; an earlier code is good no more.
    """
    tx, caller, at = command.tx, command.caller, command.at
    today = district_today(tx, caller.district_id, at)
    scope = scope_for(caller, "account:manage")
    found = find_account(tx, scope, today, account_id)
    if found is None:
        raise not_found("account")
    code, over = make_reset_code(tx, caller.district_id, account_id, by=caller.account_id, at=at)
    note_event(tx, caller.district_id, account_id, "code-given", by=caller.account_id, at=at)
    told = ResetCode(login=found.login, code=code, expires_at=over)
    return command.keep(told, 201, again=told.model_copy(update={"code": None}))
