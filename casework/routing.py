"""Which unit puts a hazard right: rules in an order that a commander can read and change.

The first rule that fits decides; it names a unit, or a queue for matters nobody owns 无头事项.
`route` also tells which conditions of the rule the matter met, so that a reader sees why.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

ANY_BEHIND: Final = "*"
"""At the end of a code: this beginning and whatever stands behind it."""


@dataclass(frozen=True)
class Matter:
    """What is known of a hazard that looks for its unit.

    Parameters
    ----------
    area_path
        ltree path of the area it lies in, from the district down.
    owner
        Whose the thing is 权属, as told by who reported it; None: not known.
    """

    category_code: str
    area_path: str
    severity: str
    owner: str | None = None


@dataclass(frozen=True)
class Rule:
    """A rule: conditions, all of which must hold, and where the matter goes then.

    Parameters
    ----------
    codes
        Category codes, any of them; one that ends with `*` stands for all that begin so. None
        given: any category. The same for `severities`.
    area_path
        Here or below; None: anywhere.
    unit_id, queue
        One of them: the unit charged, or the name of the queue it waits in.
    """

    id: int
    name: str
    unit_id: int | None = None
    queue: str | None = None
    codes: tuple[str, ...] = ()
    area_path: str | None = None
    severities: tuple[str, ...] = ()
    owner: str | None = None
    active: bool = True


@dataclass(frozen=True)
class Routed:
    """Where a matter goes, by which rule, and which of its conditions were met.

    `why` has `category` (the code or beginning that fitted), `area`, `severity` and `owner`, each
    only where the rule asks for it; it is empty for a rule that takes all that comes to it.
    """

    unit_id: int | None
    rule_id: int
    why: Mapping[str, str]
    queue: str | None = None


def route(rules: Sequence[Rule], matter: Matter) -> Routed | None:
    """Find where a matter goes: the first active rule that fits; None when none does."""
    for rule in rules:
        why = reasons(rule, matter) if rule.active else None
        if why is not None:
            return Routed(rule.unit_id, rule.id, why, rule.queue)
    return None


def reasons(rule: Rule, matter: Matter) -> Mapping[str, str] | None:
    """Tell which conditions of a rule a matter meets; None when it misses one of them."""
    why: dict[str, str] = {}
    if rule.codes:
        fitting = next((code for code in rule.codes if _begins(code, matter.category_code)), None)
        if fitting is None:
            return None
        why["category"] = fitting
    if rule.area_path is not None:
        if not f"{matter.area_path}.".startswith(f"{rule.area_path}."):
            return None
        why["area"] = rule.area_path
    if rule.severities:
        if matter.severity not in rule.severities:
            return None
        why["severity"] = matter.severity
    if rule.owner is not None:
        if matter.owner is None or _plain(matter.owner) != _plain(rule.owner):
            return None
        why["owner"] = rule.owner
    return MappingProxyType(why)


def owners_asked(rules: Sequence[Rule], category_code: str) -> list[str]:
    """Whose things the active rules ask for 权属 where a matter is of this category, by name."""
    found = {
        _plain(rule.owner): rule.owner
        for rule in reversed(rules)
        if rule.active
        and rule.owner is not None
        and (not rule.codes or any(_begins(code, category_code) for code in rule.codes))
    }
    return sorted(found.values())


def _begins(code: str, category_code: str) -> bool:
    if code.endswith(ANY_BEHIND):
        return category_code.startswith(code.removesuffix(ANY_BEHIND))
    return code == category_code


def _plain(words: str) -> str:
    """Words without what differs between keyboards: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())
