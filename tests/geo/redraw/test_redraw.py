"""Each edit does what it says, keeps the coverage one, and refuses what would not."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from towns import draft

from geo.redraw.coverage import Coverage, Redrawn, prove
from geo.redraw.edits import (
    EvenOut,
    GiveBlock,
    GiveBuilding,
    LonLat,
    Merge,
    Move,
    ShapeEdit,
    Snap,
    Split,
)
from geo.redraw.errors import REASONS, RedrawError
from geo.redraw.ground import Ground
from geo.redraw.plane import Plane
from geo.redraw.redraw import redraw

START, GROUND = draft()
PLANE = Plane.around(START.shapes)


def at(x_m: float, y_m: float) -> LonLat:
    """A place in metres from the south-western corner of the community, as degrees.

    Streets run at multiples of 90 m in x and of 70 m in y; the town is turned a little in degrees.
    """
    west, south, east, north = shapely.total_bounds(START.shapes)
    del east, north
    lon, lat = PLANE.back(PLANE.forward(np.array([[west, south]])) + np.array([[x_m, y_m]]))[0]
    return float(lon), float(lat)


def grid_at(coverage: Coverage, place: LonLat) -> int:
    inside = shapely.contains(coverage.shapes, shapely.Point(place))
    return coverage.ids[int(np.flatnonzero(inside)[0])]


def after(done: Redrawn, before: Coverage = START) -> Coverage:
    return before.replaced(done.shapes, done.removed)


def households(coverage: Coverage) -> dict[int, int]:
    counted = GROUND.count(coverage.shapes)[0].tolist()
    return dict(zip(coverage.ids, counted, strict=True))


def code(asked: ShapeEdit, coverage: Coverage = START, ground: Ground = GROUND) -> str:
    with pytest.raises(RedrawError) as refused:
        redraw(coverage, ground, asked)
    assert (refused.value.message_zh, refused.value.message_en) == REASONS[refused.value.code]
    return refused.value.code


def points(shape: shapely.Polygon) -> set[LonLat]:
    return {(x, y) for x, y in shapely.get_coordinates(shape).tolist()}


def inner_node(*grids: int) -> LonLat:
    """A vertex that all these grids share, off the community's border."""
    shared = set.intersection(*(points(START.shape(grid)) for grid in grids))
    border = set(map(tuple, shapely.get_coordinates(shapely.union_all(START.shapes).boundary)))
    return min(shared - border)


def test_a_vertex_takes_all_its_grids_along_and_no_other_vertex() -> None:
    node = inner_node(1, 2, 5)
    to = (node[0] + 5e-5, node[1] + 5e-5)
    done = redraw(START, GROUND, Move(((node, to),)))
    assert set(done.shapes) == done.reshaped == {1, 2, 5}
    for grid, shape in done.shapes.items():
        assert points(shape) == points(START.shape(grid)) - {node} | {to}


def test_a_vertex_put_into_an_edge_is_there_for_both() -> None:
    node, other = inner_node(1, 2, 5), None
    shared = points(START.shape(1)) & points(START.shape(2)) - {node}
    other = min(shared, key=lambda point: math.dist(point, node))
    to = ((node[0] + other[0]) / 2 + 1e-5, (node[1] + other[1]) / 2)
    done = redraw(START, GROUND, Move((), (((node, other), to),)))
    assert set(done.shapes) == {1, 2}
    assert all(to in points(shape) for shape in done.shapes.values())


def test_a_vertex_dropped_on_its_neighbour_becomes_one_with_it() -> None:
    node = inner_node(1, 2, 5)
    near = points(START.shape(1)) & points(START.shape(2)) - {node}
    other = min(near, key=lambda point: math.dist(point, node))
    done = redraw(START, GROUND, Move(((node, other),)))
    assert all(node not in points(shape) for shape in after(done).shapes)


@pytest.mark.parametrize(
    ("vertex", "to", "reason"),
    [
        (min(points(START.shape(6))), at(5, 5), "border"),
        (at(13, 17), at(15, 17), "unknown-vertex"),
        (inner_node(1, 2, 5), at(-500, 0), "crossing"),
        (inner_node(1, 2, 5), at(400, 300), "crossing"),
    ],
)
def test_vertices_that_may_not_move(vertex: LonLat, to: LonLat, reason: str) -> None:
    assert code(Move(((vertex, to),))) == reason


