"""How long each step of a case may take: a district's rules, and which of them holds.

A rule may name a category, a severity, both or neither; the nearer one holds: category and
severity, then the category, then the severity, then the district's own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from casework.calendar import Calendar, Span
from casework.deadlines import Limit, due_at

# 核实, 接收, 处置, 核查; then the levels of the ladder 提级 on which a case may lie so long.
Step = Literal["confirm", "accept", "handle", "verify", "grid", "community", "zone", "street"]
STEPS: Final[tuple[Step, ...]] = get_args(Step)

# Handling must have an end even where nobody has set one: five days, nights included.
UNSET: Final = Limit("continuous", 5 * 24 * 60)


@dataclass(frozen=True)
class LimitRule:
    """One rule; `category_id` or `severity` None: whichever."""

    step: Step
    limit: Limit
    category_id: int | None = None
    severity: str | None = None


class Limits:
    """The rules of a district, ready to be asked."""

    def __init__(self, rules: Iterable[LimitRule]) -> None:
        self._rules = {(rule.step, rule.category_id, rule.severity): rule.limit for rule in rules}

    def of(self, step: Step, category_id: int, severity: str) -> Limit | None:
        """The limit of a step for a case; None: it has none."""
        for key in (
            (step, category_id, severity),
            (step, category_id, None),
            (step, None, severity),
            (step, None, None),
        ):
            limit = self._rules.get(key)
            if limit is not None:
                return limit
        return None

    def handling(self, category_id: int, severity: str) -> Limit:
        """The limit of putting a case right; `UNSET` where the district has none."""
        return self.of("handle", category_id, severity) or UNSET


@dataclass(frozen=True)
class DeadlineRules:
    """What a district's deadlines are worked out from."""

    calendar: Calendar
    limits: Limits

    def due(
        self, category_id: int, severity: str, since: datetime, *, paused: Sequence[Span] = ()
    ) -> datetime:
        """By when a case is to be put right; `NoCalendarError` beyond the entered years."""
        limit = self.limits.handling(category_id, severity)
        return due_at(since, limit, self.calendar, paused=paused)
