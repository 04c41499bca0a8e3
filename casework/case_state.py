"""What is known of a case while its course is decided: who acts, what happened, how it stands."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from casework.course import SYSTEM, Action, Need, State

# How far up a case has been passed: the grid, the village or community, the zone, the unit or
# street, the district.
LEVELS: Final = ("grid", "community", "zone", "street", "district")

Proof = Literal["none", "photo", "before-and-after"]
Reason = (
    Literal[
        "state",
        "role",
        "same-person",
        "other-person",
        "unconfirmed",
        "no-deadline",
        "late",
        "too-many",
        "not-yet",
        "level",
        "nothing",
        "merged",
        "parts-open",
    ]
    | Need
)


@dataclass(frozen=True)
class Actor:
    """Who wants to act, with the roles that cover this case; no account: the clock does."""

    account_id: UUID | None
    roles: frozenset[str]


SYSTEM_ACTOR: Final = Actor(None, frozenset({SYSTEM}))


@dataclass(frozen=True)
class Event:
    """One thing that happened to a case; `seq` counts from 1 without a gap.

    `occurred_at` is the device's clock, `received_at` ours: deadlines run on ours. `actor_id` is
    None where the clock acted.
    """

    seq: int
    action: Action
    state: State
    actor_id: UUID | None
    occurred_at: datetime
    received_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """Why an action may not be taken.

    Attributes
    ----------
    reason
        `state`: not from here. `role`: not by this person. `same-person`: who put it right does
        not check it. `other-person`: only who found it rectifies, who handled it withdraws.
        `unconfirmed`: checked before it is filed. `late`: the deadline has passed. `too-many`:
        as often as it may be. `not-yet`: its day has not come. `level`: there is none above, or
        it was passed up before. `nothing`: there is nothing to do this to. `merged`: it is, or
        holds, a duplicate. `parts-open`: a case of its own is still open. Every other: what it
        has to say or to show and does not.
    """

    action: Action
    state: State | None
    reason: Reason


@dataclass(frozen=True)
class Rules:
    """What a district has set about the course of its cases.

    Attributes
    ----------
    proof
        What the category asks for before a repair is found good.
    most_extensions
        How often the deadline of a case may be moved.
    longest_suspension
        From the day it is suspended.
    sampled
        Whether this case is in the sample that is checked though its finder put it right.
    """

    proof: Proof = "photo"
    most_extensions: int = 2
    longest_suspension: timedelta = timedelta(days=366)
    sampled: bool = False


@dataclass(frozen=True)
class Shown:
    """What there is to see: photos of now and of before, and parts of the case still open."""

    before: int = 0
    after: int = 0
    open_parts: int = 0


@dataclass(frozen=True)
class Called:
    """A unit that was called 吹哨, and when it reported in 报到."""

    unit_id: int
    called_at: datetime
    reported_in_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What else the events come to, beside the columns that cases are found by.

    Attributes
    ----------
    confirm_first
        It has to be checked 核实 before it is filed.
    handled_from, suspended_from, merged_from
        Where withdrawing, resuming or parting leads back to.
    paused
        From when to when its clock stood.
    extensions, extension_until
        How often it was given more time, and what is asked for now.
    proof_from
        The `seq` from which photos show the repair as it is now.
    """

    confirm_first: bool = False
    handled_from: State | None = None
    suspended_from: State | None = None
    suspended_at: datetime | None = None
    merged_from: State | None = None
    paused: tuple[tuple[datetime, datetime], ...] = ()
    extensions: int = 0
    extension_until: datetime | None = None
    returns: int = 0
    reopenings: int = 0
    supervisions: int = 0
    appealed_at: datetime | None = None
    proof_from: int = 0
    duplicates: tuple[UUID, ...] = ()
    called: tuple[Called, ...] = ()


@dataclass(frozen=True)
class Case:
    """What the events come to. Before the first event: `Case()`.

    `level` is the rung of `LEVELS` it has been passed up to.
    """

    state: State | None = None
    seq: int = 0
    severity: str = ""
    grid_id: int | None = None
    unit_id: int | None = None
    reported_by: UUID | None = None
    handled_by: UUID | None = None
    received_at: datetime | None = None
    deadline_at: datetime | None = None
    filed_at: datetime | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    handled_at: datetime | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    answered_at: datetime | None = None
    suspended_until: datetime | None = None
    reworks: int = 0
    level: int = 0
    merged_into: UUID | None = None
    parent_id: UUID | None = None
    standing: Standing = field(default_factory=Standing)
