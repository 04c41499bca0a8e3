"""What a district calls things: its kinds of hazard, responsible units and areas."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.case_views import NamedRef, Severity
from api.errors import Problem, not_found, problem_responses
from api.operations import CurrentCommand
from api.routes.limits import Limit as TimeLimit
from api.whole_district import require_whole_district
from casework.deadlines import Limit
from casework.limits import LimitRule
from data.areas import area_path, name_area
from data.categories import (
    NewCategory,
    add_category,
    add_unit,
    change_category,
    change_unit,
)
from data.limits import put_limit

router = APIRouter(prefix="/api/v1", tags=["district"], responses=problem_responses(401, 403, 422))
MANAGE = "district:manage"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Za-z.-]{1,20}$")]


class KindWords(BaseModel):
    """What of a kind of hazard may change; cases keep theirs whatever it is called."""

    name: Name = Field(examples=["暴露垃圾"])
    name_en: Name = Field(examples=["Exposed rubbish"])
    severity: Severity
    active: bool = Field(True, description="Offered when something is reported.")


class NewKind(KindWords):
    """A kind of hazard of the district's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "standard": "本地",
                    "kind": "matter",
                    "code": "90001",
                    "name": "河道漂浮物",
                    "name_en": "Floating rubbish in a river",
                    "severity": "blue",
                    "limit": {"clock": "working-days", "amount": 2},
                }
            ]
        }
    )

    standard: Name = Field(description="Codes repeat between standards.", examples=["本地"])
    kind: Literal["component", "matter"]
    code: Code = Field(examples=["90001"])
    limit: TimeLimit | None = Field(
        None, description="How long putting it right may take; none: as its severity says."
    )


class NewUnit(BaseModel):
    """A responsible unit."""

    name: Name = Field(examples=["环卫所"])
    name_en: Name | None = Field(None, examples=["Sanitation office"])
    area_id: int = Field(description="Where it works.")


class UnitWords(BaseModel):
    """What a unit or an area is called."""

    name: Name
    name_en: Name | None = None


@router.post(
    "/categories", response_model=NamedRef, status_code=201, responses=problem_responses(409)
)
def add_kind(body: NewKind, command: CurrentCommand) -> Response:
    """Add a kind of hazard."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    new = NewCategory(**body.model_dump(exclude={"limit"}))
    category_id = add_category(tx, caller.district_id, new)
    if category_id is None:
        raise Problem(
            409,
            "category-there",
            "There is a kind of this standard, group and code already: change that one.",
            params={"code": body.code},
        )
    if body.limit is not None:
        limit = Limit(body.limit.clock, body.limit.amount)
        put_limit(tx, caller.district_id, LimitRule("handle", limit, category_id))
    return command.keep(NamedRef(id=category_id, name=body.name), 201)


@router.post("/categories/{category_id}", response_model=NamedRef, responses=problem_responses(404))
def change_kind(category_id: int, body: KindWords, command: CurrentCommand) -> Response:
    """Change what a kind is called and how severe it is, or offer it no longer."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    if not change_category(tx, caller.district_id, category_id, **body.model_dump()):
        raise not_found("category")
    return command.keep(NamedRef(id=category_id, name=body.name))


@router.post(
    "/units", response_model=NamedRef, status_code=201, responses=problem_responses(404, 409)
)
def make_unit(body: NewUnit, command: CurrentCommand) -> Response:
    """Add a responsible unit."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    if area_path(tx, caller.district_id, body.area_id) is None:
        raise not_found("area")
    unit_id = add_unit(tx, caller.district_id, body.area_id, body.name, body.name_en)
    if unit_id is None:
        raise _unit_there(body.name)
    return command.keep(NamedRef(id=unit_id, name=body.name), 201)


@router.post("/units/{unit_id}", response_model=NamedRef, responses=problem_responses(404, 409))
def rename_unit(unit_id: int, body: UnitWords, command: CurrentCommand) -> Response:
    """Call a unit something else."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    changed = change_unit(tx, caller.district_id, unit_id, body.name, body.name_en)
    if changed is None:
        raise _unit_there(body.name)
    if not changed:
        raise not_found("unit")
    return command.keep(NamedRef(id=unit_id, name=body.name))


@router.post("/areas/{area_id}", response_model=NamedRef, responses=problem_responses(404))
def rename_area(area_id: int, body: UnitWords, command: CurrentCommand) -> Response:
    """Call an area something else; its code and outline come from the import of areas."""
    tx, caller = command.tx, command.caller
    caller.require(MANAGE)
    path = area_path(tx, caller.district_id, area_id)
    if path is None or not caller.may(MANAGE, path):
        raise not_found("area")
    name_area(tx, caller.district_id, area_id, name=body.name, name_en=body.name_en, at=command.at)
    return command.keep(NamedRef(id=area_id, name=body.name))


def _unit_there(name: str) -> Problem:
    return Problem(
        409, "unit-there", "There is a unit of this name already.", params={"name": name}
    )
