"""How often each map layer changed: what tiles are validated by."""

from datetime import date, datetime

from sqlalchemy import Connection, text

from data.database import query

LAYERS = ("addresses", "areas", "buildings", "grids", "places", "roads", "temporary", "water")


def touch_layer(connection: Connection, district_id: int, layer: str, at: datetime) -> int:
    """Count one more change of a layer, in the transaction that changes it.

    Parameters
    ----------
    layer
        One of `LAYERS`.

    Returns
    -------
    The layer's new version.
    """
    if layer not in LAYERS:
        raise ValueError(f"no such layer: {layer}")
    version: int = connection.execute(
        text(
            "INSERT INTO layer_version (district_id, layer, version, changed_at) "
            "VALUES (:district_id, :layer, 1, :at) "
            "ON CONFLICT (district_id, layer) DO UPDATE "
            "SET version = layer_version.version + 1, changed_at = excluded.changed_at "
            "RETURNING version"
        ),
        {"district_id": district_id, "layer": layer, "at": at},
    ).scalar_one()
    return version


def layer_version(connection: Connection, district_id: int, layer: str, on: date) -> str:
    """Name the state of a layer as it is seen on a day.

    Two states that differ have different names: each change counts up, and grids change on the
    day that a plan takes effect or a temporary grid begins or ends, when nobody writes anything.
    """
    row = connection.execute(
        query("layer_version"), {"district_id": district_id, "layer": layer, "on": on}
    ).one()
    name = f"{row.district}-{row.version}"
    return f"{name}-{row.effective_on:%Y%m%d}" if row.effective_on is not None else name


def layer_versions(connection: Connection, district_id: int) -> dict[str, int]:
    """How often each layer of a district was changed, by its name."""
    rows = connection.execute(
        text("SELECT layer, version FROM layer_version WHERE district_id = :district_id"),
        {"district_id": district_id},
    )
    return {row.layer: int(row.version) for row in rows}


def district_today(connection: Connection, district_id: int, at: datetime) -> date:
    """Tell the day of a moment in the district's time zone."""
    today: date = connection.execute(
        text(
            "SELECT CAST(CAST(:at AS timestamptz) AT TIME ZONE time_zone AS date) "
            "FROM district WHERE id = :district_id"
        ),
        {"district_id": district_id, "at": at},
    ).scalar_one()
    return today
