"""A derived case as the row that keeps it: columns that cases are found by, the rest as JSON."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from casework.states import Case, Standing

DERIVED: Final = (
    *("state", "seq", "severity", "grid_id", "unit_id", "reported_by", "handled_by", "received_at"),
    *("deadline_at", "filed_at", "dispatched_at", "accepted_at", "handled_at", "verified_at"),
    *("closed_at", "answered_at", "suspended_until", "reworks", "level", "merged_into"),
    "parent_id",
)
"""Columns of `hazard_case` that are fields of `casework.case_state.Case`."""
# Set once, by the report; an event never changes them.
_FILED: Final = frozenset({"severity", "reported_by", "received_at"})
_STANDING: Final = TypeAdapter(Standing)


def standing_json(standing: Standing) -> dict[str, Any]:
    """What of a standing is not as it is at the beginning, as JSON."""
    told: dict[str, Any] = _STANDING.dump_python(standing, mode="json", exclude_defaults=True)
    return told


def case_of(fields: Mapping[str, Any]) -> Case:
    """The case that a row with the columns `DERIVED` and `standing` keeps."""
    standing = _STANDING.validate_python(fields["standing"])
    return Case(**{name: fields[name] for name in DERIVED}, standing=standing)


def changed_columns(case: Case) -> dict[str, Any]:
    """Columns of a case that an event may change, with their values."""
    columns = {name: getattr(case, name) for name in DERIVED if name not in _FILED}
    called = [one.unit_id for one in case.standing.called] or None
    return columns | {"standing": standing_json(case.standing), "called_units": called}
