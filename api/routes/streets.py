"""What patrols came to: coverage of grids, streets not visited for longest, streets ticked off.

Places only: who was where, the shifts tell those who may read them (`api.routes.shifts`).
"""

import json
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, model_validator
from sqlalchemy import Connection, Row

from api.case_views import NamedRef
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, WideLimit, cursor_of, key_of, unknown_cursor
from api.positions import Lat, Lon
from api.routes.shifts import own_shift, seen_shift
from api.shapes import BboxText, read_bbox
from data import coverage
from data.areas import area_path
from data.layers import district_today
from data.scope import Scope
from data.street_walks import Tick, TickRefusal, streets_of_shift, tick_streets

router = APIRouter(prefix="/api/v1", tags=["streets"], responses=problem_responses(401, 403))

MOST_DAYS = 366
USUAL_DAYS = 30
MOST_TICKS = 500
MOST_ON_MAP = 4000
How = Literal["track", "ticked", "checkpoint"]
From = Annotated[date | None, Query(alias="from", description="None: 30 days up to the last.")]
To = Annotated[date | None, Query(description="Last day; none: today.")]
AreaId = Annotated[int | None, Query(description="Only grids of this area.")]
LINE_CLASS = "Class of the road, as OpenStreetMap calls it."


class StreetLine(BaseModel):
    """A GeoJSON LineString, longitude first."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]]


class Street(BaseModel):
    """A part of a street, between two crossings and 300 m at most."""

    id: int
    name: str | None = Field(description="Null: it has none.")
    highway: str = Field(description=LINE_CLASS)
    length_m: float
    walked_at: AwareDatetime | None = Field(description="Last visit; null: never.")
    how: How | None = Field(description="How one knows: by a track, or by somebody's word.")
    grids: list[NamedRef] = Field(description="Two along a border; named with their community.")
    away_m: float | None = Field(description="From the place that was asked for.")
    geometry: StreetLine


class Walked(BaseModel):
    """How much of streets was walked in a period."""

    streets: int
    visited: int = Field(description="At least half of it was walked.")
    street_m: float
    walked_m: float
    by_hand_m: float = Field(description="Of these, known by ticks and checkpoints alone.")
    never: int = Field(description="Not visited since tracks are kept, in this period or before.")
    oldest_at: AwareDatetime | None = Field(
        description="Last visit of the street that was not visited for longest."
    )


class StreetOnMap(BaseModel):
    """A part of a street as it is drawn."""

    id: int
    walked_at: AwareDatetime | None
    how: How | None
    line: list[tuple[float, float]]


class StreetsOnMap(BaseModel):
    """Streets of a part of the map; `capped`: there are more than are told."""

    streets: list[StreetOnMap]
    capped: bool


class GridCoverage(Walked):
    """What patrols of a period came to in a grid."""

    grid_id: int
    code: str
    name: str | None
    area: NamedRef
    visits: int
    nothing_found: int = Field(description="Visits on which nothing was reported in the grid.")
    seconds: float
    metres: float
    last_at: AwareDatetime | None = Field(description="Last visit in the period.")


class CoveragePage(Page[GridCoverage]):
    """Grids by code, with the streets of all of them together."""

    first: date
    last: date
    total: Walked = Field(description="Of all grids that are asked for; each street once.")


class TickIn(BaseModel):
    """A street that was walked: its part, or the code of a checkpoint."""

    part_id: int | None = None
    how: Literal["ticked", "checkpoint"] = "ticked"
    code: str | None = Field(
        None, max_length=300, description="The code of a checkpoint, or all that its QR code says."
    )
    occurred_at: AwareDatetime

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.how == "ticked" and self.part_id is None:
            raise ValueError("a street that is ticked off is named")
        if self.how == "checkpoint" and not self.code:
            raise ValueError("a checkpoint has a code")
        return self


class TicksIn(BaseModel):
    """Streets of one's duty that were walked."""

    streets: list[TickIn] = Field(min_length=1, max_length=MOST_TICKS)


