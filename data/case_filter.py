"""Which cases are asked for: the filters of lists, boards, maps and files, as SQL conditions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from casework.states import OPEN, UNHANDLED
from data.scope import Scope, in_place

Bbox = tuple[float, float, float, float]

# A day begins at midnight in the district, not in UTC.
_MIDNIGHT = (
    "(CAST(CAST(:{day} AS date) + {days} AS timestamp)"
    " AT TIME ZONE (SELECT time_zone FROM district WHERE id = :district_id))"
)
_IN_AREA = (
    "c.area_path <@ (SELECT path FROM area WHERE district_id = :district_id AND id = :area_id)"
)
_WORDS = "(c.number LIKE :words OR c.address ILIKE :words OR c.external_number = :whole)"
_RETURNED = "(c.reworks > 0 OR c.standing -> 'returns' IS NOT NULL)"
_EXTENSION = "c.standing -> 'extension_until' IS NOT NULL"
# Called 吹哨, and not in yet.
_NOT_IN = (
    "(c.called_units @> ARRAY[CAST(:turn_unit AS bigint)] AND EXISTS ("
    "SELECT 1 FROM jsonb_array_elements(c.standing -> 'called') AS called"
    " WHERE CAST(called ->> 'unit_id' AS bigint) = :turn_unit"
    " AND coalesce(called ->> 'reported_in_at', '') = ''))"
)
_PARAMETER = re.compile(r"(?<!:):([a-z_0-9]+)")


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: the places and the unit for which somebody takes the next step.

    Parameters
    ----------
    officer
        Where he checks reports and repairs; None: nowhere.
    commander
        Where he dispatches, closes and answers requests; None: nowhere.
    unit_id
        The unit for which he accepts, handles and reports in; None: for none.
    called_only
        Of the unit's only reporting in.
    """

    district_id: int
    account_id: UUID
    officer: Scope | None = None
    commander: Scope | None = None
    unit_id: int | None = None
    called_only: bool = False

    def condition(self) -> tuple[str, dict[str, Any]]:
        """SQL condition on `hazard_case AS c`, and its parameters: the next step is his."""
        values: dict[str, Any] = {"turn_account": self.account_id}
        parts = []
        if self.unit_id is not None:
            values["turn_unit"] = self.unit_id
            parts.append(_NOT_IN)
        if self.unit_id is not None and not self.called_only:
            parts.append("(c.unit_id = :turn_unit AND c.state IN ('dispatched', 'accepted'))")
        for name, scope, waits in (
            ("o", self.officer, _WAITS_FOR_OFFICER),
            ("k", self.commander, _WAITS_FOR_COMMANDER),
        ):
            if scope is not None:
                place, of_place = tagged(in_place("c", scope), scope.parameters(), f"_{name}")
                parts.append(f"({place} AND {waits})")
                values |= of_place
        return f"({' OR '.join(parts) or 'false'})", values


