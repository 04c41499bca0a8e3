"""What a caller may see, as SQL: the one way by which rows on the map are filtered.

Spatial reads put scope and bounding box into the query itself (not into row-level security,
under which PostGIS's operators lose their index).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Places:
    """Where a caller may see what lies there; the same for many callers.

    Parameters
    ----------
    area_paths
        ltree paths; everything at or below them is seen.
    grid_ids
        Single grids.
    """

    area_paths: tuple[str, ...] = ()
    grid_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scope:
    """The places a caller may see.

    Parameters
    ----------
    district_id
        The district; rows of another are never seen.
    area_paths
        ltree paths; everything at or below them is seen.
    grid_ids
        Single grids, for officers.
    unit_id
        Cases assigned to this unit are seen wherever they lie.
    account_id
        Cases that this account reported are seen wherever they lie.
    """

    district_id: int
    area_paths: tuple[str, ...] = ()
    grid_ids: tuple[int, ...] = ()
    unit_id: int | None = None
    account_id: UUID | None = None

    def parameters(self) -> dict[str, Any]:
        """Values for the parameters that the fragments below name."""
        return {
            "district_id": self.district_id,
            "scope_paths": list(self.area_paths),
            "scope_grids": list(self.grid_ids),
            "scope_unit": self.unit_id,
            "scope_account": self.account_id,
        }

    @property
    def places(self) -> Places:
        """The places alone: what lies there is seen whoever the caller is."""
        return Places(self.area_paths, self.grid_ids)

    @property
    def etag(self) -> str:
        """A short text that differs wherever two scopes differ."""
        places = f"{self.district_id}:{','.join(self.area_paths)}:{self.grid_ids}"
        return f"{places}:{self.unit_id}:{self.account_id}"


# For tables with `area_path` and `grid_id`; `{t}` is the table's alias.
IN_PLACE = (
    "({t}.district_id = :district_id AND "
    "({t}.area_path <@ CAST(:scope_paths AS ltree[]) OR {t}.grid_id = ANY(:scope_grids)))"
)
# For cases, which a unit sees where it has been charged with them, and who reported them sees too.
IN_CASES = (
    "({t}.district_id = :district_id AND ({t}.area_path <@ CAST(:scope_paths AS ltree[]) "
    "OR {t}.grid_id = ANY(:scope_grids) OR {t}.unit_id = :scope_unit "
    "OR {t}.reported_by = :scope_account))"
)


def in_place(alias: str) -> str:
    """SQL condition: the row lies in the scope. Parameters: `Scope.parameters()`."""
    return IN_PLACE.format(t=alias)


def in_cases(alias: str) -> str:
    """SQL condition: the case lies in the scope, or is the unit's or the reporter's own."""
    return IN_CASES.format(t=alias)
