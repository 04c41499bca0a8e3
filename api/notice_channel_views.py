"""What the API takes and tells of channels by which notices leave the system."""

from datetime import time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import Row

from api.case_views import ActorRef, NamedRef
from api.days import DayTime
from api.paging import Page
from data.notice_senders import Address, Security, Via
from data.notice_words import KINDS

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Mailbox = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class ChannelAddress(BaseModel):
    """Where messages go; it is kept sealed and never told again."""

    model_config = ConfigDict(extra="forbid")

    via: Via
    url: str = Field("", max_length=2000, description="Of a robot or gateway, with its key.")
    secret: str = Field(
        "", max_length=500, description="A robot's signing secret; of mail, the password."
    )
    host: str = Field("", max_length=200, description="Mail server.")
    port: int = Field(465, ge=1, le=65535)
    security: Security = "ssl"
    user: str = Field("", max_length=200)
    sender: Mailbox = ""
    to: list[Mailbox] = Field(default_factory=list, max_length=20)

    def address(self) -> Address:
        """For the store."""
        return Address(**{**self.model_dump(), "url": self.url.strip(), "to": tuple(self.to)})


class _Channel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["环卫所工作群"])
    unit_id: int | None = Field(None, description="Whose notices: a unit's, or an account's.")
    account_id: UUID | None = None
    kinds: list[str] | None = Field(
        None, min_length=1, max_length=40, description="Kinds of notices; null: all."
    )
    quiet_from: DayTime | None = Field(
        None, description="From then on only red cases and calls to who is on duty go."
    )
    quiet_to: DayTime | None = None
    language: Literal["zh-CN", "en"] = "zh-CN"
    active: bool = True

    @model_validator(mode="after")
    def _one_of_two(self) -> "_Channel":
        if (self.unit_id is None) == (self.account_id is None):
            raise ValueError("name a unit or an account")
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("quiet hours have a beginning and an end")
        if set(self.kinds or ()) - KINDS.keys():
            raise ValueError("there is no such kind of notice")
        return self

    @property
    def quiet(self) -> tuple[time, time] | None:
        """From when to when it is quiet."""
        if self.quiet_from is None or self.quiet_to is None:
            return None
        return self.quiet_from, self.quiet_to


class NewChannel(_Channel):
    """A channel that is to be made."""

    address: ChannelAddress


class ChangedChannel(_Channel):
    """A channel as it is to be from now on."""

    address: ChannelAddress | None = Field(None, description="Null: it stays as it is.")


class NoticeChannel(BaseModel):
    """Where the notices of a unit or an account are sent to."""

    id: int
    name: str
    unit: NamedRef | None
    account: ActorRef | None
    area: NamedRef
    via: Via
    shown: str = Field(description="What may be seen of the address.")
    kinds: list[str] | None
    quiet_from: DayTime | None
    quiet_to: DayTime | None
    language: Literal["zh-CN", "en"]
    active: bool
    waiting: int
    failed: int
    sent_at: AwareDatetime | None = Field(description="When something last arrived.")


class NoticeChannels(Page[NoticeChannel]):
    """Channels, and the kinds of notices that there are."""

    kinds: list[str]


class DeliveryFailure(BaseModel):
    """A notice that did not arrive."""

    channel: NamedRef
    notice_id: int
    kind: str
    case_id: UUID | None
    case_number: str | None
    made_at: AwareDatetime
    attempts: int
    fault: str = Field(
        description="unreachable, timeout, unreadable, sealed, or refused:<number>.",
        examples=["refused:93000"],
    )
    tried_at: AwareDatetime | None
    next_at: AwareDatetime | None = Field(description="Null: it is not tried again by itself.")


class DeliveryFailures(BaseModel):
    """What did not arrive, the newest first."""

    items: list[DeliveryFailure]


class TrialDone(BaseModel):
    """Whether a trial message arrived."""

    arrived: bool
    fault: str | None


class SentAgain(BaseModel):
    """How many are on their way again."""

    count: int


def channel(row: Row[Any]) -> NoticeChannel:
    """As `notice_channels.sql` tells it."""
    named = None if row.unit_id is None else NamedRef(id=row.unit_id, name=row.unit_name)
    who = None
    if row.account_id is not None:
        who = ActorRef(id=row.account_id, display_name=row.display_name or "")
    plain = {
        name: getattr(row, name)
        for name in (
            *("id", "name", "via", "shown", "kinds", "quiet_from", "quiet_to", "language"),
            *("active", "waiting", "failed", "sent_at"),
        )
    }
    return NoticeChannel(
        **plain, unit=named, account=who, area=NamedRef(id=row.area_id, name=row.area_name)
    )


def failure(row: Row[Any]) -> DeliveryFailure:
    """As `notice_failures.sql` tells it."""
    return DeliveryFailure(
        channel=NamedRef(id=row.channel_id, name=row.channel_name),
        notice_id=row.notice_id,
        kind=row.kind,
        case_id=row.case_id,
        case_number=row.case_number,
        made_at=row.made_at,
        attempts=row.attempts,
        fault=row.fault,
        tried_at=row.tried_at,
        next_at=row.next_at if row.state == "waiting" else None,
    )
