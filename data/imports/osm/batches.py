"""Rows on their way to the staging tables: shapes checked and measured some thousands at once."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from data.imports.limits import MAX_VERTICES_PER_SHAPE
from data.imports.osm.faults import Faults
from data.imports.problems import Problem

Bbox = tuple[float, float, float, float]
Row = tuple[Any, ...]
Sink = Callable[[str, Sequence[Row]], None]
BATCH_ROWS: Final = 5_000
# The columns of each staging table, in the order of its rows; the shape comes last.
COLUMNS: Final = {
    "osm_building": (
        "external_id", "name", "address", "use", "levels", "units", "flats", "footprint_m2", "geom",
    ),
    "osm_road": ("external_id", "name", "highway", "geom"),
    "osm_water": ("external_id", "name", "kind", "geom"),
    "osm_place": ("external_id", "name", "name_en", "kind", "geom"),
    "osm_address": ("external_id", "name", "address", "geom"),
    "osm_landuse": ("use", "geom"),
    "osm_fault": ("external_id",),
}  # fmt: skip
# Little-endian WKB says no datum; EWKB does, by a flag in the type and four bytes after it.
_WKB_HEAD: Final = 10
_EWKB: Final = {
    f"010{kind}000000": f"010{kind}000020E6100000"
    for kind in (1, 2, 5, 6)  # point, line, lines, polygons
}
_SEMI_MAJOR_M: Final = 6_378_137.0
_ECCENTRICITY2: Final = 0.00669437999014


def area_m2(shapes: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Measure shapes in degrees (EPSG:4326) that are small, such as buildings.

    Planar area times the lengths of a degree on the WGS 84 ellipsoid (radii of curvature in the
    meridian and the prime vertical) at the middle latitude: within 0.001 % for 1 km.
    """
    bounds = shapely.bounds(shapes)
    lat = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    w2 = 1 - _ECCENTRICITY2 * np.sin(lat) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY2) / w2**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(w2) * np.cos(lat)
    per_degree2 = np.radians(1) ** 2 * meridian_m * parallel_m
    return np.asarray(shapely.area(shapes) * per_degree2, dtype=np.float64)


class Batches:
    """Rows by table, handed on when there are enough of them."""

    def __init__(
        self, sink: Sink, bbox: Bbox | None, faults: Faults, counted: Counter[str]
    ) -> None:
        self._sink = sink
        self._bbox = bbox
        self._faults = faults
        self._counted = counted
        self._rows: dict[str, list[tuple[Row, Any]]] = {table: [] for table in COLUMNS}

    def add(self, table: str, row: Row, wkb: str) -> None:
        """Add a row with its shape as hex WKB."""
        rows = self._rows[table]
        rows.append((row, wkb))
        if len(rows) >= BATCH_ROWS:
            self._hand_on(table)

    def add_point(self, table: str, row: Row, point: tuple[float, float]) -> None:
        """Add a row at a longitude and latitude."""
        self.add(table, row, shapely.to_wkb(shapely.Point(point), hex=True))

    def add_lines(
        self, table: str, row: Row, lines: Sequence[Sequence[tuple[float, float]]]
    ) -> None:
        """Add a row whose shape is several lines."""
        self.add(table, row, shapely.to_wkb(shapely.MultiLineString(lines), hex=True))

    def refuse(self, kind: str, number: int, value: str, problem: Problem) -> None:
        """List an object, and remember it as one that the extract still has."""
        self._faults.add(kind, number, value, problem)
        rows = self._rows["osm_fault"]
        rows.append(((f"osm:{kind[0]}{number}",), None))
        if len(rows) >= BATCH_ROWS:
            self._hand_on("osm_fault")

    def flush(self) -> None:
        """Hand on all that is left."""
        for table in COLUMNS:
            self._hand_on(table)

    def _hand_on(self, table: str) -> None:
        rows, self._rows[table] = self._rows[table], []
        if not rows:
            return
        if table == "osm_fault":
            self._sink(table, [row for row, _ in rows])
            return
        shapes = shapely.from_wkb([wkb for _, wkb in rows])
        kept = self._inside(shapes) & self._small(table, rows, shapes)
        self._counted[table] += int(kept.sum())
        measured = area_m2(shapes) if table == "osm_building" else None
        self._sink(
            table,
            [
                (*row, *(() if measured is None else (round(float(measured[at]), 2),)), _ewkb(wkb))
                for at, (row, wkb) in enumerate(rows)
                if kept[at]
            ],
        )

    def _inside(self, shapes: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        if self._bbox is None:
            return np.ones(len(shapes), dtype=bool)
        west, south, east, north = self._bbox
        bounds = shapely.bounds(shapes)
        return np.asarray(
            (bounds[:, 0] <= east)
            & (bounds[:, 2] >= west)
            & (bounds[:, 1] <= north)
            & (bounds[:, 3] >= south)
        )

    def _small(
        self, table: str, rows: Sequence[tuple[Row, Any]], shapes: npt.NDArray[Any]
    ) -> npt.NDArray[np.bool_]:
        vertices = shapely.get_num_coordinates(shapes)
        small = vertices <= MAX_VERTICES_PER_SHAPE
        for at in np.flatnonzero(~small).tolist():
            params = {"vertices": int(vertices[at]), "limit": MAX_VERTICES_PER_SHAPE}
            external_id = str(rows[at][0][0])
            if table != "osm_landuse":
                kind = "way" if external_id.startswith("osm:w") else "relation"
                problem = Problem("osm_too_large", params)
                self.refuse(kind, int(external_id[5:]), "", problem)
        return np.asarray(small)


def _ewkb(wkb: str) -> str:
    return _EWKB[wkb[:_WKB_HEAD]] + wkb[_WKB_HEAD:]
