"""Which unit a matter goes to: rules in an order, tried before they are believed."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import Connection

from api.case_views import Severity
from api.context import CurrentCaller, Now, Tx
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from api.routing_views import (
    Queue,
    Queues,
    RoutingRule,
    RoutingRules,
    Suggestion,
    Trial,
    Why,
    named,
    rule_told,
)
from casework.routing import Matter, Routed, owners_asked
from data import routing as store
from data.areas import area_path, district_root
from data.cases import find_case
from data.duty_settings import DutySettings, duty_settings, set_duty
from data.routing import MOST_RULES, NewRule, RoutingError

router = APIRouter(
    prefix="/api/v1", tags=["routing"], responses=problem_responses(401, 403, 404, 422)
)
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,20}\*?$|^\*$")]


class RuleIn(BaseModel):
    """A rule as it is to be: conditions left out ask nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "市容类归环卫", "codes": ["06*"], "unit_id": 3},
                {"name": "没有规则的", "queue": "无头事项"},
            ]
        }
    )

    name: Line
    codes: list[Code] = Field([], max_length=60)
    area_id: int | None = None
    severities: list[Severity] = Field([], max_length=3)
    owner: Line | None = None
    unit_id: int | None = None
    queue: Line | None = None
    active: bool = True

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.unit_id is None) == (self.queue is None):
            raise ValueError("give unit_id or queue, one of them")
        return self

    def as_rule(self) -> NewRule:
        """As it is kept."""
        return NewRule(
            name=self.name,
            codes=tuple(dict.fromkeys(self.codes)),
            area_id=self.area_id,
            severities=tuple(dict.fromkeys(self.severities)),
            owner=self.owner,
            unit_id=self.unit_id,
            queue=self.queue,
            active=self.active,
        )


class RuleOrder(BaseModel):
    """The ids of all rules, the first first."""

    ids: list[int] = Field(max_length=MOST_RULES)


class Facts(BaseModel):
    """What the rules are tried with: a case, or facts."""

    case_id: UUID | None = Field(None, description="Its facts; the others are not asked.")
    category_id: int | None = None
    severity: Severity = "blue"
    area_id: int | None = Field(None, description="None: the whole district.")
    owner: Line | None = None


class Removed(BaseModel):
    """What was taken away."""

    id: int


class Owners(BaseModel):
    """Owners of things 权属 that the rules ask for; empty: they need not be known."""

    items: list[str] = Field(examples=[["供电公司"]])


class DutySetting(BaseModel):
    """How duty works in the district."""

    dispatched: list[Severity] = Field(
        max_length=3,
        description="Cases of these severities go to the unit that the rules name by themselves.",
    )
    urgent: list[Severity] = Field(
        max_length=3, description="Whoever is on call is told of these at once."
    )
    patience_minutes: int = Field(
        ge=1, le=240, description="Not accepted after so many minutes: the next is told."
    )


def _told(error: RoutingError) -> Problem:
    pointers = {"area": "/area_id", "unit": "/unit_id", "category": "/codes"}
    if error.code in pointers:
        return invalid(pointers[error.code], "unknown", f"No such {error.code}.")
    if error.code == "unknown":
        return not_found("rule")
    if error.code == "many":
        return Problem(409, "rules-too-many", f"There are {MOST_RULES} rules: take one away first.")
    return Problem(
        409, "rules-moved-on", "Somebody else added or removed a rule meanwhile: load them again."
    )


def _require_all(tx: Connection, caller: Caller, permission: str) -> None:
    """Rules and settings hold for the whole district, so the right to it must too."""
    root = district_root(tx, caller.district_id)
    caller.require(permission)
    caller.require_at(permission, root, what="district")


@router.get("/routing/rules")
def routing_rules(caller: CurrentCaller, tx: Tx, at: Now) -> RoutingRules:
    """List the rules in their order, with how many cases each sent on."""
    caller.require("routing:read")
    rows = store.list_rules(tx, caller.district_id, at)
    return RoutingRules(items=[rule_told(row) for row in rows])


@router.post(
    "/routing/rules",
    status_code=201,
    response_model=RoutingRule,
    responses=problem_responses(409),
)
def add_rule(body: RuleIn, command: CurrentCommand) -> Response:
    """Add a rule behind the others."""
    tx, caller = command.tx, command.caller
    _require_all(tx, caller, "routing:write")
    try:
        rule_id = store.add_rule(
            tx, caller.district_id, body.as_rule(), by=caller.account_id, at=command.at
        )
    except RoutingError as error:
        raise _told(error) from error
    return command.keep(_rule(command, rule_id), 201)


@router.post("/routing/rules/order", response_model=RoutingRules, responses=problem_responses(409))
def order_rules(body: RuleOrder, command: CurrentCommand) -> Response:
    """Put all rules into an order in one step."""
    tx, caller = command.tx, command.caller
    _require_all(tx, caller, "routing:write")
    try:
        store.order_rules(tx, caller.district_id, body.ids)
    except RoutingError as error:
        raise _told(error) from error
    rows = store.list_rules(tx, caller.district_id, command.at)
    return command.keep(RoutingRules(items=[rule_told(row) for row in rows]))


