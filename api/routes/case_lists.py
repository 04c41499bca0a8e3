"""Lists of cases: pages by filter, points for the map, a board by state."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.caching import answer_with_etag
from api.case_filters import AskedCases, AskedState, filter_of, states_of
from api.case_views import CaseBrief, Severity, brief
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import problem_responses
from api.list_steps import BoardCase, with_actions
from api.paging import Page, cursor_of, key_of, unknown_cursor
from api.shapes import BboxText, read_bbox
from casework.states import OPEN, STATES, State
from data.case_counts import count_cases
from data.case_filter import CaseFilter
from data.case_lists import MOST_POINTS, Sort, case_points, list_cases

router = APIRouter(prefix="/api/v1/cases", tags=["cases"], responses=problem_responses(401, 403))


class AskedPage(AskedCases):
    """Which cases, in which order, and from where on."""

    sort: Sort = "-received"
    limit: int = Field(50, ge=1, le=200, description="Most items on a page.")
    cursor: str | None = Field(
        None, max_length=400, description="`next` of the page before; none: the first."
    )


class AskedBoard(AskedCases):
    """Which cases stand on the board; `state` asks for one column alone."""

    limit: int = Field(20, ge=1, le=100, description="Most items in a column.")


class BoardColumn(BaseModel):
    """The cases of one state, those whose deadline is nearest or longest past first."""

    state: State
    count: int
    more: bool = Field(description="There are more than `count`, which nobody counted.")
    items: list[BoardCase]


class Board(BaseModel):
    """Open cases by state, in the order of their course."""

    columns: list[BoardColumn]


class Points(BaseModel):
    """Cases as columns: the i-th entry of each belongs to the i-th case."""

    count: int
    truncated: bool = Field(description="There are more; the newest are here.")
    id: list[UUID]
    lon: list[float]
    lat: list[float]
    state: list[State]
    severity: list[Severity]
    overdue: list[Literal[0, 1]]
    category_id: list[int]


@router.get("", responses=problem_responses(422))
def cases(
    *, caller: CurrentCaller, tx: Tx, at: Now, asked: Annotated[AskedPage, Query()]
) -> Page[CaseBrief]:
    """List the cases the caller may see."""
    sort, limit = asked.sort, asked.limit
    rows = list_cases(
        tx,
        scope_for(caller, "case:read"),
        filter_of(tx, caller, at, asked),
        sort=sort,
        limit=limit + 1,
        after=_after(asked.cursor, sort),
    )
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        moment = last.deadline_at if sort == "deadline" else last.received_at
        following = cursor_of(sort, "" if moment is None else moment.isoformat(), str(last.id))
    return Page(items=[brief(row) for row in rows[:limit]], next=following)


def _after(cursor: str | None, sort: Sort) -> tuple[datetime | None, UUID] | None:
    key = key_of(cursor, str, str, str)
    if key is None:
        return None
    try:
        if key[0] == sort:
            moment = datetime.fromisoformat(str(key[1])) if key[1] else None
            return moment, UUID(str(key[2]))
    except ValueError:
        pass
    raise unknown_cursor()


@router.get("/board", responses=problem_responses(422))
def board(
    *, caller: CurrentCaller, tx: Tx, at: Now, asked: Annotated[AskedBoard, Query()]
) -> Board:
    """Lay the open cases out by state, each with what the caller may do with it now.

    Of each column only the first cases are read, and it is counted up to 1,000.
    """
    scope = scope_for(caller, "case:read")
    wanted = states_of(asked.state)
    shown = [state for state in STATES if state in OPEN and (wanted is None or state in wanted)]
    apart = filter_of(tx, caller, at, asked.model_copy(update={"state": None}))
    filters = [replace(apart, states=[state]) for state in shown]
    pages = [list_cases(tx, scope, one, sort="deadline", limit=asked.limit) for one in filters]
    told = with_actions(tx, caller, [row for page in pages for row in page], at)
    return Board(
        columns=[
            BoardColumn(
                state=state,
                count=counted.count,
                more=counted.more,
                items=[told[row.id] for row in page],
            )
            for state, counted, page in zip(
                shown, count_cases(tx, scope, filters), pages, strict=True
            )
        ]
    )


@router.get("/points", response_model=Points, responses=problem_responses(422))
def points(
    *,
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    bbox: BboxText = None,
    state: AskedState = "open",
    category_id: int | None = None,
    from_: Annotated[date | None, Query(alias="from", description="First day received.")] = None,
    to: Annotated[date | None, Query(description="Last day received.")] = None,
) -> Response:
    """Give cases as columns for the map, the newest 20,000 at most; with ETag."""
    asked = CaseFilter(
        states=states_of(state),
        category_id=category_id,
        bbox=read_bbox(bbox),
        from_day=from_,
        to_day=to,
    )
    rows = case_points(tx, scope_for(caller, "case:read"), asked)
    shown = rows[:MOST_POINTS]
    told = Points(
        count=len(shown),
        truncated=len(rows) > len(shown),
        id=[row.id for row in shown],
        lon=[row.lon for row in shown],
        lat=[row.lat for row in shown],
        state=[row.state for row in shown],
        severity=[row.severity for row in shown],
        overdue=[int(row.overdue) for row in shown],
        category_id=[row.category_id for row in shown],
    )
    return answer_with_etag(request, told)