class RefusedTick(BaseModel):
    """A street that was not taken, by its place in what was sent, and why."""

    index: int
    reason: TickRefusal


class TicksTaken(BaseModel):
    """What became of it: the parts of streets that count as walked now."""

    part_ids: list[int]
    refused: list[RefusedTick]


class ShiftStreet(BaseModel):
    """A part of a street that a shift walked."""

    part_id: int
    name: str | None
    highway: str = Field(description=LINE_CLASS)
    length_m: float
    how: How
    share: float
    walked_at: AwareDatetime


class ShiftStreets(BaseModel):
    """What a shift walked; by its track once it has ended and was matched."""

    streets: list[ShiftStreet]
    walked_m: float = Field(description="Each street once.")


@router.get("/coverage", responses=problem_responses(404, 422))
def coverage_of_grids(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    from_: From = None,
    to: To = None,
    area_id: AreaId = None,
    grid_id: int | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CoveragePage:
    """Tell what patrols came to in each grid, and which share of its streets was walked."""
    scope = scope_for(caller, "coverage:read")
    days = _days(tx, scope, at, from_, to)
    path = _path(tx, scope, area_id)
    after = key_of(cursor, str, int)
    rows = coverage.grid_coverage(
        tx,
        scope,
        days,
        grid_id=grid_id,
        area_path=path,
        after=None if after is None else (str(after[0]), int(after[1])),
        limit=limit + 1,
    )
    more = None
    if len(rows) > limit:
        more = cursor_of(rows[limit - 1].code, rows[limit - 1].grid_id)
    total = rows[0] if grid_id is not None and rows else None
    if total is None:
        total = coverage.coverage_total(tx, scope, days, area_path=path)
    return CoveragePage(
        items=[_grid(row) for row in rows[:limit]],
        next=more,
        first=days.first,
        last=days.last,
        total=_walked(total),
    )


@router.get("/streets", responses=problem_responses(404, 422))
def streets(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    area_id: AreaId = None,
    grid_id: int | None = None,
    days: Annotated[
        int | None, Query(ge=0, le=3650, description="Not visited for so many days.")
    ] = None,
    limit: WideLimit = 50,
    cursor: Cursor = None,
) -> Page[Street]:
    """List parts of streets, those never visited first, then those not visited for longest."""
    scope = scope_for(caller, "coverage:read")
    rows = coverage.streets_in_scope(
        tx,
        scope,
        district_today(tx, scope.district_id, at),
        grid_id=grid_id,
        area_path=_path(tx, scope, area_id),
        before=None if days is None else at - timedelta(days=days),
        after=_street_key(cursor),
        limit=limit + 1,
    )
    more = None
    if len(rows) > limit:
        last = rows[limit - 1]
        more = cursor_of("" if last.walked_at is None else last.walked_at.isoformat(), last.id)
    return Page(items=[_street(row) for row in rows[:limit]], next=more)


@router.get("/streets/map", responses=problem_responses(422))
def streets_on_map(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    bbox: BboxText = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ON_MAP)] = MOST_ON_MAP,
) -> StreetsOnMap:
    """Tell when the streets in a box were last visited, to be drawn."""
    scope = scope_for(caller, "coverage:read")
    box = read_bbox(bbox)
    if box is None:
        raise invalid("/bbox", "missing", "Say which part of the map is asked for.")
    rows = coverage.streets_in_scope(
        tx, scope, district_today(tx, scope.district_id, at), box=box, limit=limit + 1
    )
    return StreetsOnMap(
        streets=[
            StreetOnMap(
                id=row.id,
                walked_at=row.walked_at,
                how=row.walked_how,
                line=json.loads(row.geometry)["coordinates"],
            )
            for row in rows[:limit]
        ],
        capped=len(rows) > limit,
    )


