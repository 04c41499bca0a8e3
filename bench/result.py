"""One line of a bench: what was measured, ours, the peer's, and whether the goal is reached."""

import operator
from dataclasses import dataclass

_COMPARE = {"≥": operator.ge, "≤": operator.le}


@dataclass(frozen=True)
class Result:
    """What was measured on both sides, in the same unit and in alternation.

    Parameters
    ----------
    bench
        Name of the bench in the suite.
    what
        What was done, in words.
    ours, peer
        Figures in `unit`; `peer` is None where a limit is the yardstick and not another program.
    peer_name
        Who the peer is; empty without one.
    unit
        Such as `ms`, `req/s`, `points/s`.
    goal
        `≥ 40` or `≤ 2`: of the ratio ours : peer; without a peer, of ours. Empty: none is set.
    note
        What a reader has to know to judge the figure.
    """

    bench: str
    what: str
    ours: float
    peer: float | None
    peer_name: str
    unit: str
    goal: str
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours : peer; None without a peer, or when the peer's figure is 0."""
        return self.ours / self.peer if self.peer else None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None when there is none to compare with."""
        figure = self.ours if self.peer is None else self.ratio
        if not self.goal or figure is None:
            return None
        sign, limit = self.goal.split()
        return bool(_COMPARE[sign](figure, float(limit.replace(",", ""))))


def figure(value: float | None) -> str:
    """Write a figure with three places that count, thousands apart."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
