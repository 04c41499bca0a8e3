"""The map as of any day: lists, a grid, and tiles."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import small_town
from drafts import draft
from people import Clock, Person
from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from data.publication import publish_plan

People = Callable[[str], Person]
TODAY, TOMORROW = "2026-11-20", "2026-11-21"
TILE = "13/6781/3193"


@pytest.fixture
def redrawn(engine: Engine) -> None:
    """Grids 1 and 2 give way to 201 and 202 tomorrow."""
    with engine.begin() as connection:
        draft(connection)
        publish_plan(
            connection,
            1,
            2,
            effective_on=date.fromisoformat(TOMORROW),
            reason=None,
            published_by=small_town.account_id("planner"),
            at=small_town.AT,
        )


def ids(person: Person, **query: Any) -> list[int]:
    return sorted(grid["id"] for grid in person.read("/api/v1/grids", area_id=11, **query)["items"])


@pytest.mark.usefixtures("redrawn")
def test_grids_are_listed_as_of_a_day(person: People, clock: Clock) -> None:
    planner = person("planner")
    assert ids(planner) == ids(planner, on=TODAY) == [1, 2]
    assert ids(planner, on=TOMORROW) == [201, 202]
    assert ids(planner, on="2025-12-31") == []
    clock.forward(days=30)
    assert ids(planner) == [201, 202]
    assert ids(planner, on=TODAY) == [1, 2], "what was in force stays to be seen"


@pytest.mark.usefixtures("redrawn")
def test_a_grid_is_shown_as_of_a_day_without_the_counters_of_another(
    person: People, clock: Clock
) -> None:
    planner = person("planner")
    assert planner.read("/api/v1/grids/1")["status"] is not None
    clock.forward(days=1)
    assert planner.get("/api/v1/grids/1").status_code == 404
    then = planner.read("/api/v1/grids/1", on=TODAY)
    assert then["validity"] == {"from": "2026-01-01", "to": TOMORROW}
    assert [officer["display_name"] for officer in then["officers"]] == ["officer"]
    assert then["status"] is None, "counters are those of now"
    now = planner.read("/api/v1/grids/201", on=TOMORROW)
    assert now["status"] is not None
    # The officers of grids 1 and 2: both gave most of their households to it.
    assert [officer["display_name"] for officer in now["officers"]] == ["officer", "officer.two"]


@pytest.mark.usefixtures("redrawn")
def test_duty_done_offline_before_a_plan_counts_for_the_grids_of_that_day(
    person: People, clock: Clock
) -> None:
    officer = person("officer")
    yesterday = clock.at.isoformat()
    clock.forward(days=1)
    duty = {"tracked": False, "grid_ids": [1]}
    gone = officer.post("/api/v1/shifts", duty | {"id": str(uuid7())})
    assert gone.json()["code"] == "grids-not-yours-now", "grid 1 has ended"
    late = duty | {"id": str(uuid7()), "started_at": yesterday}
    assert officer.do("/api/v1/shifts", late)["grid_ids"] == [1]
    other = late | {"id": str(uuid7()), "grid_ids": [2]}
    assert officer.post("/api/v1/shifts", other).status_code == 404, "never his"


@pytest.mark.usefixtures("redrawn")
def test_tiles_of_a_day_may_be_kept_for_good(person: People) -> None:
    planner = person("planner")
    described = {day: planner.read("/tiles/grids.json", on=day) for day in (TODAY, TOMORROW)}
    kept = {}
    for day, told in described.items():
        z, x, y = TILE.split("/")
        address = urlsplit(told["tiles"][0].format(z=z, x=x, y=y))
        query = dict(parse_qsl(address.query))
        assert query["on"] == day
        tile = planner.get(address.path, **query)
        assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
        kept[day] = tile
    assert kept[TODAY].content != kept[TOMORROW].content
    assert kept[TODAY].headers["etag"] != kept[TOMORROW].headers["etag"]
    known = {**planner.cookies, "If-None-Match": kept[TOMORROW].headers["etag"]}
    path = f"/tiles/grids/{TILE}.mvt"
    later = planner.client.get(path, params={"on": "2027-01-01"}, headers=known)
    assert later.status_code == 304, "the same grids as tomorrow"
    assert planner.client.get(path, params={"on": TODAY}, headers=known).status_code == 200


@pytest.mark.usefixtures("redrawn")
def test_the_days_on_which_grids_changed_are_told_to_those_they_concern(person: People) -> None:
    told = person("planner").read("/api/v1/grids/days")
    assert told["today"] == TODAY
    assert [(day["day"], day["area"]["name"]) for day in told["days"]] == [
        (TOMORROW, "幸福社区"),
        (small_town.FIRST_DAY, "试验区"),
    ]
    # The whole district was divided once; what follows in the west is none of the east's business.
    for login, days in (("officer", [TOMORROW, small_town.FIRST_DAY]), ("commander.east", [])):
        seen = [day["day"] for day in person(login).read("/api/v1/grids/days")["days"]]
        assert seen == (days or [small_town.FIRST_DAY]), login
