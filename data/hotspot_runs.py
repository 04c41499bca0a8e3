"""Computing hotspots of a period: on grids and on H3 cells, with the density of cases.

Days of a period are days in the district's time zone, first and last included, and cases are
counted by the day they were received, as lists of cases are.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import shapely
from obstore.store import ObjectStore
from sqlalchemy import Connection, text

from data.areas import area_of_points
from data.database import query
from data.density_files import store_density
from data.hotspots import find_run, remove_runs_not_ending, store_run
from data.layers import district_today
from geo.datum import FloatArray
from geo.hexagons import DEFAULT_RESOLUTION, cell_centres, cell_polygons, cells_of, cover
from geo.hotspots import DEFAULT as OPTIONS
from geo.hotspots import compare_periods, hotspots
from geo.locate import GridIndex
from geo.neighbours import Neighbours, of_cells, touching

Unit = Literal["grid", "h3"]
UNITS: Final[tuple[Unit, ...]] = ("grid", "h3")
WINDOW_DAYS: Final = 28
HISTORY_DAYS: Final = 90
MOST_CELLS: Final = 8000
LONGEST_GAP_S: Final = 120.0
"""Between two fixes further apart than this the officer may have been anywhere."""


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first >= self.last:
            raise ValueError("a period has at least two days, the first before the last")

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins."""
        days = (self.last - self.first).days + 1
        return Period(self.first - timedelta(days=days), self.last - timedelta(days=days))

    def parameters(self, district_id: int) -> dict[str, Any]:
        """Values for queries over the period."""
        return {"district_id": district_id, "from_day": self.first, "to_day": self.last}


@dataclass(frozen=True)
class Units:
    """What cases are counted in: keys, outlines, places, and who is whose neighbour."""

    kind: Unit
    keys: list[str]
    shapes: list[shapely.Polygon]
    area_paths: list[str]
    neighbours: Neighbours
    resolution: int | None = None


@dataclass(frozen=True)
class Counted:
    """Cases of a period, and cases and patrol hours in each unit."""

    lon: FloatArray
    lat: FloatArray
    cases: FloatArray
    hours: FloatArray

    @property
    def exposure(self) -> FloatArray | None:
        """Patrol hours; None where nobody's were recorded, which says nothing about rates."""
        return self.hours if self.hours.sum() > 0 else None


def regular_periods(today: date) -> list[Period]:
    """List the periods that are kept ready: 28 days up to today, and up to each Sunday before.

    They begin within the last 90 days.
    """
    ends = [today]
    sunday = today - timedelta(days=today.isoweekday() % 7 or 7)
    while (today - sunday).days + WINDOW_DAYS <= HISTORY_DAYS:
        ends.append(sunday)
        sunday -= timedelta(days=7)
    return [Period(end - timedelta(days=WINDOW_DAYS - 1), end) for end in ends]


def refresh_hotspots(
    connection: Connection, files: ObjectStore, district_id: int, at: datetime
) -> list[int]:
    """Bring the regular runs up to date: missing ones are computed, the newest always is.

    Parameters
    ----------
    files
        Where density rasters are kept.
    at
        Our clock.

    Returns
    -------
    Ids of the runs computed now.
    """
    today = district_today(connection, district_id, at)
    since = _first_day(connection, district_id)
    # Before the first case there is nothing to look back on.
    periods = [p for p in regular_periods(today) if p.last == today or p.last >= since]
    remove_runs_not_ending(connection, district_id, [period.last for period in periods], at)
    missing = [
        (unit, period)
        for unit in UNITS
        for period in periods
        if period.last == today
        or find_run(connection, district_id, unit, period_from=period.first, period_to=period.last)
        is None
    ]
    return _compute(connection, files, district_id, missing, at, regular=True)


def _first_day(connection: Connection, district_id: int) -> date:
    """Day of the first case, roughly (in UTC); far ahead where there is none."""
    first: datetime | None = connection.execute(
        text("SELECT min(received_at) FROM hazard_case WHERE district_id = :district_id"),
        {"district_id": district_id},
    ).scalar_one()
    return date.max if first is None else first.date()


def compute_run(
    connection: Connection,
    files: ObjectStore,
    district_id: int,
    unit: Unit,
    *,
    period: Period,
    at: datetime,
) -> int | None:
    """Compute hotspots over one period, in place of an earlier run over the same.

    Returns
    -------
    Id of the run, or None where there is nothing to count in: no area, or no grid in force.
    """
    computed = _compute(connection, files, district_id, [(unit, period)], at, regular=False)
    return computed[0] if computed else None


def _compute(
    connection: Connection,
    files: ObjectStore,
    district_id: int,
    wanted: list[tuple[Unit, Period]],
    at: datetime,
    *,
    regular: bool,
) -> list[int]:
    computed = []
    counted: dict[tuple[Unit, Period], Counted] = {}
    cells = _cells(connection, district_id) if any(unit == "h3" for unit, _ in wanted) else None
    for unit, period in wanted:
        # Grids are those in force at the end of the period; cells never change.
        units = cells if unit == "h3" else _grids(connection, district_id, period.last)
        if units is None or not units.keys:
            continue
        for days in (period, period.before):
            if unit == "grid" or (unit, days) not in counted:
                counted[unit, days] = _count(connection, district_id, units, days)
        now, before = counted[unit, period], counted[unit, period.before]
        run = {
            "unit": unit,
            "period_from": period.first,
            "period_to": period.last,
            "cases": len(now.lon),
            "settings": _settings(units, regular=regular),
            "density_key": store_density(files, district_id, now.lon, now.lat),
            "computed_at": at,
        }
        found = _judge(units, now, before)
        computed.append(store_run(connection, district_id, run, found, units.shapes))
    return computed


