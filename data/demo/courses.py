"""The course of each case in time: some quick, some late, some sent back, some still open."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from data.demo import hazards
from data.demo.hazards import HazardKind

TIME_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Step:
    """One action on a case: who did what when; ``unit`` only where one is charged with it."""

    action: str
    actor: str
    at: datetime
    text: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Hands:
    """Through whose hands a case goes.

    Attributes
    ----------
    officer, commander, unit : str
        Logins of the grid's officer, the street's duty officer and the responsible unit.
    on_site : bool
        Whether the officer found it himself, so that he may put it right at once.
    """

    officer: str
    commander: str
    unit: str
    on_site: bool


def draw_course(
    kind: HazardKind,
    found: datetime,
    limit_minutes: int,
    hands: Hands,
    rng: np.random.Generator,
) -> list[Step]:
    """Steps after the report, in order; those that lie in the future are for the caller to drop."""
    if hands.on_site and rng.random() < kind.on_spot:
        return _by_day(_on_the_spot(found, hands, rng))
    return _by_day(_through_office(kind, found, limit_minutes, hands, rng))


def _through_office(
    kind: HazardKind, found: datetime, limit_minutes: int, hands: Hands, rng: np.random.Generator
) -> list[Step]:
    fate = rng.random()
    if fate < 0.012:
        return []
    dispatched = _later(found, rng.lognormal(3.3, 0.9))
    if fate < 0.03:
        return [Step("void", hands.commander, dispatched, _one_of(hazards.VOIDED, rng))]
    text = _one_of(hazards.DISPATCHED, rng)
    steps = [Step("dispatch", hands.commander, dispatched, text, unit=hands.unit)]
    if fate < 0.055:
        return steps
    return steps + _repair(kind, found, dispatched, limit_minutes, hands=hands, rng=rng)


def _on_the_spot(found: datetime, hands: Hands, rng: np.random.Generator) -> list[Step]:
    """即时处置: the finder puts it right; the duty officer checks and closes."""
    handled = _later(found, rng.uniform(2, 16))
    verified = _later(handled, rng.lognormal(5.0, 1.0))
    closed = _later(verified, rng.uniform(1, 20))
    return [
        Step("handle", hands.officer, handled, _one_of(hazards.ON_SPOT, rng)),
        Step("verify", hands.commander, verified, _one_of(hazards.VERIFIED, rng)),
        Step("close", hands.commander, closed),
    ]


def _repair(
    kind: HazardKind,
    found: datetime,
    dispatched: datetime,
    limit_minutes: int,
    *,
    hands: Hands,
    rng: np.random.Generator,
) -> list[Step]:
    in_time = rng.random() < 0.76
    used = rng.beta(2.2, 2.2) if in_time else 1.05 + rng.lognormal(-0.2, 0.9)
    handled = max(_later(found, used * limit_minutes), _later(dispatched, 6))
    steps = [Step("handle", hands.unit, handled, _one_of(kind.done, rng))]
    while rng.random() < 0.09:
        sent_back = _later(handled, rng.lognormal(6.0, 0.7))
        steps.append(Step("rework", hands.officer, sent_back, _one_of(hazards.REWORKED, rng)))
        handled = _later(sent_back, rng.uniform(0.2, 0.9) * limit_minutes + 30)
        steps.append(Step("handle", hands.unit, handled, _one_of(kind.done, rng)))
    verified = _later(handled, rng.lognormal(6.2, 0.9))
    closed = _later(verified, rng.lognormal(4.6, 0.9))
    return [
        *steps,
        Step("verify", hands.officer, verified, _one_of(hazards.VERIFIED, rng)),
        Step("close", hands.commander, closed),
    ]


def _by_day(steps: list[Step]) -> list[Step]:
    """Move what falls into the night to the next morning, in the same order."""
    moved = []
    for step in steps:
        local = step.at.astimezone(TIME_ZONE)
        since_dusk = (local - local.replace(hour=21, minute=0, second=0)).total_seconds()
        if since_dusk < -12.5 * 3600:
            since_dusk += 24 * 3600
        if since_dusk > 0:
            # From nine to half past eight, pressed into the hour before: order is kept.
            to_first_hour = 10.5 * 3600 - since_dusk
            local += timedelta(seconds=round(to_first_hour + since_dusk / 11.5))
        moved.append(replace(step, at=local.astimezone(UTC)))
    return moved


def _later(at: datetime, minutes: float) -> datetime:
    return at + timedelta(seconds=round(float(minutes) * 60))


def _one_of(texts: tuple[str, ...], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]
