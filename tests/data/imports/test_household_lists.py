"""Lists of households: read, matched with buildings by name, spread and stored."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import office_files as office
import pytest
import shapely
from sqlalchemy import Connection, text

from data.imports.area_tree import AreaOptions
from data.imports.household_lists import Basis, read_household_list
from data.imports.household_match import is_home
from data.imports.household_messages import HOUSEHOLD_MESSAGES
from data.imports.problems import BadRow, ImportFileError
from data.imports.read import read_features
from data.imports.store import store_layer
from data.imports.store_areas import store_areas
from data.imports.store_households import StoredHouseholds, store_households

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 4, 1, tzinfo=UTC)
HALVES = (shapely.box(118.29, 36.59, 118.31, 36.61), shapely.box(118.31, 36.59, 118.33, 36.61))
SIZE_DEG = 0.0004
# id, number, compound, address, use, levels, west end: all of one footprint.
BUILDINGS: tuple[tuple[Any, ...], ...] = (
    ("S1", "1号楼", "阳光小区", "幸福路12号", "住宅", 6, 118.300),
    ("S2", "2号楼", "阳光小区", "幸福路12号", "住宅", 18, 118.301),
    ("S3", "３＃", "阳光小区", "幸福路12号", "商业", 2, 118.302),
    ("N1", "1号楼", "新村", "和平路1号", "住宅", None, 118.303),
    ("N2", "1号楼", "新村", "团结路1号", "住宅", 6, 118.312),
    ("V1", "1号", None, "李家村1号", None, 1, 118.313),
    ("V2", "2号", None, "李家村2号", None, None, 118.314),
    ("V3", "村委会", None, "李家村", "办公", 2, 118.315),
    ("G1", "甲楼", "市场大院", None, "商业", 3, 118.305),
)


@pytest.fixture
def town(database: Connection, tmp_path: Path) -> Connection:
    """Two communities; 阳光小区 lies in 东风社区, 李家 in 李家村, a 新村 in each."""
    frame = gpd.GeoDataFrame({"名称": ["东风社区", "李家村"]}, geometry=list(HALVES), crs=4326)
    read = read_features(office.write_layer(tmp_path / "areas.gpkg", frame), "areas")
    store_areas(database, read, AT, options=AreaOptions("community", "379902001", "幸福街道"))
    names = ("楼栋编码", "楼号", "小区名称", "地址", "用途", "层数")
    rows = [dict(zip(names, row[:6], strict=True)) | {"户数": 10} for row in BUILDINGS]
    shapes = [office.square(row[6], 36.6, SIZE_DEG) for row in BUILDINGS]
    buildings = gpd.GeoDataFrame(rows, geometry=shapes, crs=4326)
    path = office.write_layer(tmp_path / "楼栋.geojson", buildings)
    store_layer(database, read_features(path, "buildings"), AT, "buildings")
    return database


HEADER = ("社区（村）", "小区", "楼号", "户数")


def take(
    town: Connection,
    folder: Path,
    *rows: Sequence[Any],
    header: Sequence[str] = HEADER,
    basis: Basis | None = "resident",
    **options: Any,
) -> StoredHouseholds:
    path = office.write_xlsx(folder / "户数.xlsx", [header, *rows], above=["某街道户数表"])
    return store_households(town, read_household_list(path, basis=basis), LATER, **options)


def counted(town: Connection) -> dict[str, int]:
    """Households of the buildings that a list has counted."""
    rows = town.execute(
        text(
            "SELECT external_id, households FROM building WHERE households_basis IS NOT NULL"
            " ORDER BY 1"
        )
    )
    return {row.external_id: row.households for row in rows}


def refused(town: Connection, folder: Path, *rows: Sequence[Any], **options: Any) -> list[BadRow]:
    with pytest.raises(ImportFileError) as caught:
        take(town, folder, *rows, **options)
    assert caught.value.code == "rows_bad"
    assert counted(town) == {}
    return caught.value.bad


def test_per_building_by_any_spelling(town: Connection, tmp_path: Path) -> None:
    stored = take(
        town, tmp_path, ("东风社区", "阳光 小区", "01#", 36), (None, None, "第二栋", "108户")
    )
    assert counted(town) == {"S1": 36, "S2": 108}
    assert stored.match.rows == {"building": 2}
    assert (stored.changed, stored.buildings) == (2, 9)
    assert (stored.before, stored.after) == (20, 144)
    assert (stored.all_before, stored.all_after) == (90, 214)
    bases = town.execute(text("SELECT DISTINCT households_basis FROM building ORDER BY 1"))
    assert list(bases.scalars()) == ["resident", None]


def test_a_compound_is_spread_by_floor_area_over_its_homes(
    town: Connection, tmp_path: Path
) -> None:
    stored = take(town, tmp_path, (None, "阳光小区", None, 101))
    assert counted(town) == {"S1": 25, "S2": 76, "S3": 0}
    assert stored.match.rows == {"compound": 1}
    assert stored.match.without_levels == 0


def test_several_buildings_in_one_row(town: Connection, tmp_path: Path) -> None:
    take(town, tmp_path, (None, "阳光小区", "1-2号楼", 40), (None, "阳光小区", "3号楼", 0))
    assert counted(town) == {"S1": 10, "S2": 30, "S3": 0}


@pytest.mark.parametrize("name", ["李家村", "李家村委会", "李 家 村", "379902001602"])
def test_the_total_of_a_village(town: Connection, tmp_path: Path, name: str) -> None:
    codes = town.execute(text("SELECT code FROM area WHERE name = '李家村'")).scalar_one()
    place = codes if name.isdigit() else name
    stored = take(town, tmp_path, (place, None, None, 100), levels=3)
    assert counted(town) == {"N2": 60, "V1": 10, "V2": 30, "V3": 0}
    assert stored.match.rows == {"community": 1}
    assert stored.match.without_levels == 1


def test_a_lane_stands_where_there_is_no_compound(town: Connection, tmp_path: Path) -> None:
    take(town, tmp_path, (None, "李家村", "1-2号", 8), levels=1)
    assert counted(town) == {"V1": 4, "V2": 4}


def test_the_same_file_twice_changes_nothing(town: Connection, tmp_path: Path) -> None:
    rows = [("东风社区", "阳光小区", None, 101), ("李家村", None, None, 77)]
    assert take(town, tmp_path, *rows).changed == 7
    assert take(town, tmp_path, *rows).changed == 0
    versions = text("SELECT version FROM layer_version WHERE layer = 'buildings'")
    assert town.execute(versions).scalar_one() == 2
    assert take(town, tmp_path, *rows, basis="registered").changed == 7, "another basis is a change"


def test_households_of_another_source_have_no_known_basis(town: Connection, tmp_path: Path) -> None:
    take(town, tmp_path, (None, "阳光小区", "1号楼", 10), (None, "阳光小区", "2号楼", 11))
    path = tmp_path / "楼栋.geojson"
    store_layer(town, read_features(path, "buildings"), LATER, "buildings")
    assert counted(town) == {"S1": 10}, "S2 is 10 again, which nobody counted as resident"


def test_what_matches_nothing_is_listed_with_the_likeliest(
    town: Connection, tmp_path: Path
) -> None:
    bad = refused(
        town,
        tmp_path,
        (None, "阳光小去", None, 10),
        (None, "阳光小区", "1号楼、8号楼", 10),
        ("李家村", "阳光小区", None, 10),
        (None, None, None, 10),
        (None, "市场大院", None, 10),
        (None, "阳光小区", "5-1号楼", 10),
    )
    assert [(row.row, row.code) for row in bad] == [
        (3, "household_place_unknown"),
        (4, "list_building_unknown"),
        (5, "household_not_in_area"),
        (6, "household_place_missing"),
        (7, "household_no_home"),
        (8, "list_range_bad"),
    ]
    assert "阳光小区" in bad[0].message_zh
    assert "没有 8" in bad[1].message_zh


@pytest.mark.parametrize("count", ["约30", -3, None, 2.5, 9_999_999])
def test_bad_counts_are_listed(town: Connection, tmp_path: Path, count: object) -> None:
    bad = refused(
        town, tmp_path, (None, "阳光小区", "1号楼", 5), (None, "阳光小区", "2号楼", count)
    )
    assert [(row.row, row.column) for row in bad] == [(4, "户数")]


def test_a_name_of_two_places_needs_its_community(town: Connection, tmp_path: Path) -> None:
    bad = refused(town, tmp_path, (None, "新村", "1号楼", 9))
    assert bad[0].code == "household_place_twice"
    assert "东风社区" in bad[0].message_zh
    assert "李家村" in bad[0].message_zh
    take(town, tmp_path, ("东风", "新村", "1号楼", 9), ("李家村", "新村", "1号楼", 8))
    assert counted(town) == {"N1": 9, "N2": 8}


def test_a_whole_name_goes_before_what_it_comes_to(town: Connection, tmp_path: Path) -> None:
    town.execute(text("UPDATE area SET name = '李家社区' WHERE name = '东风社区'"))
    assert refused(town, tmp_path, ("李家", None, None, 9))[0].code == "household_place_twice"
    take(town, tmp_path, ("李家社区", None, None, 9), ("李家村", None, None, 8))
    assert sum(counted(town).values()) == 17


def test_a_building_is_counted_once(town: Connection, tmp_path: Path) -> None:
    rows = [
        (None, "阳光小区", None, 200),
        (None, "阳光小区", "1号楼", 36),
        (None, "阳光小区", "1栋", 35),
    ]
    bad = refused(town, tmp_path, *rows)
    assert [(row.row, row.code) for row in bad] == [
        (3, "household_counted_twice"),
        (5, "household_counted_twice"),
    ]
    assert "第 4 行" in bad[0].message_zh
    stored = take(town, tmp_path, *rows, skip_bad=True)
    assert counted(town) == {"S1": 36}
    assert [row.row for row in stored.match.bad] == [3, 5]


def test_sums_are_passed_over(town: Connection, tmp_path: Path) -> None:
    path = office.write_xlsx(
        tmp_path / "户数.xlsx",
        [
            HEADER,
            ("东风社区", "阳光小区", "1号楼", 5),
            (None, "小计", None, 5),
            ("合 计", None, None, "?"),
        ],
    )
    listed = read_household_list(path, basis="resident")
    assert (len(listed.rows), listed.sums_passed, listed.bad) == (1, 2, [])


def test_the_basis_is_said_or_stands_in_the_column(tmp_path: Path) -> None:
    def read(*names: str, basis: Basis | None = None) -> tuple[str, str]:
        rows = [["小区", *names], ["阳光小区", *range(len(names))]]
        listed = read_household_list(office.write_csv(tmp_path / "h.csv", rows), basis=basis)
        return listed.basis, listed.mapping["households"]

    assert read("户籍户数") == ("registered", "户籍户数")
    assert read("户数（常住）") == ("resident", "户数（常住）")
    assert read("户数", basis="registered") == ("registered", "户数")
    assert read("户籍户数", "常住户数", basis="resident") == ("resident", "常住户数")
    assert read("户数", "常住户数") == ("resident", "常住户数")
    for names, basis in ((["户数"], None), (["户籍户数", "常住户数"], None)):
        with pytest.raises(ImportFileError) as caught:
            read(*names, basis=basis)
        assert caught.value.code == "basis_unclear"
    with pytest.raises(ImportFileError) as caught:
        read("户籍户数", basis="resident")
    assert caught.value.code == "basis_other"
    with pytest.raises(ImportFileError) as caught:
        read("人口")
    assert caught.value.code == "column_missing"


def test_one_district_is_taken_and_two_are_asked_for(town: Connection, tmp_path: Path) -> None:
    row = (None, "阳光小区", None, 5)
    with pytest.raises(ImportFileError, match="There is no district 110101"):
        take(town, tmp_path, row, district="110101")
    assert take(town, tmp_path, row, district="379902").changed == 3
    town.execute(
        text("INSERT INTO district (id, code, name, created_at) VALUES (9, '110101', '东城', :at)"),
        {"at": AT},
    )
    with pytest.raises(ImportFileError) as caught:
        take(town, tmp_path, row)
    assert caught.value.code == "district_needed"


@pytest.mark.parametrize(
    ("use", "lived_in"),
    [
        (None, True),
        ("住宅", True),
        ("商住楼", True),
        ("厂区宿舍", True),
        ("apartments", True),
        ("yes", True),
        ("非住宅", False),
        ("商业", False),
        ("Office", False),
        ("garages", False),
        ("mall", False),
    ],
)
def test_what_is_lived_in(use: str | None, lived_in: bool) -> None:
    assert is_home(use) is lived_in


@pytest.mark.parametrize("code", HOUSEHOLD_MESSAGES)
def test_every_message_is_whole_in_both_languages(code: str) -> None:
    message = HOUSEHOLD_MESSAGES[code]
    for half in (message.wrong_zh, message.mend_zh, message.wrong_en, message.mend_en):
        assert half.strip()
