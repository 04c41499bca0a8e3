"""What the grids of a draft are drawn from: the town, what the planner asked for, what stays.

`read_order` reads all of it in one transaction; `draw` is the one place that calls `geo.grids`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, text

from data.database import query
from data.frames import WGS84, read_frame
from data.plan_layers import read_layer_shapes
from data.plan_wishes import ROAD_CLASSES, CompoundWish, LineWish, PlanWishes
from data.plans import TownFrames, load_town
from geo.grids import GridInputError, generate, revise

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Order:
    """What a draft is drawn from, in EPSG:4326.

    Attributes
    ----------
    town
        Areas, buildings, roads and water. Where a community is asked for by name, `areas` has
        `kind` and `target`.
    barriers, preferred, compounds
        Lines and polygons; None where nothing was asked for.
    kept
        Locked grids that stay: `grid_id`, `code`, `name`, `area`, `kind`.
    carried
        Grids in force of the communities that are not divided, the same columns.
    present
        Grids in force of the communities that are divided, where they are to be changed least.
    given
        Codes that these communities have ever given out, for the same.
    """

    households: int
    wishes: PlanWishes
    town: TownFrames
    barriers: gpd.GeoDataFrame | None
    preferred: gpd.GeoDataFrame | None
    compounds: gpd.GeoDataFrame | None
    kept: gpd.GeoDataFrame | None
    carried: gpd.GeoDataFrame | None
    present: gpd.GeoDataFrame | None
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanPlace:
    """The plan that is drawn, the area it divides, and the day its grids in force are of."""

    district_id: int
    plan_id: int
    area_id: int
    on: date


def read_order(
    connection: Connection, place: PlanPlace, households: int, wishes: PlanWishes
) -> Order:
    """Read what a plan's grids are drawn from.

    Raises
    ------
    GridInputError
        The area holds no community, or what the wishes name is not there any more.
    """
    town = load_town(connection, place.district_id, place.area_id)
    areas = _with_kinds(town.areas, wishes)
    divided = areas["id"].astype(int).tolist() if wishes.only is None else list(wishes.only)
    others = sorted(set(areas["id"].astype(int)) - set(divided))
    present: gpd.GeoDataFrame | None = None
    given: tuple[str, ...] = ()
    if wishes.way == "least-change":
        present = _present(connection, place, divided)
        given = _codes_given(connection, place, divided)
    carried = _some(_grids(connection, place, others))
    if carried is not None:
        areas = _with_kinds_in_force(areas, carried)
    return Order(
        households=households,
        wishes=wishes,
        town=TownFrames(areas, town.buildings, town.roads, town.water),
        barriers=_lines(connection, place, town, wishes.barriers),
        preferred=_lines(connection, place, town, wishes.preferred),
        compounds=_compounds(connection, place, wishes.compounds),
        kept=_kept(connection, place, divided, wishes),
        carried=carried,
        present=present,
        given=given,
    )


def draw(order: Order, progress: Progress, executor: Executor | None) -> gpd.GeoDataFrame:
    """Divide what is to be divided; errors as `geo.grids.generate` and `geo.grids.revise`."""
    town, wishes = order.town, order.wishes
    options = wishes.options(order.households)
    asked: dict[str, Any] = {
        "water": town.water,
        "barriers": order.barriers,
        "preferred": order.preferred,
        "compounds": order.compounds,
        "executor": executor,
    }
    if wishes.only is not None:
        chosen = town.areas["id"].astype(int).isin(wishes.only)
        asked["only"] = town.areas["code"][chosen].tolist()
    frames = (town.buildings, town.roads, town.areas)
    if order.present is None:
        return generate(*frames, options, progress, kept=order.kept, **asked)
    locked = locked_codes(order)
    return revise(
        order.present, *frames, options, progress, locked=locked, used=order.given, **asked
    )


def locked_codes(order: Order) -> frozenset[str]:
    """Codes of the locked grids that stay; what is changed least stays as it is in force."""
    if order.kept is None:
        return frozenset()
    if order.present is None:
        return frozenset(order.kept["code"])
    same = order.present["grid_id"].isin(order.kept["grid_id"])
    return frozenset(order.present["code"][same])


def with_carried(order: Order, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put the grids of communities that were not divided beside those that were drawn."""
    if order.carried is None:
        return grids
    carried = order.carried.to_crs(grids.crs)
    both = pd.concat([grids, carried[carried.columns.intersection([*grids.columns, "grid_id"])]])
    frame = gpd.GeoDataFrame(both, crs=grids.crs).sort_values("code", ignore_index=True)
    frame.attrs |= grids.attrs
    return frame


def identities(order: Order, grids: gpd.GeoDataFrame) -> dict[str, int]:
    """Code → identity of the grids that stay who they are: carried, locked, or changed least."""
    known: dict[str, int] = {}
    kept = order.kept if order.present is None else None
    for frame in (order.carried, kept):
        if frame is not None:
            known |= dict(zip(frame["code"], frame["grid_id"].astype(int), strict=True))
    if order.present is not None and "was" in grids.columns:
        was = dict(zip(order.present["code"], order.present["grid_id"].astype(int), strict=True))
        continued = grids[grids["was"].notna()]
        pairs = zip(continued["code"], continued["was"], strict=True)
        known |= {code: was[before] for code, before in pairs if before in was}
    return known


