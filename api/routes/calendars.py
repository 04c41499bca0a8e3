"""The working calendar: days of each year, hours of work, and what a deadline comes to."""

from datetime import date, time
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, UploadFile
from fastapi.responses import JSONResponse
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)
from sqlalchemy import Connection

from api.context import CurrentCaller, Now, Tx
from api.errors import Problem, invalid, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from api.whole_district import require_whole_district
from data import calendars as store
from data.calendar_lists import read_days
from data.imports.problems import ImportFileError
from data.layers import district_today
from data.report_lists.sheets import read_book
from data.watch import look_again

router = APIRouter(
    prefix="/api/v1/calendar", tags=["deadlines"], responses=problem_responses(401, 403, 422)
)
MANAGE = "calendar:manage"
MOST_LIST_BYTES = 1 << 20

YearNumber = Annotated[int, Path(ge=2000, le=2199)]
Clock = Annotated[
    time,
    PlainSerializer(lambda hour: f"{hour:%H:%M}", return_type=str),
    AfterValidator(lambda hour: hour.replace(tzinfo=None)),
    Field(examples=["08:00"]),
]


class Spell(BaseModel):
    """A spell of work within a day."""

    opens: Clock
    closes: Clock


class SpecialDay(BaseModel):
    """A day that is not what its weekday says."""

    day: date
    worked: bool = Field(description="true: a make-up workday 调休上班; false: a day off.")
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = Field(
        None, examples=["春节"]
    )


class CalendarOverview(BaseModel):
    """The calendar as a whole."""

    time_zone: str
    hours: list[Spell]
    years: list[int] = Field(description="Years that were entered.")
    known_years: list[int] = Field(description="Years that can be entered from what ships.")
    missing: list[int] = Field(
        description="Years that cases filed now may reach and that nobody has entered."
    )


class CalendarYear(BaseModel):
    """A year as it was entered; weekends are free and weekdays worked but for the days named."""

    year: int
    source: str
    changed_at: AwareDatetime
    days: list[SpecialDay]


class HoursIn(BaseModel):
    """Hours of work, in order."""

    hours: list[Spell] = Field(min_length=1, max_length=4)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        ends = [moment for spell in self.hours for moment in (spell.opens, spell.closes)]
        if sorted(set(ends)) != ends:
            raise ValueError("hours of work must follow one another within a day")
        return self


class YearIn(BaseModel):
    """The special days of a year."""

    days: list[SpecialDay] = Field(max_length=366)


class DayFault(BaseModel):
    """A row of a list that was left out."""

    row: int
    code: Literal["day", "kind", "year", "twice"]
    cell: str


class ReadList(BaseModel):
    """What a list says about a year; nothing is written."""

    days: list[SpecialDay]
    faults: list[DayFault]


@router.get("")
def calendar(caller: CurrentCaller, tx: Tx, at: Now) -> CalendarOverview:
    """Tell the hours of work and which years were entered."""
    caller.require("map:read")
    return _overview(tx, caller, district_today(tx, caller.district_id, at))


@router.put("/hours", response_model=CalendarOverview)
def set_hours(body: HoursIn, command: CurrentCommand) -> JSONResponse:
    """Set the hours of work of every working day; deadlines that are set already stay."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    store.put_hours(tx, caller.district_id, [(s.opens, s.closes) for s in body.hours])
    look_again(tx, caller.district_id)
    return command.keep(_overview(tx, caller, district_today(tx, caller.district_id, command.at)))


@router.get("/{year}", responses=problem_responses(404))
def calendar_year(year: YearNumber, caller: CurrentCaller, tx: Tx) -> CalendarYear:
    """Tell the days of a year that are not what their weekday says."""
    caller.require("map:read")
    return _year(tx, caller, year)


@router.put("/{year}", response_model=CalendarYear)
def set_year(year: YearNumber, body: YearIn, command: CurrentCommand) -> JSONResponse:
    """Enter a year, or change it; deadlines that are set already stay."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    if len({day.day for day in body.days}) < len(body.days):
        raise invalid("/days", "twice", "A day is named twice.")
    if any(day.day.year != year for day in body.days):
        raise invalid("/days", "year", f"Every day must lie in {year}.", year=year)
    days = [store.SpecialDay(day.day, day.worked, day.name) for day in body.days]
    store.put_year(tx, caller.district_id, year, days, source="hand", at=command.at)
    look_again(tx, caller.district_id)
    return command.keep(_year(tx, caller, year))


@router.post("/{year}/shipped", response_model=CalendarYear, responses=problem_responses(409))
def take_shipped(year: YearNumber, command: CurrentCommand) -> JSONResponse:
    """Enter a year as the holidays that ship have it, in place of what was entered."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    days = store.shipped_days(year)
    if days is None:
        raise Problem(
            409,
            "calendar-not-shipped",
            f"The holidays of {year} do not ship: enter them by hand or from a list.",
            params={"year": year},
        )
    store.put_year(tx, caller.district_id, year, days, source=store.SHIPPED, at=command.at)
    look_again(tx, caller.district_id)
    return command.keep(_year(tx, caller, year))


@router.post("/{year}/read")
def read_list(year: YearNumber, file: UploadFile, caller: CurrentCaller, tx: Tx) -> ReadList:
    """Read a list of days, XLSX or CSV: a date, 休 or 班, a name; nothing is written."""
    require_whole_district(tx, caller, MANAGE)
    body = file.file.read(MOST_LIST_BYTES + 1)
    if len(body) > MOST_LIST_BYTES:
        raise Problem(413, "too-large", "A list of days is no larger than 1 MB.")
    try:
        book = read_book(file.filename or "", body)
    except ImportFileError as error:
        raise Problem(
            422, "list-unreadable", "This file cannot be read: send XLSX or CSV."
        ) from error
    days, faults = read_days(book, year)
    return ReadList(
        days=[SpecialDay(day=d.day, worked=d.worked, name=d.name) for d in days],
        faults=[DayFault(row=f.row, code=f.code, cell=f.cell) for f in faults],
    )


def _overview(tx: Connection, caller: Caller, today: date) -> CalendarOverview:
    found = store.calendar_of(tx, caller.district_id)
    years = sorted(found.years)
    # A deadline of today's may lie some months ahead.
    reached = {today.year, today.year + 1} if today.month >= 10 else {today.year}
    return CalendarOverview(
        time_zone=found.zone.key,
        hours=[Spell(opens=opens, closes=closes) for opens, closes in found.hours],
        years=years,
        known_years=store.shipped_years(),
        missing=sorted(reached - set(years)),
    )


def _year(tx: Connection, caller: Caller, year: int) -> CalendarYear:
    found = store.find_year(tx, caller.district_id, year)
    if found is None:
        raise Problem(
            404,
            "calendar-missing",
            f"The working days of {year} are not entered.",
            params={"year": year},
        )
    return CalendarYear(
        year=year,
        source=found.source,
        changed_at=found.changed_at,
        days=[SpecialDay(day=d.day, worked=d.worked, name=d.name) for d in found.days],
    )
