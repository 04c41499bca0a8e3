"""The editor's routes: a draft, one edit after another, undo and redo, two planners at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import small_town
from people import Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from data.plan_edits import DraftMovedOnError, edit_draft
from geo.redraw.edits import Rename

People = Callable[[str], Person]
DRAFT = "/api/v1/plans/2"


@pytest.fixture
def draft(engine: Engine) -> None:
    """Plan 2: a draft of both western communities, its grids as those in force."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO plan (district_id, id, area_id, name, generation, created_at) "
                "VALUES (1, 2, 10, '调整', jsonb_build_object('state', 'done'), :at)"
            ),
            {"at": small_town.AT},
        )
        connection.execute(
            text(
                "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
                "households, buildings, area_m2, geom, label) SELECT district_id, grid_id, 2, "
                "area_path, code, name, households, buildings, area_m2, geom, label "
                "FROM grid_version WHERE plan_id = 1 AND grid_id <= 4"
            )
        )


def edit(planner: Person, kind: str, base: dict[int, int], **asked: Any) -> dict[str, Any]:
    """Carry out an edit that must succeed."""
    answer: dict[str, Any] = planner.do(
        f"{DRAFT}/edits", {"edit": {"kind": kind, **asked}, "base": base}
    )
    return answer


def refused(planner: Person, kind: str, base: dict[int, int], **asked: Any) -> tuple[int, str]:
    """Status and code of an edit that must fail."""
    answer = planner.post(f"{DRAFT}/edits", {"edit": {"kind": kind, **asked}, "base": base})
    return answer.status_code, answer.json()["code"]


def grids(planner: Person) -> dict[int, dict[str, Any]]:
    return {grid["grid_id"]: grid for grid in planner.read(f"{DRAFT}/draft")["grids"]}


@pytest.mark.usefixtures("draft")
def test_a_draft_shows_its_grids_buildings_and_roads(person: People) -> None:
    planner = person("planner")
    told = planner.read(f"{DRAFT}/draft")
    assert (told["plan_id"], told["status"], told["revision"]) == (2, "draft", 0)
    assert (told["target_households"], told["tolerance_pct"]) == (300, 5.0)
    assert (told["can_undo"], told["can_redo"], told["undo_label"]) == (False, False, None)
    assert [grid["grid_id"] for grid in told["grids"]] == [1, 2, 3, 4]
    first = told["grids"][0]
    assert (first["code"], first["area_id"], first["households"]) == ("370399001001001", 11, 300)
    assert (first["off_pct"], first["problems"], first["locked"]) == (0.0, [], False)
    assert first["geometry"]["coordinates"][0][0] == [118.0, 36.82]
    buildings = planner.read(f"{DRAFT}/draft/buildings")
    assert buildings["id"] == [1, 2, 3, 4]
    assert buildings["households"] == [300] * 4
    assert buildings["name"][0] == "1号楼"
    roads = planner.read(f"{DRAFT}/draft/roads")["features"]
    kinds = [(road["properties"]["kind"], road["properties"]["highway"]) for road in roads]
    assert kinds == [("road", "primary"), ("road", "service"), ("water", None)]
    near = planner.read(f"{DRAFT}/draft/roads", bbox="118.003,36.83,118.007,36.832")["features"]
    assert [road["properties"]["name"] for road in near] == ["幸福胡同"]


@pytest.mark.usefixtures("draft")
def test_labels_are_edited_undone_and_redone(person: People) -> None:
    planner = person("planner")
    named = edit(planner, "rename", {1: 0}, grid_id=1, name=" 东风里 ")
    assert [(g["grid_id"], g["name"], g["revision"]) for g in named["changed"]] == [
        (1, "东风里", 1)
    ]
    assert (named["revision"], named["removed"], named["undo_label"]) == (1, [], "rename")
    sorted_ = edit(planner, "kind", {2: 0}, grid_id=2, value="site")
    assert [(g["grid_id"], g["off_pct"]) for g in sorted_["changed"]] == [(1, 0.0), (2, None)]
    locked = edit(planner, "lock", {3: 0, 1: 1}, grid_ids=[1, 3])
    # Its neighbours come along: their fair target is another beside a locked grid.
    assert [g["locked"] for g in locked["changed"]] == [True, False, True, False]
    assert refused(planner, "rename", {1: 3}, grid_id=1, name="x") == (422, "redraw-locked")
    back = planner.do(f"{DRAFT}/undo", {"revision": 3})
    assert (back["revision"], back["undo_label"], back["redo_label"]) == (4, "kind", "lock")
    assert [g["locked"] for g in grids(planner).values()] == [False] * 4
    again = planner.do(f"{DRAFT}/redo", {"revision": 4})
    assert (again["revision"], again["can_redo"], again["undo_label"]) == (5, False, "lock")
    assert [g["locked"] for g in grids(planner).values()] == [True, False, True, False]
    late = planner.post(f"{DRAFT}/undo", {"revision": 4}).json()
    assert (late["code"], [g["grid_id"] for g in late["params"]["grids"]]) == (
        "draft-moved-on",
        [1, 3],
    )


