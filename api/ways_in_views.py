"""The ways into an account, as its owner and who administers it see them."""

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection

from api.case_views import ActorRef
from data.account_events import events_of
from data.accounts import token_digest
from data.devices import devices_of
from data.second_factor import factor_of, recovery_codes_left
from data.session_list import sessions_of
from data.sign_in_cards import card_of
from data.trackers import Discarded, discarded_of

NOT_KEPT_SHOWN: Final = timedelta(days=30)
DeviceKind = Literal["phone", "tablet", "tracker", "other"]


class SessionLine(BaseModel):
    """A sign-in that still holds."""

    id: UUID
    way: str = Field(examples=["password"], description="By what: password, card, basic, …")
    browser: str | None = Field(examples=["Edge"])
    system: str | None = Field(examples=["Windows"])
    address: str | None = Field(examples=["10.3.7.0/24"], description="Shortened to a network.")
    begun_at: AwareDatetime
    ends_at: AwareDatetime
    current: bool = Field(description="It is the one that asks.")


class NotKept(BaseModel):
    """Positions of a tracker that were not kept in the last 30 days: counted, then forgotten."""

    off_duty: int = Field(description="Sent while no duty with a track was on.")
    far_away: int = Field(description="More than 200 m from the duty's grids.")
    unreadable: int


class DeviceLine(BaseModel):
    """A device; seen on a day, nobody knows where."""

    id: UUID
    name: str
    kind: DeviceKind
    of_post: bool = Field(description="It goes with the post when that is handed over.")
    made_at: AwareDatetime
    since: date = Field(description="First day that the account has it; it may be to come.")
    last_day: date | None = Field(description="Included; null: without end.")
    held: bool = Field(description="The account has it today.")
    seen_on: date | None
    revoked_at: AwareDatetime | None
    revoked_why: Literal["owner", "administrator", "reused"] | None
    not_kept: NotKept | None = Field(None, description="Of one's own trackers.")


class CardLine(BaseModel):
    """A sign-in card."""

    made_at: AwareDatetime
    pin_chosen: bool = Field(description="False: it was not used yet.")
    expires_at: AwareDatetime
    used_at: AwareDatetime | None = Field(description="Last.")


class FactorLine(BaseModel):
    """The second factor."""

    since: AwareDatetime | None = Field(description="Null: none is asked for.")
    codes_left: int = Field(description="Recovery codes that were not used yet.")
    asked: bool = Field(description="A role of the account asks for one.")


class Happening(BaseModel):
    """What was done to the ways into the account."""

    action: str = Field(examples=["device-registered"])
    facts: dict[str, Any]
    by: ActorRef | None = Field(description="Null: the account itself.")
    at: AwareDatetime


class WaysIn(BaseModel):
    """How somebody gets into an account, and what was done about that of late."""

    sessions: list[SessionLine] = Field(description="Latest first.")
    devices: list[DeviceLine]
    card: CardLine | None
    second_factor: FactorLine
    happened: list[Happening] = Field(description="Latest first.")


def ways_in(
    tx: Connection,
    district_id: int,
    account_id: UUID,
    *,
    at: datetime,
    today: date,
    asked: bool,
    token: str | None = None,
) -> WaysIn:
    """Tell the ways into an account.

    Parameters
    ----------
    asked
        Whether a role of the account asks for a second factor.
    token
        Of the session that asks, if it is one of this account.
    """
    factor = factor_of(tx, district_id, account_id)
    mine = None if token is None else token_digest(token)
    since = today - NOT_KEPT_SHOWN
    not_kept = {} if token is None else discarded_of(tx, district_id, account_id, since)
    return WaysIn(
        sessions=[
            SessionLine(
                id=row.id,
                way=row.way,
                browser=row.browser,
                system=row.system,
                address=row.address,
                begun_at=row.created_at,
                ends_at=row.expires_at,
                current=row.token_digest == mine,
            )
            for row in sessions_of(tx, district_id, account_id, at)
        ],
        devices=[
            device_line(row, today, not_kept.get(row.id))
            for row in devices_of(tx, district_id, account_id, at, today)
        ],
        card=_card_line(card_of(tx, district_id, account_id, at)),
        second_factor=FactorLine(
            since=None if factor is None else factor[1],
            codes_left=recovery_codes_left(tx, district_id, account_id),
            asked=asked,
        ),
        happened=[
            Happening(
                action=row.action,
                facts=row.facts,
                by=None
                if row.by_account == account_id
                else ActorRef(id=row.by_account, display_name=row.by_name),
                at=row.at,
            )
            for row in events_of(tx, district_id, account_id)
        ],
    )


def _card_line(row: Any) -> CardLine | None:
    if row is None:
        return None
    return CardLine(
        made_at=row.made_at,
        pin_chosen=row.pin_chosen,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def device_line(row: Any, today: date, not_kept: Discarded | None = None) -> DeviceLine:
    """Render a device as its holder has it."""
    return DeviceLine(
        id=row.id,
        name=row.name,
        kind=row.kind,
        of_post=row.of_post,
        made_at=row.made_at,
        since=row.since,
        last_day=None if row.until is None else date.fromordinal(row.until.toordinal() - 1),
        held=row.since <= today,
        seen_on=row.seen_on,
        revoked_at=row.revoked_at,
        revoked_why=row.revoked_why,
        not_kept=None
        if not_kept is None
        else NotKept(
            off_duty=not_kept.off_duty,
            far_away=not_kept.far_away,
            unreadable=not_kept.unreadable,
        ),
    )
