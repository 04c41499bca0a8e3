"""Hazards become cases and tracks become shifts, by the functions that the phone uses."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import office_files as office
import pytest
import small_town
from sqlalchemy import Connection, text

from data.categories import seed_categories
from data.database import open_engine
from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.imports.store_work import StoredWork, store_hazards, store_tracks
from data.server import DatabaseUrls

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HEADER = ["案卷编号", "问题类别", "问题描述", "发现时间", "经度", "纬度"]
IN_GRID_3 = ["W-1", "06010", "桥头垃圾成堆", "2026-11-19 09:30", 118.005, 36.81]
NOWHERE = ["W-2", "暴露垃圾", "", "2026-11-19 10:00", 117.5, 36.81]


@pytest.fixture
def town(fresh_urls: DatabaseUrls) -> Iterator[Connection]:
    """The small town, with categories, as the run-time role sees it."""
    owner, app = open_engine(fresh_urls.owner), open_engine(fresh_urls.app)
    with owner.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, small_town.DISTRICT)
    with app.connect() as connection:
        yield connection
    owner.dispose()
    app.dispose()


def _hazards(
    town: Connection, folder: Path, *rows: list[Any], login: str = "commander", **options: Any
) -> StoredWork:
    path = office.write_csv(folder / "问题.csv", [HEADER, *rows], encoding="gbk")
    read = read_features(path, "hazards", datum="wgs84")
    return store_hazards(town, read, AT, login=login, **options)


def test_hazards_are_filed_as_cases(town: Connection, tmp_path: Path) -> None:
    done = _hazards(town, tmp_path, IN_GRID_3, NOWHERE)
    assert (done.stored.added, done.bad) == (2, [])
    rows = town.execute(
        text(
            "SELECT h.external_number, c.code, h.state, h.grid_id, h.source, h.occurred_at, t.body"
            " FROM hazard_case h JOIN category c ON c.id = h.category_id"
            " JOIN case_text t ON t.case_id = h.id ORDER BY 1"
        )
    ).all()
    first = datetime(2026, 11, 19, 1, 30, tzinfo=UTC)
    second = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
    assert [tuple(row) for row in rows] == [
        ("W-1", "06010", "reported", 3, "inspection", first, "桥头垃圾成堆"),
        ("W-2", "06010", "reported", None, "inspection", second, "暴露垃圾"),
    ], "a place outside every grid waits for triage and is not lost"


def test_the_same_hazards_are_not_filed_twice(town: Connection, tmp_path: Path) -> None:
    _hazards(town, tmp_path, IN_GRID_3)
    again = _hazards(town, tmp_path, IN_GRID_3, NOWHERE)
    assert (again.stored.added, again.stored.unchanged) == (1, 1)
    assert town.execute(text("SELECT count(*) FROM case_event")).scalar_one() == 2


def test_an_unknown_category_is_named(town: Connection, tmp_path: Path) -> None:
    wrong = ["W-3", "垃圾多", "", "2026-11-19", 118.005, 36.81]
    with pytest.raises(ImportFileError) as refused:
        _hazards(town, tmp_path, IN_GRID_3, wrong)
    assert refused.value.bad[0].line("zh") == (
        "第 3 行，“问题类别”列（垃圾多）：没有“垃圾多”这个类别。"
        "请写类别编码或名称，如 06010 或 暴露垃圾。"
    )
    done = _hazards(town, tmp_path, IN_GRID_3, wrong, skip_bad=True)
    assert (done.stored.added, [row.row for row in done.bad]) == (1, [3])


@pytest.mark.parametrize(
    ("login", "code"), [("nobody", "account_unknown"), ("auditor", "account_may_not")]
)
def test_who_enters_hazards_must_be_allowed_to(
    login: str, code: str, town: Connection, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError) as refused:
        _hazards(town, tmp_path, IN_GRID_3, login=login)
    assert refused.value.code == code


def _walk(folder: Path, *, lon: float = 118.002, minutes: int = 5) -> Path:
    path = folder / "walk.gpx"
    fixes = [(lon + 0.0005 * i, 36.83, f"2026-11-19T01:0{i}:00Z") for i in range(minutes)]
    path.write_text(office.gpx(fixes))
    return path


def _tracks(town: Connection, path: Path, **options: Any) -> StoredWork:
    return store_tracks(town, read_features(path, "tracks"), AT, **{"login": "officer"} | options)


def test_a_track_becomes_a_shift(town: Connection, tmp_path: Path) -> None:
    for expected in ((1, 0), (0, 1)):
        done = _tracks(town, _walk(tmp_path))
        assert (done.stored.added, done.stored.unchanged) == expected
    shift = town.execute(text("SELECT points, seconds, metres, source FROM shift")).one()
    assert (shift.points, shift.seconds, shift.source) == (5, 240, "import")
    # Four steps of 0.0005° of longitude at 36.83° north.
    assert shift.metres == pytest.approx(4 * 44.6, abs=0.5)
    shares = town.execute(text("SELECT grid_id, seconds FROM shift_grid")).all()
    assert [tuple(row) for row in shares] == [(1, 240)]


def test_fixes_far_from_duty_are_named(town: Connection, tmp_path: Path) -> None:
    path = _walk(tmp_path, lon=118.2)
    with pytest.raises(ImportFileError) as refused:
        _tracks(town, path)
    assert {row.code for row in refused.value.bad} == {"fix_far_from_duty"}
    assert [row.row for row in refused.value.bad] == [1, 2, 3, 4, 5]


def test_a_track_needs_an_officer_with_grids(town: Connection, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError) as refused:
        _tracks(town, _walk(tmp_path), login="planner")
    assert refused.value.code == "account_without_grids"


def test_a_track_of_tomorrow_is_left_out(town: Connection, tmp_path: Path) -> None:
    path = tmp_path / "late.gpx"
    path.write_text(office.gpx([(118.002, 36.83, "2026-11-21T00:00:00Z")]))
    done = _tracks(town, path, skip_bad=True)
    assert (done.stored.added, done.stored.unchanged) == (0, 0)
    assert [row.code for row in done.bad] == ["fix_in_future"]
    assert town.execute(text("SELECT count(*) FROM shift")).scalar_one() == 0