def test_edges_that_take_no_vertex() -> None:
    border = shapely.get_coordinates(shapely.union_all(START.shapes).exterior).tolist()
    one, other = (tuple(border[0]), tuple(border[1]))
    assert code(Move((), (((one, other), at(3, 3)),))) == "border"
    assert code(Move((), (((one, inner_node(1, 2, 5)), at(3, 3)),))) == "unknown-edge"


def test_a_line_splits_a_grid_and_its_ends_go_into_the_neighbours() -> None:
    line = (at(-20, 312), at(560, 312))  # through the north row: grids 1, 2 and 3
    done = redraw(START, GROUND, Split(2, line))
    assert set(done.shapes) == {2, -1, 1, 3}
    assert done.reshaped == {2}
    assert households(after(done))[2] >= households(after(done))[-1] > 0
    for neighbour in (1, 3):
        assert points(START.shape(neighbour)) < points(done.shapes[neighbour])
    assert done.cut == ()


def test_a_split_through_a_building_is_done_and_told() -> None:
    done = redraw(START, GROUND, Split(2, (at(-20, 297), at(560, 297))))
    assert len(done.cut) == 8  # two rows of houses: one is cut, of two blocks


def test_a_line_that_ends_near_the_boundary_is_drawn_on_to_it() -> None:
    assert code(Split(2, (at(230, 335), at(300, 335)))) == "not-divided"
    done = redraw(START, GROUND, Split(2, (at(190, 335), at(340, 335))))
    assert -1 in done.shapes


def test_a_line_may_divide_into_more_than_two() -> None:
    zigzag = (at(150, 335), at(400, 345), at(400, 325), at(150, 315))
    done = redraw(START, GROUND, Split(2, zigzag))
    assert {-1, -2} <= set(done.shapes)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ((at(600, 10), at(700, 10)), "not-divided"),
        ((at(200, 320), at(200, 320)), "not-divided"),
        ((at(179, 349), at(181, 346), at(184, 349), at(184, 360)), "too-small"),
    ],
)
def test_lines_that_do_not_split(line: tuple[LonLat, ...], reason: str) -> None:
    assert code(Split(2, line)) == reason


def test_merging_keeps_the_id_of_the_heaviest_and_undoes_a_split() -> None:
    done = redraw(START, GROUND, Merge((3, 4)))
    assert (set(done.shapes), done.removed) == ({4}, (3,))
    assert households(after(done))[4] == 216
    split = after(redraw(START, GROUND, Split(2, (at(170, 335), at(370, 335)))))
    named = Coverage(tuple(9 if i < 0 else i for i in split.ids), split.shapes)
    merged = after(redraw(named, GROUND, Merge((2, 9))), named)
    assert shapely.equals(merged.shape(2), START.shape(2)) or (
        shapely.symmetric_difference(merged.shape(2), START.shape(2)).area < 1e-16
    )


def test_what_cannot_be_merged() -> None:
    assert code(Merge((1, 7))) == "not-adjacent"
    assert code(Merge((1, 1))) == "too-few"
    assert code(Merge((1, 99))) == "unknown-grid"


def test_a_building_goes_over_with_the_ground_around_it_and_is_not_cut() -> None:
    edge_of_2 = np.argsort(shapely.distance(GROUND.inner, START.shape(2)))
    given = next(int(b) for b in edge_of_2 if GROUND.home(START.shapes)[b] == 0)
    done = redraw(START, GROUND, GiveBuilding(int(GROUND.ids[given]), 2))
    assert done.reshaped == {1, 2}
    assert done.cut == ()
    assert GROUND.home(after(done).shapes)[given] == 1
    assert households(after(done))[2] == households(START)[2] + 3
    side_m = math.sqrt(
        shapely.area(
            PLANE.bring(np.array([START.shape(1)]))[0] - PLANE.bring(np.array([done.shapes[1]]))[0]
        )
    )
    assert 14 < side_m < 40


def test_buildings_that_do_not_go_over() -> None:
    home = GROUND.home(START.shapes)
    far = int(np.argmax(shapely.distance(GROUND.inner, START.shape(7)) * (home == 0)))
    assert code(GiveBuilding(int(GROUND.ids[far]), 7)) == "ground-apart"
    assert code(GiveBuilding(int(GROUND.ids[far]), 1)) == "own-grid"
    assert code(GiveBuilding(1, 2)) == "unknown-building"
    outside = int(np.flatnonzero(home < 0)[0])
    assert code(GiveBuilding(int(GROUND.ids[outside]), 2)) == "unknown-building"


