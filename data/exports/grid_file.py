"""Grids to and from a file of a GIS, whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

LAYER = "grids"
COLUMNS = ["code", "name", "area", "kind", "households", "target", "was", "geometry"]
"""What a file of grids has, in this order; ``kind``, ``target`` and ``was`` (the code of the grid
that it continues) where they are known."""
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}


class GridFileError(ValueError):
    """A file of grids cannot be read or written; says why in both languages."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en


def check_target(path: Path, *, force: bool) -> None:
    """Refuse early what could not be written, or would be lost.

    Raises
    ------
    GridFileError
        When the format is unknown, the folder is missing, or the file is there and ``force``
        was not given.
    """
    if path.suffix.lower() not in DRIVERS:
        raise GridFileError(
            f"不认识输出格式“{path.suffix}”，请用 {'、'.join(DRIVERS)}。",
            f"Unknown output format “{path.suffix}”: use {', '.join(DRIVERS)}.",
        )
    check_place(path, force=force)


def check_place(path: Path, *, force: bool) -> None:
    """Refuse a folder that is missing, and a file that is there unless ``force`` is given.

    Raises
    ------
    GridFileError
        Says what to do.
    """
    if not path.parent.is_dir():
        raise GridFileError(
            f"文件夹 {path.parent} 不存在，请先建立。",
            f"The folder {path.parent} does not exist: make it first.",
        )
    if path.exists() and not force:
        raise GridFileError(
            f"{path} 已存在，加 --force 可覆盖。", f"{path} exists: add --force to replace it."
        )


def write_grids(path: Path, grids: gpd.GeoDataFrame, *, force: bool = False) -> None:
    """Write grids as the layer ``grids``; until all is written the target stays as it was.

    Parameters
    ----------
    path
        ``.gpkg``, ``.geojson`` (always written in WGS 84) or ``.fgb``.
    grids
        ``code``, ``name``, ``area``, ``households``, ``geometry``, with a CRS; ``kind``,
        ``target`` and ``was`` where they are known.
    force
        Replace a file that is there.

    Raises
    ------
    GridFileError
        See :func:`check_target`; also when the file system refuses.
    """
    check_target(path, force=force)
    driver = DRIVERS[path.suffix.lower()]
    frame = grids[[name for name in COLUMNS if name in grids.columns]]
    frame = frame.to_crs("EPSG:4326") if driver == "GeoJSON" else frame
    with draft_beside(path) as draft:
        try:
            frame.to_file(draft, layer=LAYER, driver=driver)
            draft.replace(path)
        except (OSError, DataSourceError) as error:
            raise GridFileError(
                f"写不出 {path}：{error}。", f"Cannot write {path}: {error}."
            ) from error


@contextlib.contextmanager
def draft_beside(path: Path) -> Iterator[Path]:
    """Name a file in the same folder, so that renaming it is one step; leave nothing behind."""
    draft = path.with_name(f".{path.stem}-{uuid4().hex[:8]}{path.suffix}")
    try:
        yield draft
    finally:
        for left in path.parent.glob(f"{draft.name}*"):
            left.unlink(missing_ok=True)


def read_grids(path: Path) -> gpd.GeoDataFrame:
    """Read grids made by any tool: the layer ``grids``, or the only layer of the file.

    Raises
    ------
    GridFileError
        When the file, the layer or the polygons are not there.
    """
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        if LAYER not in names and len(names) != 1:
            raise GridFileError(
                f"{path} 里没有图层 grids，只有：{'、'.join(names)}。",
                f"{path} has no layer “grids”; it has: {', '.join(names)}.",
            )
        frame = gpd.read_file(path, layer=LAYER if LAYER in names else names[0])
    except (DataSourceError, DataLayerError) as error:
        raise GridFileError(f"读不出 {path}：{error}。", f"Cannot read {path}: {error}.") from error
    if not isinstance(frame, gpd.GeoDataFrame) or len(frame) == 0 or frame.crs is None:
        raise GridFileError(
            f"{path} 里没有带坐标系的网格图形。",
            f"{path} holds no grid shapes with a coordinate system.",
        )
    if not frame.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise GridFileError(
            f"{path} 里有不是面的图形或空图形。",
            f"{path} has shapes that are empty or not polygons.",
        )
    return frame
