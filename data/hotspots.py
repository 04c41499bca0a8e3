"""Hotspot runs in the database: what was found, and what of it a caller may see."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import shapely
from sqlalchemy import Connection, Row, delete, insert, text

from data.database import query
from data.schema import HotspotRun
from data.scope import Scope, in_place

RunRow = Row[*tuple[Any, ...]]

# A cell has no grid of its own: an officer sees the cells that touch his grids.
_OF_GRIDS = """
EXISTS (
    SELECT 1 FROM grid_version AS own
    JOIN hotspot_run AS of_run
      ON of_run.district_id = own.district_id AND of_run.id = {t}.run_id
    WHERE own.district_id = {t}.district_id AND own.grid_id = ANY(:scope_grids)
      AND own.validity @> CAST(:on AS date)
      AND CASE of_run.unit WHEN 'grid' THEN {t}.unit_key = CAST(own.grid_id AS text)
                           ELSE ST_Intersects(own.geom, {t}.geom) END
)
"""
_RUN = "id, unit, period_from, period_to, cases, settings, density_key, computed_at"


def unit_in_scope(alias: str, scope: Scope) -> str:
    """SQL condition: the unit of a run lies in the scope, as of `data.scope.in_place`.

    Parameters: `Scope.parameters()`, and `on`, the day whose grids are meant.
    """
    within = in_place(alias, scope).replace(f"{alias}.grid_id = ANY(:scope_grids)", _OF_GRIDS)
    return within.format(t=alias)


def list_runs(
    connection: Connection,
    district_id: int,
    *,
    unit: str | None = None,
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[RunRow]:
    """List the newest run of each period, latest period first; one row more tells of a next page.

    Parameters
    ----------
    unit
        `grid` or `h3`; None: both.
    after
        Last day and id of the last run of the page before.
    """
    to_day, last_id = after or (None, None)
    return list(
        connection.execute(
            query("hotspot_runs"),
            {
                "district_id": district_id,
                "unit": unit,
                "after_day": to_day,
                "after_id": last_id,
                "limit": limit + 1,
            },
        ).all()
    )


def find_run(
    connection: Connection,
    district_id: int,
    unit: str | None = None,
    *,
    run_id: int | None = None,
    period_from: date | None = None,
    period_to: date | None = None,
) -> RunRow | None:
    """Return the latest run that matches, or None."""
    return connection.execute(
        text(
            f"SELECT {_RUN} FROM hotspot_run WHERE district_id = :district_id "  # noqa: S608 (ours)
            "AND (CAST(:unit AS text) IS NULL OR unit = :unit) "
            "AND (CAST(:run_id AS bigint) IS NULL OR id = :run_id) "
            "AND (CAST(:from_day AS date) IS NULL OR period_from = :from_day) "
            "AND (CAST(:to_day AS date) IS NULL OR period_to = :to_day) "
            "ORDER BY period_to DESC, computed_at DESC, id DESC LIMIT 1"
        ),
        {
            "district_id": district_id,
            "unit": unit,
            "run_id": run_id,
            "from_day": period_from,
            "to_day": period_to,
        },
    ).one_or_none()


def latest_run_id(connection: Connection, district_id: int, unit: str) -> int | None:
    """Return the newest run on grids or h3 cells, or None before the first."""
    run = find_run(connection, district_id, unit)
    return None if run is None else run.id


def units_of_run(connection: Connection, scope: Scope, run_id: int, on: date) -> list[RunRow]:
    """List the units of a run that the scope holds, the most unusual first.

    Cells without cases in which nothing is unusual are left out; grids never are.

    Parameters
    ----------
    on
        The day whose grids are meant, for an officer.
    """
    return list(
        connection.execute(
            query("hotspot_units", in_scope=unit_in_scope("h", scope)),
            scope.parameters() | {"run_id": run_id, "on": on},
        ).all()
    )


def store_run(
    connection: Connection,
    district_id: int,
    run: dict[str, Any],
    units: pd.DataFrame,
    shapes: Sequence[shapely.Polygon],
) -> int:
    """Store a run in place of an earlier one over the same period.

    Parameters
    ----------
    run
        Columns of `hotspot_run`.
    units
        `unit_key`, `area_path` and the columns of `geo.hotspots.hotspots`, a row per unit.
    shapes
        Their outlines in WGS 84.

    Returns
    -------
    Id of the run.
    """
    connection.execute(
        delete(HotspotRun).where(
            HotspotRun.district_id == district_id,
            HotspotRun.unit == run["unit"],
            HotspotRun.period_from == run["period_from"],
            HotspotRun.period_to == run["period_to"],
        )
    )
    run_id: int = connection.execute(
        insert(HotspotRun).values(district_id=district_id, **run).returning(HotspotRun.id)
    ).scalar_one()
    columns = {
        name: [None if pd.isna(value) else value for value in units[name].tolist()]
        for name in units.columns
    }
    connection.execute(
        query("store_hotspot_units"),
        {"district_id": district_id, "run_id": run_id}
        | columns
        | {"shapes": [shapely.to_wkb(shape) for shape in shapes]},
    )
    return run_id


def remove_runs_not_ending(
    connection: Connection, district_id: int, kept_ends: Sequence[date], before: datetime
) -> None:
    """Delete runs that `refresh` made for a day that is past, such as yesterday's newest.

    Parameters
    ----------
    kept_ends
        Last days of the periods that stay.
    before
        Only runs computed before this moment.
    """
    connection.execute(
        text(
            "DELETE FROM hotspot_run WHERE district_id = :district_id "
            "AND settings ->> 'regular' = 'true' AND computed_at < :before "
            "AND NOT (period_to = ANY(CAST(:kept AS date[])))"
        ),
        {"district_id": district_id, "kept": list(kept_ends), "before": before},
    )
