"""Temporary grids over the others: drawn with an end, seen, named by reports, ended."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from people import Clock, Person
from sqlalchemy import Engine, text

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
PATH = "/api/v1/temporary-grids"
# Over the border of grids 1 and 2.
SQUARE = [[118.008, 36.829], [118.012, 36.829], [118.012, 36.831], [118.008, 36.831]]
MARKET = {
    "name": "腊月大集",
    "kind": "market",
    "reason": "摊位占道",
    "first_day": "2026-11-20",
    "last_day": "2026-11-22",
    "geometry": {"type": "Polygon", "coordinates": [[*SQUARE, SQUARE[0]]]},
}
TILE = "/tiles/temporary/13/6781/3193.mvt"


def drawn(person: Person, **said: Any) -> dict[str, Any]:
    made: dict[str, Any] = person.do(PATH, {**MARKET, **said})
    return made


def ring(*points: tuple[float, float]) -> dict[str, Any]:
    return {"geometry": {"type": "Polygon", "coordinates": [[*points, points[0]]]}}


def names(person: Person, **query: Any) -> list[str]:
    return [grid["name"] for grid in person.read(PATH, **query)["items"]]


def test_it_lies_over_the_grids_until_its_last_day_and_changes_no_code(
    person: People, clock: Clock
) -> None:
    commander = person("commander")
    before = commander.read("/api/v1/grids")["items"]
    officer_id = str(small_town.account_id("officer"))
    made = drawn(commander, officer_ids=[officer_id])
    assert made["area"]["code"] == "370399001001", "the lowest area that holds it"
    assert (made["first_day"], made["last_day"]) == ("2026-11-20", "2026-11-22")
    assert made["officers"] == [{"id": officer_id, "display_name": "officer"}]
    assert made["geometry"]["type"] == "MultiPolygon"
    assert commander.read("/api/v1/grids")["items"] == before
    assert commander.get(TILE).status_code == 200
    assert names(commander, on="2026-11-22") == ["腊月大集"]
    assert names(commander, on="2026-11-23") == []
    assert names(commander, on="2026-11-01", to="2026-11-20") == ["腊月大集"]
    clock.forward(days=3)
    assert names(commander) == []
    assert commander.get(TILE).status_code == 204


def test_tiles_are_named_anew_when_one_begins_and_when_it_is_over(
    person: People, clock: Clock
) -> None:
    planner = person("planner")
    drawn(planner, first_day="2026-11-21", last_day="2026-11-21")
    urls = []
    for _ in range(4):
        urls.append(planner.read("/tiles/temporary.json")["tiles"][0])
        clock.forward(days=1)
    assert len(set(urls[:3])) == 3
    assert urls[2] == urls[3]


def test_a_report_inside_names_it_and_its_grid_stays(
    person: People, report: Report, clock: Clock
) -> None:
    made = drawn(person("planner"))
    officer = person("officer")
    over = [{"id": made["id"], "name": "腊月大集"}]
    here = officer.read("/api/v1/locate", lon=118.009, lat=36.83)
    assert (here["temporary_grids"], here["grid"]["id"]) == (over, 1)
    case = officer.do("/api/v1/cases", report(lon=118.009))
    assert (case["temporary_grids"], case["grid"]["id"]) == (over, 1)
    assert case["ledger"][0]["facts"]["temporary_grid_ids"] == [made["id"]]
    beside = officer.do("/api/v1/cases", report())
    assert beside["temporary_grids"] == []
    occurred = clock.at.isoformat()
    clock.forward(days=5)
    late = officer.do("/api/v1/cases", report(lon=118.009, occurred_at=occurred))
    assert late["temporary_grids"] == over, "it was market day when it happened"
    today = officer.do("/api/v1/cases", report(lon=118.009))
    assert today["temporary_grids"] == []
    assert officer.read(f"/api/v1/cases/{case['id']}")["temporary_grids"] == over


def test_it_ends_earlier_or_is_called_off(person: People, clock: Clock) -> None:
    planner = person("planner")
    market, flood = (
        drawn(planner),
        drawn(planner, name="汛期", kind="flood", first_day="2026-11-22"),
    )
    assert planner.do(f"{PATH}/{flood['id']}/end", {}) == {"id": flood["id"], "ends": None}
    assert names(planner, on="2026-11-22") == ["腊月大集"]
    again = planner.post(f"{PATH}/{flood['id']}/end", {})
    assert (again.status_code, again.json()["code"]) == (409, "temporary-over")
    clock.forward(days=1)
    for said in ({"last_day": "2026-11-20"}, {"last_day": "2026-11-21", "to_time": "10:00"}):
        refused = planner.post(f"{PATH}/{market['id']}/end", said)
        assert refused.json()["errors"][0]["code"] == "days"
    longer = planner.do(f"{PATH}/{market['id']}/end", {"last_day": "2026-11-25"})
    assert longer["ends"] == "2026-11-26T00:00:00"
    ended = planner.do(f"{PATH}/{market['id']}/end", {"last_day": None})
    assert ended["ends"] == "2026-11-21T10:00:00"
    assert names(planner, on="2026-11-21") == ["腊月大集"]
    assert names(planner, on="2026-11-22") == []
    told = planner.read(f"{PATH}/{market['id']}")
    assert (told["last_day"], told["to_time"]) == ("2026-11-21", "10:00")
    assert planner.get(f"{PATH}/{flood['id']}").status_code == 404, "it never began"
    assert planner.post(f"{PATH}/999/end", {}).status_code == 404


def test_its_name_kind_reason_outline_and_officers_can_be_changed(
    person: People, report: Report, clock: Clock, engine: Engine
) -> None:
    planner, officer = person("planner"), person("officer")
    made = drawn(planner)
    url = f"{PATH}/{made['id']}/change"
    case = officer.do("/api/v1/cases", report(lon=118.009))
    before = planner.read("/tiles/temporary.json")["tiles"][0]
    officers = [str(small_town.account_id("officer"))]
    asked = {"name": "北段大集", "kind": "works", "reason": "摊位北移", "officer_ids": officers}
    changed = planner.do(url, asked)
    assert {**made, **{name: asked[name] for name in ("name", "kind", "reason")}} == {
        **changed,
        "officers": [],
    }
    assert [one["id"] for one in changed["officers"]] == officers
    assert planner.read("/tiles/temporary.json")["tiles"][0] != before
    assert officer.read(f"/api/v1/cases/{case['id']}")["temporary_grids"] == [
        {"id": made["id"], "name": "北段大集"}
    ]
    moved = planner.do(url, ring((118.001, 36.805), (118.002, 36.805), (118.002, 36.825)))
    assert (moved["area"]["code"], moved["name"]) == ("370399001", "北段大集")
    assert planner.do(url, {"officer_ids": []})["officers"] == []
    planner.do(f"{PATH}/{made['id']}/end", {"last_day": "2026-11-25"})
    with engine.connect() as connection:
        kept = connection.execute(
            text(
                "SELECT was ->> 'name' AS name, was -> 'geom' ->> 'type' AS shape, "
                "was ->> 'validity' AS days FROM temporary_grid_change ORDER BY id"
            )
        ).all()
    assert [row.name for row in kept] == ["腊月大集", *["北段大集"] * 3]
    assert (kept[-1].shape, kept[-1].days) == ("MultiPolygon", "[2026-11-20,2026-11-23)")
    clock.forward(days=6)
    over = planner.post(url, {"name": "晚了"})
    assert (over.status_code, over.json()["code"]) == (409, "temporary-over")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "value_error"),
        ({"name": " "}, "string_too_short"),
        ({"kind": "party"}, "literal_error"),
        ({"officer_ids": ["00000000-0000-7000-8000-000000000009"]}, "officer"),
        (ring((118.03, 36.82), (118.05, 36.82), (118.03, 36.83)), "outside"),
        (ring((118.0, 36.82), (118.01, 36.83), (118.01, 36.82), (118.0, 36.83)), "shape"),
    ],
)
def test_what_must_be_mended_in_a_change_is_said(
    person: People, said: dict[str, Any], code: str
) -> None:
    planner = person("planner")
    made = drawn(planner)
    answer = planner.post(f"{PATH}/{made['id']}/change", said)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert planner.read(f"{PATH}/{made['id']}") == made


def test_no_outline_is_drawn_where_one_may_not_draw(person: People) -> None:
    commander = person("commander.east")
    east = ring((118.021, 36.821), (118.022, 36.821), (118.022, 36.822))
    made = drawn(commander, **east)
    west = ring((118.001, 36.821), (118.002, 36.821), (118.002, 36.822))
    answer = commander.post(f"{PATH}/{made['id']}/change", west)
    assert answer.status_code == 404
    assert commander.read(f"{PATH}/{made['id']}") == made


def test_its_hours_decide_which_reports_are_of_it(
    person: People, report: Report, clock: Clock
) -> None:
    made = drawn(person("planner"), from_time="10:30", to_time="14:00", last_day="2026-11-20")
    assert (made["from_time"], made["to_time"]) == ("10:30", "14:00")
    officer = person("officer")
    over = [{"id": made["id"], "name": "腊月大集"}]

    def seen() -> tuple[Any, Any]:
        here = officer.read("/api/v1/locate", lon=118.009, lat=36.83)
        said = report(lon=118.009, occurred_at=clock.at.isoformat())
        return here["temporary_grids"], officer.do("/api/v1/cases", said)["temporary_grids"]

    assert seen() == ([], []), "at ten it has not begun"
    clock.forward(hours=1)
    assert seen() == (over, over)
    noon = clock.at.isoformat()
    clock.forward(hours=4)
    assert seen() == ([], []), "at three it is over"
    late = officer.do("/api/v1/cases", report(lon=118.009, occurred_at=noon))
    assert late["temporary_grids"] == over


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"last_day": "2026-11-19"}, "days"),
        ({"first_day": "2026-11-19"}, "days"),
        ({"last_day": "2026-11-20", "to_time": "09:59"}, "days"),
        ({"last_day": "2026-11-20", "from_time": "12:00", "to_time": "11:00"}, "days"),
        ({"officer_ids": ["00000000-0000-7000-8000-000000000009"]}, "officer"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[118, 36.82], [119, 36.83]]]}}, "shape"),
        (ring((118.0, 36.82), (118.01, 36.83), (118.01, 36.82), (118.0, 36.83)), "shape"),
        (ring((118.03, 36.82), (118.05, 36.82), (118.03, 36.83)), "outside"),
        (
            ring((118.0, 36.82), *[(118.001 + at * 1e-6, 36.821) for at in range(2000)]),
            "vertices",
        ),
        ({"kind": "party"}, "literal_error"),
        ({"last_day": None}, "date_type"),
        ({"reason": " "}, "string_too_short"),
    ],
)
def test_what_must_be_mended_is_said(person: People, said: dict[str, Any], code: str) -> None:
    answer = person("planner").post(PATH, {**MARKET, **said})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


@pytest.mark.parametrize(
    ("login", "status"), [("officer", 403), ("commander.east", 404), ("auditor", 403)]
)
def test_who_may_not_draw_here_does_not(person: People, login: str, status: int) -> None:
    assert person(login).post(PATH, MARKET).status_code == status
    made = drawn(person("planner"))
    assert person(login).post(f"{PATH}/{made['id']}/end", {}).status_code == status
    renamed = person(login).post(f"{PATH}/{made['id']}/change", {"name": "别的"})
    assert renamed.status_code == status


def test_it_is_seen_where_one_works(person: People) -> None:
    drawn(person("planner"))
    assert names(person("officer")) == ["腊月大集"], "it lies over his grid"
    assert names(person("officer.east")) == []
    assert names(person("commander.east")) == []
    officer_id = str(small_town.account_id("officer.east"))
    drawn(person("planner"), name="施工", kind="works", officer_ids=[officer_id])
    assert names(person("officer.east")) == ["施工"], "he is charged with it"
    planner = person("planner")
    first = planner.read(PATH, limit=1)
    assert names(planner, limit=1, cursor=first["next"]) == ["施工"]
