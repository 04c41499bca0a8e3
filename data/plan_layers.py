"""Lines and compounds that a planner gives for drawing up: read from a file, kept, read again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, cast
from uuid import UUID

import geopandas as gpd
import shapely
from sqlalchemy import Connection, insert, select

from data.database import query
from data.frames import WGS84
from data.imports.columns import Field, GeometryKind, Kind
from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.schema import Area, PlanLayer

LayerRole = Literal["barriers", "preferred", "compounds"]

MOST_VERTICES: Final = 400_000
UNUSED_AFTER: Final = timedelta(days=7)
_NAME: Final = Field("name", "名称", ("name", "名称", "小区", "小区名称", "compound", "mc"))
_SHAPES: Final[dict[LayerRole, tuple[str, GeometryKind]]] = {
    "barriers": ("不可跨越的线", "line-or-polygon"),
    "preferred": ("优先沿行的线", "line-or-polygon"),
    "compounds": ("小区", "polygon"),
}


@dataclass(frozen=True)
class LayerKey:
    """A layer, the area it was given for, and what is in it."""

    id: int
    role: LayerRole
    name: str
    shapes: int
    area_path: str


def read_layer_file(path: Path, role: LayerRole) -> gpd.GeoDataFrame:
    """Read a file of lines or polygons: `name`, `geometry` in EPSG:4326.

    Parameters
    ----------
    path
        GeoPackage, Shapefile (ZIP), GeoJSON or another format of `data.imports`.
    role
        Compounds are polygons; barriers and lines to prefer are lines or polygons.

    Raises
    ------
    ImportFileError
        Says in both languages what to mend.
    """
    name_zh, shapes = _SHAPES[role]
    kind = Kind(role, name_zh, shapes, (_NAME,), ())
    frame = read_features(path, kind).frame
    vertices = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
    if vertices > MOST_VERTICES:
        raise ImportFileError("too_many_vertices", vertices=vertices, limit=MOST_VERTICES)
    return frame[["name", "geometry"]]


def keep_layer(
    connection: Connection,
    district_id: int,
    area_id: int,
    frame: gpd.GeoDataFrame,
    *,
    role: LayerRole,
    name: str,
    by: UUID,
    at: datetime,
) -> int:
    """Keep a layer for plans of an area and return its id.

    Parameters
    ----------
    frame
        As `read_layer_file` gives it.
    """
    names = [name if isinstance(name, str) else None for name in frame["name"]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": named},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for named, shape in zip(names, frame.geometry, strict=True)
    ]
    return int(
        connection.execute(
            insert(PlanLayer)
            .values(
                district_id=district_id,
                area_id=area_id,
                role=role,
                name=name,
                shapes=len(features),
                features={"type": "FeatureCollection", "features": features},
                added_by=by,
                added_at=at,
            )
            .returning(PlanLayer.id)
        ).scalar_one()
    )


def find_layers(
    connection: Connection, district_id: int, layer_ids: Iterable[int]
) -> dict[int, LayerKey]:
    """Find layers by their ids; those that are not there are left out."""
    rows = connection.execute(
        select(PlanLayer.id, PlanLayer.role, PlanLayer.name, PlanLayer.shapes, Area.path)
        .join(Area, (Area.district_id == PlanLayer.district_id) & (Area.id == PlanLayer.area_id))
        .where(PlanLayer.district_id == district_id, PlanLayer.id.in_(sorted(set(layer_ids))))
    )
    return {
        row.id: LayerKey(row.id, cast("LayerRole", row.role), row.name, row.shapes, row.path)
        for row in rows
    }


def read_features_of(
    connection: Connection, district_id: int, layer_id: int
) -> dict[str, Any] | None:
    """Read a layer as a GeoJSON collection, or None where there is no such layer."""
    found: dict[str, Any] | None = connection.execute(
        select(PlanLayer.features).where(
            PlanLayer.district_id == district_id, PlanLayer.id == layer_id
        )
    ).scalar_one_or_none()
    return found


def read_layer_shapes(
    connection: Connection, district_id: int, layer_id: int
) -> gpd.GeoDataFrame | None:
    """Read a layer as it was kept, digit by digit: `name`, `geometry` in EPSG:4326."""
    found = read_features_of(connection, district_id, layer_id)
    if found is None:
        return None
    shapes = shapely.from_geojson([json.dumps(one["geometry"]) for one in found["features"]])
    names = [one["properties"]["name"] for one in found["features"]]
    return gpd.GeoDataFrame({"name": names}, geometry=gpd.GeoSeries(shapes, crs=WGS84))


def forget_unused_layers(connection: Connection, at: datetime) -> None:
    """Delete layers that no plan named within some days of their upload."""
    connection.execute(query("forget_plan_layers"), {"before": at - UNUSED_AFTER})
