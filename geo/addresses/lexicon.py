"""The names that are known in a district, and the longest of them at a place in a text."""

from collections.abc import Iterable, Mapping
from typing import Final

from geo.addresses.parts import Role

SHORTEST_NAME: Final = 2
LONGEST_NAME: Final = 24
LEAST_OVER_BREAK: Final = 4


class Lexicon:
    """Known names as `geo.addresses.normalise.plain_name` writes them, with what they are.

    Parameters
    ----------
    roles
        For each name what it is the name of; one name may be of several things.
    """

    def __init__(self, roles: Mapping[str, Iterable[Role]]) -> None:
        self._roles = {
            name: frozenset(of)
            for name, of in roles.items()
            if SHORTEST_NAME <= len(name) <= LONGEST_NAME
        }
        self._longest: dict[str, int] = {}
        for name in self._roles:
            start = name[:SHORTEST_NAME]
            self._longest[start] = max(self._longest.get(start, 0), len(name))

    def longest(self, text: str, at: int) -> str | None:
        """The longest known name that begins at a place in a text."""
        reach = self._longest.get(text[at : at + SHORTEST_NAME])
        if reach is None:
            return None
        for end in range(min(at + reach, len(text)), at + SHORTEST_NAME - 1, -1):
            name = text[at:end]
            if name in self._roles and not _cut_off(name, text[end : end + 1]):
                return name
        return None

    def roles(self, name: str) -> frozenset[Role]:
        """What a name is the name of; empty where it is not known."""
        return self._roles.get(name, frozenset())

    def longest_over_break(self, text: str, at: int) -> tuple[str, int] | None:
        """The longest known name at a place, a comma within it left out; and where it ends."""
        whole = self.longest(text, at)
        found = None if whole is None else (whole, at + len(whole))
        comma = text.find(",", at, at + LONGEST_NAME)
        if comma > at:
            joined = self.longest(text[at:comma] + text[comma + 1 :][:LONGEST_NAME], 0)
            over = joined is not None and len(joined) > max(comma - at, LEAST_OVER_BREAK - 1)
            if over and joined is not None and (whole is None or len(joined) > len(whole)):
                return joined, at + len(joined) + 1
        return found


def _cut_off(name: str, following: str) -> bool:
    """中心街 is no road in 中心街道, nor 3里 a lane in 13里处."""
    return (name.endswith("街") and following in {"道", "办"}) or (
        name[-1].isdigit() and following.isdigit()
    )


NO_NAMES: Final = Lexicon({})
