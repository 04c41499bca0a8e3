"""Make the sample again: ``python -m data.sample``."""

import contextlib
import sqlite3
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from data.demo.town import make_town

FOLDER = Path(__file__).parent
HOUSEHOLDS = 3_000
DEGREES = 1e-7
"""About a centimetre: finer digits would only make the files larger."""
COLUMNS = {
    "areas": ["code", "name", "name_en", "level", "parent_code"],
    "buildings": ["code", "name", "compound", "households"],
    "roads": ["name", "highway"],
}


def write_sample(folder: Path = FOLDER) -> None:
    """Write ``areas``, ``buildings`` and ``roads`` as GeoPackages into a folder."""
    town = make_town(seed=300, households=HOUSEHOLDS)
    communities = town.areas[town.areas["level"] == "community"]
    layers = {"areas": communities, "buildings": town.buildings, "roads": town.roads}
    # A fixed date keeps the files equal byte for byte from run to run.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    for name, frame in layers.items():
        slim = gpd.GeoDataFrame(frame[COLUMNS[name]], geometry=frame.geometry, crs=frame.crs)
        if name == "roads":
            slim.geometry = shapely.set_precision(slim.geometry.to_numpy(), DEGREES)
        path = folder / f"{name}.gpkg"
        path.unlink(missing_ok=True)
        slim.to_file(path, layer=name, driver="GPKG", SPATIAL_INDEX="NO")
        _pack(path)


def _pack(path: Path) -> None:
    """Write a GeoPackage anew in small pages: a third of the size for so few rows."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")


if __name__ == "__main__":
    write_sample()
