"""The tree of areas: codes, parents, and how areas must lie."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import office_files as office
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from data.imports.area_tree import AreaOptions
from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.imports.store_areas import StoredAreas, store_areas

AT = datetime(2026, 3, 1, tzinfo=UTC)
WEST, EAST = shapely.box(118.3, 36.6, 118.31, 36.61), shapely.box(118.31, 36.6, 118.32, 36.61)
TOWN = shapely.box(118.3, 36.6, 118.32, 36.61)
Row = tuple[str | None, str, BaseGeometry]

TREE: list[Row] = [
    ("379902000000", "示范区", TOWN),
    ("379902001000", "幸福街道", TOWN),
    ("379902001001", "西社区", WEST),
    ("379902001002", "东社区", EAST),
]


def _import(
    database: Connection,
    folder: Path,
    rows: list[Row],
    options: AreaOptions | None = None,
    **given: Any,
) -> StoredAreas:
    frame = gpd.GeoDataFrame(
        {"区划代码": [row[0] for row in rows], "名称": [row[1] for row in rows]},
        geometry=[row[2] for row in rows],
        crs=4326,
    )
    path = office.write_layer(folder / "areas.geojson", frame)
    read = read_features(path, "areas", skip_bad=bool(given.get("skip_bad")))
    return store_areas(database, read, AT, options=options, **given)


def _paths(database: Connection) -> list[str]:
    return list(database.execute(text("SELECT path::text FROM area ORDER BY path")).scalars())


def test_codes_make_the_tree(database: Connection, tmp_path: Path) -> None:
    stored = _import(database, tmp_path, TREE[::-1])
    assert [(part.added, part.changed) for part in stored.districts] == [(4, 0)]
    assert _paths(database) == [
        "379902",
        "379902.379902001",
        "379902.379902001.379902001001",
        "379902.379902001.379902001002",
    ]
    drawn = database.execute(text("SELECT count(*) FROM area_shape")).scalar_one()
    assert drawn == 4 * 4, "every area is drawn for every zoom band"


def test_the_same_file_again_changes_nothing(database: Connection, tmp_path: Path) -> None:
    first = _import(database, tmp_path, TREE).districts[0]
    version = text("SELECT version FROM layer_version WHERE layer = 'areas'")
    before = database.execute(version).scalar_one()
    again = _import(database, tmp_path, TREE).districts[0]
    assert (again.added, again.changed, again.unchanged) == (0, 0, 4)
    assert again.district_id == first.district_id
    assert database.execute(version).scalar_one() == before
    renamed = [*TREE[:3], ("379902001002", "东苑社区", EAST)]
    changed = _import(database, tmp_path, renamed).districts[0]
    assert (changed.added, changed.changed, changed.unchanged) == (0, 1, 3)
    assert database.execute(version).scalar_one() == before + 1


def test_areas_without_codes_get_provisional_ones(database: Connection, tmp_path: Path) -> None:
    rows: list[Row] = [(None, "东", EAST), (None, "西", WEST)]
    options = AreaOptions("community", "379902001", "幸福街道")
    stored = _import(database, tmp_path, rows, options)
    assert stored.districts[0].added == 4, "street and district are made from the communities"
    assert _paths(database)[2:] == [
        "379902.379902001.379902001600",
        "379902.379902001.379902001601",
    ]
    names = database.execute(text("SELECT name FROM area ORDER BY path")).scalars().all()
    assert list(names) == ["幸福街道", "幸福街道", "西", "东"], "numbered from west to east"
    again = _import(database, tmp_path, rows, options)
    assert again.districts[0].unchanged == 2


def test_ids_of_the_file_keep_provisional_codes(database: Connection, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"admin_id": [7, 3], "name": ["西", "东"]}, geometry=[WEST, EAST], crs=4326
    )
    path = office.write_layer(tmp_path / "a.gpkg", frame)
    options = AreaOptions("community", "379902001", "幸福街道")
    store_areas(database, read_features(path, "areas"), AT, options=options)
    assert [code[-3:] for code in _paths(database)[2:]] == ["603", "607"]


def test_a_parent_can_grow_with_its_areas(database: Connection, tmp_path: Path) -> None:
    _import(database, tmp_path, [*TREE[:1], ("379902001000", "幸福街道", WEST), TREE[2]])
    with pytest.raises(ImportFileError) as refused:
        _import(database, tmp_path, [TREE[3]])
    assert refused.value.bad[0].code == "area_outside_parent"
    _import(database, tmp_path, [TREE[3]], AreaOptions(grow_parent=True))
    street = database.execute(
        text("SELECT ST_AsBinary(geom) FROM area WHERE code = '379902001'")
    ).scalar_one()
    assert shapely.equals_exact(
        shapely.normalize(shapely.from_wkb(bytes(street)).geoms[0]).simplify(0),
        shapely.normalize(TOWN),
        tolerance=1e-9,
    )


@pytest.mark.parametrize(
    ("rows", "code", "sentence"),
    [
        (
            [*TREE[:2], ("379902002001", "外", WEST)],
            "parent_missing",
            "第 3 行，“区划代码”列（379902002）：上级“379902002”不在文件里，也不在系统中。"
            "请先导入上级区域，或改正上级编码。",
        ),
        (
            [*TREE[:3], ("379902001002", "东社区", shapely.box(118.31, 36.6, 118.33, 36.61))],
            "area_outside_parent",
            "第 4 行（东社区）：区域有 992872 平方米在上级“379902001”的范围之外。"
            "请在 QGIS 中把边界对齐到上级边界。",
        ),
        (
            [*TREE[:3], ("379902001002", "东社区", shapely.box(118.305, 36.6, 118.32, 36.61))],
            "areas_overlap",
            "第 4 行（东社区）：与“西社区”（第 3 行）重叠 496421 平方米。"
            "请在 QGIS 中修正，使同级区域互不重叠。",
        ),
    ],
)
def test_areas_that_do_not_fit_are_refused(
    rows: list[Row], code: str, sentence: str, database: Connection, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError) as refused:
        _import(database, tmp_path, rows)
    assert [row.code for row in refused.value.bad] == [code]
    assert refused.value.bad[0].line("zh") == sentence
    assert _paths(database) == []
    kept = _import(database, tmp_path, rows, skip_bad=True)
    assert [row.code for row in kept.bad] == [code]
    assert len(_paths(database)) == len(rows) - 1


def test_slivers_between_offices_are_borne(database: Connection, tmp_path: Path) -> None:
    # 0.000004° of longitude is about 36 cm here.
    east = shapely.box(118.309996, 36.6, 118.320004, 36.61)
    assert _import(database, tmp_path, [*TREE[:3], ("379902001002", "东社区", east)]).bad == []


def test_without_codes_the_user_is_told_what_to_give(database: Connection, tmp_path: Path) -> None:
    rows: list[Row] = [(None, "西", WEST)]
    with pytest.raises(ImportFileError, match="have no codes"):
        _import(database, tmp_path, rows)
    with pytest.raises(ImportFileError, match="has a code of 9 digits"):
        _import(database, tmp_path, rows, AreaOptions("community", "379902"))


def test_an_area_is_never_moved_to_another_parent(database: Connection, tmp_path: Path) -> None:
    second: Row = ("379902002000", "和平街道", EAST)
    _import(database, tmp_path, [TREE[0], ("379902001000", "幸福街道", WEST), TREE[2], second])
    frame = gpd.GeoDataFrame(
        {"编码": ["379902001001"], "名称": ["西社区"], "上级编码": ["379902002"]},
        geometry=[EAST],
        crs=4326,
    )
    path = office.write_layer(tmp_path / "moved.geojson", frame)
    with pytest.raises(ImportFileError) as refused:
        store_areas(database, read_features(path, "areas"), AT)
    assert refused.value.bad[0].code == "parent_changed"
