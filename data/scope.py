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
        values: dict[str, Any] = {
            "district_id": self.district_id,
            "scope_paths": list(self.area_paths),
            "scope_grids": list(self.grid_ids),
            "scope_unit": self.unit_id,
            "scope_account": self.account_id,
        }
        for number, path in enumerate(self.area_paths):
            values |= {f"scope_from_{number}": path, f"scope_to_{number}": f"{path}0"}
        return values

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole district: one of the paths is that of its root."""
        return any("." not in path for path in self.area_paths)

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


def in_place(alias: str, scope: Scope | None = None) -> str:
    """SQL condition: the row lies in the scope. Parameters: `Scope.parameters()`.

    Parameters
    ----------
    scope
        The condition is written for this very scope, so that the planner knows how many rows to
        expect; None: for any.
    """
    if scope is None:
        return IN_PLACE.format(t=alias)
    return _written_for(scope, alias, [])


def in_cases(alias: str, scope: Scope | None = None) -> str:
    """SQL condition: the case lies in the scope, or is the unit's or the reporter's own.

    Parameters as of `in_place`.
    """
    if scope is None:
        return IN_CASES.format(t=alias)
    own = []
    if scope.unit_id is not None:
        own.append(f"{alias}.unit_id = :scope_unit")
    if scope.account_id is not None:
        own.append(f"{alias}.reported_by = :scope_account")
    return _written_for(scope, alias, own)


def _written_for(scope: Scope, alias: str, own: list[str]) -> str:
    """Write only what this scope has; of a whole district nothing more is asked.

    Of `path <@ …` the planner always expects one row in a thousand, and then sorts a whole street
    to show fifty cases. All that lies below a path stands together in the order of paths, from
    the path itself up to it with a 0 behind: of such a range it knows how many rows there are.
    """
    district = f"{alias}.district_id = :district_id"
    if scope.is_whole:
        return f"({district})"
    places = [
        f"({alias}.area_path >= CAST(:scope_from_{number} AS ltree)"
        f" AND {alias}.area_path < CAST(:scope_to_{number} AS ltree))"
        for number in range(len(scope.area_paths))
    ]
    if scope.grid_ids:
        places.append(f"{alias}.grid_id = ANY(:scope_grids)")
    return f"({district} AND ({' OR '.join([*places, *own]) or 'false'}))"
