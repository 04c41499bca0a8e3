"""Hazards become cases, by the functions that the phone uses."""

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
from data.imports.store_work import StoredWork, store_hazards
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
