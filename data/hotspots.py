"""Hotspot runs in the database."""

from sqlalchemy import Connection, text

from data.scope import in_place

# An officer sees the cells that touch his grids: a cell has no grid of its own.
_TOUCHES_GRIDS = """
EXISTS (
    SELECT 1 FROM grid_version AS own
    WHERE own.district_id = {t}.district_id AND own.grid_id = ANY(:scope_grids)
      AND own.validity @> CAST(:on AS date)
      AND ST_Intersects(own.geom, {t}.geom)
)
"""


def unit_in_scope(alias: str) -> str:
    """SQL condition: the unit of a run lies in the scope.

    Parameters: `Scope.parameters()`, and `on`, the day whose grids are meant.
    """
    within = in_place(alias).replace(f"{alias}.grid_id = ANY(:scope_grids)", _TOUCHES_GRIDS)
    return within.format(t=alias)


def latest_run_id(connection: Connection, district_id: int, unit: str) -> int | None:
    """Return the newest run on grids or h3 cells, or None before the first."""
    run_id: int | None = connection.execute(
        text(
            "SELECT id FROM hotspot_run WHERE district_id = :district_id AND unit = :unit "
            "ORDER BY period_to DESC, computed_at DESC, id DESC LIMIT 1"
        ),
        {"district_id": district_id, "unit": unit},
    ).scalar_one_or_none()
    return run_id
