"""Light cells joined: nothing lost, nothing joined that should not be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.grids.cells import Cells
from geo.grids.joined import join_light, put_together
from tests.geo.grids.test_grid_partition import lattice, pieces


def cells_of(columns: int, rows: int, households: list[int], blocks: list[int]) -> Cells:
    graph = lattice(columns, rows, households, blocks)
    size = columns * rows
    return Cells(
        faces=np.empty(size, dtype=np.object_),
        cell_of_face=np.arange(size),
        area=np.zeros(size, dtype=np.int64),
        block=graph.block,
        households=graph.households,
        size_m2=graph.size_m2,
        border_m=graph.border_m,
        open_m=graph.border_m * 0.5,
        outer_m=graph.outer_m,
    )


@given(data=st.data(), columns=st.integers(2, 7), rows=st.integers(2, 7))
def test_joined_cells_hold_what_their_parts_held(data, columns, rows):
    size = columns * rows
    held = data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    blocks = data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    cells = cells_of(columns, rows, held, blocks)
    joined = join_light(cells, 4, 8)
    of_cell = joined.cell_of_face
    assert joined.households.sum() == sum(held)
    assert (np.bincount(of_cell, cells.households) == joined.households).all()
    assert joined.size_m2.sum() == pytest.approx(cells.size_m2.sum())
    assert (joined.block[of_cell] == cells.block).all()
    several = np.bincount(of_cell) > 1
    assert (joined.households[several] <= 8).all()
    assert pieces(lattice(columns, rows), of_cell) == len(joined.households)
    round_m = joined.outer_m + np.asarray(joined.border_m.sum(axis=1)).ravel()
    pairs = cells.border_m.tocoo()
    apart = of_cell[pairs.row] != of_cell[pairs.col]
    whole_m = np.bincount(of_cell, cells.outer_m) + np.bincount(
        of_cell[pairs.row[apart]], pairs.data[apart], minlength=len(round_m)
    )
    assert round_m == pytest.approx(whole_m)


def test_a_house_joins_its_neighbour_and_a_tower_does_not():
    cells = cells_of(4, 1, [1, 2, 50, 1], [0, 0, 0, 0])
    assert join_light(cells, 4, 8).households.tolist() == [3, 50, 1]


def test_borders_that_follow_a_road_all_the_way_stay_borders():
    cells = cells_of(3, 1, [1, 1, 1], [0, 1, 2])
    cells.open_m.data[:] = 0.0
    joined = put_together(cells, np.array([0, 1, 2]))
    assert (joined.open_m.indptr == joined.border_m.indptr).all()
    assert (joined.open_m.indices == joined.border_m.indices).all()
