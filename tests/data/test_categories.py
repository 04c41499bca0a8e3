"""The categories that ship: what a district begins with."""

from sqlalchemy import Connection

from casework.deadlines import Limit
from casework.limits import LimitRule
from data.categories import (
    create_unit,
    list_categories,
    list_units,
    seed_categories,
    shipped_categories,
)
from data.limits import limit_of, limits_of, list_limits, put_limit, remove_limit

OFFICIAL = {"06010", "06013", "08004", "09012", "10001", "10002"}


def test_the_list_is_short_and_claims_no_code_that_it_does_not_know() -> None:
    rows = shipped_categories()
    assert 35 <= len(rows) <= 50
    assert len({(row.standard, row.kind, row.code) for row in rows}) == len(rows)
    official = {row.code for row in rows if row.standard != "SANBAI"}
    assert official == OFFICIAL
    assert "09003" not in {row.code for row in rows}, "it concerns persons"
    assert all(row.name and row.name_en for row in rows)


def test_limits_of_the_field_ship() -> None:
    limits = {row.code: row.limit for row in shipped_categories()}
    assert limits["C01"] == Limit("continuous", 120), "missing manhole cover"
    assert limits["09012"] == Limit("working-hours", 120), "blocked fire lane"
    assert limits["06010"] == Limit("working-hours", 240), "exposed rubbish"
    assert limits["M05"] == Limit("working-days", 1), "small ads"
    assert limits["06013"] == Limit("working-days", 5), "damaged road"
    assert limits["M09"] == Limit("working-days", 15), "illegal structure"


def test_a_district_is_seeded_once_and_keeps_what_it_changed(town: Connection) -> None:
    assert seed_categories(town, 1) == len(shipped_categories())
    found = {row.code: row for row in list_categories(town, 1, limit=200)}
    rubbish = found["06010"].id
    put_limit(town, 1, LimitRule("handle", Limit("continuous", 7), rubbish))
    assert remove_limit(town, 1, "handle", found["M05"].id, None)
    assert seed_categories(town, 1) == 0
    assert limit_of(town, 1, rubbish, "blue") == Limit("continuous", 7)
    assert limit_of(town, 1, found["M05"].id, "blue") == Limit("working-days", 5)
    assert list_categories(town, 1, limit=200, after_id=found["M20"].id) == []


def test_the_nearer_limit_holds(town: Connection) -> None:
    seed_categories(town, 1)
    category = list_categories(town, 1, limit=1)[0].id
    held = []
    for rule in (
        LimitRule("accept", Limit("continuous", 1)),
        LimitRule("accept", Limit("continuous", 2), severity="red"),
        LimitRule("accept", Limit("continuous", 3), category),
        LimitRule("accept", Limit("continuous", 4), category, "red"),
    ):
        put_limit(town, 1, rule)
        found = limits_of(town, 1)
        told = [found.of("accept", category, severity) for severity in ("red", "blue")]
        held.append([None if limit is None else limit.amount for limit in told])
    assert held == [[1, 1], [2, 1], [3, 3], [4, 3]]
    assert limits_of(town, 1).of("verify", category, "red") is None
    assert len(list_limits(town, 1, category_id=category)) == 3


def test_the_districts_own_limit_of_handling_stays(town: Connection) -> None:
    seed_categories(town, 1)
    assert not remove_limit(town, 1, "handle", None, None)
    assert not remove_limit(town, 1, "accept", None, None)
    assert remove_limit(town, 1, "handle", None, "red")


def test_a_unit_is_made_once(town: Connection) -> None:
    first = create_unit(town, 1, 1, "环卫所", "Sanitation")
    assert create_unit(town, 1, 1, "环卫所", None) == first
    assert [row.name for row in list_units(town, 1, limit=10)] == ["环卫所"]
