"""Where cases lie: grid, area and temporary grids of points, one or many at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from data.case_types import Place, Point
from data.database import query


def place_of(
    connection: Connection,
    district_id: int,
    point: Point,
    at: datetime,
    occurred_at: datetime | None = None,
) -> Place:
    """Find the grid and area of a point on the day of a moment; as `places_of` for one."""
    return places_of(connection, district_id, [point], at, [occurred_at])[0]


def places_of(
    connection: Connection,
    district_id: int,
    points: Sequence[Point],
    at: datetime,
    occurred: Sequence[datetime | None],
) -> list[Place]:
    """Find the grids and areas of points on the day of a moment.

    Parameters
    ----------
    occurred
        When each happened by the device's clock: `grid_id_filed` is the grid of that day.
    """
    rows = connection.execute(
        query("places_of"),
        {
            "district_id": district_id,
            "lons": [point.lon for point in points],
            "lats": [point.lat for point in points],
            "at": at,
            "occurred": list(occurred),
        },
    )
    return [
        Place(row.grid_id, row.area_path, row.day, row.grid_id_filed, tuple(row.temporary_ids))
        for row in rows
    ]


def hold_grids(connection: Connection, district_id: int) -> None:
    """Keep the grids as they are until this transaction ends.

    Publishing a plan writes this row first: it waits for places that are being looked up, and
    whoever comes later looks them up in the new grids.
    """
    connection.execute(
        text(
            "SELECT version FROM layer_version"
            " WHERE district_id = :district_id AND layer = 'grids' FOR SHARE"
        ),
        {"district_id": district_id},
    )


def place_facts(point: Point | None, place: Place) -> dict[str, Any]:
    """What a line of the ledger says of a place; a case without a point says only its area."""
    facts: dict[str, Any] = {"grid_id": place.grid_id, "area_path": place.area_path}
    if point is not None:
        facts |= {"lon": point.lon, "lat": point.lat, "datum": point.datum_in}
    if place.temporary_ids:
        facts["temporary_grid_ids"] = list(place.temporary_ids)
    return facts