def test_no_building_is_cut_that_the_planner_did_not_cut_himself() -> None:
    edge_of_2 = np.argsort(shapely.distance(GROUND.inner, START.shape(2)))
    given = next(int(b) for b in edge_of_2 if GROUND.home(START.shapes)[b] == 0)
    west, south, east, north = GROUND.buildings[given].bounds
    lean_to = shapely.box(west - (east - west) / 2, south, (west + east) / 2, north)
    ground = Ground(
        ids=np.append(GROUND.ids, 7),
        households=np.append(GROUND.households, 1),
        buildings=np.append(GROUND.buildings, lean_to),
        lines=GROUND.lines,
    )
    assert code(GiveBuilding(int(GROUND.ids[given]), 2), ground=ground) == "cuts-building"


def test_a_block_goes_over_whole() -> None:
    place = at(130, 320)  # a block of grid 1 beside grid 2
    assert grid_at(START, place) == 1
    done = redraw(START, GROUND, GiveBlock(place, 2))
    assert households(after(done)) == households(START) | {1: 72, 2: 120}
    assert done.cut == ()


def test_blocks_that_do_not_go_over() -> None:
    assert code(GiveBlock(at(20, 320), 7)) == "ground-apart"
    assert code(GiveBlock(at(20, 320), 1)) == "own-grid"
    assert code(GiveBlock(at(-50, 20), 1)) == "outside"
    without = replace(GROUND, lines=GROUND.lines[:0])
    assert code(GiveBlock(at(130, 320), 2), ground=without) == "emptied"


def test_a_road_through_a_building_is_led_around_it() -> None:
    lane = shapely.LineString([at(135, 200), at(135, 500)])  # runs through two houses
    ground = replace(GROUND, lines=np.append(GROUND.lines, lane))
    done = redraw(START, ground, GiveBlock(at(170, 320), 2))
    assert done.cut == ()
    assert 72 < households(after(done))[1] < 96


def test_a_boundary_beside_a_road_is_laid_on_it() -> None:
    node = inner_node(1, 2, 5)
    shared = points(START.shape(1)) & points(START.shape(2)) - {node}
    top = min(shared, key=lambda point: math.dist(point, node))
    middle = ((node[0] + top[0]) / 2 - 8e-5, (node[1] + top[1]) / 2)
    bent = after(redraw(START, GROUND, Move((), (((node, top), middle),))))
    assert households(bent) == households(START)
    done = redraw(bent, GROUND, Snap((1, 2), 15))
    straight = after(done, bent)
    assert done.cut == ()
    for grid in (1, 2):
        off = shapely.symmetric_difference(straight.shape(grid), START.shape(grid))
        assert shapely.area(PLANE.bring(np.array([off]))).sum() < 10
    assert code(Snap((1, 2), 15), straight) == "no-road"


def test_what_is_not_snapped() -> None:
    assert code(Snap((1, 7), 15)) == "not-adjacent"
    assert code(Snap((1, 1), 15)) == "too-few"
    assert code(Snap((1, 2), 15)) == "no-road"


def test_uneven_grids_are_evened_out_and_keep_their_ids() -> None:
    uneven = after(redraw(START, GROUND, GiveBlock(at(130, 320), 2)))
    uneven = after(redraw(uneven, GROUND, GiveBlock(at(130, 250), 2)), uneven)
    was = households(uneven)
    assert (was[1], was[2]) == (48, 144)
    done = redraw(uneven, GROUND, EvenOut((1, 2)))
    now = households(after(done, uneven))
    assert max(abs(now[grid] - 96) for grid in (1, 2)) <= 10
    assert done.reshaped == {1, 2}
    assert done.cut == ()
    shared = shapely.intersection(after(done, uneven).shape(1), uneven.shape(1))
    assert shared.area > 0.4 * uneven.shape(1).area


def test_what_cannot_be_evened_out() -> None:
    assert code(EvenOut((1, 2))) == "even-already"
    assert code(EvenOut((1,))) == "too-few"
    assert code(EvenOut((1, 7))) == "not-adjacent"


@pytest.mark.parametrize(
    "asked",
    [
        Split(2, (at(170, 335), at(370, 335))),
        Merge((1, 2)),
        GiveBlock(at(130, 320), 2),
        Snap((2, 1), 10),
        EvenOut((1, 2)),
        Move(((inner_node(1, 2, 5), at(182, 212)),)),
    ],
)
def test_a_locked_grid_is_never_changed(asked: ShapeEdit) -> None:
    assert code(asked, replace(START, locked=frozenset({2}))) == "locked"


