"""Triage 待归格: open cases in no grid, with the places where they may lie."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.case_views import CaseBrief, brief, ref
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import problem_responses
from api.paging import Cursor, Limit, cursor_of, moment_of
from api.shapes import Ref
from casework.states import OPEN
from data.case_candidates import candidates_of, count_waiting
from data.case_filter import CaseFilter
from data.case_lists import descriptions_of, list_cases
from data.layers import district_today

router = APIRouter(prefix="/api/v1/triage", tags=["cases"], responses=problem_responses(401, 403))


class Likely(BaseModel):
    """A place where a case may lie."""

    kind: str = Field(description="building, address, place, pole, road, crossing or area.")
    label: str
    lon: float = Field(description="Degrees, WGS 84.")
    lat: float
    score: float = Field(ge=0, le=1)
    precision_m: float = Field(description="How far from the point the place may lie.")
    grid: Ref | None = Field(description="The grid in force that holds it.")


class Waiting(BaseModel):
    """A case that waits for its place, the likeliest places first."""

    case: CaseBrief
    description: str | None
    candidates: list[Likely]


class Triage(BaseModel):
    """Cases that wait, the newest first."""

    items: list[Waiting]
    total: int
    next: str | None = None


@router.get("", responses=problem_responses(422))
def triage(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    limit: Annotated[Limit, Query()] = 20,
    cursor: Cursor = None,
) -> Triage:
    """List the open cases in no grid that the caller may see, with where they may lie."""
    scope = scope_for(caller, "case:read")
    rows = list_cases(
        tx,
        scope,
        CaseFilter(states=sorted(OPEN), triage=True),
        sort="-received",
        limit=limit + 1,
        after=moment_of(cursor),
    )
    page = rows[:limit]
    ids = [row.id for row in page]
    likely = candidates_of(tx, scope.district_id, ids, district_today(tx, scope.district_id, at))
    said = descriptions_of(tx, scope.district_id, ids)
    return Triage(
        items=[
            Waiting(
                case=brief(row),
                description=said.get(row.id),
                candidates=[
                    Likely(
                        kind=one.kind,
                        label=one.label,
                        lon=one.lon,
                        lat=one.lat,
                        score=one.score,
                        precision_m=one.precision_m,
                        grid=None
                        if one.grid is None
                        else ref(one.grid.grid_id, one.grid.code, one.grid.name),
                    )
                    for one in likely.get(row.id, [])
                ],
            )
            for row in page
        ],
        total=count_waiting(tx, scope),
        next=cursor_of(page[-1].received_at.isoformat(), str(page[-1].id))
        if len(rows) > limit
        else None,
    )
