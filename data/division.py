"""What there is in an area to divide it by: communities, lines, compounds, locked grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from data.database import query
from data.plan_layers import LayerKey, find_layers
from data.plan_wishes import ROAD_CLASSES, TownLine
from data.schema import Area, PlanLayer

MOST_LAYERS = 50


@dataclass(frozen=True)
class Division:
    """What a planner can ask for in an area.

    Attributes
    ----------
    communities
        `id`, `code`, `name`, `name_en`, `households`, `grids` and `locked` (grids in force, and
        those of them that are locked).
    lines
        How many roads or surfaces of each kind there are.
    compounds
        How many compounds were imported as polygons.
    drafts
        Plans with locked grids: `id`, `name`, `locked`.
    layers
        What was uploaded or drawn for plans of this area, newest first.
    """

    communities: Sequence[Row[Any]]
    lines: dict[TownLine, int]
    compounds: int
    drafts: Sequence[Row[Any]]
    layers: list[LayerKey]


def read_division(connection: Connection, district_id: int, area_id: int, on: date) -> Division:
    """Read what a planner can ask for in an area.

    Parameters
    ----------
    on
        The day whose grids are in force.
    """
    place = {"district_id": district_id, "area_id": area_id}
    counted = connection.execute(query("division_lines"), place).all()
    roads = [row for row in counted if row.kind == "road"]
    lines: dict[TownLine, int] = {
        kind: sum(row.shapes for row in roads if row[1] in classes)
        for kind, classes in ROAD_CLASSES.items()
    }
    others = {row.kind: row.shapes for row in counted if row.kind != "road"}
    return Division(
        communities=connection.execute(query("division"), place | {"on": on}).all(),
        lines=lines | {"water": others.get("water", 0)},
        compounds=others.get("compound", 0),
        drafts=connection.execute(query("drafts_with_locks"), place).all(),
        layers=_layers(connection, district_id, area_id),
    )


def communities_below(connection: Connection, district_id: int, area_id: int) -> frozenset[int]:
    """Ids of the communities at or below an area."""
    chosen = select(Area.path).where(Area.district_id == district_id, Area.id == area_id)
    found = connection.execute(
        select(Area.id).where(
            Area.district_id == district_id,
            Area.level == "community",
            Area.path.op("<@")(chosen.scalar_subquery()),
        )
    ).scalars()
    return frozenset(found)


def _layers(connection: Connection, district_id: int, area_id: int) -> list[LayerKey]:
    newest = connection.execute(
        select(PlanLayer.id)
        .where(PlanLayer.district_id == district_id, PlanLayer.area_id == area_id)
        .order_by(PlanLayer.id.desc())
        .limit(MOST_LAYERS)
    ).scalars()
    found = find_layers(connection, district_id, newest)
    return [found[layer_id] for layer_id in sorted(found, reverse=True)]