@pytest.mark.usefixtures("draft")
def test_nothing_is_undone_or_redone_where_there_is_nothing(person: People) -> None:
    planner = person("planner")
    assert planner.post(f"{DRAFT}/undo", {"revision": 0}).json()["code"] == "plan-nothing-to-undo"
    assert planner.post(f"{DRAFT}/redo", {"revision": 0}).json()["code"] == "plan-nothing-to-redo"
    edit(planner, "rename", {1: 0}, grid_id=1, name="甲")
    planner.do(f"{DRAFT}/undo", {"revision": 1})
    edit(planner, "rename", {1: 2}, grid_id=1, name="乙")
    assert planner.read(f"{DRAFT}/draft")["can_redo"] is False
    assert planner.post(f"{DRAFT}/redo", {"revision": 3}).json()["code"] == "plan-nothing-to-redo"


@pytest.mark.usefixtures("draft")
def test_two_planners_at_once_and_nothing_is_lost(person: People, engine: Engine) -> None:
    planner = person("planner")
    edit(planner, "rename", {1: 0}, grid_id=1, name="甲")
    late = planner.post(
        f"{DRAFT}/edits",
        {"edit": {"kind": "rename", "grid_id": 1, "name": "乙"}, "base": {"1": 0}},
    )
    assert (late.status_code, late.json()["code"]) == (409, "draft-moved-on")
    told = late.json()["params"]
    assert (told["revision"], told["removed"]) == (1, [])
    assert [(g["grid_id"], g["name"], g["revision"]) for g in told["grids"]] == [(1, "甲", 1)]
    other = edit(planner, "rename", {2: 0}, grid_id=2, name="丙")
    assert other["revision"] == 2
    assert refused(planner, "rename", {}, grid_id=2, name="丁") == (409, "draft-moved-on")
    assert grids(planner)[1]["name"] == "甲"


@pytest.mark.usefixtures("draft")
def test_grids_are_numbered_anew_in_reading_order(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        for grid_id, number, name in ((1, 7, "七"), (2, 3, "第三网格")):
            connection.execute(
                text(
                    "UPDATE grid_version SET code = '370399001001' || :number, name = :name "
                    "WHERE plan_id = 2 AND grid_id = :id"
                ),
                {"id": grid_id, "number": f"{number:03d}", "name": name},
            )
    planner = person("planner")
    made = edit(planner, "renumber", {})
    assert [(g["code"][-3:], g["name"]) for g in made["changed"]] == [
        ("001", "七"),
        ("002", "第二网格"),
    ]


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(
    ("login", "status"),
    [("commander", 403), ("officer", 403), ("commander.east", 403), ("auditor", 403)],
)
def test_only_planners_of_the_area_see_and_edit_a_draft(
    person: People, login: str, status: int
) -> None:
    somebody = person(login)
    for path in ("draft", "draft/buildings", "draft/roads"):
        assert somebody.get(f"{DRAFT}/{path}").status_code == status
    assert refused(somebody, "renumber", {})[0] == status
    assert somebody.post(f"{DRAFT}/undo", {"revision": 0}).status_code == status


@pytest.mark.usefixtures("draft")
def test_what_is_not_a_draft_is_not_edited(person: People) -> None:
    planner = person("planner")
    answer = planner.post("/api/v1/plans/1/edits", {"edit": {"kind": "renumber"}, "base": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "plan-published")
    assert planner.get("/api/v1/plans/1/draft").json()["code"] == "plan-published"
    assert planner.get("/api/v1/plans/99/draft").status_code == 404
    new = {"area_id": 11, "name": "空", "households": 300}
    empty = planner.post("/api/v1/plans", new).json()["id"]
    assert planner.read(f"/api/v1/plans/{empty}/draft")["grids"] == []
    assert planner.read(f"/api/v1/plans/{empty}/draft/buildings")["id"] == []
    answer = planner.post(
        f"/api/v1/plans/{empty}/edits", {"edit": {"kind": "renumber"}, "base": {}}
    )
    assert answer.json()["code"] == "plan-not-generated"


@pytest.mark.usefixtures("draft")
def test_an_edit_takes_a_checked_plan_back_and_says_so(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE plan SET status = 'checked' WHERE id = 2"))
    planner = person("planner")
    answer = edit(planner, "rename", {1: 0}, grid_id=1, name="甲")
    assert [problem["code"] for problem in answer["problems"]] == ["back-to-draft"]
    assert planner.read(f"{DRAFT}/draft")["status"] == "draft"
    assert edit(planner, "rename", {1: 1}, grid_id=1, name="乙")["problems"] == []


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "explode"},
        {"kind": "rename", "grid_id": 1, "name": "  "},
        {"kind": "kind", "grid_id": 1, "value": "huge"},
        {"kind": "lock", "grid_ids": []},
        {"kind": "move"},
        {"kind": "move", "vertices": [{"from": [118, 36.8], "to": [190, 36.8]}]},
        {"kind": "split", "grid_id": 1, "line": [[118, 36.8]]},
        {"kind": "snap", "grid_ids": [1], "tolerance_m": 5},
    ],
)
def test_nonsense_is_refused(person: People, asked: dict[str, Any]) -> None:
    answer = person("planner").post(f"{DRAFT}/edits", {"edit": asked, "base": {}})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


