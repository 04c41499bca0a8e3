"""What a track becomes: streets walked, coverage of grids, streets not visited for longest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import small_town
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from data.layers import touch_layer
from data.street_matching import match_shift
from data.street_parts import renew_streets

People = Callable[[str], Person]
START = datetime.fromisoformat("2026-11-20T01:00:00+00:00")
# In grid 1 a street from west to east with a lane to the north; at the end of it grid 2 begins.
ROADS = {
    "east": "(118.002 36.83,118.006 36.83,118.014 36.83)",
    "north": "(118.006 36.83,118.006 36.834)",
    "rail": "(118.001 36.825,118.009 36.825)",
    "border": "(118.01 36.832,118.01 36.834)",
}


@pytest.fixture
def streets(engine: Engine) -> Engine:
    """The town with some streets in it."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM road"))
        for name, line in ROADS.items():
            draw(connection, name, line)
    return engine


def draw(connection: Any, name: str, line: str) -> None:
    """Draw a road, as an import does."""
    connection.execute(
        text(
            "INSERT INTO road (district_id, external_id, name, highway, geom, updated_at)"
            " VALUES (1, :name, :name, :class, ST_GeomFromEWKT(:geom), :at) ON CONFLICT"
            " (district_id, external_id) DO UPDATE SET geom = excluded.geom"
        ),
        {
            "name": name,
            "class": "rail" if name == "rail" else "residential",
            "geom": f"SRID=4326;MULTILINESTRING({line})",
            "at": small_town.AT,
        },
    )
    touch_layer(connection, 1, "roads", small_town.AT)


def patrol(who: Person, lons: list[float], minutes: float = 0, **said: Any) -> str:
    """Walk along the eastern street through these longitudes, 15 s apart, and end the duty."""
    start = START + timedelta(minutes=minutes)
    shift = str(uuid7())
    begun = {"id": shift, "grid_ids": [1], "tracked": True, "started_at": start.isoformat()}
    who.do("/api/v1/shifts", begun | said)
    rng = np.random.default_rng(1)
    points = [
        {
            "seq": seq,
            "occurred_at": (start + timedelta(seconds=15 * seq)).isoformat(),
            "lon": lon + rng.normal(0, 3e-5),
            "lat": 36.83 + rng.normal(0, 3e-5),
            "accuracy_m": 5,
        }
        for seq, lon in enumerate(lons)
    ]
    if said.get("tracked", True):
        who.do(f"/api/v1/shifts/{shift}/points", {"points": points})
    ended = start + timedelta(seconds=15 * len(lons))
    who.do(f"/api/v1/shifts/{shift}/end", {"ended_at": ended.isoformat()})
    return shift


def eastwards(first: float, last: float) -> list[float]:
    """About 1.2 m/s."""
    return [float(lon) for lon in np.arange(first, last, 0.0002)]


def walks(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT w.part_id, w.how, w.share, w.walked_at FROM street_walk AS w ORDER BY 1, 2"
            )
        )
        return [tuple(row) for row in rows]


def test_a_shift_is_matched_to_streets_and_grids(
    person: People, streets: Engine, clock: Clock
) -> None:
    officer = person("officer")
    shift = patrol(officer, eastwards(118.002, 118.0099))
    before = officer.read(f"/api/v1/shifts/{shift}")
    assert before["provisional"]
    assert match_shift(streets, 1, UUID(shift), clock())
    after = officer.read(f"/api/v1/shifts/{shift}")
    assert not after["provisional"]
    assert after["metres"] == pytest.approx(705, abs=25)
    assert sum(grid["metres"] for grid in after["grids"]) == pytest.approx(after["metres"])
    walked = officer.read(f"/api/v1/shifts/{shift}/streets")
    assert {one["name"] for one in walked["streets"]} == {"east"}
    assert {one["how"] for one in walked["streets"]} == {"track"}
    assert walked["walked_m"] == pytest.approx(705, abs=25)
    once = walks(streets)
    assert match_shift(streets, 1, UUID(shift), clock())
    assert walks(streets) == once


