"""Barriers are not crossed, lines are preferred, compounds stay whole, towers are divided."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fixtures.quarter import BLOCK_M, CRS, EAST, NORTH, Quarter, make_quarter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from geo.grids import GridInputError, GridOptions, find_faults, generate, score
from geo.grids.constraints import STRIP_M
from geo.grids.towers import cut_in_strips, spread

WIDE, HIGH = BLOCK_M
WEST = "370303001001"
LEFT, RIGHT = EAST - 40, EAST + 8 * WIDE + 40
BOTTOM, TOP = NORTH - 40, NORTH + 4 * HIGH + 40


def check_tiles(grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> None:
    for code, outline in zip(areas["code"], areas.geometry, strict=True):
        mine = grids.geometry[(grids["area"] == code).to_numpy()]
        assert find_faults(mine.to_numpy(), outline) == []


def pieces_without(grid: BaseGeometry, barrier: BaseGeometry) -> int:
    """Pieces of a grid larger than a square metre when the barriers are taken away."""
    left = grid.buffer(-0.05).difference(barrier.buffer(0.02))
    return sum(part.area > 1 for part in shapely.get_parts(left))


def inside_m(grid: BaseGeometry, barrier: BaseGeometry) -> float:
    return float(barrier.intersection(grid.buffer(-0.05)).length)


def layer(*shapes: BaseGeometry, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


def line(*points: tuple[float, float]) -> shapely.LineString:
    """A line given in blocks of the quarter."""
    return shapely.LineString([(EAST + x * WIDE, NORTH + y * HIGH) for x, y in points])


def blocks(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(
        EAST + west * WIDE, NORTH + south * HIGH, EAST + east * WIDE, NORTH + north * HIGH
    )


def make(town: Quarter, **asked: object) -> gpd.GeoDataFrame:
    options = asked.pop("options", None)
    return generate(town.buildings, town.roads, town.areas, options, **asked)


# --- barriers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [1.0, 1.48, 1.55])
def test_no_grid_lies_across_a_railway_whether_it_runs_between_houses_or_through_them(x):
    town = make_quarter()
    railway = line((x, -1), (x, 5))
    grids = make(town, barriers=layer(railway))
    check_tiles(grids, town.areas)
    # A house that it runs through goes to one side whole.
    through = town.buildings.geometry[town.buildings.intersects(railway)].union_all()
    assert through.is_empty == (x < 1.5)
    for grid in grids.geometry:
        assert inside_m(grid, railway.difference(through)) < 1
        assert pieces_without(grid, railway.union(through)) == 1
    assert score(grids, town.buildings, town.roads, town.areas).cut_pct == 0


def test_each_side_of_a_barrier_is_divided_on_its_own():
    town = make_quarter()
    grids = make(town, barriers=layer(line((0.6, -1), (0.6, 5))))
    mine = grids[grids["area"] == WEST]
    small = mine[mine.geometry.centroid.x < EAST + 0.6 * WIDE]
    # A column of 96 households is too few for a grid of 256, and is one all the same.
    assert small["households"].tolist() == [96]
    assert mine["target"].unique().tolist() == [256.0]
    assert len(mine) == 4


def test_a_bridge_joins_no_sides():
    town = make_quarter()
    river = shapely.box(EAST + 1.7 * WIDE, BOTTOM, EAST + 1.9 * WIDE, TOP)
    town.buildings = town.buildings[~town.buildings.intersects(river)]
    grids = make(town, barriers=layer(river))
    check_tiles(grids, town.areas)
    for grid in grids.geometry:
        assert pieces_without(grid, river) == 1


def test_the_strip_between_two_tracks_is_no_grid():
    town = make_quarter()
    tracks = [line((x, -1), (x, 5)) for x in (1.96, 2.04)]
    grids = make(town, barriers=layer(*tracks))
    check_tiles(grids, town.areas)
    assert grids["households"].min() > 0
    ground = shapely.box(EAST + 1.96 * WIDE, BOTTOM, EAST + 2.04 * WIDE, TOP)
    for grid in grids.geometry:
        assert pieces_without(grid, ground) == 1


def test_wide_ground_between_barriers_where_nobody_lives_is_a_grid_of_its_own():
    town = make_quarter()
    empty = blocks(1, 0, 2, 4)
    assert WIDE > STRIP_M
    town.buildings = town.buildings[~town.buildings.intersects(empty)]
    grids = make(town, barriers=layer(line((1, -1), (1, 5)), line((2, -1), (2, 5))))
    check_tiles(grids, town.areas)
    assert (grids["households"] == 0).sum() == 1


@pytest.mark.parametrize("streets", [True, False])
@pytest.mark.parametrize("ends", [(0.5, 3.5), (-1, 2.2), (1.2, 4)])
def test_a_grid_may_reach_round_the_end_of_a_barrier_but_is_one_piece_without_it(streets, ends):
    town = make_quarter(streets=streets)
    wall = line((ends[0], 1.96), (ends[1], 1.96))
    grids = make(town, barriers=layer(wall))
    check_tiles(grids, town.areas)
    for grid in grids.geometry:
        assert pieces_without(grid, wall) == 1


def test_a_zigzag_barrier_stays_the_boundary():
    town = make_quarter(streets=False)
    fence = line(*[(at / 8 - 1, 1.95 + at % 2 * 0.03) for at in range(80)])
    grids = make(town, barriers=layer(fence))
    check_tiles(grids, town.areas)
    for grid in grids.geometry:
        assert inside_m(grid, fence) < 1


def test_a_barrier_along_the_border_of_an_area_cuts_off_nothing():
    town = make_quarter()
    grids = make(town, barriers=layer(line((4.01, -1), (4.01, 5))))
    check_tiles(grids, town.areas)
    assert len(grids) == 6
    assert grids["households"].min() > 0


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    houses=st.lists(
        st.tuples(
            st.floats(0, 400), st.floats(0, 300), st.floats(3, 40), st.floats(3, 40),
            st.integers(0, 120),
        ),
        max_size=30,
    ),
    walls=st.lists(
        st.tuples(st.floats(0, 400), st.floats(0, 300), st.floats(0, 180)), min_size=1, max_size=3
    ),
    ways=st.lists(st.tuples(*[st.floats(-50, 450), st.floats(-50, 350)] * 2), max_size=4),
)  # fmt: skip
def test_all_who_live_in_a_grid_live_on_one_side_of_every_barrier(houses, walls, ways):
    """Straight barriers through the whole area, over any heap of houses and roads."""
    area = shapely.box(EAST, NORTH, EAST + 400, NORTH + 300)
    shapes = [
        shapely.box(EAST + x, NORTH + y, EAST + x + w, NORTH + y + h) for x, y, w, h, _ in houses
    ]
    barriers = [
        rotate(shapely.LineString([(EAST + x - 600, NORTH + y), (EAST + x + 600, NORTH + y)]), turn)
        for x, y, turn in walls
    ]
    roads = [
        shapely.LineString([(EAST + a, NORTH + b), (EAST + c, NORTH + d)])
        for a, b, c, d in ways
        if abs(a - c) + abs(b - d) > 1
    ]
    buildings = gpd.GeoDataFrame(
        {"households": np.array([h[-1] for h in houses], dtype=int)},
        geometry=gpd.GeoSeries(shapes, crs=CRS),
        crs=CRS,
    )
    grids = generate(
        buildings,
        gpd.GeoDataFrame(geometry=gpd.GeoSeries(roads, crs=CRS), crs=CRS),
        layer(area, code=[WEST]),
        barriers=layer(*barriers),
    )
    assert find_faults(grids.geometry.to_numpy(), area) == []
    heaps = shapely.get_parts(shapely.union_all(np.array(shapes, dtype=object)))
    clear = heaps[~shapely.intersects(heaps, shapely.union_all(barriers))]
    for grid in grids.geometry:
        inner = shapely.point_on_surface(clear)
        sides = {
            tuple(
                shapely.is_ccw(shapely.linearrings([*wall.coords, (p.x, p.y)])) for wall in barriers
            )
            for p in inner[shapely.intersects(grid, inner)]
        }
        assert len(sides) <= 1


# --- lines to prefer ----------------------------------------------------------------------------


def test_a_preferred_line_is_followed_where_a_street_would_do_as_well():
    """Two grids: the shortest cut runs along the middle street; another street is preferred."""
    town = make_quarter()
    options = GridOptions(households=384)
    way = line((0, 2), (4, 2))

    def followed(grids: gpd.GeoDataFrame) -> float:
        mine = grids.geometry[grids["area"] == WEST].to_numpy()
        drawn = shapely.union_all(shapely.boundary(mine))
        return float(drawn.intersection(way.buffer(1)).length / way.length)

    assert followed(make(town, options=options)) < 0.1
    grids = make(town, preferred=layer(way), options=options)
    check_tiles(grids, town.areas)
    assert followed(grids) > 0.95


def test_a_preferred_line_need_not_be_a_road():
    town = make_quarter(streets=False)
    hedge = line((0, 1.92), (4, 1.92))
    grids = make(town, preferred=layer(hedge), options=GridOptions(households=384))
    check_tiles(grids, town.areas)
    mine = shapely.boundary(grids.geometry[grids["area"] == WEST].to_numpy())
    assert shapely.union_all(mine).intersection(hedge.buffer(1)).length > 0.9 * hedge.length


# --- compounds ----------------------------------------------------------------------------------


def test_a_compound_that_fits_is_never_divided():
    town = make_quarter()
    compound = blocks(0.5, 0.5, 2.3, 2.5)
    town.buildings = town.buildings[~town.buildings.intersects(compound.boundary)]
    held = town.buildings.within(compound)
    assert 100 < town.buildings["households"][held].sum() < 268
    for seed in range(3):
        grids = make(town, compounds=layer(compound), options=GridOptions(seed=seed))
        check_tiles(grids, town.areas)
        inner = town.buildings[held].representative_point()
        assert len({int(np.flatnonzero(grids.covers(p))[0]) for p in inner}) == 1
        assert grids.attrs["divided_compounds"] == []


def test_a_compound_larger_than_a_grid_is_divided_inside_its_outline():
    town = make_quarter()
    compound = blocks(0, 0, 4, 3)
    grids = make(town, compounds=layer(compound))
    check_tiles(grids, town.areas)
    assert len(grids) == 6
    (told,) = grids.attrs["divided_compounds"]
    assert (told["row"], told["households"]) == (0, 576)
    assert 2 <= told["grids"] <= 3


# --- towers -------------------------------------------------------------------------------------


def test_a_tower_too_large_for_a_grid_is_divided_by_its_units():
    town = make_quarter()
    tower = shapely.box(EAST + 10, NORTH + 10, EAST + 82, NORTH + 30)
    town.buildings = town.buildings[~town.buildings.intersects(tower)]
    town.buildings["units"] = None
    town.buildings.loc[9999] = [700, tower, 6]
    grids = make(town)
    check_tiles(grids, town.areas)
    assert grids.attrs["split_buildings"] == [
        {"row": len(town.buildings) - 1, "households": 700, "units": 6}
    ]
    assert grids["households"].sum() == town.buildings["households"].sum()
    assert (grids["households"] <= 1.2 * grids["target"]).all()
    found = score(grids, town.buildings, town.roads, town.areas)
    assert found.cut_pct == 0
    assert abs(found.households_max - grids["households"].max()) <= 1


def test_units_are_whole_numbers():
    town = make_quarter(columns=4, rows=2)
    town.buildings["units"] = 1.0
    town.buildings.loc[3, "units"] = 0.0
    with pytest.raises(GridInputError, match="Row 4 of buildings: units"):
        make(town)


def test_a_tower_across_a_border_is_divided_where_its_inner_point_lies():
    town = make_quarter(columns=4, rows=2)
    middle = EAST + 2 * WIDE
    tower = shapely.box(middle - 40, NORTH + 12, middle + 15, NORTH + 40)
    town.buildings = town.buildings[~town.buildings.intersects(tower)]
    town.buildings.loc[9999] = [1000, tower]
    grids = make(town)
    check_tiles(grids, town.areas)
    assert len(grids[grids["area"] == WEST]) >= 3
    found = score(grids, town.buildings, town.roads, town.areas)
    assert abs(found.households_max - grids["households"].max()) <= 1
    assert abs(found.households_min - grids["households"].min()) <= 1
    assert grids["households"].sum() == town.buildings["households"].sum()


@settings(max_examples=60, deadline=None)
@given(
    sides=st.tuples(st.floats(5, 120), st.floats(5, 120)),
    notch=st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)),
    turn=st.floats(0, 180),
    count=st.integers(1, 12),
    households=st.integers(1, 2000),
)
def test_strips_are_the_footprint_and_keep_every_household(sides, notch, turn, count, households):
    wide, high = sides
    shape = shapely.box(0, 0, wide, high) - shapely.box(
        notch[0] * wide, notch[1] * high, wide + 1, high + 1
    )
    footprint = shapely.set_precision(rotate(shape, turn), 0.001)
    strips = cut_in_strips(footprint, count)
    assert len(strips) >= count
    assert shapely.coverage_is_valid(strips)
    union = shapely.coverage_union_all(strips)
    assert union.symmetric_difference(footprint).area <= 0.002 * footprint.length
    shares = spread(households, shapely.area(strips))
    assert shares.sum() == households
    assert (shares >= 0).all()
