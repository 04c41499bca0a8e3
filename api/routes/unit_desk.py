"""The desk of a responsible unit: what it is called to, what came in, what is due, what waits."""

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.case_views import NamedRef
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import invalid, problem_responses
from api.list_steps import BoardCase, with_actions
from api.permissions import Caller
from data.case_counts import count_cases
from data.case_filter import CaseFilter, Turn
from data.case_lists import list_cases
from data.categories import units_by_id
from data.layers import district_today

router = APIRouter(
    prefix="/api/v1/unit-desk", tags=["cases"], responses=problem_responses(401, 403, 422)
)
SectionName = Literal[
    "called", "incoming", "returned", "overdue", "today", "later", "extension", "suspended"
]
CHARGED: Final = ("accepted", "dispatched")


class DeskSection(BaseModel):
    """A part of the desk, by deadline; no case stands in two."""

    name: SectionName
    count: int
    more: bool = Field(description="There are more than `count`, which nobody counted.")
    items: list[BoardCase]


class UnitDesk(BaseModel):
    """What a unit has before it."""

    unit: NamedRef | None = Field(description="Null: the caller belongs to none and names none.")
    sections: list[DeskSection]


@router.get("")
def unit_desk(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    unit_id: Annotated[int | None, Query(description="None: the caller's own.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most items in a section.")] = 30,
) -> UnitDesk:
    """Lay out what a unit is charged with and called to, each case with what may be done now.

    `called`: it has not reported in yet. `incoming`: not accepted yet. `returned`: it came back,
    or had been returned before. `overdue`, `today`, `later`: accepted, by deadline. `extension`:
    more time is asked for. `suspended`: the clock stands.
    """
    scope = scope_for(caller, "case:read")
    wanted = caller.unit_id if unit_id is None else unit_id
    if wanted is None:
        return UnitDesk(unit=None, sections=[])
    known = units_by_id(tx, caller.district_id, [wanted])
    if not known:
        raise invalid("/unit_id", "unknown", "No such unit.")
    filters = sections_of(caller, wanted, district_today(tx, caller.district_id, at))
    pages = [list_cases(tx, scope, one, sort="deadline", limit=limit) for one in filters.values()]
    told = with_actions(tx, caller, [row for page in pages for row in page], at)
    counts = count_cases(tx, scope, list(filters.values()))
    return UnitDesk(
        unit=NamedRef(id=wanted, name=known[0].name),
        sections=[
            DeskSection(
                name=name,
                count=counted.count,
                more=counted.more,
                items=[told[row.id] for row in page],
            )
            for name, counted, page in zip(filters, counts, pages, strict=True)
        ],
    )


def sections_of(caller: Caller, unit_id: int, today: date) -> dict[SectionName, CaseFilter]:
    """The parts of a unit's desk, in the order in which they are looked at."""

    def held(
        states: tuple[str, ...],
        *,
        overdue: bool | None = None,
        returned: bool | None = False,
        due_day: date | None = None,
        due_after: date | None = None,
    ) -> CaseFilter:
        return CaseFilter(
            states=states,
            unit_id=unit_id,
            extension_asked=False,
            overdue=overdue,
            returned=returned,
            due_day=due_day,
            due_after=due_after,
        )

    return {
        "called": CaseFilter(
            turn=Turn(caller.district_id, caller.account_id, unit_id=unit_id, called_only=True)
        ),
        "incoming": held(("dispatched",)),
        "returned": held(CHARGED, returned=True),
        "overdue": held(("accepted",), overdue=True),
        "today": held(("accepted",), overdue=False, due_day=today),
        "later": held(("accepted",), overdue=False, due_after=today),
        "extension": CaseFilter(states=CHARGED, unit_id=unit_id, extension_asked=True),
        "suspended": CaseFilter(states=["suspended"], unit_id=unit_id),
    }