def test_coverage_tells_what_was_walked_and_what_was_not(
    person: People, streets: Engine, clock: Clock
) -> None:
    officer, commander = person("officer"), person("commander")
    shift = patrol(officer, eastwards(118.002, 118.006))
    match_shift(streets, 1, UUID(shift), clock())
    page = commander.read("/api/v1/coverage", area_id=11)
    one, two = page["items"]
    assert (one["visits"], one["nothing_found"], two["visits"]) == (1, 1, 0)
    # The eastern street in parts of 357 m and three times 238 m, of which the middle one lies in
    # both grids; a lane of 444 m, and 222 m along the border.
    assert one["walked_m"] == pytest.approx(357, abs=15)
    assert one["street_m"] == pytest.approx(357 + 2 * 238 + 444 + 222, abs=5)
    assert two["street_m"] == pytest.approx(2 * 238 + 222, abs=5)
    assert page["total"]["street_m"] == pytest.approx(1071 + 444 + 222, abs=5)
    assert (one["by_hand_m"], one["streets"] - one["visited"]) == (0, one["never"])
    seen = officer.read("/api/v1/coverage")["items"]
    assert [grid["grid_id"] for grid in seen] == [1]
    assert seen[0]["walked_m"] == one["walked_m"]
    assert person("officer.two").read("/api/v1/coverage")["items"][0]["grid_id"] == 2
    assert commander.read("/api/v1/coverage", to="2026-11-19")["total"]["walked_m"] == 0
    assert person("handler").get("/api/v1/coverage").status_code == 403


def test_what_was_reported_on_a_visit_is_something_found(
    person: People, streets: Engine, clock: Clock, report: Callable[..., dict[str, Any]]
) -> None:
    officer = person("officer")
    patrol(officer, eastwards(118.002, 118.006))
    at = (START + timedelta(minutes=2)).isoformat()
    officer.do("/api/v1/cases", report(occurred_at=at))
    grid = officer.read("/api/v1/coverage")["items"][0]
    assert (grid["visits"], grid["nothing_found"]) == (1, 0)


def test_streets_not_visited_for_longest_come_first(
    person: People, streets: Engine, clock: Clock
) -> None:
    officer, commander = person("officer"), person("commander")
    shift = patrol(officer, eastwards(118.002, 118.006))
    match_shift(streets, 1, UUID(shift), clock())
    listed = commander.read("/api/v1/streets", grid_id=1)["items"]
    assert [one["name"] for one in listed][-2:] == ["east", "east"]
    assert listed[0]["walked_at"] is None
    assert listed[-1]["how"] == "track"
    pages = commander.read("/api/v1/streets", grid_id=1, limit=3)
    rest = commander.read("/api/v1/streets", grid_id=1, limit=100, cursor=pages["next"])
    assert [one["id"] for one in pages["items"] + rest["items"]] == [one["id"] for one in listed]
    near = officer.read("/api/v1/duty/streets", lon=118.006, lat=36.8339)["items"]
    assert near[0]["name"] == "north"
    assert [one["away_m"] for one in near] == sorted(one["away_m"] for one in near)
    assert {grid["id"] for one in near for grid in one["grids"]} == {1}
    assert commander.read("/api/v1/streets", days=1)["items"][0]["walked_at"] is None
    assert officer.get("/api/v1/duty/streets", grid_id=2).status_code == 404


