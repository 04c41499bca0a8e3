"""Buildings, roads, water and places in the real database."""

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import office_files as office
import pytest
import shapely
from sqlalchemy import Connection, text

from data.imports.area_tree import AreaOptions
from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.imports.store import Stored, store_layer
from data.imports.store_areas import store_areas

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 4, 1, tzinfo=UTC)
HALVES = (shapely.box(118.29, 36.59, 118.3015, 36.61), shapely.box(118.3015, 36.59, 118.32, 36.61))


@pytest.fixture
def town(database: Connection, tmp_path: Path) -> Connection:
    """A district with two communities; buildings 1 and 2 lie in the west, 3 in the east."""
    frame = gpd.GeoDataFrame({"名称": ["西社区", "东社区"]}, geometry=list(HALVES), crs=4326)
    read = read_features(office.write_layer(tmp_path / "areas.gpkg", frame), "areas")
    store_areas(database, read, AT, options=AreaOptions("community", "379902001", "幸福街道"))
    return database


def _buildings(town: Connection, folder: Path, frame: gpd.GeoDataFrame) -> Stored:
    path = office.write_layer(folder / "楼栋.geojson", frame)
    return store_layer(town, read_features(path, "buildings"), LATER, "buildings")


def _version(town: Connection, layer: str) -> int | None:
    version: int | None = town.execute(
        text("SELECT version FROM layer_version WHERE layer = :layer"), {"layer": layer}
    ).scalar()
    return version


def test_buildings_find_their_community(town: Connection, tmp_path: Path) -> None:
    stored = _buildings(town, tmp_path, office.quarter())
    assert (stored.added, stored.changed, stored.unchanged) == (3, 0, 0)
    rows = town.execute(
        text(
            "SELECT b.external_id, b.households, b.levels, b.compound, a.name AS community"
            " FROM building b JOIN area a ON a.id = b.area_id ORDER BY 1"
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        ("B001", 36, 6, "阳光小区", "西社区"),
        ("B002", 108, 18, "阳光小区", "西社区"),
        ("B003", 0, 2, None, "东社区"),
    ]


def test_the_same_file_twice_changes_nothing(town: Connection, tmp_path: Path) -> None:
    _buildings(town, tmp_path, office.quarter())
    version = _version(town, "buildings")
    again = _buildings(town, tmp_path, office.quarter())
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert _version(town, "buildings") == version == 1


def test_a_changed_row_is_changed_and_no_other(town: Connection, tmp_path: Path) -> None:
    _buildings(town, tmp_path, office.quarter())
    frame = office.quarter()
    frame.loc[0, "户数"] = 40
    stored = _buildings(town, tmp_path, frame)
    assert (stored.added, stored.changed, stored.unchanged) == (0, 1, 2)
    assert _version(town, "buildings") == 2
    total = town.execute(text("SELECT sum(households) FROM building")).scalar_one()
    assert total == 40 + 108


def test_redrawn_communities_take_their_buildings_along(town: Connection, tmp_path: Path) -> None:
    _buildings(town, tmp_path, office.quarter())
    moved = (
        shapely.box(118.29, 36.59, 118.3005, 36.61),
        shapely.box(118.3005, 36.59, 118.32, 36.61),
    )
    frame = gpd.GeoDataFrame({"名称": ["西社区", "东社区"]}, geometry=list(moved), crs=4326)
    read = read_features(office.write_layer(tmp_path / "new.gpkg", frame), "areas")
    store_areas(town, read, LATER, options=AreaOptions("community", "379902001"))
    counted = town.execute(
        text("SELECT a.name, count(*) FROM building b JOIN area a ON a.id = b.area_id GROUP BY 1")
    ).all()
    assert {row[0]: row[1] for row in counted} == {"西社区": 1, "东社区": 2}


def test_roads_water_and_places(town: Connection, tmp_path: Path) -> None:
    lines = gpd.GeoDataFrame(
        {"路名": ["幸福路"], "等级": ["主干道"]}, geometry=[office.SHAPES[0].boundary], crs=4326
    )
    roads = read_features(office.write_layer(tmp_path / "r.gpkg", lines), "roads")
    pond = gpd.GeoDataFrame(
        {"名称": ["李家塘"], "类别": ["池塘"]}, geometry=[office.SHAPES[1]], crs=4326
    )
    water = read_features(office.write_layer(tmp_path / "w.gpkg", pond), "water")
    rows = [["名称", "类别", "经度", "纬度"], ["李家村", "村", 118.301, 36.6]]
    places = read_features(office.write_xlsx(tmp_path / "p.xlsx", rows), "places", datum="gcj02")
    for _ in range(2):
        stored = [
            store_layer(town, roads, AT, "roads"),
            store_layer(town, water, AT, "water"),
            store_layer(town, places, AT, "places"),
        ]
    assert [part.unchanged for part in stored] == [1, 1, 1]
    found = town.execute(
        text(
            "SELECT r.highway, w.kind, p.kind, p.datum_in, ST_X(p.geom)"
            " FROM road r, water w, place p"
        )
    ).one()
    assert tuple(found[:4]) == ("primary", "pond", "village", "gcj02")
    assert 0.003 < 118.301 - found[4] < 0.007, "GCJ-02 lies some 500 m east of WGS 84 here"


def test_a_file_of_another_place_is_refused(town: Connection, tmp_path: Path) -> None:
    frame = office.quarter()
    frame.geometry = frame.translate(xoff=-10)
    with pytest.raises(ImportFileError, match="No district in the system contains"):
        _buildings(town, tmp_path, frame)
    path = office.write_layer(tmp_path / "q.gpkg", office.quarter())
    with pytest.raises(ImportFileError, match="There is no district 110101"):
        store_layer(town, read_features(path, "buildings"), AT, "buildings", district="110101")


def test_batches_and_progress(
    town: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.imports.store.BATCH_ROWS", 2)
    path = office.write_layer(tmp_path / "q.gpkg", office.quarter())
    told: list[tuple[int, int, str]] = []
    read = read_features(path, "buildings")
    stored = store_layer(town, read, AT, "buildings", progress=lambda *at: told.append(at))
    assert stored.added == 3
    assert told == [(0, 3, "buildings"), (2, 3, "buildings"), (3, 3, "buildings")]
