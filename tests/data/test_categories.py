"""The categories that ship: what a district begins with."""

from sqlalchemy import Connection, text

from data.categories import (
    create_unit,
    list_categories,
    list_units,
    seed_categories,
    shipped_categories,
)

OFFICIAL = {"06010", "06013", "08004", "09012", "10001", "10002"}


def test_the_list_is_short_and_claims_no_code_that_it_does_not_know() -> None:
    rows = shipped_categories()
    assert 35 <= len(rows) <= 50
    assert len({(row["standard"], row["kind"], row["code"]) for row in rows}) == len(rows)
    official = {row["code"] for row in rows if row["standard"] != "SANBAI"}
    assert official == OFFICIAL
    assert "09003" not in {row["code"] for row in rows}, "it concerns persons"
    assert all(row["name"] and row["name_en"] for row in rows)


def test_a_district_is_seeded_once_and_keeps_what_it_changed(town: Connection) -> None:
    assert seed_categories(town, 1) == len(shipped_categories())
    town.execute(text("UPDATE category SET limit_minutes = 7 WHERE code = '06010'"))
    assert seed_categories(town, 1) == 0
    found = {row.code: row for row in list_categories(town, 1, limit=200)}
    assert found["06010"].limit_minutes == 7
    assert list_categories(town, 1, limit=200, after_id=found["M20"].id) == []


def test_a_unit_is_made_once(town: Connection) -> None:
    first = create_unit(town, 1, 1, "环卫所", "Sanitation")
    assert create_unit(town, 1, 1, "环卫所", None) == first
    assert [row.name for row in list_units(town, 1, limit=10)] == ["环卫所"]
