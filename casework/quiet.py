"""Quiet hours: when what is not urgent waits until the morning."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# By their kind these cannot wait, whatever the colour of the case.
URGENT_KINDS: Final = frozenset({"on-call", "on-call-post", "on-call-nobody"})


@dataclass(frozen=True)
class QuietHours:
    """From when to when nobody is to be disturbed, on the district's clock; over midnight too."""

    begins: time
    ends: time

    def until(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet that holds at a moment ends, in `at`'s own zone; None: none holds.

        Hours that begin when they end hold never.
        """
        local = at.astimezone(zone)
        now = local.time()
        if self.begins <= self.ends:
            quiet = self.begins <= now < self.ends
        else:
            quiet = now >= self.begins or now < self.ends
        if not quiet:
            return None
        day = local.date() if now < self.ends else local.date() + timedelta(days=1)
        return datetime.combine(day, self.ends, zone).astimezone(at.tzinfo)


def may_disturb(kind: str, severity: str | None) -> bool:
    """Whether a notice is told in quiet hours too: red cases, and calls to who is on duty."""
    return severity == "red" or kind in URGENT_KINDS
