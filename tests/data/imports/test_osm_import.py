"""A whole extract from the file to the database, by its real reader and the real store."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from osm_files import Extract, box, town
from sqlalchemy import Connection, text

from data.imports.osm import estimate, staging
from data.imports.osm.areas import parse_levels
from data.imports.osm.rules import read_rules
from data.imports.osm.store import OsmOptions, StoredExtract, store_extract
from data.imports.problems import ImportFileError
from geo.households import estimate_households

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
STANDARD = {"area_levels": parse_levels("standard")}
Bring = Callable[..., StoredExtract]


@pytest.fixture
def bring(database: Connection, tmp_path: Path) -> Bring:
    """Write an extract and import it."""

    def run(extract: Extract, **options: Any) -> StoredExtract:
        path = extract.write(tmp_path / "town.osm.pbf")
        asked = OsmOptions(rules=read_rules(None), **(STANDARD | options))
        return store_extract(database, path, AT, asked)

    return run


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(sql))]


def test_a_town_comes_whole(bring: Bring, database: Connection) -> None:
    done = bring(town())
    assert done.date == "2026-11-01T20:00:00Z"
    assert done.areas is not None
    assert done.areas.added == 4
    assert _rows(database, "SELECT code, name, level FROM area ORDER BY code") == [
        ("379903", "河阳县", "district"),
        ("379903600", "河阳街道", "street"),
        ("379903600600", "东风社区", "community"),
        ("379903600601", "西关社区", "community"),
    ]
    buildings = _rows(
        database,
        "SELECT b.external_id, b.name, b.compound, b.address, b.use, b.levels, a.name "
        "FROM building AS b JOIN area AS a ON a.id = b.area_id ORDER BY b.id",
    )
    assert sorted(buildings, key=lambda row: int(row[0][5:])) == [
        ("osm:w7", "1号楼", "阳光小区", "幸福路12号", "apartments", 6, "东风社区"),
        ("osm:w8", "2号楼", "阳光小区", None, None, 6, "东风社区"),
        ("osm:w9", None, None, "当铺巷7号", "house", None, "东风社区"),
        ("osm:w10", None, None, None, None, None, "西关社区"),
    ]
    assert _rows(database, "SELECT name, highway FROM road ORDER BY highway") == [
        ("幸福路", "primary"),
        ("胶济线", "rail"),
    ]
    assert _rows(database, "SELECT name, kind, ST_Dimension(geom) FROM water ORDER BY kind") == [
        ("南塘", "pond", 2),
        ("清河", "river", 1),
    ]
    assert _rows(database, "SELECT name, kind FROM place ORDER BY kind") == [
        ("阳光小区", "compound"),
        ("前村", "village"),
    ]


def test_addresses_go_to_their_building_or_stand_alone(bring: Bring, database: Connection) -> None:
    extract = town()
    extract.node(8.07, 8.03, {"addr:street": "当铺巷", "addr:housenumber": "8"})
    extract.node(3, 9, {"addr:street": "河沿路", "addr:housenumber": "2", "name": "渡口商店"})
    done = bring(extract)
    assert done.layers["addresses"].stored.added == 2
    rows = _rows(
        database,
        "SELECT a.address, a.name, b.external_id, ST_X(a.geom) FROM address AS a "
        "LEFT JOIN building AS b ON b.id = a.building_id ORDER BY a.address",
    )
    assert rows == [
        ("当铺巷8号", None, "osm:w9", None),
        ("河沿路2号", "渡口商店", None, pytest.approx(118.303)),
    ]
    extract.nodes[-1].tags = {}
    again = bring(extract)
    assert again.layers["addresses"].vanished == [(f"osm:n{len(extract.nodes)}", "河沿路2号")]
    assert again.layers["addresses"].stored.unchanged == 1


def test_addresses_alone_name_buildings_that_have_none(bring: Bring, database: Connection) -> None:
    bring(town())
    database.execute(text("UPDATE building SET address = NULL"))
    done = bring(town(), layers=frozenset({"addresses"}))
    assert list(done.layers) == ["addresses"]
    assert _rows(database, "SELECT address, building_id IS NOT NULL FROM address") == [
        ("当铺巷7号", True)
    ]


def test_households_follow_the_rules(bring: Bring, database: Connection) -> None:
    bring(town())
    rows = dict(_rows(database, "SELECT external_id, households FROM building"))
    # 0.4 × 0.2 thousandths of a degree at 36.6° north: 35.77 m × 22.19 m = 794 m², six storeys.
    assert rows == {"osm:w7": 43, "osm:w8": 43, "osm:w9": 1, "osm:w10": 0}


def test_households_are_estimated_some_buildings_at_a_time(
    bring: Bring, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[int] = []

    def estimated(rules: Any, part: Any) -> Any:
        parts.append(len(part))
        return estimate_households(rules, part)

    monkeypatch.setattr(staging, "_READ_ROWS", 3)
    monkeypatch.setattr(estimate, "estimate_households", estimated)
    bring(town())
    assert parts == [3, 1]
    assert _rows(database, "SELECT sum(households) FROM building") == [(87,)]


def test_the_same_extract_again_changes_nothing(bring: Bring) -> None:
    bring(town())
    again = bring(town())
    assert again.areas is not None
    assert (again.areas.added, again.areas.changed) == (0, 0)
    for result in again.layers.values():
        assert (result.stored.added, result.stored.changed, result.vanished) == (0, 0, [])
    assert again.layers["buildings"].stored.unchanged == 4


def test_a_newer_extract_updates_and_tells_what_vanished(
    bring: Bring, database: Connection
) -> None:
    bring(town())
    newer = town()
    newer.ways[6].tags["building:levels"] = "11"
    newer.ways[8].tags = {"demolished:building": "yes"}
    done = bring(newer)
    result = done.layers["buildings"]
    assert (result.stored.added, result.stored.changed, result.stored.unchanged) == (0, 1, 2)
    assert result.vanished == [("osm:w9", "当铺巷7号")]
    assert len(_rows(database, "SELECT 1 FROM building")) == 4
    assert bring(newer, remove_vanished=True).layers["buildings"].removed == 1
    assert len(_rows(database, "SELECT 1 FROM building")) == 3


def test_what_is_broken_now_has_not_vanished(bring: Bring) -> None:
    bring(town())
    newer = town()
    newer.ways[8].nodes[1] = 987_654
    done = bring(newer, remove_vanished=True)
    assert done.layers["buildings"].vanished == []
    assert dict(done.faults.counts) == {"osm_node_missing": 1}


def test_counted_households_outlive_a_newer_estimate(bring: Bring, database: Connection) -> None:
    bring(town())
    database.execute(
        text(
            "UPDATE building SET households = 48, households_basis = 'registered' "
            "WHERE external_id = 'osm:w7'"
        )
    )
    assert bring(town()).layers["buildings"].stored.changed == 0
    assert _rows(database, "SELECT households FROM building WHERE external_id = 'osm:w7'") == [
        (48,)
    ]


def test_areas_stay_where_they_are_not_asked_for(bring: Bring, database: Connection) -> None:
    bring(town())
    newer = town()
    newer.relations[2].tags["name"] = "改名社区"
    done = bring(newer, area_levels={})
    assert done.areas is None
    assert _rows(database, "SELECT name FROM area WHERE name = '改名社区'") == []


def test_a_renamed_area_keeps_its_code(bring: Bring, database: Connection) -> None:
    bring(town())
    newer = town()
    newer.relations[2].tags["name"] = "新风社区"
    done = bring(newer)
    assert done.areas is not None
    assert (done.areas.added, done.areas.changed) == (0, 1)
    assert _rows(database, "SELECT name FROM area WHERE code = '379903600600'") == [("新风社区",)]


def test_an_import_is_cut_to_an_area_or_a_box(bring: Bring, database: Connection) -> None:
    done = bring(town(), within="379903600601")
    assert done.layers["buildings"].outside == 3
    assert _rows(database, "SELECT external_id FROM building") == [("osm:w10",)]
    again = bring(town(), within=(118.30, 36.60, 118.304, 36.61))
    assert again.layers["buildings"].stored.added == 2
    assert again.layers["buildings"].vanished == []


def test_broken_things_are_listed_and_the_rest_comes(bring: Bring, database: Connection) -> None:
    extract = town()
    bowtie = [(3, 7), (4, 8), (4, 7), (3, 8)]
    crossed = extract.ring(bowtie, {"building": "yes", "name": "bowtie"})
    extract.ring(box(5, 7, 1, 1), {"building": "yes", "name": "clipped"}, missing=[2])
    extract.line([(6, 7), (7, 7), (7, 8)], {"building": "yes", "name": "open"})
    extract.line([(3, 1), (3, 1), (3, 1)], {"highway": "service"})
    extract.line([(1, 6), (2, 6), (3, 6), (4, 6), (5, 6)], {"highway": "path"}, missing=[2])
    member = extract.line([(7, 1), (8, 1), (8, 2)], {})
    extract.relation(
        [(member, "outer"), (99_999, "outer")], {"type": "multipolygon", "building": "yes"}
    )
    extract.ring(box(9, 1, 0.1, 0.1), {"building": "house", "building:levels": "about three"})
    done = bring(extract)
    assert dict(done.faults.counts) == {
        "osm_ring_broken": 2,
        "osm_node_missing": 1,
        "osm_not_closed": 1,
        "osm_member_missing": 1,
        "osm_tag_unreadable": 1,
    }
    assert done.faults.left_out == 5
    assert done.clipped == 1
    assert _rows(database, "SELECT ST_NumGeometries(geom) FROM road WHERE highway = 'path'") == [
        (2,)
    ]
    assert done.layers["buildings"].stored.added == 5
    line = next(bad.line("zh") for bad in done.faults.listed if bad.value == "bowtie")
    assert line.startswith(f"线 {crossed} bowtie：边界自相交")


def test_a_building_with_a_court_comes_as_one(bring: Bring, database: Connection) -> None:
    extract = town()
    outer = extract.ring(box(3, 7, 1, 1), {})
    inner = extract.ring(box(3.3, 7.3, 0.4, 0.4), {})
    extract.relation(
        [(outer, "outer"), (inner, "inner")],
        {"type": "multipolygon", "building": "apartments", "building:flats": "77"},
    )
    bring(extract)
    assert _rows(
        database,
        "SELECT households, ST_NumInteriorRings(ST_GeometryN(geom, 1)) FROM building "
        "WHERE external_id = 'osm:r5'",
    ) == [(77, 1)]


def test_an_area_that_comes_before_its_relation_is_whole(bring: Bring) -> None:
    extract = town()
    outer = extract.ring(box(3, 7, 1, 1), {})
    extract.relation([(outer, "outer")], {"type": "multipolygon", "building": "apartments"})
    for row in range(60):  # areas are handed on when enough of them are ready
        for column in range(100):
            extract.ring(box(0.1 * column, 6 + 0.01 * row, 0.05, 0.005), {"building": "shed"})
    done = bring(extract)
    assert dict(done.faults.counts) == {}
    assert done.layers["buildings"].stored.added == 6_005


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"area_levels": {}}, "osm_no_district"),
        ({"area_levels": {}, "district": "379904"}, "district_unknown"),
        ({"area_levels": {}, "within": "379904"}, "osm_area_unknown"),
        ({"area_levels": {"9": "street"}}, "osm_no_areas"),
        ({"within": (1.0, 1.0, 2.0, 2.0), "area_levels": {}}, "osm_nothing"),
    ],
)
def test_what_cannot_be_is_explained(bring: Bring, options: dict[str, Any], code: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        bring(town(), **options)
    assert refused.value.code == code


def test_two_districts_need_a_choice(bring: Bring, database: Connection) -> None:
    extract = town()
    extract.area(box(20, 0, 20, 10), 6, "邻县", ref="379904")
    extract.ring(box(25, 5, 1, 1), {"building": "house"})
    with pytest.raises(ImportFileError) as refused:
        bring(extract)
    assert refused.value.code == "osm_several_districts"
    done = bring(extract, district="379903")
    assert done.layers["buildings"].outside == 1
    assert _rows(database, "SELECT code FROM district") == [("379903",)]


def test_a_file_cut_off_is_refused(bring: Bring, database: Connection, tmp_path: Path) -> None:
    path = town().write(tmp_path / "whole.osm.pbf")
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(path.read_bytes()[:-40])
    asked = OsmOptions(rules=read_rules(None), **STANDARD)
    with pytest.raises(ImportFileError) as refused:
        store_extract(database, broken, AT, asked)
    assert refused.value.code == "file_unreadable"
    with pytest.raises(ImportFileError) as missing:
        store_extract(database, tmp_path / "none.osm.pbf", AT, asked)
    assert missing.value.code == "file_missing"


def test_an_object_that_comes_twice_is_refused(bring: Bring) -> None:
    extract = town()
    extract.nodes.append(next(node for node in extract.nodes if "place" in node.tags))
    with pytest.raises(ImportFileError) as refused:
        bring(extract)
    assert refused.value.code == "osm_twice"


def test_breaking_off_leaves_no_file(
    database: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.imports.osm.scan._IN_MEMORY_BYTES", 0)
    path = town().write(tmp_path / "town.osm.pbf")
    folder = tmp_path / "temporary"
    folder.mkdir()
    seen: list[list[Path]] = []

    def break_off(done: int, total: int, phase: str) -> None:
        seen.append(list(folder.rglob("nodes")))
        raise KeyboardInterrupt

    asked = OsmOptions(rules=read_rules(None), temp_dir=folder, **STANDARD)
    with pytest.raises(KeyboardInterrupt):
        store_extract(database, path, AT, asked, break_off)
    assert len(seen[0]) == 1
    assert list(folder.iterdir()) == []


def test_a_large_file_is_read_the_same_way(
    bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = bring(town())
    monkeypatch.setattr("data.imports.osm.scan._IN_MEMORY_BYTES", 0)
    monkeypatch.setattr("data.imports.osm.batches.BATCH_ROWS", 2)
    large = bring(town(), temp_dir=tmp_path)
    assert large.households == small.households
    assert all(
        result.stored.added == result.stored.changed == 0 for result in large.layers.values()
    )
