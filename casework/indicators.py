"""The indicators that towns are judged by: which share of what was due was done, and in time.

Places and units are measured with these, never a person. A share of nothing is no share: where
nothing was due there is nothing to praise or blame.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

Grade = Literal["A", "B", "C", "D", "E"]
Rate = Literal[
    "valid-reports",
    "confirmed-in-time",
    "handled",
    "handled-in-time",
    "verified-in-time",
    "closed",
    "closed-in-time",
    "reworked",
    "overdue",
    "extended",
]


@dataclass(frozen=True)
class Counts:
    """Cases of one place or unit that were reported in a period, as they stand now.

    Attributes
    ----------
    reported
        All of them.
    valid
        Without those that were no hazard; a duplicate is a true report.
    filed
        Valid ones that were filed and are no duplicate: all counts below are of these.
    to_confirm, confirmed_in_time
        Had to be checked before they were filed, and were before it was late.
    to_handle, handled, handled_in_time
        Due or put right before; of these put right; of these by the deadline. A suspended case is
        not due.
    overdue
        Due and not put right.
    extended
        Due and given more time at least once.
    to_verify, verified_in_time
        Put right and checked, or waiting too long for it; of these checked before it was late.
    to_close, closed, closed_in_time
        As `to_handle`; of these closed; of these put right by the deadline.
    reworked
        Due and sent back at least once, since it was not put right.
    """

    reported: int = 0
    valid: int = 0
    filed: int = 0
    to_confirm: int = 0
    confirmed_in_time: int = 0
    to_handle: int = 0
    handled: int = 0
    handled_in_time: int = 0
    overdue: int = 0
    extended: int = 0
    to_verify: int = 0
    verified_in_time: int = 0
    to_close: int = 0
    closed: int = 0
    closed_in_time: int = 0
    reworked: int = 0


# Each rate as part ÷ whole, as towns publish them.
_PARTS: Final[Mapping[Rate, tuple[str, str]]] = {
    "valid-reports": ("valid", "reported"),
    "confirmed-in-time": ("confirmed_in_time", "to_confirm"),
    "handled": ("handled", "to_handle"),
    "handled-in-time": ("handled_in_time", "to_handle"),
    "verified-in-time": ("verified_in_time", "to_verify"),
    "closed": ("closed", "to_close"),
    "closed-in-time": ("closed_in_time", "to_close"),
    "reworked": ("reworked", "to_close"),
    "overdue": ("overdue", "to_handle"),
    "extended": ("extended", "to_handle"),
}
# The less of these the better.
UNWANTED: Final[frozenset[Rate]] = frozenset({"reworked", "overdue", "extended"})
# From which per cent on; below the last it is E. Towns set their own.
GRADES: Final[tuple[tuple[Grade, Decimal], ...]] = (
    ("A", Decimal(90)),
    ("B", Decimal(75)),
    ("C", Decimal(60)),
    ("D", Decimal(40)),
)


def percent(part: int, whole: int) -> Decimal | None:
    """A share in per cent with two decimals, halves up; None of nothing.

    Raises
    ------
    ValueError
        If the part is none of the whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}")
    if whole == 0:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def rates(counts: Counts) -> dict[Rate, Decimal | None]:
    """Every rate in per cent; None where nothing was due."""
    return {
        rate: percent(getattr(counts, part), getattr(counts, whole))
        for rate, (part, whole) in _PARTS.items()
    }


def grade(rate: Rate, share: Decimal | None) -> Grade | None:
    """The grade of a rate in per cent; none of nothing, and none where little is good."""
    if share is None or rate in UNWANTED:
        return None
    return next((name for name, least in GRADES if share >= least), "E")