@router.post("/routing/rules/{rule_id}/change", response_model=RoutingRule)
def change_rule(rule_id: int, body: RuleIn, command: CurrentCommand) -> Response:
    """Keep a rule anew in its place, or switch it off; cases it sent on stay where they are."""
    tx, caller = command.tx, command.caller
    _require_all(tx, caller, "routing:write")
    try:
        store.change_rule(
            tx, caller.district_id, rule_id, body.as_rule(), by=caller.account_id, at=command.at
        )
    except RoutingError as error:
        raise _told(error) from error
    return command.keep(_rule(command, rule_id))


@router.post("/routing/rules/{rule_id}/remove", response_model=Removed)
def remove_rule(rule_id: int, command: CurrentCommand) -> Response:
    """Take a rule away."""
    _require_all(command.tx, command.caller, "routing:write")
    try:
        store.remove_rule(command.tx, command.caller.district_id, rule_id)
    except RoutingError as error:
        raise _told(error) from error
    return command.keep(Removed(id=rule_id))


def _rule(command: Command, rule_id: int) -> RoutingRule:
    caller = command.caller
    rows = store.list_rules(command.tx, caller.district_id, command.at, rule_id=rule_id)
    return rule_told(rows[0])


@router.get("/routing/trial")
def try_rules(*, caller: CurrentCaller, tx: Tx, at: Now, facts: Annotated[Facts, Query()]) -> Trial:
    """Tell which rule would fire now, for a case or for facts; nothing is changed."""
    caller.require("routing:read")
    asked: UUID | Matter
    if facts.case_id is not None:
        stored = find_case(tx, caller.district_id, facts.case_id)
        if stored is None or caller.actor_in(stored) is None:
            raise not_found("case")
        asked = facts.case_id
    else:
        asked = _matter(tx, caller, facts)
    routed = store.route_case(tx, caller.district_id, asked)
    return Trial(suggestion=None if routed is None else _suggestion(tx, caller, routed, at))


def _matter(tx: Connection, caller: Caller, facts: Facts) -> Matter:
    wanted = facts.category_id or 0
    known = store.codes_of(tx, caller.district_id, {wanted})
    if wanted not in known:
        raise invalid("/category_id", "unknown", "No such category.")
    if facts.area_id is None:
        path: str | None = district_root(tx, caller.district_id)
    else:
        path = area_path(tx, caller.district_id, facts.area_id)
    if path is None:
        raise invalid("/area_id", "unknown", "No such area.")
    return Matter(known[wanted], path, facts.severity, facts.owner)


def _suggestion(tx: Connection, caller: Caller, routed: Routed, at: Now) -> Suggestion:
    (row,) = store.list_rules(tx, caller.district_id, at, rule_id=routed.rule_id)
    why = dict(routed.why)
    if "area" in why:
        why["area"] = row.area_name
    return Suggestion(
        rule_id=routed.rule_id,
        rule_name=row.name,
        unit=named(row.unit_id, row.unit_name),
        queue=routed.queue,
        why=Why.model_validate(why),
    )


@router.get("/routing/owners")
def routing_owners(category_id: int, caller: CurrentCaller, tx: Tx) -> Owners:
    """Tell whose things the rules ask for in a category: who reports is then asked for it."""
    caller.require("case:report")
    known = store.codes_of(tx, caller.district_id, {category_id})
    if category_id not in known:
        raise not_found("category")
    rules = store.rules_of(tx, caller.district_id)
    return Owners(items=owners_asked(rules, known[category_id]))


@router.get("/routing/queues")
def routing_queues(caller: CurrentCaller, tx: Tx) -> Queues:
    """List the queues of matters nobody owns, with how many wait in each."""
    caller.require("routing:read")
    rows = store.list_queues(tx, caller.district_id)
    return Queues(
        items=[Queue(name=row.queue, cases=row.cases, oldest_at=row.oldest_at) for row in rows]
    )


@router.get("/duty/settings")
def duty_setting(caller: CurrentCaller, tx: Tx) -> DutySetting:
    """Tell how duty works: what is urgent, what is dispatched by itself, who waits how long."""
    caller.require("routing:read")
    return _setting(duty_settings(tx, caller.district_id))


@router.post("/duty/settings", response_model=DutySetting)
def change_duty(body: DutySetting, command: CurrentCommand) -> Response:
    """Set how duty works from now on."""
    tx, caller = command.tx, command.caller
    _require_all(tx, caller, "routing:write")
    settings = DutySettings(
        dispatched=tuple(dict.fromkeys(body.dispatched)),
        urgent=tuple(dict.fromkeys(body.urgent)),
        patience_minutes=body.patience_minutes,
    )
    set_duty(tx, caller.district_id, settings, by=caller.account_id, at=command.at)
    return command.keep(_setting(settings))


def _setting(settings: DutySettings) -> DutySetting:
    return DutySetting.model_validate(settings, from_attributes=True)