def test_the_proof_finds_a_gap_at_the_border_that_validity_misses() -> None:
    shape = START.shape(1)
    corner = at(0, 350)
    nearest = min(points(shape), key=lambda point: math.dist(point, corner))
    inward = (nearest[0] + 1e-6, nearest[1] - 1e-6)
    moved = shapely.transform(
        shape, lambda xy: np.where((xy == nearest).all(axis=1)[:, None], inward, xy)
    )
    broken = START.replaced({1: moved}, ())
    assert shapely.coverage_is_valid(broken.shapes)
    with pytest.raises(RedrawError):
        prove(START, broken)
    prove(START, START)


def test_the_proof_finds_another_border_of_the_same_size() -> None:
    square = shapely.box(118.0, 36.8, 118.01, 36.81)
    leaning = shapely.Polygon([(118.0, 36.8), (118.01, 36.8), (118.011, 36.81), (118.001, 36.81)])
    before = Coverage((1,), np.array([square]))
    with pytest.raises(RedrawError):
        prove(before, before.replaced({1: leaning}, ()))


def test_digits_are_kept_where_degrees_are_small() -> None:
    """By the meridian of Greenwich a degree has digits that metres cannot give back."""
    west, south, _, _ = shapely.total_bounds(START.shapes)

    def near_zero(xy: np.ndarray) -> np.ndarray:
        return (xy - [west, south] + 1e-6) * 1.0000001

    coverage = Coverage(START.ids, shapely.transform(START.shapes, near_zero))
    ground = replace(
        GROUND,
        buildings=shapely.transform(GROUND.buildings, near_zero),
        lines=GROUND.lines[:0],
    )
    shape = coverage.shape(2)
    low, left, high, right = shape.bounds[1], shape.bounds[0], shape.bounds[3], shape.bounds[2]
    y = low + 0.9 * (high - low)
    done = redraw(coverage, ground, Split(2, ((left - 1e-3, y), (right + 1e-3, y))))
    assert len(done.shapes) > 2
    for grid in set(done.shapes) - {2, -1}:
        assert points(coverage.shape(grid)) < points(done.shapes[grid])


def tower_on_a_boundary() -> tuple[Ground, shapely.Polygon]:
    """A tower of three parts, two of them in grid 1 and one in grid 2, instead of the houses."""
    left, low = PLANE.forward(np.array([inner_node(1, 2, 5)]))[0] + [0.0, 20.0]
    strips = [shapely.box(left + x, low, left + x + 20, low + 30) for x in (-40, -20, 0)]
    parts = shapely.transform(np.array(strips), PLANE.back)
    whole = shapely.union_all(parts)
    kept = ~shapely.intersects(GROUND.buildings, whole)
    ground = Ground(
        ids=np.append(GROUND.ids[kept], [7, 7, 7]),
        households=np.append(GROUND.households[kept], [300, 300, 300]),
        buildings=np.append(GROUND.buildings[kept], parts),
        lines=GROUND.lines,
    )
    assert [START.ids[at] for at in ground.home(START.shapes)[-3:]] == [1, 1, 2]
    return ground, whole


@pytest.mark.parametrize(("to", "reshaped"), [(1, {1, 2}), (2, {1, 2}), (5, {1, 2, 5})])
def test_a_divided_tower_goes_over_whole(to: int, reshaped: set[int]) -> None:
    ground, _ = tower_on_a_boundary()
    done = redraw(START, ground, GiveBuilding(7, to))
    now = after(done)
    assert {now.ids[at] for at in ground.home(now.shapes)[-3:]} == {to}
    assert done.reshaped == reshaped
    assert done.cut == ()
    assert ground.count(now.shapes)[0].sum() == ground.count(START.shapes)[0].sum()


def test_only_what_one_grid_holds_of_a_tower_goes_over_where_that_is_asked() -> None:
    ground, _ = tower_on_a_boundary()
    now = after(redraw(START, ground, GiveBuilding(7, 5, from_grid_id=1)))
    assert [now.ids[at] for at in ground.home(now.shapes)[-3:]] == [5, 5, 2]
    assert code(GiveBuilding(7, 2, from_grid_id=2), ground=ground) == "own-grid"
    assert code(GiveBuilding(7, 2, from_grid_id=6), ground=ground) == "unknown-building"
    locked = replace(START, locked=frozenset({2}))
    assert code(GiveBuilding(7, 5), locked, ground) == "locked"
    redraw(locked, ground, GiveBuilding(7, 5, from_grid_id=1))