def _with_kinds(areas: gpd.GeoDataFrame, wishes: PlanWishes) -> gpd.GeoDataFrame:
    gone = wishes.area_ids - set(areas["id"].astype(int))
    if gone:
        raise GridInputError(
            "wish_area_gone",
            f"方案要求中的 {len(gone)} 个社区已不在该区域内，请修改要求后再划分。",
            f"{len(gone)} communities that the wishes name lie in this area no more: change the "
            "wishes and draw it up again.",
        )
    if not wishes.areas:
        return areas
    asked = {wish.area_id: wish for wish in wishes.areas}
    ids = areas["id"].astype(int)
    kinds = [asked[at].kind if at in asked else "general" for at in ids]
    targets = [asked[at].households if at in asked else None for at in ids]
    return areas.assign(kind=kinds, target=np.array(targets, dtype=float))


def _with_kinds_in_force(areas: gpd.GeoDataFrame, carried: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Kinds of the communities that are not divided, as their grids have them."""
    in_force = carried.drop_duplicates("area").set_index("area")["kind"]
    kinds = areas["code"].map(in_force)
    asked = areas["kind"] if "kind" in areas.columns else pd.Series("general", index=areas.index)
    return areas.assign(kind=kinds.fillna(asked))


def _lines(
    connection: Connection, place: PlanPlace, town: TownFrames, wish: LineWish
) -> gpd.GeoDataFrame | None:
    """Lines of the town by kind, and layers; None where nothing was asked for."""
    found = []
    for kind in wish.town:
        if kind == "water":
            found.append(town.water[["geometry"]])
        else:
            found.append(town.roads[town.roads["highway"].isin(ROAD_CLASSES[kind])][["geometry"]])
    found += [_layer(connection, place, layer_id)[["geometry"]] for layer_id in wish.layers]
    return _joined(found)


def _compounds(
    connection: Connection, place: PlanPlace, wish: CompoundWish
) -> gpd.GeoDataFrame | None:
    found = [_layer(connection, place, layer_id) for layer_id in wish.layers]
    if wish.town:
        key = {"district_id": place.district_id, "area_id": place.area_id}
        found.append(read_frame(connection, "compounds_of_area", key)[["name", "geometry"]])
    return _joined(found)


def _joined(found: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame | None:
    kept = [frame for frame in found if len(frame)]
    if not kept:
        return None
    return gpd.GeoDataFrame(pd.concat(kept, ignore_index=True), crs=WGS84)


def _layer(connection: Connection, place: PlanPlace, layer_id: int) -> gpd.GeoDataFrame:
    frame = read_layer_shapes(connection, place.district_id, layer_id)
    if frame is None:
        raise GridInputError(
            "wish_layer_gone",
            "方案要求中的一个上传图层已被删除，请重新上传。",
            "A layer that the wishes name was deleted: upload it again.",
        )
    return frame


def _kept(
    connection: Connection, place: PlanPlace, divided: list[int], wishes: PlanWishes
) -> gpd.GeoDataFrame | None:
    """The draft's own locked grids when it is drawn up again, else those that were asked for."""
    drawn = connection.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM grid_version "
            "WHERE district_id = :district_id AND plan_id = :plan_id)"
        ),
        {"district_id": place.district_id, "plan_id": place.plan_id},
    ).scalar_one()
    source = place.plan_id if drawn else wishes.locked_of
    if source is None:
        return None
    plan_id = None if source == "in-force" else source
    return _some(_grids(connection, place, divided, plan_id=plan_id, locked_only=True))


def _present(connection: Connection, place: PlanPlace, divided: list[int]) -> gpd.GeoDataFrame:
    found = _grids(connection, place, divided)
    if len(found) == 0:
        raise GridInputError(
            "nothing_in_force",
            "这里还没有生效的网格，无法按最少变动调整，请改为重新划分。",
            "No grids are in force here yet: divide anew instead of changing least.",
        )
    return found


def _codes_given(connection: Connection, place: PlanPlace, divided: list[int]) -> tuple[str, ...]:
    asked = {"district_id": place.district_id, "communities": divided}
    return tuple(connection.execute(query("codes_given"), asked).scalars())


def _grids(
    connection: Connection,
    place: PlanPlace,
    communities: list[int],
    *,
    plan_id: int | None = None,
    locked_only: bool = False,
) -> gpd.GeoDataFrame:
    """Grids of a plan, or those in force, of some communities; shapes are polygons."""
    frame = read_frame(
        connection,
        "grids_to_carry",
        {
            "district_id": place.district_id,
            "communities": communities,
            "plan_id": plan_id,
            "on": place.on,
            "locked_only": locked_only,
        },
    )
    shapes = frame.geometry.to_numpy()
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=WGS84))


def _some(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    return frame if len(frame) else None
