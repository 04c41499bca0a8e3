"""The editor's tools in a browser: insert, give, snap, even out; each is done by the server."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import shapely
from playwright.sync_api import Page, expect
from test_planner import (
    api,
    choose,
    draft_of,
    draw_up,
    households_of,
    open_editor,
    pixel,
    show_chosen,
    until_saved,
)

Corner = tuple[float, float]
TRIES = 6


def faces(draft: dict[str, Any]) -> dict[int, shapely.Geometry]:
    """Shape of each grid of a draft."""
    return {
        grid["grid_id"]: shapely.from_geojson(_json(grid["geometry"])) for grid in draft["grids"]
    }


def _json(geometry: dict[str, Any]) -> str:
    return shapely.to_geojson(shapely.geometry.shape(geometry))


def borders(draft: dict[str, Any]) -> list[tuple[int, int, list[tuple[Corner, Corner]]]]:
    """Pairs of grids of one community with the edges they share, the longest border first."""
    shared: dict[tuple[int, int], list[tuple[Corner, Corner]]] = defaultdict(list)
    owner: dict[frozenset[Corner], int] = {}
    area = {grid["grid_id"]: grid["area_id"] for grid in draft["grids"]}
    for grid in draft["grids"]:
        for ring in grid["geometry"]["coordinates"]:
            corners = [(lon, lat) for lon, lat in ring]
            for one, other in pairwise(corners):
                edge = frozenset((one, other))
                before = owner.setdefault(edge, grid["grid_id"])
                if before != grid["grid_id"] and area[before] == area[grid["grid_id"]]:
                    shared[before, grid["grid_id"]].append((one, other))
    ordered = sorted(shared.items(), key=lambda pair: -sum(math.dist(*edge) for edge in pair[1]))
    return [(one, other, edges) for (one, other), edges in ordered]


class Editor:
    """A draft in the editor, and which pair of grids it shows."""

    def __init__(self, page: Page, plan_id: int) -> None:
        self.page = page
        self.plan_id = plan_id
        self.pair: frozenset[int] = frozenset()

    def draft(self) -> dict[str, Any]:
        """The draft as the server has it."""
        return draft_of(self.page, self.plan_id)

    def show(self, one: int, other: int) -> None:
        """Select two grids and bring them into view."""
        choose(self.page, one, other)
        if self.pair != {one, other}:
            show_chosen(self.page)
        self.pair = frozenset((one, other))


def attempt(page: Page, do: Callable[[], None]) -> dict[str, Any] | None:
    """Send an edit; what it changed, or None when the server refuses it, which the page says."""
    with page.expect_response(lambda answer: answer.url.endswith("/edits")) as told:
        do()
    expect(page.get_by_text("正在保存…")).to_have_count(0)
    if told.value.status == 422:
        expect(page.locator(".editor-notices [role=alert]").first).to_be_visible()
        return None
    assert told.value.status == 200, told.value.text()
    edited: dict[str, Any] = told.value.json()
    return edited


def first_done(tries: Iterator[Callable[[], dict[str, Any] | None]]) -> dict[str, Any]:
    """What the first of some edits that is possible here has changed."""
    for _, do in zip(range(TRIES), tries, strict=False):
        edited = do()
        if edited is not None:
            return edited
    pytest.fail(f"none of {TRIES} edits was possible")


def buildings_between(editor: Editor, draft: dict[str, Any]) -> Iterator[Any]:
    """Inhabited buildings by a border: giver, taker, place; the nearest to it first."""
    path = f"{api(editor.page)}/plans/{editor.plan_id}/draft/buildings"
    columns = editor.page.request.get(path).json()
    places = shapely.points(columns["lon"], columns["lat"])
    homes = columns["households"]
    shapes = faces(draft)
    for giver, taker, _ in borders(draft):
        inside = [
            at
            for at in range(len(homes))
            if homes[at] > 0 and shapely.contains(shapes[giver], places[at])
        ]
        inside.sort(key=lambda at: shapely.distance(places[at], shapes[taker]))
        if inside:
            at = inside[0]
            yield giver, taker, (columns["lon"][at], columns["lat"][at])


def inner(shape: shapely.Geometry) -> Corner:
    """A place well inside a grid."""
    point = shapely.point_on_surface(shape)
    return point.x, point.y


def give(editor: Editor, key: str, pair: tuple[int, int], places: tuple[Corner, Corner]) -> Any:
    """Point at what is given with a tool, then at the grid that takes it."""
    page = editor.page
    page.keyboard.press("Escape")
    editor.show(*pair)
    if not all(in_the_open(page, place) for place in places):
        return None
    page.keyboard.press(key)
    page.mouse.click(*pixel(page, places[0]))
    expect(page.locator(".editor-hint")).to_contain_text("再点要给的相邻网格")
    return attempt(page, lambda: page.mouse.click(*pixel(page, places[1])))


def in_the_open(page: Page, place: Corner) -> bool:
    """Whether neither tools nor hints lie over a place of the map."""
    x, y = pixel(page, place)
    box = page.locator("#map").bounding_box()
    assert box is not None
    return (
        box["x"] + 70 < x < box["x"] + box["width"] - 80
        and box["y"] + 20 < y < box["y"] + box["height"] - 150
    )


def by_key(editor: Editor, key: str, pair: tuple[int, int]) -> Any:
    """Select two grids and press a key."""
    choose(editor.page, *pair)
    editor.page.locator("#map").focus()
    return attempt(editor.page, lambda: editor.page.keyboard.press(key))


def test_insert_give_snap_and_even_out(sign_in: Callable[..., Page], worker: None) -> None:
    page = sign_in("planner")
    plan_id = draw_up(page, "工具")
    with page.expect_response(lambda answer: answer.url.endswith("/draft/roads")):
        open_editor(page, plan_id)
    editor = Editor(page, plan_id)
    households = households_of(editor.draft())
    for step in (_insert, _give_a_building, _give_a_block, _snap, _even_out):
        step(editor)
        assert households_of(editor.draft()) == households, step.__name__


def _insert(editor: Editor) -> None:
    page, start = editor.page, editor.draft()
    one, other, edges = borders(start)[0]
    editor.show(one, other)
    a, b = max(edges, key=lambda edge: math.dist(*edge))
    x, y = pixel(page, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
    page.keyboard.press("i")
    page.keyboard.down("Alt")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y + 5, steps=4)
    edited = until_saved(page, page.mouse.up)
    page.keyboard.up("Alt")
    assert {grid["grid_id"] for grid in edited["changed"]} == {one, other}
    before, after = faces(start), faces(editor.draft())
    for grid_id in (one, other):
        corners = shapely.get_num_coordinates([before[grid_id], after[grid_id]])
        assert corners[1] == corners[0] + 1


def _give_a_building(editor: Editor) -> None:
    start = editor.draft()
    shapes = faces(start)

    homes = {grid["grid_id"]: grid["households"] for grid in start["grids"]}

    def giving(giver: int, taker: int, place: Corner) -> Any:
        def go() -> Any:
            given = give(editor, "b", (giver, taker), (place, inner(shapes[taker])))
            # A click may hit the shed beside the house: then the next house is tried.
            grown = given and [g for g in given["changed"] if g["households"] > homes[g["grid_id"]]]
            return given if grown else None

        return go

    given = first_done(giving(*case) for case in buildings_between(editor, start))
    assert sum(grid["households"] - homes[grid["grid_id"]] for grid in given["changed"]) == 0


def _give_a_block(editor: Editor) -> None:
    now = editor.draft()
    shapes = faces(now)

    def giving(giver: int, taker: int) -> Any:
        places = (inner(shapes[giver]), inner(shapes[taker]))
        return lambda: give(editor, "k", (giver, taker), places)

    pairs = ((a, b) for one, other, _ in borders(now) for a, b in ((one, other), (other, one)))
    moved = first_done(giving(*pair) for pair in pairs)
    assert len(moved["changed"]) + len(moved["removed"]) >= 2


def _snap(editor: Editor) -> None:
    editor.page.keyboard.press("v")
    pairs = [(one, other) for one, other, _ in borders(editor.draft())]
    choose(editor.page, *pairs[0])
    editor.page.get_by_label("贴路距离（米）").fill("40")

    def snapping(pair: tuple[int, int]) -> Any:
        return lambda: by_key(editor, "n", pair)

    assert first_done(snapping(pair) for pair in pairs)["changed"]


def _even_out(editor: Editor) -> None:
    now = editor.draft()
    homes = {grid["grid_id"]: grid["households"] for grid in now["grids"]}
    choose(editor.page, next(iter(homes)))
    editor.page.keyboard.press("e")
    expect(editor.page.get_by_text("请先选中两个以上相邻的网格。")).to_be_visible()
    pairs = [(one, other) for one, other, _ in borders(now)]
    pairs.sort(key=lambda pair: -abs(homes[pair[0]] - homes[pair[1]]))

    def evening(pair: tuple[int, int]) -> Any:
        return lambda: by_key(editor, "e", pair)

    evened = first_done(evening(pair) for pair in pairs)
    changed = [grid["grid_id"] for grid in evened["changed"]]
    after = {grid["grid_id"]: grid["households"] for grid in editor.draft()["grids"]}
    assert _spread(after, changed) <= _spread(homes, changed)


def _spread(homes: dict[int, int], ids: list[int]) -> int:
    return max(homes[one] for one in ids) - min(homes[one] for one in ids)