def test_streets_are_ticked_off_by_hand(person: People, streets: Engine, clock: Clock) -> None:
    officer = person("officer")
    with streets.begin() as connection:
        renew_streets(connection, 1, clock())
    lane = next(s for s in officer.read("/api/v1/duty/streets")["items"] if s["name"] == "north")
    listed = person("commander").read("/api/v1/streets", grid_id=2)["items"]
    far = next(one["id"] for one in listed if one["geometry"]["coordinates"][0][0] > 118.011)
    shift = patrol(officer, eastwards(118.002, 118.006), tracked=False)
    at, late = START.isoformat(), (START + timedelta(hours=1)).isoformat()
    body = {
        "streets": [
            {"part_id": lane["id"], "occurred_at": at},
            {"part_id": far, "occurred_at": at},
            {"part_id": lane["id"], "occurred_at": late},
            {"how": "checkpoint", "code": "none", "occurred_at": at},
        ]
    }
    taken = officer.do(f"/api/v1/shifts/{shift}/streets", body)
    assert taken["part_ids"] == [lane["id"]]
    assert [(r["index"], r["reason"]) for r in taken["refused"]] == [
        (1, "elsewhere"),
        (2, "after-end"),
        (3, "unknown-code"),
    ]
    assert officer.do(f"/api/v1/shifts/{shift}/streets", body) == taken
    assert [row[:3] for row in walks(streets)] == [(lane["id"], "ticked", 1.0)]
    grid = officer.read("/api/v1/coverage")["items"][0]
    assert grid["walked_m"] == grid["by_hand_m"] == pytest.approx(lane["length_m"])
    other = person("officer.two").post(f"/api/v1/shifts/{shift}/streets", body)
    assert other.status_code == 404


def test_parts_stay_what_they_are_while_a_road_is_drawn_the_same(
    person: People, streets: Engine, clock: Clock
) -> None:
    officer = person("officer")
    shift = patrol(officer, eastwards(118.002, 118.006))
    match_shift(streets, 1, UUID(shift), clock())
    before = {one["id"]: one for one in officer.read("/api/v1/duty/streets")["items"]}
    with streets.begin() as connection:
        # A new lane meets the eastern street: of its parts one is cut in two.
        draw(connection, "new", "(118.004 36.83,118.004 36.828)")
        draw(connection, "east", "(118.002 36.83,118.004 36.83,118.006 36.83,118.014 36.83)")
        assert renew_streets(connection, 1, clock())
        assert not renew_streets(connection, 1, clock())
    after = {one["id"]: one for one in officer.read("/api/v1/duty/streets")["items"]}
    kept = before.keys() & after.keys()
    assert {before[i]["name"] for i in kept} == {"east", "north", "border"}
    walked = [one for one in after.values() if one["walked_at"] is not None]
    assert sum(one["length_m"] for one in walked) == pytest.approx(357, abs=5)
    assert officer.read("/api/v1/coverage")["items"][0]["walked_m"] == pytest.approx(357, abs=15)


def test_a_checkpoint_stands_for_the_streets_beside_it(
    person: People, streets: Engine, clock: Clock
) -> None:
    officer, commander = person("officer"), person("commander")
    with streets.begin() as connection:
        renew_streets(connection, 1, clock())
    place = {"id": str(uuid7()), "name": "北门", "lon": 118.0061, "lat": 36.833}
    made = commander.do("/api/v1/checkpoints", place)
    assert (made["grid_id"], made["streets"]) == (1, ["north"])
    assert person("officer").post("/api/v1/checkpoints", place).status_code == 403
    assert person("commander.east").post("/api/v1/checkpoints", place).status_code == 404
    far = {**place, "id": str(uuid7()), "lat": 36.8215}
    assert commander.post("/api/v1/checkpoints", far).status_code == 422
    shift = patrol(officer, eastwards(118.002, 118.004), tracked=False)
    code = f"https://sanbai.example.cn/field/#/checkpoint/{made['code'].lower()}"
    body = {"streets": [{"how": "checkpoint", "code": code, "occurred_at": START.isoformat()}]}
    assert len(officer.do(f"/api/v1/shifts/{shift}/streets", body)["part_ids"]) == 1
    assert [row[1] for row in walks(streets)] == ["checkpoint"]
    drawn = commander.read("/api/v1/streets/map", bbox="118.0,36.8,118.02,36.84")
    assert {one["how"] for one in drawn["streets"]} == {None, "checkpoint"}
    sheet = commander.get("/api/v1/checkpoints/sheet.pdf")
    assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")
    commander.do(f"/api/v1/checkpoints/{made['id']}/end")
    assert commander.read("/api/v1/checkpoints")["items"] == []
    refused = officer.do(f"/api/v1/shifts/{shift}/streets", body)["refused"]
    assert [one["reason"] for one in refused] == ["unknown-code"]