NORTH_OF_GRID_1 = [[117.999, 36.835], [118.011, 36.835]]
MIDDLE = [118.01, 36.83]


@pytest.mark.usefixtures("draft")
def test_a_grid_is_split_and_merged_again(person: People) -> None:
    planner = person("planner")
    halves = edit(planner, "split", {1: 0}, grid_id=1, line=NORTH_OF_GRID_1)
    made = {grid["grid_id"]: grid for grid in halves["changed"]}
    (new,) = set(made) - {1, 2}
    assert set(made) == {1, 2, new}  # the neighbour takes in the end of the line
    assert (made[1]["households"], made[new]["households"]) == (300, 0)
    assert (made[new]["code"], made[new]["name"]) == ("370399001001003", "第三网格")
    assert [problem["code"] for problem in made[new]["problems"]] == ["no-households"]
    assert made[1]["off_pct"] == 0.0
    merged = edit(planner, "merge", {1: 1, new: 1}, grid_ids=[new, 1])
    assert (merged["removed"], merged["undo_label"]) == ([new], "merge")
    back = planner.do(f"{DRAFT}/undo", {"revision": 2})
    assert new in {grid["grid_id"] for grid in back["changed"]}
    start = planner.do(f"{DRAFT}/undo", {"revision": 3})
    assert (start["removed"], start["can_undo"]) == ([new], False)
    assert sorted(grids(planner)) == [1, 2, 3, 4]
    planner.do(f"{DRAFT}/redo", {"revision": 4})
    assert sorted(grids(planner)) == [1, 2, 3, 4, new]


@pytest.mark.usefixtures("draft")
def test_a_vertex_moves_both_its_grids(person: People) -> None:
    planner = person("planner")
    inserted = [{"between": [[118.01, 36.82], [118.01, 36.84]], "to": MIDDLE}]
    edit(planner, "move", {1: 0, 2: 0}, inserted=inserted)
    moved = edit(planner, "move", {1: 1, 2: 1}, vertices=[{"from": MIDDLE, "to": [118.015, 36.83]}])
    assert [grid["grid_id"] for grid in moved["changed"]] == [1, 2]
    for grid in moved["changed"]:
        assert [118.015, 36.83] in grid["geometry"]["coordinates"][0]
    assert moved["problems"] == [
        {"code": "building-cut", "params": {"count": 1, "building_ids": [2]}}
    ]
    assert [p["code"] for p in moved["changed"][0]["problems"]] == [
        "households-off",
        "building-cut",
    ]
    late = [{"from": MIDDLE, "to": [118.012, 36.83]}]
    assert refused(planner, "move", {1: 1, 2: 1}, vertices=late) == (409, "draft-moved-on")
    back = planner.do(f"{DRAFT}/undo", {"revision": 2})
    assert [118.01, 36.83] in back["changed"][1]["geometry"]["coordinates"][0]


