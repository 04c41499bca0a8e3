"""Partitions are connected, complete and improved, never torn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.grids.graph import CellGraph
from geo.grids.partition import make_connected, partition
from geo.grids.refine import _Plan, plan_cost, refine


def lattice(columns: int, rows: int, households: list[int] | None = None) -> CellGraph:
    """Square cells of 50 m, each bordering on its four neighbours."""
    size = columns * rows
    at = np.arange(size).reshape(rows, columns)
    pairs = np.concatenate(
        [
            np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
            np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
        ]
    )
    rows_, cols_ = np.concatenate([pairs, pairs[:, ::-1]]).T
    border_m = csr_array((np.full(len(rows_), 50.0), (rows_, cols_)), shape=(size, size))
    return CellGraph(
        households=np.array(households if households is not None else [10] * size),
        size_m2=np.full(size, 2500.0),
        outer_m=200 - border_m.sum(axis=1),
        border_m=border_m,
        open_m=border_m.copy(),
    )


def pieces(graph: CellGraph, labels: np.ndarray) -> int:
    pairs = graph.border_m.tocoo()
    same = labels[pairs.row] == labels[pairs.col]
    links = csr_array(
        (np.ones(same.sum()), (pairs.row[same], pairs.col[same])), graph.border_m.shape
    )
    return int(connected_components(links, directed=False)[0])


def test_a_square_is_cut_into_squares():
    graph = lattice(12, 12)
    labels = partition(graph, 4, seed=0)
    assert np.bincount(labels, graph.households).tolist() == [360, 360, 360, 360]
    assert pieces(graph, labels) == 4
    assert plan_cost(graph, labels, 360) == pytest.approx(4 * (1 - np.pi / 4 + 0.7 * 0.5), rel=0.05)


@settings(max_examples=25, deadline=None)
@given(
    columns=st.integers(1, 8),
    rows=st.integers(1, 8),
    parts=st.integers(1, 9),
    data=st.data(),
)
def test_any_lattice_any_number_of_parts(columns, rows, parts, data):
    weights = st.lists(st.integers(0, 400), min_size=columns * rows, max_size=columns * rows)
    graph = lattice(columns, rows, data.draw(weights))
    labels = partition(graph, parts, seed=1)
    wanted = min(parts, max(1, int((graph.households > 0).sum())))
    assert sorted(set(labels.tolist())) == list(range(wanted))
    assert pieces(graph, labels) == wanted


def test_torn_and_missing_parts_are_mended():
    graph = lattice(6, 1)
    labels = make_connected(graph, np.array([0, 1, 0, 0, 0, 1]), 4)
    assert sorted(set(labels.tolist())) == [0, 1, 2, 3]
    assert pieces(graph, labels) == 4


def test_refining_balances_and_keeps_parts_whole():
    graph = lattice(10, 4)
    start = np.tile(np.where(np.arange(10) < 2, 0, 1), 4)
    labels = refine(graph, start, target=200, seed=3)
    assert plan_cost(graph, labels, 200) < plan_cost(graph, start, 200)
    assert np.abs(np.bincount(labels, graph.households) - 200).max() <= 20
    assert pieces(graph, labels) == 2


def test_a_cell_that_holds_its_part_together_may_not_leave():
    plan = _Plan(lattice(3, 2), np.array([0, 0, 0, 1, 1, 1]), target=30)
    assert [plan.may_leave(cell) for cell in range(6)] == [True, False, True] * 2
