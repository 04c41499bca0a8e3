"""What a reader has seen: the one fence by which no change that commits late is skipped.

A change is stamped with its transaction id. Ids are given out in the order in which transactions
begin to write, and they commit in any other: "everything up to id 7" would miss number 5, which is
still under way. PostgreSQL's snapshot says which those are.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

MOST_LETTERS: Final = 120
_FORM: Final = re.compile(r"\d{1,19}:\d{1,19}:(?:\d{1,19}(?:,\d{1,19})*)?")


@dataclass(frozen=True)
class Snapshot:
    """Which transactions had been committed when something was read.

    Parameters
    ----------
    oldest
        Everything before was seen.
    newest
        From this one on nothing was seen.
    under_way
        Between the two, those that were not yet committed.
    """

    oldest: int
    newest: int
    under_way: frozenset[int]

    @classmethod
    def parse(cls, told: str) -> Self:
        """Read PostgreSQL's `pg_snapshot` as text, `oldest:newest:id,id…`."""
        oldest, newest, under_way = told.split(":")
        waiting = frozenset(int(number) for number in under_way.split(",") if number)
        return cls(int(oldest), int(newest), waiting)

    @classmethod
    def read(cls, mark: str) -> Self | None:
        """Read what `mark` gave out; None: it is something else."""
        return cls.parse(mark) if _FORM.fullmatch(mark) else None

    @property
    def mark(self) -> str:
        """A short text to hand out; where many write at once it tells a little less was seen."""
        whole = str(self)
        return whole if len(whole) <= MOST_LETTERS else f"{self.oldest}:{self.oldest}:"

    def __str__(self) -> str:
        return f"{self.oldest}:{self.newest}:{','.join(map(str, sorted(self.under_way)))}"

    def unseen(self, changed_in: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these changes were not committed when the snapshot was taken."""
        late = changed_in >= self.newest
        if self.under_way:
            late |= np.isin(changed_in, np.fromiter(self.under_way, np.int64))
        return late
