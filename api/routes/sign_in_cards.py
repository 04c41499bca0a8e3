"""Sign-in cards: made and printed by administrators, used with a PIN, revoked when lost."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection, select

from api.context import AppContext, Context, CurrentCaller, Now, Tx
from api.cookies import give_token, refuse_other_origins
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.origins import address_of, origin_of
from api.passwords import TooBusyError
from api.routes.account_ways_in import account_to_manage
from api.routes.session import Entry, Me, OneTimeCode, enter, too_busy, wait_first
from data.exports.card_sheet import PrintedCard, write_cards
from data.exports.grid_file import GridFileError
from data.layers import district_today
from data.schema import District
from data.sign_in import PATIENCE_LOGIN, begin_attempt_at, forget_attempts_at
from data.sign_in_cards import (
    FIRST_USE_WITHIN,
    Card,
    card_digest,
    choose_pin,
    find_card,
    make_card,
    names_of_cards,
    note_use,
)

router = APIRouter(prefix="/api/v1")

MOST_CARDS = 60
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")]
_DIGITS = "0123456789"


class CardShown(BaseModel):
    """The code of a card."""

    code: Code = Field(examples=["K7QF3-2M9XA-TR4DH-8WHCP"])


class CardSeen(BaseModel):
    """Whose card it is, and whether its PIN was chosen."""

    display_name: str
    pin_chosen: bool
    expires_at: AwareDatetime


class CardSignIn(CardShown):
    """A card with its PIN."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "K7QF3-2M9XA-TR4DH-8WHCP", "pin": "402817"}]}
    )

    pin: Pin
    factor: OneTimeCode | None = Field(
        None, description="The code of the second factor, where the account has one."
    )
    choose: bool = Field(default=False, description="The card's first use: this is to be its PIN.")


class CardsWanted(BaseModel):
    """Who is to get a card; one that somebody has is good no more."""

    account_ids: list[UUID] = Field(min_length=1, max_length=MOST_CARDS)


class CardMade(BaseModel):
    """A card for somebody; its code is told once."""

    account_id: UUID
    login: str
    display_name: str
    code: str | None = Field(description="Null when the command is repeated: it is told once.")
    first_use_before: AwareDatetime


class CardsMade(BaseModel):
    """Cards that were made; `sheet.pdf` prints them."""

    cards: list[CardMade]


class SheetWanted(BaseModel):
    """Cards to be printed: made just now and not used yet."""

    codes: list[Code] = Field(min_length=1, max_length=MOST_CARDS)
    language: Literal["zh", "en"] = "zh"


@router.post("/session/card/look", tags=["session"], responses=problem_responses(401, 403, 429))
async def look_at_card(body: CardShown, request: Request, parts: AppContext, at: Now) -> CardSeen:
    """Tell whose card it is, and whether a PIN is to be chosen or asked."""
    refuse_other_origins(request)
    # Apart from the PIN's attempts: a look must not let one begin anew with those.
    thing = f"look:{card_digest(body.code).hex()}"
    async with parts.turns:
        card = await to_thread.run_sync(_find, parts, body.code, thing, request, at)
    if card is None:
        raise wrong_card()
    return CardSeen(
        display_name=card.display_name,
        pin_chosen=card.pin_hash is not None,
        expires_at=card.expires_at,
    )


@router.post(
    "/session/card", tags=["session"], responses=problem_responses(401, 403, 409, 429, 503)
)
async def sign_in_by_card(
    body: CardSignIn, request: Request, response: Response, parts: AppContext
) -> Me:
    """Sign in by a card and its PIN: sets the session cookie.

    At its first use a card has no PIN: what is sent with `choose` becomes it. Wrong PINs slow
    down the next attempts at this card, from wherever they come.
    """
    refuse_other_origins(request)
    at, address = parts.clock(), address_of(request)
    thing = f"card:{card_digest(body.code).hex()}"
    async with parts.turns:
        card = await to_thread.run_sync(_find, parts, body.code, thing, request, at)
    if card is None:
        raise wrong_card()
    hashed = await _checked(parts, card, body)

    def settle(connection: Connection) -> None:
        if hashed is not None and not choose_pin(connection, card, hashed, at):
            raise _pin_chosen()
        note_use(connection, card, at)
        forget_attempts_at(connection, thing, address)

    origin = origin_of(request, "card")
    entry = Entry(card.district_id, card.account_id, origin, settle, code=body.factor)
    token, me = await enter(parts, entry, request, at)
    give_token(request, response, token, parts.settings.session_hours)
    return me


