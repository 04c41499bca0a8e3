"""What hazards are called and who puts them right: categories and responsible units."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Row

from api.case_views import Severity
from api.context import CurrentCaller, Tx
from api.errors import problem_responses
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.routes.case_rules import CategoryQuestion
from api.routes.limits import Limit as TimeLimit
from casework.limits import Limits
from casework.states import Proof
from data.categories import list_categories, list_units
from data.limits import limits_of

router = APIRouter(prefix="/api/v1", tags=["categories"], responses=problem_responses(401, 403))


class Category(BaseModel):
    """A kind of hazard. Codes repeat between standards: the key is standard, kind and code."""

    id: int
    standard: str = Field(examples=["GB/T 47678.5-2026"])
    kind: Literal["component", "matter"]
    code: str = Field(examples=["06010"])
    name: str = Field(examples=["暴露垃圾"])
    name_en: str = Field(examples=["Exposed rubbish"])
    severity: Severity
    active: bool = Field(description="Offered when something is reported.")
    proof: Proof = Field(description="Photos that a repair is found good by.")
    confirm_first: bool = Field(description="Others' reports are checked before they are filed.")
    questions: list[CategoryQuestion] = Field(description="Asked when it is reported.")
    limit: TimeLimit = Field(description="How long putting it right may take at this severity.")


class Unit(BaseModel):
    """A responsible unit 责任单位."""

    id: int
    name: str
    name_en: str | None
    area_id: int


@router.get("/categories", responses=problem_responses(422))
def categories(
    *,
    caller: CurrentCaller,
    tx: Tx,
    retired: Annotated[bool, Query(description="Those no longer offered as well.")] = False,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Page[Category]:
    """List the categories in use."""
    caller.require("map:read")
    key = key_of(cursor, int)
    rows = list_categories(
        tx,
        caller.district_id,
        limit=limit + 1,
        after_id=0 if key is None else int(key[0]),
        retired=retired,
    )
    more = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    limits = limits_of(tx, caller.district_id)
    return Page(items=[_category(row, limits) for row in rows[:limit]], next=more)


def _category(row: Row[Any], limits: Limits) -> Category:
    names = Category.model_fields.keys() - {"limit"}
    held = limits.handling(row.id, row.severity)
    return Category(
        **{name: getattr(row, name) for name in names},
        limit=TimeLimit(clock=held.clock, amount=held.amount),
    )


@router.get("/units", responses=problem_responses(422))
def units(caller: CurrentCaller, tx: Tx, limit: Limit = 200, cursor: Cursor = None) -> Page[Unit]:
    """List the responsible units."""
    caller.require("map:read")
    key = key_of(cursor, int)
    rows = list_units(
        tx, caller.district_id, limit=limit + 1, after_id=0 if key is None else int(key[0])
    )
    more = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    names = Unit.model_fields
    items = [Unit(**{name: getattr(row, name) for name in names}) for row in rows[:limit]]
    return Page(items=items, next=more)
