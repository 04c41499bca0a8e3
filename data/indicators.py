"""Counting cases for the indicators of `casework.indicators`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, text

from casework.indicators import Counts
from data.database import query
from data.scope import Scope, in_cases

By = Literal["all", "area", "unit", "category"]
_GROUPS: Final[dict[By, str]] = {
    "all": "CAST(NULL AS text)",
    # The areas just below the one that is asked for.
    "area": "CAST(subpath(r.area_path, 0, least(nlevel(r.area_path), :depth)) AS text)",
    "unit": "CAST(r.unit_id AS text)",
    "category": "CAST(r.category_id AS text)",
}
_NAMES: Final[dict[By, str]] = {
    "area": "SELECT CAST(path AS text) AS key, id, name, name_en FROM area"
    " WHERE district_id = :district_id AND path = ANY(CAST(:keys AS ltree[]))",
    "unit": "SELECT CAST(id AS text) AS key, id, name, name_en FROM unit"
    " WHERE district_id = :district_id AND id = ANY(CAST(:keys AS bigint[]))",
    "category": "SELECT CAST(id AS text) AS key, id, name, name_en FROM category"
    " WHERE district_id = :district_id AND id = ANY(CAST(:keys AS bigint[]))",
}


@dataclass(frozen=True)
class Asked:
    """Cases reported from the first day to the last, in the district's time, counted `by`.

    Parameters
    ----------
    area_path
        Within this area alone; by area: those just below it.
    unit_id
        Charged to this unit alone.
    """

    first: date
    last: date
    by: By = "all"
    area_path: str | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Counted:
    """The counts of one area, unit or category; `named` is None for all, and for none of them."""

    named: Row[Any] | None
    counts: Counts


def count_indicators(
    connection: Connection, scope: Scope, asked: Asked, at: datetime
) -> Sequence[Counted]:
    """Count the cases of a scope as they stand at a moment, by name."""
    depth = 1 if asked.area_path is None else asked.area_path.count(".") + 1
    rows = connection.execute(
        query("count_indicators", where=in_cases("c", scope), group=_GROUPS[asked.by]),
        {
            **scope.parameters(),
            "first": asked.first,
            "last": asked.last,
            "area_path": asked.area_path,
            "unit_id": asked.unit_id,
            "at": at,
            **({"depth": depth + 1} if asked.by == "area" else {}),
        },
    ).all()
    names = _names(connection, scope.district_id, asked.by, [row.of for row in rows])
    fields = Counts.__dataclass_fields__
    return [
        Counted(names.get(row.of), Counts(**{name: getattr(row, name) for name in fields}))
        for row in rows
    ]


def _names(
    connection: Connection, district_id: int, by: By, keys: Sequence[str | None]
) -> dict[str | None, Row[Any]]:
    if by == "all":
        return {}
    known = [key for key in keys if key is not None]
    found = connection.execute(text(_NAMES[by]), {"district_id": district_id, "keys": known})
    return {row.key: row for row in found}
