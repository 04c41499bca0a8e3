"""Filters of lists of cases that the caller keeps or his unit shares, and counts beside them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Row

from api.case_filters import AskedCases, today_for
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from data import saved_filters as store
from data.case_counts import Counted, count_cases
from data.case_lists import Sort
from data.saved_filters import MOST_FILTERS, Kept, SavedFilterError

router = APIRouter(
    prefix="/api/v1/saved-filters", tags=["cases"], responses=problem_responses(401, 403, 422)
)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
BuiltInName = Literal["mine", "overdue", "check", "extension", "nobodys", "called"]
ListColumn = Literal[
    "number",
    "severity",
    "category",
    "address",
    "area",
    "grid",
    "unit",
    "state",
    "source",
    "deadline",
    "received",
    "photos",
    "external_number",
]
USUAL: tuple[ListColumn, ...] = (
    *("number", "severity", "category", "address", "unit", "state", "deadline", "received"),
)
# Filters that everybody finds there, and the permission without which one has no use for it.
BUILT_IN: dict[BuiltInName, tuple[AskedCases, str]] = {
    "mine": (AskedCases(mine=True), "case:read"),
    "overdue": (AskedCases(overdue=True), "case:read"),
    "check": (AskedCases(state="handled"), "case:verify"),
    "extension": (AskedCases(state="charged", extension=True), "case:grant-extension"),
    "nobodys": (AskedCases(nobodys=True), "case:dispatch"),
    "called": (AskedCases(state="open", called=True), "case:report-in"),
}


class FilterIn(BaseModel):
    """A filter as it is to be kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "西街超期", "asked": {"overdue": True}, "sort": "deadline"}]
        }
    )

    name: Name
    asked: AskedCases
    sort: Sort = "deadline"
    columns: list[ListColumn] = Field(list(USUAL), min_length=1, max_length=20)
    shared: bool = Field(False, description="Everybody of the caller's unit may use it too.")


class SavedFilter(BaseModel):
    """A filter that is kept."""

    id: int
    name: str
    asked: AskedCases
    sort: Sort
    columns: list[ListColumn]
    shared: bool
    own: bool = Field(description="False: another of the unit shares it; it is only to be used.")
    owner_name: str


class BuiltInFilter(BaseModel):
    """A filter that everybody finds there."""

    name: BuiltInName
    asked: AskedCases
    sort: Sort


class SavedFilters(BaseModel):
    """The filters of the caller, his own in his order first."""

    built_in: list[BuiltInFilter]
    items: list[SavedFilter]
    may_share: bool = Field(description="The caller belongs to a unit.")


class FilterOrder(BaseModel):
    """The ids of all one's own filters, the first first."""

    ids: list[int] = Field(max_length=MOST_FILTERS)


class FilterRemoved(BaseModel):
    """What was taken away."""

    id: int


class FilterCount(BaseModel):
    """How many cases a filter finds."""

    key: str = Field(description="Name of one that everybody finds there, or id.")
    count: int
    more: bool = Field(description="There are more than `count`, which nobody counted.")


class FilterCounts(BaseModel):
    """How many cases each filter finds."""

    items: list[FilterCount]


def _told(error: SavedFilterError) -> Problem:
    if error.code == "unknown":
        return not_found("filter")
    if error.code == "many":
        return Problem(
            409, "filters-too-many", f"There are {MOST_FILTERS} filters: take one away first."
        )
    return Problem(409, "filters-moved-on", "There are others now: load them again.")


def _built_in(caller: Caller) -> dict[BuiltInName, AskedCases]:
    return {
        name: asked
        for name, (asked, permission) in BUILT_IN.items()
        if caller.roles_for(permission) and (name != "called" or caller.unit_id is not None)
    }


@router.get("")
def saved_filters(caller: CurrentCaller, tx: Tx) -> SavedFilters:
    """List the filters of the caller and of his unit."""
    caller.require("case:read")
    rows = store.list_filters(tx, caller.district_id, caller.account_id, caller.unit_id)
    return _filters(caller, rows)