@router.get("/duty/streets", responses=problem_responses(404, 422))
def duty_streets(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    grid_id: Annotated[int | None, Query(description="None: all grids of one's own.")] = None,
    lon: Annotated[Lon | None, Query(description="Where one is: the nearest first.")] = None,
    lat: Lat | None = None,
    limit: WideLimit = 1000,
) -> Page[Street]:
    """List the streets of one's own grids, for the map and the list on the phone."""
    scope = scope_for(caller, "shift:record")
    if grid_id is not None and grid_id not in scope.grid_ids:
        raise not_found("grid")
    if (lon is None) != (lat is None):
        raise invalid("/lat", "place", "A place has a longitude and a latitude.")
    rows = coverage.streets_in_scope(
        tx,
        scope,
        district_today(tx, scope.district_id, at),
        grid_id=grid_id,
        near=None if lon is None or lat is None else (lon, lat),
        limit=limit,
    )
    return Page(items=[_street(row) for row in rows])


@router.post(
    "/shifts/{shift_id}/streets",
    response_model=TicksTaken,
    responses=problem_responses(404, 409, 422),
)
def tick(shift_id: UUID, body: TicksIn, command: CurrentCommand) -> Response:
    """Say which streets were walked on the caller's own shift, by hand or by a checkpoint.

    Streets outside the shift's grids or time are refused, each with its reason.
    """
    shift = own_shift(command, shift_id)
    done = tick_streets(
        command.tx, shift, [Tick(**one.model_dump()) for one in body.streets], command.at
    )
    refused = [RefusedTick(index=index, reason=why) for index, why in done.refused]
    return command.keep(TicksTaken(part_ids=list(done.part_ids), refused=refused))


@router.get("/shifts/{shift_id}/streets", responses=problem_responses(404))
def shift_streets(shift_id: UUID, caller: CurrentCaller, tx: Tx) -> ShiftStreets:
    """Tell which streets a shift walked, and how one knows."""
    row = seen_shift(tx, caller, shift_id)
    found = streets_of_shift(tx, caller.district_id, row.id)
    metres: dict[int, float] = {}
    for one in found:
        metres[one.part_id] = max(metres.get(one.part_id, 0.0), one.length_m * one.share)
    return ShiftStreets(
        streets=[ShiftStreet(**one._mapping) for one in found],  # noqa: SLF001 (public name)
        walked_m=sum(metres.values()),
    )


def _days(
    tx: Connection, scope: Scope, at: datetime, first: date | None, last: date | None
) -> coverage.Days:
    today = district_today(tx, scope.district_id, at)
    last = last or today
    first = first or last - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise invalid("/from", "period", "A period begins before it ends, and lasts up to a year.")
    return coverage.Days(first, last, today)


def _path(tx: Connection, scope: Scope, area_id: int | None) -> str | None:
    if area_id is None:
        return None
    path = area_path(tx, scope.district_id, area_id)
    if path is None:
        raise not_found("area")
    return path


def _street_key(cursor: str | None) -> tuple[datetime | None, int] | None:
    key = key_of(cursor, str, int)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[0])) if key[0] else None, int(key[1])
    except ValueError:
        raise unknown_cursor() from None


_WALKED = ("streets", "visited", "street_m", "walked_m", "by_hand_m", "never", "oldest_at")
_VISITS = ("grid_id", "code", "name", "visits", "nothing_found", "seconds", "metres", "last_at")


def _walked(row: Row[Any]) -> Walked:
    return Walked(**{name: getattr(row, name) for name in _WALKED})


def _grid(row: Row[Any]) -> GridCoverage:
    return GridCoverage(
        **{name: getattr(row, name) for name in (*_WALKED, *_VISITS)},
        area=NamedRef(id=row.area_id, name=row.area_name),
    )


def _street(row: Row[Any]) -> Street:
    return Street(
        id=row.id,
        name=row.name,
        highway=row.highway,
        length_m=row.length_m,
        walked_at=row.walked_at,
        how=row.walked_how,
        grids=[NamedRef(id=i, name=n) for i, n in zip(row.grid_ids, row.grids, strict=True)],
        away_m=row.away_m,
        geometry=StreetLine(**json.loads(row.geometry)),
    )
