"""Rows of the database as frames."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection

from data.database import query

WGS84 = "EPSG:4326"


def read_frame(
    connection: Connection, name: str, parameters: dict[str, Any], **parts: str
) -> gpd.GeoDataFrame:
    """Run a query of `data/sql` whose column ``geometry`` is WKB in EPSG:4326.

    `parts` are SQL of our own, as for :func:`data.database.query`.
    """
    result = connection.execute(query(name, **parts), parameters)
    # Plain tuples: pandas asks each row of SQLAlchemy for names that it does not have.
    rows = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    shapes = shapely.from_wkb(rows.pop("geometry").to_numpy(dtype=object))
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=WGS84))
