"""What one edit makes of the grids of a draft; nothing is stored here but new identities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
from sqlalchemy import Connection, text

from data.database import query
from data.plan_drafts import DraftPlan, GridProblem, read_rows
from geo.redraw.edits import (
    Edit,
    EvenOut,
    GiveBlock,
    GiveBuilding,
    LabelEdit,
    Lock,
    LonLat,
    Merge,
    Move,
    Rename,
    Renumber,
    SetKind,
    Snap,
    Split,
)
from geo.redraw.errors import RedrawError
from geo.redraw.numbering import Label, renumber

Snapshot = dict[str, Any]
_KEPT = (
    "grid_id", "area_id", "area_path", "code", "name", "kind", "locked", "households",
    "buildings", "area_m2", "geom", "label",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """Grids as an edit leaves them.

    Attributes
    ----------
    after
        Snapshots of the grids that are new or different.
    removed
        Ids of grids that are no more.
    reshaped
        Ids of grids that were there before and lost or gained ground. A neighbour that only
        gains a vertex on a straight edge is not among them.
    problems
        What to tell about the edit.
    """

    after: list[Snapshot]
    removed: list[int]
    reshaped: frozenset[int]
    problems: list[GridProblem]

    @property
    def touched(self) -> set[int]:
        """Ids of all grids concerned."""
        return {int(grid["grid_id"]) for grid in self.after} | set(self.removed)


def named_grids(edit: Edit) -> frozenset[int]:
    """Ids of the grids that an edit names."""
    match edit:
        case Merge() | Snap() | EvenOut() | Lock():
            return frozenset(edit.grid_ids)
        case Split() | Rename() | SetKind():
            return frozenset({edit.grid_id})
        case GiveBuilding() | GiveBlock():
            return frozenset({edit.to_grid_id})
        case Move() | Renumber():
            return frozenset()


def rows_to_edit(connection: Connection, plan: DraftPlan, edit: Edit) -> gpd.GeoDataFrame:
    """Read the grids of the communities that an edit is about.

    Raises
    ------
    RedrawError
        `other-community`, where shapes of more than one would change; `outside`.
    """
    match edit:
        case Renumber():
            return read_rows(connection, plan)
        case Move():
            places = _communities_at(connection, plan, _places_of(edit))
        case _:
            places = _communities_of(connection, plan, named_grids(edit))
    if len(places) > 1 and not isinstance(edit, Lock):
        raise RedrawError("border" if isinstance(edit, Move) else "other-community")
    return read_rows(connection, plan, sorted(places))


def change_draft(
    connection: Connection,  # noqa: ARG001
    plan: DraftPlan,  # noqa: ARG001
    rows: gpd.GeoDataFrame,
    edit: Edit,
    at: datetime,  # noqa: ARG001
) -> Change:
    """Work out what an edit makes of the grids of its community.

    Raises
    ------
    RedrawError
        The edit is refused.
    """
    if isinstance(edit, LabelEdit):
        return _relabel(rows, edit)
    raise NotImplementedError


def snapshots(rows: gpd.GeoDataFrame, grid_ids: Iterable[int]) -> list[Snapshot]:
    """Grids as they are kept with an edit: all that an edit can change, and where they lie."""
    wanted = rows[rows["grid_id"].isin(list(grid_ids))]
    return [_snapshot(row) for row in wanted.itertuples(index=False)]


def _snapshot(row: Any) -> Snapshot:
    kept = {name: getattr(row, name) for name in _KEPT}
    return {k: v.item() if isinstance(v, np.generic) else v for k, v in kept.items()}


def _places_of(move: Move) -> list[LonLat]:
    places = [vertex for vertex, _ in move.vertices]
    return places + [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for (a, b), _ in move.inserted]


def _communities_at(connection: Connection, plan: DraftPlan, places: list[LonLat]) -> set[int]:
    found: set[int] = set()
    for lon, lat in places:
        here = connection.execute(
            query("communities_at"),
            {"district_id": plan.district_id, "plan_id": plan.id, "lon": lon, "lat": lat},
        ).scalars()
        found |= {int(community) for community in here}
    return found


def _communities_of(connection: Connection, plan: DraftPlan, grid_ids: frozenset[int]) -> set[int]:
    found = connection.execute(
        text(
            "SELECT DISTINCT community_id FROM grid "
            "WHERE district_id = :district_id AND id = ANY(:grid_ids)"
        ),
        {"district_id": plan.district_id, "grid_ids": sorted(grid_ids)},
    ).scalars()
    return {int(community) for community in found}


def _relabel(rows: gpd.GeoDataFrame, edit: LabelEdit) -> Change:
    """Lock, name, sort or number: shapes stay as they are."""
    if isinstance(edit, Renumber):
        after = _renumbered(rows)
    else:
        chosen = snapshots(rows, named_grids(edit))
        locked = [grid["grid_id"] for grid in chosen if grid["locked"]]
        if locked and not isinstance(edit, Lock):
            raise RedrawError("locked", grid_ids=locked)
        after = [grid | _new_label(edit) for grid in chosen]
    was = {row["grid_id"]: row for row in snapshots(rows, [g["grid_id"] for g in after])}
    changed = [grid for grid in after if grid != was[grid["grid_id"]]]
    return Change(after=changed, removed=[], reshaped=frozenset(), problems=[])


def _new_label(edit: Lock | Rename | SetKind) -> Snapshot:
    match edit:
        case Lock():
            return {"locked": edit.locked}
        case Rename():
            return {"name": edit.name}
        case SetKind():
            return {"kind": edit.kind}


def _renumbered(rows: gpd.GeoDataFrame) -> list[Snapshot]:
    after = []
    for area_code in sorted(set(rows["area_code"])):
        here = rows[rows["area_code"] == area_code]
        grids = [_snapshot(row) for row in here.itertuples(index=False)]
        old = [Label(grid["code"], grid["name"], grid["locked"]) for grid in grids]
        new = renumber(area_code, here.geometry.to_numpy(), old)
        after += [
            grid | {"code": label.code, "name": label.name}
            for grid, label in zip(grids, new, strict=True)
        ]
    return after
