"""Lists of addresses: with positions, without, in GBK, repeated, and wrong."""

import json
from pathlib import Path

import openpyxl
import pytest
from small_town import AT, DISTRICT
from sqlalchemy import Connection, text

from data.addresses import find_address
from data.imports.address_lists import read_address_list
from data.imports.problems import ImportFileError
from data.imports.store_addresses import StoredAddresses, store_addresses

HEADER = "名称,别名,所属村,地址,类别,经度,纬度\n"
VILLAGE = (
    HEADER
    + "张家庄,,,,村,118.035,36.815\n"
    + "关帝庙,老爷庙、大庙,张家庄,,地标,118.036,36.816\n"
    + "人民路北17号杆,,,,电杆,118.012,36.8202\n"
    + ",,张家庄,张家庄3组12号,门牌,118.0352,36.8155\n"
    + "老干部活动室,,,和平路6号,,,\n"
    + "幸福小学,幸福完小,,,,,\n"
)


def _import(town: Connection, path: Path, **options: object) -> StoredAddresses:
    listed = read_address_list(path, datum="wgs84", **options)  # type: ignore[arg-type]
    return store_addresses(town, listed, AT)


@pytest.fixture
def village(tmp_path: Path) -> Path:
    """A village's list as an office keeps it: GBK, some rows without a position."""
    path = tmp_path / "地名.csv"
    path.write_bytes(VILLAGE.encode("gbk"))
    return path


def test_a_list_is_stored_once_however_often_it_is_imported(
    town: Connection, village: Path
) -> None:
    first = _import(town, village)
    assert (first.stored.added, first.placed) == (6, 4)
    assert (first.names_of_buildings, first.names_of_places) == (1, 1)
    again = _import(town, village)
    assert (again.stored.added, again.stored.changed, again.stored.unchanged) == (0, 0, 6)
    village.write_bytes(VILLAGE.replace("老爷庙", "庙台子").encode("gbk"))
    changed = _import(town, village)
    assert (changed.stored.added, changed.stored.changed, changed.stored.unchanged) == (0, 1, 5)


@pytest.mark.parametrize(
    ("words", "kind", "grid"),
    [
        ("张家庄关帝庙", "place", 8),
        ("老爷庙旁", "place", 8),
        ("人民路北十七号电线杆", "pole", 2),
        ("张家庄三组12号", "address", 8),
        ("老干部活动室", "building", 3),
        ("幸福完小门口", "place", 2),
    ],
)
def test_what_was_imported_is_found(
    town: Connection, village: Path, words: str, kind: str, grid: int
) -> None:
    _import(town, village)
    found = find_address(town, DISTRICT, words, at=AT)
    assert found.certain, found
    assert found.best is not None
    assert (found.best.kind, found.best.grid_id) == (kind, grid)


def test_rows_at_fault_are_told_and_the_others_kept_if_wanted(
    town: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        HEADER
        + "好地方,,,,,118.005,36.835\n"
        + ",,,,,118.005,36.835\n"
        + "远方,,,,,121.5,31.2\n"
        + "没影的店,,,,,,\n"
        + "某店,,,幸福家园,,,\n"
        + "半个坐标,,,,,118.005,\n",
        encoding="utf-8",
    )
    listed = read_address_list(path, datum="wgs84")
    with pytest.raises(ImportFileError) as refused:
        store_addresses(town, listed, AT)
    codes = {row.row: row.code for row in refused.value.bad}
    assert codes == {
        3: "address_unnamed",
        4: "address_outside",
        5: "address_nowhere",
        6: "address_unsure",
        7: "coordinate_missing",
    }
    for row in refused.value.bad:
        assert row.message_zh != row.message_en
    stored = store_addresses(town, listed, AT, skip_bad=True)
    assert (stored.stored.added, len(stored.bad)) == (1, 5)


def test_a_workbook_without_positions_needs_no_datum(town: Connection, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["商户名单"], ["name", "address"], ["惠民超市", "光明家园 5＃楼"]):
        sheet.append(row)
    path = tmp_path / "shops.xlsx"
    book.save(path)
    listed = read_address_list(path)
    assert listed.datum is None
    stored = store_addresses(town, listed, AT)
    assert stored.names_of_buildings == 1
    held = town.execute(
        text("SELECT building_id, geom IS NULL AS bare, name FROM address WHERE district_id = 1")
    ).one()
    assert tuple(held) == (5, True, "惠民超市")


def test_points_and_outlines_come_from_geojson(town: Connection, tmp_path: Path) -> None:
    path = tmp_path / "places.geojson"
    outline = [[118.03, 36.81], [118.032, 36.81], [118.032, 36.812], [118.03, 36.81]]
    shapes = [
        {"type": "Point", "coordinates": [118.0, 36.83]},
        {"type": "Polygon", "coordinates": [outline]},
    ]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shape}
        for name, shape in zip(("界碑", "后湾"), shapes, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    stored = store_addresses(town, read_address_list(path), AT)
    assert stored.placed == 2
    best = find_address(town, DISTRICT, "后湾", at=AT).best
    assert best is not None
    assert best.grid_id == 8


def test_shifted_positions_are_brought_to_wgs84(town: Connection, tmp_path: Path) -> None:
    path = tmp_path / "amap.csv"
    path.write_text("名称,经度,纬度\n老槐树,118.0105,36.8305\n", encoding="utf-8")
    store_addresses(town, read_address_list(path, datum="gcj02"), AT)
    best = find_address(town, DISTRICT, "老槐树", at=AT).best
    assert best is not None
    assert best.lon == pytest.approx(118.0105 - 0.0056, abs=0.001)
    with pytest.raises(ImportFileError, match="datum"):
        read_address_list(path)
