"""What becomes due on a case by time alone: reminders, late steps, the next level, resuming.

Pure: from a case and its district's rules comes a list of steps, each with its moment and a key
that names it once and for all. Whoever carries them out remembers the keys; so a step is taken
once, however late the watch looks and however often.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from casework.calendar import NoCalendarError
from casework.deadlines import Clock, due_at, elapsed_s, run_out
from casework.limits import DeadlineRules
from casework.limits import Step as Limited
from casework.moments import utc_text
from casework.states import LEVELS, UNHANDLED, Case

StepName = Literal[
    "half-time",
    "soon-due",
    "overdue",
    "confirm-late",
    "accept-late",
    "verify-late",
    "escalate",
    "resume",
    "set-deadline",
]
HALF: Final = 0.5
"""Share of its time after which a case is reminded of first."""
SOON: Final = 0.9
"""Share of its time after which it is reminded of once more: little is left."""


@dataclass(frozen=True)
class Watched:
    """A case as the watch looks at it.

    Attributes
    ----------
    level_since
        When it came to the level on which it lies.
    has_zone
        Whether there is a zone 管区 between its community and its street.
    """

    case: Case
    category_id: int
    level_since: datetime
    has_zone: bool = True


@dataclass(frozen=True)
class WatchStep:
    """Something to be done about a case, from a moment on, once."""

    name: StepName
    due: datetime
    key: str


def due_steps(watched: Watched, rules: DeadlineRules, now: datetime) -> list[WatchStep]:
    """The steps whose moment has come, in the order of their moments, done or not."""
    return sorted((s for s in all_steps(watched, rules) if s.due <= now), key=_order)


def next_at(watched: Watched, rules: DeadlineRules, now: datetime) -> datetime | None:
    """When the next step becomes due if the case does not change; None: never."""
    return min((s.due for s in all_steps(watched, rules) if s.due > now), default=None)


def all_steps(watched: Watched, rules: DeadlineRules) -> list[WatchStep]:
    """Every step that a case as it is has come to or will come to."""
    case = watched.case
    if case.state == "suspended" and case.suspended_until is not None:
        return [_step("resume", case.suspended_until, case.suspended_until)]
    return [*_of_deadline(watched, rules), *_of_limits(watched, rules), *_of_level(watched, rules)]


def _order(step: WatchStep) -> tuple[datetime, str]:
    return step.due, step.name


def _step(name: StepName, due: datetime, about: datetime, detail: str = "") -> WatchStep:
    return WatchStep(name, due, f"{name}{detail}@{utc_text(about)}")


def _of_deadline(watched: Watched, rules: DeadlineRules) -> Iterator[WatchStep]:
    case = watched.case
    if case.state not in UNHANDLED or case.received_at is None:
        return
    if case.deadline_at is None:
        if _reachable(watched, rules):
            yield _step("set-deadline", case.received_at, case.received_at)
        return
    yield _step("half-time", _share(watched, rules, HALF), case.deadline_at)
    yield _step("soon-due", _share(watched, rules, SOON), case.deadline_at)
    yield _step("overdue", case.deadline_at, case.deadline_at)


def _reachable(watched: Watched, rules: DeadlineRules) -> bool:
    """Whether a case that was filed without a deadline can have one by now."""
    case = watched.case
    if case.received_at is None:
        return False
    try:
        rules.due(watched.category_id, case.severity, case.received_at, paused=case.standing.paused)
    except NoCalendarError:
        return False
    return True


def _share(watched: Watched, rules: DeadlineRules, share: float) -> datetime:
    """The moment at which a share of the time between report and deadline is over."""
    case = watched.case
    since, deadline = case.received_at, case.deadline_at
    if since is None or deadline is None:
        raise ValueError("a share of the time needs a report and a deadline")
    if deadline <= since:
        return deadline
    clock = rules.limits.handling(watched.category_id, case.severity).clock

    def moment(on: Clock) -> datetime:
        paused = case.standing.paused
        time_s = elapsed_s(since, deadline, on, rules.calendar, paused=paused)
        return run_out(since, share * time_s, on, rules.calendar, paused=paused)

    try:
        return moment(clock)
    except NoCalendarError:
        # The deadline was set by hand, into a year that is not entered: a reminder guesses no
        # day off, it is only a little early or late.
        return moment("continuous")


def _of_limits(watched: Watched, rules: DeadlineRules) -> Iterator[WatchStep]:
    """What comes before and after handling, where the district has set a limit for it."""
    case = watched.case
    waits: tuple[tuple[StepName, Limited, str, datetime | None], ...] = (
        ("confirm-late", "confirm", "reported", _unconfirmed_since(case)),
        ("accept-late", "accept", "dispatched", case.dispatched_at),
        ("verify-late", "verify", "handled", case.handled_at),
    )
    for name, limited, state, since in waits:
        if case.state == state and since is not None:
            due = _limit_ends(watched, rules, limited, since)
            if due is not None:
                yield _step(name, due, since)


def _unconfirmed_since(case: Case) -> datetime | None:
    return case.received_at if case.standing.confirm_first else None


def _of_level(watched: Watched, rules: DeadlineRules) -> Iterator[WatchStep]:
    """Passing it up 提级, when it has lain on its level as long as it may."""
    case = watched.case
    if case.state not in UNHANDLED or case.level >= len(LEVELS) - 1:
        return
    since, detail = watched.level_since, f":{LEVELS[case.level]}"
    if LEVELS[case.level] == "zone" and not watched.has_zone:
        # Nobody is there to deal with it.
        yield _step("escalate", since, since, detail)
        return
    due = _limit_ends(watched, rules, cast("Limited", LEVELS[case.level]), since)
    if due is not None:
        yield _step("escalate", due, since, detail)


def _limit_ends(
    watched: Watched, rules: DeadlineRules, limited: Limited, since: datetime
) -> datetime | None:
    """When a limit ends; None where there is none, or it reaches a year that is not entered."""
    case = watched.case
    limit = rules.limits.of(limited, watched.category_id, case.severity)
    if limit is None:
        return None
    try:
        return due_at(since, limit, rules.calendar, paused=case.standing.paused)
    except NoCalendarError:
        return None
