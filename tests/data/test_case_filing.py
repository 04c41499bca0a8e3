"""Cases filed together, and cases that wait for their place."""

from datetime import timedelta
from uuid import uuid4

import pytest
import small_town
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from casework.states import Actor
from data.case_filing import create_cases
from data.case_types import CaseExistsError, NewCase, Point, Step, UnknownCategoryError
from data.cases import act, create_case, find_case
from data.categories import seed_categories
from data.recount import check_ledgers, recount

DUTY = Actor(small_town.account_id("commander"), frozenset({"commander"}))
AT = small_town.AT
# One in each of two grids, one on the boundary of both, one in no grid, and one without a place.
PLACES = (
    Point(118.005, 36.83),
    Point(118.015, 36.83, "gcj02"),
    Point(118.01, 36.83),
    Point(119.0, 36.83),
    None,
)


@pytest.fixture
def category(town: Connection) -> int:
    seed_categories(town, small_town.DISTRICT)
    found: int = town.execute(text("SELECT id FROM category WHERE code = '06010'")).scalar_one()
    return found


def new_case(category_id: int, point: Point | None) -> NewCase:
    return NewCase(
        uuid4(),
        category_id,
        point,
        "垃圾成堆",
        AT - timedelta(days=3),
        "hotline",
        external_number="GD-1",
        area_path=small_town.PATHS[10],
        list_source="热线台账",
    )


def stored(town: Connection, case_id: object) -> tuple[object, ...]:
    row = town.execute(
        text(
            "SELECT c.state, c.seq, c.severity, c.source, c.external_number, c.area_path::text,"
            " c.grid_id, c.grid_id_filed, ST_AsText(c.geom), c.datum_in, c.occurred_at,"
            " c.received_at, c.deadline_at, e.facts - 'text_digest' AS facts, t.body"
            " FROM hazard_case AS c JOIN case_event AS e ON e.case_id = c.id"
            " JOIN case_text AS t ON t.case_id = c.id WHERE c.id = :id"
        ),
        {"id": case_id},
    ).one()
    return tuple(row)


def counters(town: Connection) -> dict[int, int]:
    rows = town.execute(text("SELECT grid_id, open_cases FROM grid_status WHERE open_cases > 0"))
    return {row.grid_id: row.open_cases for row in rows}


def test_cases_filed_together_are_as_those_filed_one_by_one(
    town: Connection, category: int
) -> None:
    together = [new_case(category, point) for point in PLACES]
    alone = [new_case(category, point) for point in PLACES]
    create_cases(town, small_town.DISTRICT, together, DUTY, AT)
    half = counters(town)
    for new in alone:
        create_case(town, small_town.DISTRICT, new, DUTY, AT)
    assert half == {1: 2, 2: 1}
    assert counters(town) == {grid: 2 * cases for grid, cases in half.items()}
    for one, other in zip(together, alone, strict=True):
        assert stored(town, one.id) == stored(town, other.id)
    assert list(recount(town, small_town.DISTRICT, AT)) == []
    assert [fault for fault in check_ledgers(town, small_town.DISTRICT) if fault] == []
    numbers = town.execute(
        text("SELECT number FROM hazard_case WHERE id = ANY(:ids) ORDER BY number"),
        {"ids": [new.id for new in (*together, *alone)]},
    ).scalars()
    assert len(set(numbers)) == 2 * len(PLACES)


def test_a_case_without_a_place_waits_in_its_area_until_it_is_placed(
    town: Connection, category: int
) -> None:
    new = new_case(category, None)
    before = create_case(town, small_town.DISTRICT, new, DUTY, AT)
    assert (before.grid_id, before.area_path) == (None, small_town.PATHS[10])
    assert counters(town) == {}
    locked = find_case(town, small_town.DISTRICT, new.id, lock=True)
    assert locked is not None
    step = Step("place", 1, point=Point(118.005, 36.83))
    after = act(town, locked, step, DUTY, AT + timedelta(hours=1))
    assert (after.grid_id, after.area_path) == (1, small_town.PATHS[11])
    assert after.case.deadline_at == before.case.deadline_at
    assert counters(town) == {1: 1}
    assert list(recount(town, small_town.DISTRICT, AT)) == []
    assert [fault for fault in check_ledgers(town, small_town.DISTRICT) if fault] == []


def test_nothing_is_filed_where_one_may_not(town: Connection, category: int) -> None:
    known = new_case(category, PLACES[0])
    create_case(town, small_town.DISTRICT, known, DUTY, AT)
    with pytest.raises(CaseExistsError, match=str(known.id)), town.begin_nested():
        create_cases(town, small_town.DISTRICT, [new_case(category, PLACES[0]), known], DUTY, AT)
    with pytest.raises(UnknownCategoryError):
        create_cases(
            town,
            small_town.DISTRICT,
            [new_case(category, PLACES[0]), new_case(-1, PLACES[0])],
            DUTY,
            AT,
        )
    assert counters(town) == {1: 1}


def test_a_case_in_a_grid_has_a_place(town: Connection, category: int) -> None:
    new = new_case(category, PLACES[0])
    create_case(town, small_town.DISTRICT, new, DUTY, AT)
    with pytest.raises(IntegrityError, match="hazard_case_place_check"):
        town.execute(text("UPDATE hazard_case SET geom = NULL, datum_in = NULL"))
