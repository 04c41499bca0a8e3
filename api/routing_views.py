"""What the API tells of routing rules and of where they send a case."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Row

from api.case_views import NamedRef, Severity, ref
from api.shapes import Ref


class RoutingRule(BaseModel):
    """A rule: conditions, all of which must hold, and the unit or the queue it names."""

    id: int
    name: str = Field(examples=["市容类归环卫"])
    codes: list[str] = Field(
        description="Category codes, any of them; with * at its end all that begin so. None: any.",
        examples=[["06*", "07001"]],
    )
    area: Ref | None = Field(description="Here or below; null: anywhere.")
    severities: list[Severity] = Field(description="Any of them; none: any.")
    owner: str | None = Field(description="Whose the thing is 权属.")
    unit: NamedRef | None
    queue: str | None = Field(description="For matters nobody owns.", examples=["无头事项"])
    active: bool
    cases: int = Field(description="Cases of the last 30 days that it sent on and are still open.")
    changed_at: AwareDatetime


class RoutingRules(BaseModel):
    """All rules in their order: the first that fits decides."""

    items: list[RoutingRule]


class Why(BaseModel):
    """Which conditions of the rule were met; null: the rule does not ask for it."""

    category: str | None = Field(None, description="The code, or beginning*, that fitted.")
    area: str | None = Field(None, description="Name of the area it asks for.")
    severity: Severity | None = None
    owner: str | None = None


class Suggestion(BaseModel):
    """Where the rules send a matter, and why."""

    rule_id: int
    rule_name: str
    unit: NamedRef | None
    queue: str | None
    why: Why


class Trial(BaseModel):
    """Which rule would fire."""

    suggestion: Suggestion | None = Field(description="Null: no rule fits.")


class Queue(BaseModel):
    """A queue of matters nobody owns."""

    name: str
    cases: int = Field(description="Open ones that no unit is charged with yet.")
    oldest_at: AwareDatetime | None


class Queues(BaseModel):
    """All queues."""

    items: list[Queue]


def rule_told(row: Row[Any]) -> RoutingRule:
    """A rule, from a row of `routing_rules.sql`."""
    return RoutingRule(
        id=row.id,
        name=row.name,
        codes=row.codes,
        area=ref(row.area_id, row.area_code, row.area_name),
        severities=row.severities,
        owner=row.owner,
        unit=named(row.unit_id, row.unit_name),
        queue=row.queue,
        active=row.active,
        cases=row.cases,
        changed_at=row.changed_at,
    )


def suggestion_told(row: Row[Any] | None) -> Suggestion | None:
    """Where the rules sent a case, from `data.routing.read_route`."""
    if row is None or row.rule_id is None:
        return None
    return Suggestion(
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        unit=named(row.unit_id, row.unit_name),
        queue=row.queue,
        why=Why(**{**row.why, "area": row.area_name}),
    )


def named(thing_id: int | None, name: str | None) -> NamedRef | None:
    """A thing by its id and name; None where there is none."""
    return None if thing_id is None else NamedRef(id=thing_id, name=name or "")
