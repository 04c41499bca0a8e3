"""What a map shows is what the database holds, of the area that was asked for."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from small_town import AT, DISTRICT, PATHS, account_id
from sqlalchemy import Connection, text

from casework.states import OPEN
from data.categories import seed_categories
from data.exports.map_content import MapError, read_map
from data.exports.map_words import WORDS
from data.exports.static_map import render_static_map

NOW = AT + timedelta(days=1)


def add_case(town: Connection, grid: int, community: int, state: str, *, overdue: bool) -> UUID:
    case_id = uuid4()
    town.execute(
        text(
            "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, "
            "source, area_path, grid_id, grid_id_filed, geom, datum_in, reported_by, "
            "occurred_at, received_at, deadline_at, overdue) "
            "SELECT 1, :id, :number, min(id), 'blue', :state, 1, 'patrol', "
            "CAST(:path AS ltree), :grid, :grid, 'SRID=4326;POINT(118.005 36.83)', 'wgs84', "
            ":who, :at, :at, :at, :overdue FROM category WHERE code = '06010'"
        ),
        {
            "id": case_id,
            "number": str(case_id),
            "state": state,
            "path": PATHS[community],
            "grid": grid,
            "who": account_id("officer"),
            "at": AT,
            "overdue": overdue,
        },
    )
    return case_id


@pytest.fixture
def busy_town(town: Connection) -> Connection:
    """The small town with three open cases, a closed one, and one hotspot."""
    seed_categories(town, DISTRICT)
    add_case(town, 1, 11, "dispatched", overdue=True)
    add_case(town, 1, 11, "handled", overdue=False)
    add_case(town, 7, 22, "reported", overdue=False)
    add_case(town, 7, 22, "closed", overdue=False)
    town.execute(
        text(
            "UPDATE grid_status SET open_cases = 2, overdue_cases = 1, handled_cases = 1 "
            "WHERE grid_id = 1"
        )
    )
    run_id = town.execute(
        text(
            "INSERT INTO hotspot_run (district_id, unit, period_from, period_to, cases, settings, "
            "computed_at) VALUES (1, 'h3', '2026-10-23', '2026-11-20', 4, '{}', :at) RETURNING id"
        ),
        {"at": AT},
    ).scalar_one()
    town.execute(
        text(
            "INSERT INTO hotspot_unit (district_id, run_id, unit_key, area_path, cases, expected, "
            "z, p, q, verdict, trend, geom) VALUES (1, :run, '89310000003ffff', "
            "CAST(:path AS ltree), 3, 0.5, 4.2, 0.0004, 0.01, 'much-more', 'new', "
            "'SRID=4326;POLYGON((118.004 36.829,118.006 36.829,118.006 36.831,118.004 36.829))')"
        ),
        {"run": run_id, "path": PATHS[11]},
    )
    return town


def test_the_whole_district_with_everything_on_it(busy_town: Connection) -> None:
    content = read_map(busy_town, area_code=None, now=NOW)
    assert content.title == "试验区网格整改与热点图"
    assert content.as_of.utcoffset() == timedelta(hours=8)
    assert len(content.grids) == 8
    assert content.grids["open"].sum() == 2
    assert content.grids["overdue"].sum() == 1
    assert content.grids["area"].tolist()[:2] == ["幸福社区", "幸福社区"]
    assert sorted(content.areas["name"]) == ["光明社区", "和平社区", "幸福社区", "胜利社区"]
    assert sorted(content.cases["state"]) == ["dispatched", "handled", "reported"]
    assert set(content.cases["category"]) == {"暴露垃圾"}
    assert (len(content.roads), len(content.water), len(content.buildings)) == (2, 1, 8)
    assert content.places["name"].tolist() == ["幸福小学"]
    assert content.hotspots is not None
    assert content.hotspots["trend"].tolist() == ["new"]
    assert content.period == (date(2026, 10, 23), date(2026, 11, 20))
    assert "明显多于周边" in render_static_map(content)


def test_one_street_shows_only_what_lies_in_it(busy_town: Connection) -> None:
    content = read_map(busy_town, area_code="370399002", now=NOW, language="en")
    assert content.title == "东街街道: state of rectification and hotspots"
    assert sorted(content.areas["name"]) == ["光明社区", "胜利社区"]
    assert len(content.grids) == 4
    assert content.cases["state"].tolist() == ["reported"]
    assert content.cases["category"].tolist() != ["暴露垃圾"]
    assert content.hotspots is not None
    assert len(content.hotspots) == 0
    assert render_static_map(content, "en").count("<html") == 1


def test_a_community_is_drawn_itself(busy_town: Connection) -> None:
    content = read_map(busy_town, area_code="370399001001", now=NOW, attribution="© 甲方")
    assert content.areas["name"].tolist() == ["幸福社区"]
    assert content.attribution == "© 甲方"


def test_without_a_run_there_are_no_hotspots(town: Connection) -> None:
    content = read_map(town, area_code=None, now=NOW)
    assert content.hotspots is None
    assert content.period is None
    assert len(content.cases) == 0
    assert render_static_map(content)


def test_grids_of_the_day_are_drawn(town: Connection) -> None:
    with pytest.raises(MapError, match="no grids in force"):
        read_map(town, area_code=None, now=datetime(2025, 12, 31, tzinfo=UTC))


def test_an_unknown_area_and_two_districts_are_told(town: Connection) -> None:
    with pytest.raises(MapError, match="999") as fault:
        read_map(town, area_code="999", now=NOW)
    assert "请先导入" in fault.value.message_zh
    town.execute(
        text("INSERT INTO district (id, code, name, created_at) VALUES (2, '370398', '邻区', :at)"),
        {"at": AT},
    )
    town.execute(
        text(
            "INSERT INTO area (district_id, id, code, name, level, path, geom, updated_at) "
            "SELECT 2, 1, '370398', '邻区', 'district', '370398', geom, :at "
            "FROM area WHERE id = 1 AND district_id = 1"
        ),
        {"at": AT},
    )
    with pytest.raises(MapError, match="--area"):
        read_map(town, area_code=None, now=NOW)


def test_an_empty_database_says_so(database: Connection) -> None:
    with pytest.raises(MapError, match="import them first"):
        read_map(database, area_code=None, now=NOW)


def test_every_open_state_has_a_word_in_both_languages() -> None:
    for words in WORDS.values():
        assert {f"state_{state}" for state in OPEN} <= words.keys()
