"""How many cases there are for each of several filters, in one query that need not count all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text

from data.case_filter import CaseFilter, tagged
from data.case_lists import where_seen
from data.scope import Scope

MOST_COUNTED: Final = 1000
"""Whoever has more before him does not go by the figure."""
_COUNT: Final = (
    "(SELECT count(*) FROM (SELECT 1 FROM case_in_scope AS c WHERE {where} LIMIT :most) AS found)"
)
_COUNTS: Final = "SELECT {parts}"


@dataclass(frozen=True)
class Counted:
    """How many there are; `more`: beyond that nobody counted."""

    count: int
    more: bool


def count_cases(
    connection: Connection, scope: Scope, filters: Sequence[CaseFilter]
) -> list[Counted]:
    """Count the cases of each filter within a scope, in their order; each up to `MOST_COUNTED`.

    One statement, however many filters there are.
    """
    if not filters:
        return []
    parts: list[str] = []
    values: dict[str, Any] = scope.parameters() | {"most": MOST_COUNTED + 1}
    for number, asked in enumerate(filters):
        condition, of_filter = tagged(*where_seen(scope, asked), f"_{number}")
        values |= of_filter
        parts.append(_COUNT.format(where=condition))
    row = connection.execute(text(_COUNTS.format(parts=", ".join(parts))), values).one()
    return [Counted(min(found, MOST_COUNTED), found > MOST_COUNTED) for found in row]
