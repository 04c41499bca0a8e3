"""What the duty officer's desk tells: urgent and new cases, who was told, calls and promises."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection, Row

from api.case_views import ActorRef, CaseBrief, NamedRef, Severity, brief
from api.routing_views import Suggestion, named, suggestion_told
from api.shapes import Ref
from casework.states import State
from data.duty_alerts import list_alerts
from data.duty_calls import open_promises
from data.duty_page import duty_counts, incoming_cases, routes_of, urgent_cases
from data.handovers import is_intact
from data.scope import Scope

Outcome = Literal["reached", "no-answer", "engaged"]


class Alert(BaseModel):
    """That somebody on call was told of a case; neither account nor post: there was nobody."""

    turn: int
    unit: NamedRef
    account: ActorRef | None
    post: str | None
    desk_number: str | None
    at: AwareDatetime


class DeskCase(BaseModel):
    """A case on the desk, with who was told of it and where the rules send it."""

    case: CaseBrief
    alerts: list[Alert] = Field(description="Since its unit was last charged, first to last.")
    suggestion: Suggestion | None


class DutyCall(BaseModel):
    """A telephone call about a case."""

    id: UUID
    case_id: UUID
    number: str
    category: str
    category_en: str
    severity: Severity
    state: State
    unit: NamedRef | None
    post: str = Field(description="Whom one spoke to, by office.")
    desk_number: str | None
    outcome: Outcome
    said: str
    promised_by: AwareDatetime | None
    called_at: AwareDatetime
    logged_by: ActorRef | None
    settled_at: AwareDatetime | None


class DutyCounts(BaseModel):
    """How much there is."""

    open: int
    overdue: int
    incoming: int = Field(description="Came in since.")
    closed: int = Field(description="Struck off since.")


class DutyPage(BaseModel):
    """What is before the duty officer, and what is handed over at the end of a shift."""

    area: NamedRef
    since: AwareDatetime
    as_of: AwareDatetime
    counts: DutyCounts
    urgent: list[DeskCase] = Field(description="Still to be put right, by deadline.")
    incoming: list[DeskCase] = Field(description="The newest first.")
    promises: list[DutyCall] = Field(description="Not settled, the nearest first.")


class CaseDuty(BaseModel):
    """What duty has to do with a case: why this unit, who was told, who was telephoned."""

    owner: str | None = Field(description="Whose the thing is 权属.")
    suggestion: Suggestion | None
    alerts: list[Alert]
    calls: list[DutyCall] = Field(description="The newest first.")


class HandoverBrief(BaseModel):
    """A shift handed over."""

    id: UUID
    area: Ref
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    notes: str
    signed_by: ActorRef
    signed_at: AwareDatetime
    acknowledged_by: ActorRef | None
    acknowledged_at: AwareDatetime | None
    remarks: str | None
    digest: str = Field(description="SHA-256 of what was signed.")


class Handover(HandoverBrief):
    """A shift handed over, with the page as it stood."""

    page: DutyPage
    intact: bool = Field(description="Whether it is what was signed.")


def duty_page(
    connection: Connection, scope: Scope, area: NamedRef, since: datetime, at: datetime
) -> DutyPage:
    """What is on the desk for an area, at this moment."""
    urgent, incoming = urgent_cases(connection, scope), incoming_cases(connection, scope, since)
    both = [row.id for row in (*urgent, *incoming)]
    alerts = alerts_told(list_alerts(connection, scope.district_id, both))
    routes = {row.case_id: row for row in routes_of(connection, scope.district_id, both)}

    def told(rows: Sequence[Row[Any]]) -> list[DeskCase]:
        return [
            DeskCase(
                case=brief(row),
                alerts=alerts.get(row.id, []),
                suggestion=suggestion_told(routes.get(row.id)),
            )
            for row in rows
        ]

    counts = duty_counts(connection, scope, since)
    return DutyPage(
        area=area,
        since=since,
        as_of=at,
        counts=DutyCounts.model_validate(counts, from_attributes=True),
        urgent=told(urgent),
        incoming=told(incoming),
        promises=[call_told(row) for row in open_promises(connection, scope)],
    )


def alerts_told(rows: Iterable[Row[Any]]) -> dict[UUID, list[Alert]]:
    """Who was told of each case since its unit was last charged."""
    last: dict[UUID, int] = {}
    told: dict[UUID, list[Alert]] = {}
    for row in rows:
        if last.get(row.case_id) != row.charged_seq:
            last[row.case_id] = row.charged_seq
            told[row.case_id] = []
        told[row.case_id].append(
            Alert(
                turn=row.turn,
                unit=NamedRef(id=row.unit_id, name=row.unit_name),
                account=actor(row.account_id, row.display_name),
                post=row.post,
                desk_number=row.desk_number,
                at=row.at,
            )
        )
    return told


def call_told(row: Row[Any]) -> DutyCall:
    """A call, from a row of `duty_calls.sql`."""
    return DutyCall(
        id=row.id,
        case_id=row.case_id,
        number=row.number,
        category=row.category_name,
        category_en=row.category_name_en,
        severity=row.severity,
        state=row.state,
        unit=named(row.unit_id, row.unit_name),
        post=row.post,
        desk_number=row.desk_number,
        outcome=row.outcome,
        said=row.said,
        promised_by=row.promised_by,
        called_at=row.called_at,
        logged_by=actor(row.logged_by, row.logged_name),
        settled_at=row.settled_at,
    )


def handover_brief(row: Row[Any]) -> HandoverBrief:
    """A hand-over without its page, from a row of `handovers.sql`."""
    return HandoverBrief(**_handover(row))


def handover_told(row: Row[Any]) -> Handover:
    """A hand-over with its page."""
    page = DutyPage.model_validate(row.page)
    return Handover(**_handover(row), page=page, intact=is_intact(row))


def _handover(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "area": Ref(id=row.area_id, code=row.area_code, name=row.area_name),
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "notes": row.notes,
        "signed_by": ActorRef(id=row.signed_by, display_name=row.signed_name or ""),
        "signed_at": row.signed_at,
        "acknowledged_by": actor(row.acknowledged_by, row.acknowledged_name),
        "acknowledged_at": row.acknowledged_at,
        "remarks": row.remarks,
        "digest": row.digest.hex(),
    }


def actor(account_id: UUID | None, name: str | None) -> ActorRef | None:
    """Who somebody is; None where nobody is meant."""
    return None if account_id is None else ActorRef(id=account_id, display_name=name or "")
