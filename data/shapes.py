"""Shapes that tiles are cut from: simplified per zoom band, shared edges kept shared."""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, text

GeometryArray = npt.NDArray[np.object_]

TILE_PX: Final = 512
WORLD_3857: Final = 2 * math.pi * 6378137.0
# (first zoom of the band, last zoom it is drawn at); the last band keeps every vertex.
BANDS: Final = ((0, 11), (12, 13), (14, 15), (16, None))


def pixel_3857(zoom: int) -> float:
    """Width of a pixel of a 512-pixel tile, in units of EPSG:3857."""
    return WORLD_3857 / (TILE_PX * (1 << zoom))


def band_of(zoom: int) -> int:
    """Return the band (its first zoom) whose shapes a tile of this zoom is cut from."""
    return max(first for first, _ in BANDS if first <= zoom)


def simplify_bands(shapes: GeometryArray, *, outline: bool) -> dict[int, GeometryArray]:
    """Simplify a coverage for every band, all polygons together.

    Parameters
    ----------
    shapes : array of Polygon or MultiPolygon in EPSG:3857
        A coverage: neighbours share vertices along their common edge.
    outline
        Whether the outer boundary is simplified too. False keeps it vertex by vertex, so that
        it still fits what lies beyond it and was simplified on another day.

    Returns
    -------
    First zoom of each band → array of MultiPolygon, in the order of `shapes`. The tolerance is
    half a pixel at the last zoom of the band (Visvalingam–Whyatt, as GEOS does it).
    """
    banded: dict[int, GeometryArray] = {}
    for first, last in BANDS:
        drawn = (
            shapes
            if last is None
            else shapely.coverage_simplify(shapes, pixel_3857(last) / 2, simplify_boundary=outline)
        )
        banded[first] = np.array(
            [shapely.multipolygons(shapely.get_parts(shape)) for shape in drawn], dtype=np.object_
        )
    return banded


def store_grid_shapes(connection: Connection, district_id: int, plan_id: int) -> int:
    """Draw the grids of a plan for tiles, in place of what was drawn of it before.

    Returns
    -------
    How many grids were drawn.
    """
    of_plan = {"district_id": district_id, "plan_id": plan_id}
    connection.execute(
        text(
            "DELETE FROM grid_shape AS s USING grid_version AS v "
            "WHERE s.district_id = :district_id AND v.district_id = s.district_id "
            "AND v.id = s.grid_version_id AND v.plan_id = :plan_id"
        ),
        of_plan,
    )
    rows = connection.execute(
        text(
            "SELECT id, ST_AsBinary(ST_Transform(geom, 3857)) AS shape FROM grid_version "
            "WHERE district_id = :district_id AND plan_id = :plan_id ORDER BY id"
        ),
        of_plan,
    ).all()
    for band, shapes in simplify_bands(_shapes(rows), outline=False).items():
        ids = [row.id for row in rows]
        _insert(connection, _GRID_SHAPE, district_id, band, ids, shapes)
    return len(rows)


def store_area_shapes(connection: Connection, district_id: int) -> int:
    """Draw all areas of a district for tiles, each level together.

    Returns
    -------
    How many areas were drawn.
    """
    connection.execute(
        text("DELETE FROM area_shape WHERE district_id = :district_id"),
        {"district_id": district_id},
    )
    rows = connection.execute(
        text(
            "SELECT id, level, ST_AsBinary(ST_Transform(geom, 3857)) AS shape FROM area "
            "WHERE district_id = :district_id ORDER BY level, id"
        ),
        {"district_id": district_id},
    ).all()
    for level in sorted({row.level for row in rows}):
        siblings = [row for row in rows if row.level == level]
        for band, shapes in simplify_bands(_shapes(siblings), outline=True).items():
            ids = [row.id for row in siblings]
            _insert(connection, _AREA_SHAPE, district_id, band, ids, shapes)
    return len(rows)


def _shapes(rows: Any) -> GeometryArray:
    return np.asarray(shapely.from_wkb([bytes(row.shape) for row in rows]), dtype=np.object_)


_GRID_SHAPE: Final = ("grid_shape", "grid_version_id")
_AREA_SHAPE: Final = ("area_shape", "area_id")


def _insert(  # noqa: PLR0917 (the columns of a row, in their order)
    connection: Connection,
    table_and_key: tuple[str, str],
    district_id: int,
    band: int,
    ids: list[int],
    shapes: GeometryArray,
) -> None:
    if not ids:
        return
    table, key = table_and_key
    connection.execute(
        text(
            f"INSERT INTO {table} (district_id, {key}, min_zoom, geom) "  # noqa: S608 (our names)
            "SELECT :district_id, s.id, :band, ST_GeomFromWKB(s.shape, 3857) "
            "FROM unnest(CAST(:ids AS bigint[]), CAST(:shapes AS bytea[])) AS s (id, shape)"
        ),
        {
            "district_id": district_id,
            "band": band,
            "ids": ids,
            "shapes": list(shapely.to_wkb(shapes)),
        },
    )
