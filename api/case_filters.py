"""How cases are asked for: the same words for lists, boards, saved filters and files."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.case_views import Severity, Source
from api.context import scope_for
from api.days import Day
from api.permissions import Caller
from api.shapes import read_bbox
from casework.states import OPEN, UNHANDLED, State
from data.case_filter import CaseFilter, Turn
from data.layers import district_today

# Besides single states, what they come to: on the list, still to be put right, in a unit's hands.
AskedState = Literal[State, "open", "all", "unhandled", "charged"]
_GROUPS: dict[str, list[str]] = {
    "open": sorted(OPEN),
    "unhandled": sorted(UNHANDLED),
    "charged": ["accepted", "dispatched"],
}


class AskedCases(BaseModel):
    """Which cases: every condition that is named must hold."""

    model_config = ConfigDict(populate_by_name=True)

    state: AskedState | None = Field(None, description="open, unhandled, charged: any of several.")
    category_id: int | None = None
    severity: Severity | None = None
    source: Source | None = None
    overdue: bool | None = None
    grid_id: int | None = None
    area_id: int | None = None
    unit_id: int | None = None
    triage: bool | None = Field(None, description="True: only those in no grid.")
    called: bool = Field(False, description="Only those to which your unit was called.")
    mine: bool = Field(False, description="Only those whose next step is yours.")
    nobodys: bool = Field(False, description="Only open ones that no unit is charged with.")
    returned: bool = Field(False, description="Only those that came back: returned or reworked.")
    extension: bool = Field(False, description="Only those for which more time is asked for.")
    bbox: Annotated[str | None, Field(description="west,south,east,north in WGS 84 degrees.")] = (
        None
    )
    from_: Day | None = Field(None, alias="from", description="First day received.")
    to: Day | None = Field(None, description="Last day received.")
    days: int | None = Field(
        None, ge=1, le=366, description="Received within so many days, today included."
    )
    due_days: int | None = Field(
        None, ge=0, le=31, description="To be put right by the end of today (0) or so much later."
    )
    q: str | None = Field(None, max_length=100, description="Number or address.")

    @property
    def needs_today(self) -> bool:
        """Whether it depends on which day it is."""
        return self.days is not None or self.due_days is not None

    def as_filter(self, caller: Caller, today: date | None) -> CaseFilter:
        """The same for the store and for this caller; `today` where it needs it."""
        asked = CaseFilter(
            states=states_of(self.state),
            category_id=self.category_id,
            severity=self.severity,
            source=self.source,
            overdue=self.overdue,
            grid_id=self.grid_id,
            area_id=self.area_id,
            unit_id=self.unit_id,
            triage=self.triage,
            bbox=read_bbox(self.bbox),
            from_day=self.from_,
            to_day=self.to,
            words=self.q or None,
            called=self.called,
            unowned=self.nobodys,
            returned=self.returned or None,
            extension_asked=self.extension or None,
            turn=turn_of(caller) if self.mine else None,
        )
        return asked if today is None else self._with_days(asked, today)

    def _with_days(self, asked: CaseFilter, today: date) -> CaseFilter:
        if self.days is not None:
            since = today - timedelta(days=self.days - 1)
            asked = replace(asked, from_day=max(since, self.from_ or since))
        if self.due_days is not None:
            asked = replace(asked, due_day=today + timedelta(days=self.due_days))
        return asked


def today_for(
    tx: Connection, caller: Caller, at: datetime, asked: Iterable[AskedCases]
) -> date | None:
    """The day in the caller's district, where any of the filters depends on it."""
    if not any(one.needs_today for one in asked):
        return None
    return district_today(tx, caller.district_id, at)


def filter_of(tx: Connection, caller: Caller, at: datetime, asked: AskedCases) -> CaseFilter:
    """A filter as the store knows it, at this moment and for this caller."""
    return asked.as_filter(caller, today_for(tx, caller, at, [asked]))


def states_of(asked: AskedState | None) -> list[str] | None:
    """The states that a word means; None: every one."""
    if asked is None or asked == "all":
        return None
    return _GROUPS.get(asked, [asked])


def turn_of(caller: Caller) -> Turn:
    """Where and for which unit the caller takes the next step."""

    def places(role: str) -> Caller:
        roles = tuple(one for one in caller.roles if one.name == role)
        return Caller(**{**vars(caller), "roles": roles})

    held = {role.name for role in caller.roles}
    return Turn(
        district_id=caller.district_id,
        account_id=caller.account_id,
        officer=scope_for(places("officer"), "case:read") if "officer" in held else None,
        commander=scope_for(places("commander"), "case:read") if "commander" in held else None,
        unit_id=caller.unit_id if "handler" in held else None,
    )