_WAITS_FOR_OFFICER: Final = (
    "((c.state = 'reported' AND c.standing -> 'confirm_first' = 'true')"
    " OR (c.state = 'handled' AND c.handled_by IS DISTINCT FROM :turn_account))"
)
_WAITS_FOR_COMMANDER: Final = (
    f"(c.state IN ('reported', 'filed', 'verified')"
    f" OR (c.state IN ('dispatched', 'accepted') AND {_EXTENSION}))"
)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are asked for; None asks nothing.

    Parameters
    ----------
    states
        States, any of them.
    triage
        True: only those in no grid.
    bbox
        West, south, east, north in WGS 84 degrees.
    from_day, to_day
        Days of receipt in the district's time zone, both included.
    due_day
        Still to be put right, and by the end of this day.
    called
        True: those to which the caller's unit was called 吹哨, wherever they lie.
    unowned
        True: open ones that no unit is charged with.
    returned
        Whether they came back, returned 退回 or sent back 返工.
    extension_asked
        Whether more time is asked for 申请延期.
    due_after
        Not to be put right before this day is over, or by no day known yet.
    turn
        Those whose next step is this person's.
    words
        Part of a number or of an address, or a whole external number.
    """

    states: Sequence[str] | None = None
    category_id: int | None = None
    severity: str | None = None
    source: str | None = None
    overdue: bool | None = None
    grid_id: int | None = None
    area_id: int | None = None
    unit_id: int | None = None
    triage: bool | None = None
    bbox: Bbox | None = None
    from_day: date | None = None
    to_day: date | None = None
    due_day: date | None = None
    words: str | None = None
    called: bool = False
    unowned: bool = False
    returned: bool | None = None
    extension_asked: bool | None = None
    due_after: date | None = None
    turn: Turn | None = None

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """SQL conditions on `hazard_case AS c`, and their parameters."""
        asked: list[tuple[str, str, Any]] = [
            *self._of_course(),
            ("category_id", "c.category_id = :category_id", self.category_id),
            ("severity", "c.severity = :severity", self.severity),
            ("source", "c.source = :source", self.source),
            ("grid_id", "c.grid_id = :grid_id", self.grid_id),
            ("area_id", _IN_AREA, self.area_id),
            ("asked_unit", "c.unit_id = :asked_unit", self.unit_id),
            ("triage", "(c.grid_id IS NULL) = :triage", self.triage),
            ("from_day", f"c.received_at >= {_midnight('from_day')}", self.from_day),
            ("to_day", f"c.received_at < {_midnight('to_day', 1)}", self.to_day),
            ("words", _WORDS, None if self.words is None else _like(self.words)),
        ]
        parts = [condition for _, condition, value in asked if value is not None]
        values = {name: value for name, _, value in asked if value is not None}
        if self.words is not None:
            values["whole"] = self.words.strip()
        if self.bbox is not None:
            parts.append("c.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)")
            values |= dict(zip(("west", "south", "east", "north"), self.bbox, strict=True))
        if self.turn is not None:
            condition, of_turn = self.turn.condition()
            parts += [condition, "c.state = ANY(:open_states)"]
            values |= of_turn | {"open_states": sorted(OPEN)}
        return parts, values

    def _of_course(self) -> list[tuple[str, str, Any]]:
        """What is asked of how a case stands."""
        states = None if self.states is None else [*self.states]
        # Of a single state the index that is ordered by deadline gives the first ones.
        one = states is not None and len(states) == 1
        named = "c.state = :states" if one else "c.state = ANY(:states)"
        return [
            ("states", named, states[0] if states is not None and one else states),
            ("overdue", "c.overdue = :overdue", self.overdue),
            ("due_day", f"c.deadline_at < {_midnight('due_day', 1)}", self.due_day),
            ("to_do", "c.state = ANY(:to_do)", self.due_day and sorted(UNHANDLED)),
            (
                "unowned",
                "c.unit_id IS NULL AND c.state = ANY(:unowned)",
                sorted(OPEN) if self.unowned else None,
            ),
            ("returned", f"{_RETURNED} = :returned", self.returned),
            ("extension", f"({_EXTENSION}) = :extension", self.extension_asked),
            (
                "due_after",
                f"coalesce(c.deadline_at, 'infinity') >= {_midnight('due_after', 1)}",
                self.due_after,
            ),
        ]


def _midnight(day: str, days: int = 0) -> str:
    return _MIDNIGHT.format(day=day, days=days)


def _like(words: str) -> str:
    plain = words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


def tagged(condition: str, values: Mapping[str, Any], tag: str) -> tuple[str, dict[str, Any]]:
    """The same condition with its parameters under other names, to stand beside others in a query.

    Parameters
    ----------
    condition
        SQL whose parameters are `:named`; those that `values` does not hold keep their names.
    """

    def renamed(match: re.Match[str]) -> str:
        name = match.group(1)
        return f":{name}{tag}" if name in values else match.group(0)

    return _PARAMETER.sub(renamed, condition), {
        f"{name}{tag}": value for name, value in values.items()
    }