def _settings(units: Units, *, regular: bool) -> dict[str, Any]:
    return {
        "regular": regular,
        "resolution": units.resolution,
        "permutations": OPTIONS.permutations,
        "seed": OPTIONS.seed,
        "q_strong": OPTIONS.q_strong,
        "q_clear": OPTIONS.q_clear,
        "exposure": "patrol hours",
        "units": len(units.keys),
    }


def _judge(units: Units, now: Counted, before: Counted) -> pd.DataFrame:
    """Judge this period, and tell what is new or fading against the one before."""
    near = units.neighbours
    found = hotspots(now.cases, near, exposure=now.exposure)
    found["trend"] = None
    if before.cases.sum() >= OPTIONS.min_cases:
        # Rates are compared only where both periods have them.
        rates = now.exposure is not None and before.exposure is not None
        recent = found if rates or now.exposure is None else hotspots(now.cases, near)
        earlier = hotspots(before.cases, near, exposure=before.exposure if rates else None)
        found["trend"] = compare_periods(recent, earlier, near)["trend"]
    if "rate_verdict" not in found:
        found["rate_verdict"], found["exposure"] = None, None
    found["unit_key"], found["area_path"] = units.keys, units.area_paths
    kept = ("unit_key", "area_path", "cases", "expected", "exposure", "z", "p", "q")
    return found[[*kept, "verdict", "trend", "rate_verdict"]]


def _count(connection: Connection, district_id: int, units: Units, period: Period) -> Counted:
    asked = period.parameters(district_id)
    rows = connection.execute(query("cases_of_period"), asked).all()
    places = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
    lon, lat = places[:, 0], places[:, 1]
    cases = np.bincount(_unit_of(units, lon, lat), minlength=len(units.keys) + 1)
    return Counted(lon, lat, cases[:-1].astype(np.float64), _hours(connection, units, asked))


def _unit_of(units: Units, lon: FloatArray, lat: FloatArray) -> Any:
    """Position of the unit of each point; one past the last where it lies in none."""
    if len(lon) == 0:
        return np.empty(0, dtype=np.intp)
    if units.resolution is not None:
        position = {key: i for i, key in enumerate(units.keys)}
        found = [position.get(cell, len(position)) for cell in cells_of(lon, lat, units.resolution)]
        return np.array(found, dtype=np.intp)
    at = GridIndex(np.arange(len(units.keys)), np.array(units.shapes, dtype=np.object_)).locate(
        lon, lat
    )
    return np.where(at < 0, len(units.keys), at)


def _hours(connection: Connection, units: Units, asked: dict[str, Any]) -> FloatArray:
    if units.resolution is None:
        position = {key: i for i, key in enumerate(units.keys)}
        hours = np.zeros(len(position))
        for row in connection.execute(query("patrol_hours_of_grids"), asked):
            if str(row.grid_id) in position:
                hours[position[str(row.grid_id)]] = row.hours
        return hours
    rows = connection.execute(
        query("patrol_hours_by_place"), asked | {"longest_s": LONGEST_GAP_S}
    ).all()
    table = np.array([(r.lon, r.lat, r.hours) for r in rows], dtype=np.float64).reshape(-1, 3)
    at = _unit_of(units, table[:, 0], table[:, 1])
    summed = np.bincount(at, weights=table[:, 2], minlength=len(units.keys) + 1)
    return summed[:-1].astype(np.float64)


def _grids(connection: Connection, district_id: int, on: date) -> Units:
    rows = connection.execute(
        query("grids_to_count_in"), {"district_id": district_id, "on": on}
    ).all()
    whole = shapely.from_wkb([bytes(row.geometry) for row in rows])
    # A grid is one piece; where an imported one is not, its largest piece stands for it.
    shapes = [max(shapely.get_parts(shape), key=shapely.area) for shape in whole]
    return Units(
        kind="grid",
        keys=[str(row.grid_id) for row in rows],
        shapes=shapes,
        area_paths=[row.area_path for row in rows],
        neighbours=touching(shapes),
    )


def _cells(connection: Connection, district_id: int) -> Units:
    rows = connection.execute(query("district_outline"), {"district_id": district_id}).all()
    if not rows:
        return Units("h3", [], [], [], [], DEFAULT_RESOLUTION)
    outline = shapely.from_wkb(bytes(rows[0].geometry))
    resolution = DEFAULT_RESOLUTION
    cells = cover(outline, resolution)
    # A large rural county would have cells without number: one step coarser is a seventh.
    while len(cells) > MOST_CELLS and resolution > 0:
        resolution -= 1
        cells = cover(outline, resolution)
    keys = [str(cell) for cell in cells]
    lon, lat = cell_centres(keys)
    areas = area_of_points(connection, district_id, lon.tolist(), lat.tolist())
    return Units(
        kind="h3",
        keys=keys,
        shapes=list(cell_polygons(keys)),
        area_paths=[rows[0].path if area is None else area.path for area in areas],
        neighbours=of_cells(keys),
        resolution=resolution,
    )