def _filters(caller: Caller, rows: Any) -> SavedFilters:
    return SavedFilters(
        built_in=[
            BuiltInFilter(name=name, asked=asked, sort="deadline")
            for name, asked in _built_in(caller).items()
        ],
        items=[_filter(row) for row in rows],
        may_share=caller.unit_id is not None,
    )


def _filter(row: Row[Any]) -> SavedFilter:
    return SavedFilter(
        id=row.id,
        name=row.name,
        asked=AskedCases.model_validate(row.asked),
        sort=row.sort,
        columns=row.columns,
        shared=row.unit_id is not None,
        own=row.own,
        owner_name=row.owner_name,
    )


@router.get("/counts")
def filter_counts(caller: CurrentCaller, tx: Tx, at: Now) -> FilterCounts:
    """Count the cases that each filter finds now, each up to 1,000."""
    scope = scope_for(caller, "case:read")
    rows = store.list_filters(tx, caller.district_id, caller.account_id, caller.unit_id)
    asked: dict[str, AskedCases] = dict(_built_in(caller).items())
    asked |= {str(row.id): AskedCases.model_validate(row.asked) for row in rows}
    today = today_for(tx, caller, at, asked.values())
    found = count_cases(tx, scope, [one.as_filter(caller, today) for one in asked.values()])
    return FilterCounts(
        items=[_count(key, one) for key, one in zip(asked, found, strict=True)],
    )


def _count(key: str, found: Counted) -> FilterCount:
    return FilterCount(key=key, count=found.count, more=found.more)


@router.post("", status_code=201, response_model=SavedFilters, responses=problem_responses(409))
def keep_filter(body: FilterIn, command: CurrentCommand) -> Response:
    """Keep a filter behind one's others."""
    caller = command.caller
    caller.require("case:read")
    try:
        store.add_filter(
            command.tx, caller.district_id, caller.account_id, _kept(body, caller), command.at
        )
    except SavedFilterError as error:
        raise _told(error) from error
    return _all(command, 201)


@router.post("/order", response_model=SavedFilters, responses=problem_responses(409))
def order_filters(body: FilterOrder, command: CurrentCommand) -> Response:
    """Put all one's own filters into an order in one step."""
    caller = command.caller
    try:
        store.order_filters(command.tx, caller.district_id, caller.account_id, body.ids)
    except SavedFilterError as error:
        raise _told(error) from error
    return _all(command)


@router.post("/{filter_id}/change", response_model=SavedFilters, responses=problem_responses(404))
def change_filter(filter_id: int, body: FilterIn, command: CurrentCommand) -> Response:
    """Keep one's own filter anew in its place, under another name, shared or no longer."""
    caller = command.caller
    kept = _kept(body, caller)
    try:
        store.change_filter(
            command.tx,
            caller.district_id,
            caller.account_id,
            filter_id,
            kept=kept,
            at=command.at,
        )
    except SavedFilterError as error:
        raise _told(error) from error
    return _all(command)


@router.post("/{filter_id}/remove", response_model=FilterRemoved, responses=problem_responses(404))
def remove_filter(filter_id: int, command: CurrentCommand) -> Response:
    """Take one's own filter away."""
    caller = command.caller
    try:
        store.remove_filter(command.tx, caller.district_id, caller.account_id, filter_id)
    except SavedFilterError as error:
        raise _told(error) from error
    return command.keep(FilterRemoved(id=filter_id))


def _kept(body: FilterIn, caller: Caller) -> Kept:
    if body.shared and caller.unit_id is None:
        raise invalid("/shared", "no-unit", "Only who belongs to a unit shares with it.")
    return Kept(
        name=body.name,
        asked=body.asked.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        sort=body.sort,
        columns=list(dict.fromkeys(body.columns)),
        unit_id=caller.unit_id if body.shared else None,
    )


def _all(command: Command, status: int = 200) -> Response:
    caller = command.caller
    rows = store.list_filters(command.tx, caller.district_id, caller.account_id, caller.unit_id)
    return command.keep(_filters(caller, rows), status)
