"""Whether a caller may have what he wishes for a plan: communities, layers and locked grids."""

from __future__ import annotations

from sqlalchemy import Connection

from api.errors import Problem, invalid
from api.permissions import Caller
from data.division import communities_below
from data.plan_layers import LayerRole, find_layers
from data.plan_wishes import PlanWishes
from data.plans_read import plan_place


def require_wishes(tx: Connection, caller: Caller, area_id: int, wishes: PlanWishes) -> None:
    """Refuse wishes that name what is not there, or lies outside of what the caller plans.

    Raises
    ------
    Problem
        422 that points at the wish.
    """
    if wishes.area_ids:
        strange = wishes.area_ids - communities_below(tx, caller.district_id, area_id)
        if strange:
            where = "/wishes/only" if strange & set(wishes.only or ()) else "/wishes/areas"
            raise _unknown(where, "A community does not lie in the area.", strange)
    _require_layers(tx, caller, wishes)
    if isinstance(wishes.locked_of, int):
        place = plan_place(tx, caller.district_id, wishes.locked_of)
        if place is None or not caller.may("plan:read", place):
            raise _unknown("/wishes/locked_of", "No such plan.", {wishes.locked_of})


def _require_layers(tx: Connection, caller: Caller, wishes: PlanWishes) -> None:
    found = find_layers(tx, caller.district_id, wishes.layer_ids)
    asked: dict[LayerRole, tuple[int, ...]] = {
        "barriers": wishes.barriers.layers,
        "preferred": wishes.preferred.layers,
        "compounds": wishes.compounds.layers,
    }
    for role, layer_ids in asked.items():
        strange = {
            layer_id
            for layer_id in layer_ids
            if layer_id not in found
            or found[layer_id].role != role
            or not caller.may("plan:generate", found[layer_id].area_path)
        }
        if strange:
            raise _unknown(f"/wishes/{role}/layers", "No such layer for this.", strange)


def _unknown(pointer: str, message: str, ids: set[int] | frozenset[int]) -> Problem:
    return invalid(pointer, "unknown", message, ids=sorted(ids))
