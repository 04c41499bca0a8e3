"""Indicators of places and units: what was due, what was done, and what in time."""

from datetime import date, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.case_views import NamedRef
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import invalid, not_found, problem_responses
from casework.indicators import Counts, Grade, Rate, grade, rates
from data.areas import area_path
from data.indicators import Asked, Counted, count_indicators

router = APIRouter(prefix="/api/v1", tags=["indicators"], responses=problem_responses(401, 403))
LONGEST_DAYS: Final = 366


class Indicator(BaseModel):
    """A share of what was due."""

    rate: Rate
    percent: float | None = Field(description="Two decimals; null: nothing was due.")
    grade: Grade | None = Field(
        description="A from 90, B from 75, C from 60, D from 40 per cent; of what should be much."
    )


class Indicators(BaseModel):
    """The counts and rates of one area, unit or category; `of` is null for all, or for none."""

    of: NamedRef | None
    counts: Counts
    rates: list[Indicator]


class Period(BaseModel):
    """Cases reported from the first day to the last, as they stand now."""

    first: date
    last: date
    by: Literal["all", "area", "unit", "category"]
    items: list[Indicators]


@router.get("/indicators", responses=problem_responses(404, 422))
def indicators(
    *,
    caller: CurrentCaller,
    tx: Tx,
    now: Now,
    first: Annotated[date, Query(description="First day, in the district's time.")],
    last: Annotated[date, Query(description="Last day.")],
    by: Literal["all", "area", "unit", "category"] = "all",
    area_id: Annotated[int | None, Query(description="Within this area.")] = None,
    unit_id: Annotated[int | None, Query(description="Charged to this unit.")] = None,
) -> Period:
    """Tell how cases reported in a period were dealt with; of places and units, never of people."""
    scope = scope_for(caller, "case:read")
    if not timedelta() <= last - first < timedelta(days=LONGEST_DAYS):
        raise invalid("/last", "period", "Ask for a period of one day to a year.")
    path = None
    if area_id is not None:
        path = area_path(tx, caller.district_id, area_id)
        if path is None:
            raise not_found("area")
    asked = Asked(first, last, by, path, unit_id)
    counted = count_indicators(tx, scope, asked, now)
    return Period(first=first, last=last, by=by, items=[_told(one) for one in counted])


def _told(one: Counted) -> Indicators:
    shares = [
        Indicator(
            rate=rate, percent=None if share is None else float(share), grade=grade(rate, share)
        )
        for rate, share in rates(one.counts).items()
    ]
    of = None if one.named is None else NamedRef(id=one.named.id, name=one.named.name)
    return Indicators(of=of, counts=one.counts, rates=shares)