# For the list of people: POST this with the ids of those who are marked, then POST the codes to
# `/api/v1/sign-in-cards/sheet.pdf`; `printCards` of web/src/account/cards.ts does both.
@router.post(
    "/sign-in-cards",
    status_code=201,
    response_model=CardsMade,
    tags=["accounts"],
    responses=problem_responses(404),
)
def make_cards(body: CardsWanted, command: CurrentCommand) -> Response:
    """Make cards for accounts one administers; an earlier card of theirs is good no more.

    A card is to be used first within fourteen days; its PIN is chosen then, and it is good for a
    year.
    """
    tx, caller, at = command.tx, command.caller, command.at
    today = district_today(tx, caller.district_id, at)
    made = []
    for account_id in dict.fromkeys(body.account_ids):
        row = account_to_manage(tx, caller, account_id, today)
        code, over = make_card(tx, caller.district_id, account_id, by=caller.account_id, at=at)
        made.append(
            CardMade(
                account_id=account_id,
                login=row.login,
                display_name=row.display_name,
                code=code,
                first_use_before=over,
            )
        )
    again = [card.model_copy(update={"code": None}) for card in made]
    return command.keep(CardsMade(cards=made), 201, again=CardsMade(cards=again))


@router.post(
    "/sign-in-cards/sheet.pdf",
    tags=["accounts"],
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, **problem_responses(404, 503)},
)
def print_cards(
    *,
    body: SheetWanted,
    request: Request,
    caller: CurrentCaller,
    parts: AppContext,
    tx: Tx,
    at: Now,
) -> Response:
    """Print cards that were made just now: A4, eight a sheet, to be cut apart."""
    names = names_of_cards(tx, caller.district_id, body.codes)
    if len(names) < len(set(body.codes)):
        raise not_found("card")
    place: str = tx.execute(
        select(District.name).where(District.id == caller.district_id)
    ).scalar_one()
    base = parts.settings.origin or str(request.base_url)
    before = district_today(tx, caller.district_id, at + FIRST_USE_WITHIN)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cards.pdf"
        try:
            write_cards(
                path,
                [PrintedCard(name, code) for code, name in names.items()],
                place=place,
                base=base,
                first_use_before=before,
                language=body.language,
            )
        except GridFileError as error:
            raise Problem(503, "pdf-not-possible", str(error)) from None
        sheet = path.read_bytes()
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="cards.pdf"'}
    return Response(sheet, media_type="application/pdf", headers=headers)


def wrong_card() -> Problem:
    """No card with this code is good any more."""
    return Problem(401, "wrong-card", "This card is not known, is over, or was revoked.")


def _pin_chosen() -> Problem:
    return Problem(409, "card-pin-chosen", "A PIN was chosen for this card: enter it.")


def _find(parts: Context, code: str, thing: str, request: Request, at: datetime) -> Card | None:
    """Count an attempt in a transaction of its own, and find the card."""
    with parts.engine.begin() as connection:
        wait_s = begin_attempt_at(
            connection, thing, address_of(request), at, patience=PATIENCE_LOGIN
        )
        card = find_card(connection, code, at)
        if card is not None and thing.startswith("look:"):
            forget_attempts_at(connection, thing, address_of(request))
    if wait_s is not None:
        raise wait_first(wait_s)
    return card


async def _checked(parts: Context, card: Card, body: CardSignIn) -> str | None:
    """Check the PIN; where it is to be chosen, its hash."""
    if body.choose and card.pin_hash is not None:
        raise _pin_chosen()
    if not body.choose and card.pin_hash is None:
        raise Problem(409, "card-pin-none", "Choose a PIN first: send it with `choose`.")
    if body.choose and _weak(body.pin):
        raise invalid("/pin", "weak", "Choose a PIN that is no row of digits: 111111, 123456.")
    try:
        if body.choose:
            return await parts.passwords.hash_in_turn(body.pin)
        right = await parts.passwords.verify(card.pin_hash, body.pin)
    except TooBusyError:
        raise too_busy() from None
    if not right:
        raise Problem(401, "wrong-pin", "The PIN is wrong.")
    return None


def _weak(pin: str) -> bool:
    rows = (_DIGITS * 2, (_DIGITS * 2)[::-1])
    return len(set(pin)) == 1 or any(pin in row for row in rows)
