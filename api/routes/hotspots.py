"""Hotspots: where there is more than elsewhere, whether that is new, and the density of cases."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from obstore.exceptions import NotFoundError
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection

from api.caching import PRIVATE, etag_of, is_current
from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, not_found, problem_responses
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of, unknown_cursor
from api.shapes import Box, Outline
from data.areas import district_root
from data.density_files import picture_of
from data.exports.raster import DensityPicture
from data.hotspots import find_run, list_runs, units_of_run
from data.jobs import defer
from data.layers import district_today
from data.scope import Scope

router = APIRouter(prefix="/api/v1/hotspots", tags=["hotspots"])
LONGEST_DAYS = 400
Unit = Literal["h3", "grid"]
Verdict = Literal["much-more", "more", "usual", "fewer", "much-fewer", "too-few-data"]


class Run(BaseModel):
    """One computation over a period; its days are both included."""

    id: int
    unit: Unit
    period_from: date
    period_to: date
    cases: int
    computed_at: AwareDatetime


class RunDetail(Run):
    """A run with how it was judged."""

    settings: dict[str, Any]


class HotspotUnit(BaseModel):
    """A grid or H3 cell: what was counted in it and how unusual that is."""

    key: str
    grid_id: int | None
    cases: int
    expected: float = Field(description="Cases if all were spread evenly (over patrol hours).")
    exposure: float | None = Field(description="Hours patrolled.")
    z: float = Field(description="Getis-Ord Gi* of the unit with its neighbours.")
    p: float = Field(description="Two-sided, by permutation.")
    q: float = Field(description="p after Benjamini and Hochberg.")
    verdict: Verdict
    trend: Literal["new", "fading", "steady"] | None = Field(
        description="Against the period of the same length before."
    )
    rate_verdict: Verdict | None = Field(description="Of cases per hour patrolled.")
    geometry: Outline | None = Field(description="Null for grids: the map has them.")


class Hotspots(BaseModel):
    """A run and its units, the most unusual first."""

    run: RunDetail
    items: list[HotspotUnit]


class ColourStop(BaseModel):
    """A density and its colour."""

    value: float
    color: str = Field(examples=["#fde725"])


class Density(BaseModel):
    """A picture of the density of cases, and where it lies."""

    url: str = Field(description="One picture, to be stretched over `bbox`.")
    tiles: str = Field(description="The same as tiles, sharp at every zoom.")
    bbox: Box
    bandwidth_m: float
    max_per_km2: float
    stops: list[ColourStop]


class NewRun(BaseModel):
    """Over which days hotspots are wanted."""

    unit: Unit
    from_: date = Field(alias="from")
    to: date


class Accepted(BaseModel):
    """The worker computes it; ask for the run of these days."""

    unit: Unit
    period_from: date
    period_to: date
    state: Literal["waiting"] = "waiting"


From = Annotated[date | None, Query(alias="from", description="First day; none: any.")]
To = Annotated[date | None, Query(description="Last day; none: the latest.")]


@router.get("", responses=problem_responses(404))
def hotspots(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    unit: Unit = "h3",
    from_: From = None,
    to: To = None,
) -> Hotspots:
    """Show the latest run that matches, as far as the caller may see."""
    scope = scope_for(caller, "case:read")
    run = find_run(tx, scope.district_id, unit, period_from=from_, period_to=to)
    if run is None:
        raise not_found("hotspot run")
    today = district_today(tx, scope.district_id, at)
    rows = units_of_run(tx, scope, run.id, today)
    # Thousands of units: checked all at once, not built one by one.
    return Hotspots.model_validate(
        {
            "run": {**_run(run), "settings": run.settings},
            "items": _units(rows, unit),
        }
    )


@router.get("/runs")
def runs(
    *,
    caller: CurrentCaller,
    tx: Tx,
    unit: Unit | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Run]:
    """List the periods that have been computed, the latest first."""
    scope = scope_for(caller, "case:read")
    after = key_of(cursor, str, int)
    rows = list_runs(
        tx,
        scope.district_id,
        unit=unit,
        after=None if after is None else (_day(str(after[0])), int(after[1])),
        limit=limit,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    more = None if last is None else cursor_of(last.period_to.isoformat(), last.id)
    return Page(items=[Run(**_run(row)) for row in rows[:limit]], next=more)


@router.post("/runs", status_code=202, response_model=Accepted, responses=problem_responses(404))
def ask_for_run(wanted: NewRun, command: CurrentCommand) -> JSONResponse:
    """Have hotspots computed over some days by the worker."""
    # What is unusual is judged against the whole district, so the right is needed there.
    root = district_root(command.tx, command.caller.district_id)
    command.caller.require_at("hotspot:run", root, what="district")
    if not 1 <= (wanted.to - wanted.from_).days < LONGEST_DAYS:
        raise Problem(
            422,
            "invalid",
            f"Give a first and a later last day, at most {LONGEST_DAYS} days in all.",
            params={"most_days": LONGEST_DAYS},
            errors=[{"pointer": "/to", "in": "body", "code": "period", "message": "no period"}],
        )
    district_id = command.caller.district_id
    defer(
        command.tx,
        "compute_hotspots",
        {
            "district_id": district_id,
            "unit": wanted.unit,
            "first": wanted.from_.isoformat(),
            "last": wanted.to.isoformat(),
        },
        lock=f"hotspots {district_id}",
    )
    accepted = Accepted(unit=wanted.unit, period_from=wanted.from_, period_to=wanted.to)
    return command.keep(accepted, 202)


@router.get("/density", responses=problem_responses(404))
def density(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    parts: AppContext,
    run: Annotated[int | None, Query(description="Of this run; none: the latest.")] = None,
) -> Density:
    """Tell where the picture of the density lies, and what its colours mean."""
    scope = scope_for(caller, "case:read")
    run_id, picture = _picture(tx, parts, scope, run, at)
    return Density(
        url=f"/api/v1/hotspots/density.png?run={run_id}",
        tiles=f"/tiles/density/{run_id}/{{z}}/{{x}}/{{y}}.png",
        bbox=picture.bbox,
        bandwidth_m=picture.bandwidth_m,
        max_per_km2=picture.max_per_km2,
        stops=[ColourStop(value=value, color=color) for value, color in picture.stops],
    )


@router.get(
    "/density.png",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}},
        304: {"description": "Seen already."},
        **problem_responses(404),
    },
)
def density_png(
    *,
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    parts: AppContext,
    run: int | None = None,
) -> Response:
    """Draw the density of cases, clear outside the caller's area; EPSG:3857, RGBA."""
    scope = scope_for(caller, "case:read")
    _, picture = _picture(tx, parts, scope, run, at)
    headers = {
        "ETag": etag_of(scope.etag, picture.png),
        "Cache-Control": PRIVATE,
        "Vary": "Cookie",
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(picture.png, media_type="image/png", headers=headers)


def _picture(
    tx: Connection, parts: Context, scope: Scope, run_id: int | None, at: datetime
) -> tuple[int, DensityPicture]:
    run = find_run(tx, scope.district_id, run_id=run_id)
    if run is None or run.density_key is None:
        raise not_found("density")
    today = district_today(tx, scope.district_id, at)
    try:
        return run.id, picture_of(tx, parts.files, scope, run.density_key, today)
    except NotFoundError as error:
        # Computed anew a moment ago: its raster went with it.
        raise not_found("density") from error


def _run(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "unit": row.unit,
        "period_from": row.period_from,
        "period_to": row.period_to,
        "cases": row.cases,
        "computed_at": row.computed_at,
    }


def _units(rows: Sequence[Any], unit: Unit) -> list[dict[str, Any]]:
    # A row looks up the names of its columns anew: with hundreds of rows that takes the longest.
    names = rows[0]._fields if rows else ()
    return [_unit(dict(zip(names, row, strict=True)), unit) for row in rows]


def _unit(facts: dict[str, Any], unit: Unit) -> dict[str, Any]:
    key, outline = facts.pop("unit_key"), facts.pop("outline")
    return {
        **facts,
        "key": key,
        "grid_id": int(key) if unit == "grid" else None,
        "geometry": None if outline is None else json.loads(outline),
    }


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise unknown_cursor() from None
