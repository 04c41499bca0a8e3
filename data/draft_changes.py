"""What one edit makes of the grids of a draft; nothing is stored here but new identities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod
from sqlalchemy import Connection, insert, text

from data.database import query
from data.plan_drafts import SHOWN_BUILDINGS, DraftPlan, GridProblem, read_ground, read_rows
from data.schema import Grid
from geo.grids.codes import grid_code, grid_name
from geo.redraw.coverage import Coverage, Redrawn
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
from geo.redraw.ground import Ground
from geo.redraw.numbering import Label, free_sequences, renumber, sequence_of
from geo.redraw.redraw import redraw

Snapshot = dict[str, Any]
BESIDE_DEG = 0.0005
"""Lines so far outside a community still lie along its boundaries."""
_GEOD = Geod(ellps="WGS84")
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
        case GiveBuilding(from_grid_id=int(giver)):
            return frozenset({giver, edit.to_grid_id})
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
    connection: Connection, plan: DraftPlan, rows: gpd.GeoDataFrame, edit: Edit, at: datetime
) -> Change:
    """Work out what an edit makes of the grids of its community.

    Parameters
    ----------
    rows
        As `rows_to_edit` gives them.
    at
        Our clock; grids that a split makes are created then.

    Raises
    ------
    RedrawError
        The edit is refused.
    """
    if isinstance(edit, LabelEdit):
        return _relabel(rows, edit)
    if len(rows) == 0:
        raise RedrawError("outside")
    community = int(rows["area_id"].iloc[0])
    coverage = Coverage(
        tuple(int(grid_id) for grid_id in rows["grid_id"]),
        rows.geometry.to_numpy(),
        frozenset(int(grid_id) for grid_id in rows["grid_id"][rows["locked"]]),
    )
    west, south, east, north = rows.total_bounds
    box = (west - BESIDE_DEG, south - BESIDE_DEG, east + BESIDE_DEG, north + BESIDE_DEG)
    ground = read_ground(connection, plan, [community], lines=box)
    done = redraw(coverage, ground, edit)
    new = sorted((at for at in done.shapes if at < 0), reverse=True)
    labels = _new_labels(connection, plan, rows, len(new))
    made = _new_identities(connection, plan.district_id, community, len(new), at)
    identity = dict(zip(new, made, strict=True))
    after = _redrawn(rows, coverage, ground, done, identity, dict(zip(new, labels, strict=True)))
    cut = list(done.cut)
    told = {"count": len(cut), "building_ids": cut[:SHOWN_BUILDINGS]}
    return Change(
        after=after,
        removed=list(done.removed),
        reshaped=done.reshaped,
        problems=[GridProblem("building-cut", told)] if cut else [],
    )


def _new_labels(
    connection: Connection, plan: DraftPlan, rows: gpd.GeoDataFrame, count: int
) -> list[Snapshot]:
    """Codes and names of new grids: numbers that neither the draft nor a grid in force bears."""
    if count == 0:
        return []
    area_code = str(rows["area_code"].iloc[0])
    in_force = connection.execute(
        text(
            "SELECT code FROM grid_version WHERE district_id = :district_id "
            "AND code LIKE :codes AND (plan_id = :plan_id OR upper_inf(validity))"
        ),
        {"district_id": plan.district_id, "plan_id": plan.id, "codes": area_code + "___"},
    ).scalars()
    used = {sequence_of(code) for code in in_force}
    return [
        {"code": grid_code(area_code, number), "name": grid_name(number)}
        for number in free_sequences(used, count)
    ]


def _new_identities(
    connection: Connection, district_id: int, community: int, count: int, at: datetime
) -> list[int]:
    if count == 0:
        return []
    rows = [{"district_id": district_id, "community_id": community, "created_at": at}] * count
    made = connection.execute(insert(Grid).returning(Grid.id, sort_by_parameter_order=True), rows)
    return [int(grid_id) for grid_id in made.scalars()]


def _redrawn(  # noqa: PLR0917 (grids before and after, and what new ones are called)
    rows: gpd.GeoDataFrame,
    coverage: Coverage,
    ground: Ground,
    done: Redrawn,
    identity: dict[int, int],
    labels: dict[int, Snapshot],
) -> list[Snapshot]:
    """Snapshots of the grids whose shape is written differently, and of new ones."""
    now = coverage.replaced(done.shapes, done.removed)
    counted = zip(now.ids, *ground.count(now.shapes), strict=True)
    counts = {grid_id: (int(h), int(b)) for grid_id, h, b in counted}
    old = {grid["grid_id"]: grid for grid in snapshots(rows, rows["grid_id"])}
    pattern = {name: next(iter(old.values()))[name] for name in ("area_id", "area_path")}
    after = []
    for grid_id, shape in done.shapes.items():
        fresh = pattern | {"kind": "general", "locked": False}
        known = old.get(grid_id) or fresh | {"grid_id": identity[grid_id]} | labels[grid_id]
        households, buildings = counts[grid_id]
        after.append(known | {"households": households, "buildings": buildings} | measure(shape))
    return after


def measure(shape: shapely.Polygon) -> Snapshot:
    """Size on the ellipsoid, shape and the point of its label, as they are stored."""
    label = shapely.get_point(shapely.maximum_inscribed_circle(shape), 0)
    stored = shapely.set_srid(shapely.multipolygons([shape]), 4326)
    return {
        "area_m2": abs(_GEOD.geometry_area_perimeter(shape)[0]),
        "geom": shapely.to_wkb(stored, hex=True, include_srid=True),
        "label": shapely.to_wkb(shapely.set_srid(label, 4326), hex=True, include_srid=True),
    }


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