@pytest.mark.usefixtures("draft")
def test_what_would_break_the_coverage_is_refused_in_words(person: People) -> None:
    planner = person("planner")
    corner = [{"from": [118.0, 36.84], "to": [118.001, 36.839]}]
    answer = planner.post(
        f"{DRAFT}/edits", {"edit": {"kind": "move", "vertices": corner}, "base": {"1": 0}}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "redraw-border")
    assert answer.json()["params"]["message_zh"].startswith("社区边界")
    base = {1: 0, 2: 0, 3: 0, 4: 0}
    for kind, asked, code in (
        ("move", {"vertices": [{"from": [118.01, 36.82], "to": MIDDLE}]}, "border"),
        ("move", {"vertices": [{"from": [118.005, 36.83], "to": MIDDLE}]}, "unknown-vertex"),
        ("merge", {"grid_ids": [1, 3]}, "other-community"),
        ("even-out", {"grid_ids": [3, 2]}, "other-community"),
        ("split", {"grid_id": 1, "line": [[118.002, 36.83], [118.004, 36.83]]}, "not-divided"),
        ("give-building", {"building_id": 3, "to_grid_id": 1}, "unknown-building"),
        ("give-building", {"building_id": 2, "to_grid_id": 1}, "emptied"),
        ("give-block", {"point": [118.005, 36.83], "to_grid_id": 1}, "own-grid"),
        ("give-block", {"point": [118.005, 36.81], "to_grid_id": 1}, "outside"),
        ("snap", {"grid_ids": [1, 2], "tolerance_m": 5}, "no-road"),
        ("even-out", {"grid_ids": [1, 2]}, "even-already"),
    ):
        assert refused(planner, kind, base, **asked) == (422, f"redraw-{code}"), kind
    assert planner.read(f"{DRAFT}/draft")["revision"] == 0


@pytest.mark.usefixtures("draft")
def test_two_planners_shape_one_grid_and_the_second_is_told(person: People) -> None:
    planner = person("planner")
    halves = edit(planner, "split", {1: 0}, grid_id=1, line=NORTH_OF_GRID_1)
    new = next(g["grid_id"] for g in halves["changed"] if g["grid_id"] > 4)
    late = planner.post(
        f"{DRAFT}/edits", {"edit": {"kind": "merge", "grid_ids": [1, 2]}, "base": {"1": 0, "2": 0}}
    )
    assert late.json()["code"] == "draft-moved-on"
    assert [grid["grid_id"] for grid in late.json()["params"]["grids"]] == [1, 2]
    assert late.json()["params"]["grids"][0]["geometry"]["type"] == "Polygon"
    edit(planner, "merge", {1: 1, new: 1}, grid_ids=[1, new])
    gone = planner.post(
        f"{DRAFT}/edits",
        {"edit": {"kind": "rename", "grid_id": new, "name": "x"}, "base": {str(new): 1}},
    )
    assert (gone.json()["code"], gone.json()["params"]["removed"]) == ("draft-moved-on", [new])
    assert sorted(grids(planner)) == [1, 2, 3, 4]


@pytest.mark.usefixtures("draft")
def test_the_same_edit_sent_twice_is_done_once(person: People) -> None:
    planner, operation = person("planner"), uuid7()
    body = {"edit": {"kind": "split", "grid_id": 1, "line": NORTH_OF_GRID_1}, "base": {"1": 0}}
    first = planner.post(f"{DRAFT}/edits", body, operation=operation)
    again = planner.post(f"{DRAFT}/edits", body, operation=operation)
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(grids(planner)) == 5


@pytest.mark.usefixtures("draft")
def test_of_edits_at_the_very_same_moment_one_is_done_and_the_others_are_late(
    person: People, engine: Engine
) -> None:
    def name(name: str) -> str:
        try:
            with engine.begin() as connection:
                edit_draft(
                    connection,
                    small_town.DISTRICT,
                    2,
                    Rename(1, name),
                    asked={"kind": "rename"},
                    base={1: 0},
                    by=small_town.account_id("planner"),
                    at=small_town.AT,
                )
        except DraftMovedOnError:
            return "late"
        return name

    with ThreadPoolExecutor(4) as planners:
        done = sorted(planners.map(name, ["甲", "乙", "丙", "丁"]))
    assert done[:3] == ["late"] * 3
    assert grids(person("planner"))[1]["name"] == done[3]
