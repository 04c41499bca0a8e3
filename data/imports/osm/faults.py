"""Objects of an extract that cannot be taken, or not all of them: listed, never refused."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from data.imports.messages import Language
from data.imports.problems import BadRow, Problem

_MOST_LISTED: Final = 100_000
_KINDS_ZH: Final = {"way": "线", "relation": "关系", "node": "节点"}
# The object was taken although something of it could not be read.
TAKEN: Final = frozenset({"osm_tag_unreadable"})


@dataclass(frozen=True)
class BadObject(BadRow):
    """An object of OpenStreetMap; `row` is its id there, `column` way, relation or node."""

    def line(self, language: Language) -> str:
        """Return the object and what is wrong with it as one line for a person."""
        shown = f" {self.value[:80]}" if self.value else ""
        if language == "zh":
            return f"{_KINDS_ZH[self.column]} {self.row}{shown}：{self.message_zh}"
        return f"{self.column} {self.row}{shown}: {self.message_en}"


@dataclass
class Faults:
    """What was wrong with an extract, counted in full and listed up to a bound.

    Attributes
    ----------
    counts
        Objects by the code of the problem.
    listed
        The first of them.
    """

    counts: Counter[str] = field(default_factory=Counter)
    listed: list[BadObject] = field(default_factory=list)

    def add(self, kind: str, number: int, value: str, problem: Problem) -> None:
        """Take note of an object."""
        self.counts[problem.code] += 1
        if len(self.listed) < _MOST_LISTED:
            self.listed.append(BadObject(number, kind, value, problem))

    @property
    def left_out(self) -> int:
        """Objects that were not taken."""
        return sum(count for code, count in self.counts.items() if code not in TAKEN)
