"""What lies in areas is kept in memory: right again as soon as something in them changed."""

from collections.abc import Callable

import small_town
from people import Clock, Person
from sqlalchemy import Engine, text

from data.layers import touch_layer

People = Callable[[str], Person]
LAST_DAY = text(
    "UPDATE grid_version SET validity = daterange(lower(validity), '2026-11-20') WHERE grid_id = 5"
)


def told(person: Person) -> dict[int, tuple[int, int]]:
    """Households and grids of each area."""
    items = person.read("/api/v1/areas")["items"]
    return {area["id"]: (area["households"], area["grids"]) for area in items}


def test_what_lies_in_an_area_is_added_up_anew_once_it_changed(
    person: People, engine: Engine
) -> None:
    commander = person("commander")
    before = told(commander)
    with engine.begin() as connection:
        connection.execute(text("UPDATE building SET households = households + 7 WHERE id = 5"))
        touch_layer(connection, 1, "buildings", small_town.AT)
    after = told(commander)
    grown = {area_id: after[area_id][0] - before[area_id][0] for area_id in before}
    assert {area_id: more for area_id, more in grown.items() if more} == {1: 7, 20: 7, 21: 7}
    with engine.begin() as connection:
        connection.execute(LAST_DAY)
        touch_layer(connection, 1, "grids", small_town.AT)
    last = told(commander)
    gone = {area_id: after[area_id][1] - last[area_id][1] for area_id in before}
    assert {area_id: fewer for area_id, fewer in gone.items() if fewer} == {1: 1, 20: 1, 21: 1}
    one = commander.read("/api/v1/areas/21")
    assert (one["households"], one["grids"]) == last[21]


def test_a_grid_counts_until_its_last_day(person: People, engine: Engine, clock: Clock) -> None:
    """Nobody writes anything on that day."""
    with engine.begin() as connection:
        connection.execute(text(str(LAST_DAY).replace("11-20", "11-21")))
    assert told(person("commander"))[21][1] == 2
    clock.forward(days=1)
    assert told(person("commander"))[21][1] == 1
