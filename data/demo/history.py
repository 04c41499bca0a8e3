"""Ninety days of the demo town: patrols walked, hazards found, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from casework.calendar import Calendar, NoCalendarError
from casework.deadlines import Limit, due_at
from data.calendars import days_of, shipped_calendar
from data.categories import shipped_categories
from data.demo import hazards
from data.demo.courses import TIME_ZONE, Step, draw_course
from data.demo.findings import Finding, Whereabouts, find_hazards
from data.demo.ground import LOCAL_CRS, WGS84, to_degrees
from data.demo.patrols import Patrol, walk_patrols
from data.demo.staff import Commander, Officer, hire
from data.demo.town import Town
from data.demo.truth import Planted, choose_centres, plant
from data.demo.walks import Streets

DAYS = 90


@dataclass(frozen=True)
class History:
    """What happened in the demo town; all times are UTC and none is later than the end.

    Attributes
    ----------
    officers : list of Officer
    commanders : list of Commander
        The duty officer of each street.
    cases : GeoDataFrame
        ``case`` (1, 2, … in order of time), ``category`` (code), ``severity`` (empty: the
        category's own), ``source``, ``reporter`` (login), ``occurred_at``, ``accuracy_m``,
        ``address``, ``description``, ``planted`` (kind of hotspot it was made for, or empty),
        point in EPSG:4326.
    steps : DataFrame
        ``case, seq`` (2, 3, …), ``action, actor`` (login), ``at, text, unit`` (login of the unit
        charged, at dispatch).
    shifts : DataFrame
        ``shift`` (1, 2, …), ``officer`` (login), ``grid`` (code), ``started_at, ended_at``.
    fixes : DataFrame
        ``shift, seq`` (0, 1, …), ``at, lon, lat`` (WGS 84 degrees), ``accuracy_m``.
    planted : list of Planted
        The hotspots put there on purpose.
    """

    officers: list[Officer]
    commanders: list[Commander]
    cases: gpd.GeoDataFrame
    steps: pd.DataFrame
    shifts: pd.DataFrame
    fixes: pd.DataFrame
    planted: list[Planted]


def make_history(
    town: Town,
    grids: gpd.GeoDataFrame,
    until: datetime,
    *,
    seed: int = 300,
    days: int = DAYS,
    limits: Mapping[str, Limit] | None = None,
) -> History:
    """Make the history of a town on the grids it was divided into.

    Parameters
    ----------
    town : Town
        The town.
    grids : GeoDataFrame
        Its grids: ``code`` (15 digits, the first nine the street's) and polygon.
    until : datetime
        End of the history, with a time zone; patrols still under way then are left out.
    seed : int
        Seed.
    days : int
        Local days it covers, the last one the day of ``until``.
    limits : mapping of str to Limit
        How long each category may take; None: as the categories that ship say.

    Raises
    ------
    ValueError
        When ``until`` has no time zone or there are no grids.
    """
    if until.tzinfo is None:
        raise ValueError("until needs a time zone")
    if grids.empty:
        raise ValueError("a history needs grids: divide the town first")
    grids = grids.to_crs(WGS84).sort_values("code", ignore_index=True)
    last = until.astimezone(TIME_ZONE).date()
    calendar = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    streets = town.areas.loc[town.areas["level"] == "street", "code"].tolist()
    officers, commanders = hire(grids, streets, seed)
    centres = choose_centres(grids, town, 3)
    planted = plant(centres, calendar, town.households)
    heavy = _grids_within(grids, centres[2], planted[2].radius_m)
    patrols = walk_patrols(officers, Streets(town.roads, grids), calendar, heavy, seed)
    patrols = [patrol for patrol in patrols if patrol.ended_at <= until]
    whereabouts = Whereabouts(town, grids, officers, commanders)
    found = find_hazards(
        town, whereabouts, patrols, calendar, list(zip(planted, centres, strict=True)), seed=seed
    )
    found = [finding for finding in found if finding.at <= until]
    if limits is None:
        limits = {category.code: category.limit for category in shipped_categories()}
    return History(
        officers=officers,
        commanders=commanders,
        cases=_case_frame(found, whereabouts, seed),
        steps=_step_frame(found, limits, until, seed),
        shifts=_shift_frame(patrols),
        fixes=_fix_frame(patrols),
        planted=planted,
    )


def _grids_within(
    grids: gpd.GeoDataFrame, centre: shapely.Point, radius_m: float
) -> frozenset[str]:
    """Grids that lie at least half inside a circle."""
    local = grids.to_crs(LOCAL_CRS)
    inside = local.geometry.intersection(centre.buffer(radius_m)).area / local.geometry.area
    chosen = grids.loc[(inside >= 0.5).to_numpy(), "code"].tolist()
    return frozenset(chosen or [str(grids.loc[int(inside.to_numpy().argmax()), "code"])])


def _case_frame(found: list[Finding], whereabouts: Whereabouts, seed: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng([seed, 54])
    points = np.array([finding.xy for finding in found]).reshape(-1, 2)
    named = whereabouts.name_places(points)
    urgent = rng.random(len(found)) < 0.04
    accuracy = np.round(rng.uniform(4, 18, len(found)), 1)
    lon, lat = to_degrees(points)
    return gpd.GeoDataFrame(
        {
            "case": np.arange(1, len(found) + 1),
            "category": [finding.kind.code for finding in found],
            "severity": np.where(urgent, "red", ""),
            "source": [finding.source for finding in found],
            "reporter": [finding.reporter for finding in found],
            "occurred_at": pd.DatetimeIndex([finding.at for finding in found], tz=UTC),
            "accuracy_m": accuracy,
            "address": [place.address for place in named],
            "description": [
                hazards.describe(finding.kind, place.spoken, rng)
                for finding, place in zip(found, named, strict=True)
            ],
            "planted": [finding.planted for finding in found],
        },
        geometry=shapely.points(lon, lat),
        crs=WGS84,
    )


def _step_frame(
    found: list[Finding], limits: Mapping[str, Limit], until: datetime, seed: int
) -> pd.DataFrame:
    calendar = shipped_calendar(TIME_ZONE)
    rows: list[tuple[int, int, Step]] = []
    for number, finding in enumerate(found, start=1):
        rng = np.random.default_rng([seed, 55, number])
        due = due_date(finding.at, limits[finding.kind.code], calendar)
        minutes = round((due - finding.at).total_seconds() / 60)
        course = draw_course(finding.kind, finding.at, minutes, finding.hands, rng)
        for seq, step in enumerate(course, start=2):
            if step.at > until:
                break
            rows.append((number, seq, step))
    return pd.DataFrame(
        {
            "case": [case for case, _, _ in rows],
            "seq": [seq for _, seq, _ in rows],
            "action": [step.action for *_, step in rows],
            "actor": [step.actor for *_, step in rows],
            "at": pd.DatetimeIndex([step.at for *_, step in rows], tz=UTC),
            "text": [step.text for *_, step in rows],
            "unit": [step.unit for *_, step in rows],
        }
    )


def due_date(found: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """By when a finding is to be put right, for drawing what became of it.

    Beyond the years that ship every weekday is taken for a working day: nobody is promised
    anything by this, the cases themselves get no deadline there.
    """
    try:
        return due_at(found, limit, calendar)
    except NoCalendarError as missing:
        weekdays = frozenset(day for day in days_of(missing.year) if day.weekday() < 5)
        years = {**calendar.years, missing.year: weekdays}
        return due_date(found, limit, replace(calendar, years=years))


def _shift_frame(patrols: Sequence[Patrol]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "shift": np.arange(1, len(patrols) + 1),
            "officer": [patrol.officer.login for patrol in patrols],
            "grid": [patrol.grid for patrol in patrols],
            "started_at": pd.DatetimeIndex([p.started_at for p in patrols], tz=UTC),
            "ended_at": pd.DatetimeIndex([p.ended_at for p in patrols], tz=UTC),
        }
    )


def _fix_frame(patrols: Sequence[Patrol]) -> pd.DataFrame:
    counts = [len(patrol.walk.seconds) for patrol in patrols]
    start = np.repeat([patrol.started_at.timestamp() for patrol in patrols], counts)
    seconds = np.concatenate([np.zeros(0), *(patrol.walk.seconds for patrol in patrols)])
    points = np.vstack([np.zeros((0, 2)), *(patrol.walk.xy for patrol in patrols)])
    lon, lat = to_degrees(points)
    return pd.DataFrame(
        {
            "shift": np.repeat(np.arange(1, len(patrols) + 1), counts),
            "seq": np.concatenate([np.zeros(0, int), *(np.arange(n) for n in counts)]),
            "at": pd.to_datetime(start + seconds, unit="s", utc=True),
            "lon": lon,
            "lat": lat,
            "accuracy_m": np.concatenate([np.zeros(0), *(p.walk.accuracy_m for p in patrols)]),
        }
    )
