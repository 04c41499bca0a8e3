"""Partitions are connected, complete and improved, never torn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.grids.anneal import Annealer, Course, Weights
from geo.grids.graph import CellGraph
from geo.grids.neighbourhoods import search_neighbourhoods
from geo.grids.partition import make_connected, partition

GENTLE = Course(tries=100, hot=0.05, cold=0.002, soft=1.0, hard=1.0)


def lattice(
    columns: int, rows: int, households: list[int] | None = None, blocks: list[int] | None = None
) -> CellGraph:
    """Square cells of 50 m, each bordering on its four neighbours; each its own block."""
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
        block=np.array(blocks if blocks is not None else range(size)),
        size_m2=np.full(size, 2500.0),
        outer_m=200 - border_m.sum(axis=1),
        outer_open_m=np.zeros(size),
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
    wants = Weights()
    square = wants.shape * (1 - np.pi / 4) + (wants.open_ground + wants.open_length) * 0.5
    costs = Annealer.of(graph, np.full(4, 360.0), wants).costs(labels)
    assert costs.sum() == pytest.approx(4 * square, rel=0.05)


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


def test_annealing_balances_and_keeps_parts_whole():
    graph = lattice(10, 4)
    start = np.tile(np.where(np.arange(10) < 2, 0, 1), 4)
    annealer = Annealer.of(graph, np.full(2, 200.0), Weights())
    labels = annealer.run(start, GENTLE, seed=3)
    assert annealer.costs(labels).sum() < annealer.costs(start).sum()
    assert np.abs(np.bincount(labels, graph.households) - 200).max() <= 20
    assert pieces(graph, labels) == 2
    assert (labels == annealer.run(start, GENTLE, seed=3)).all(), "the same seed, the same answer"


def test_a_block_moves_as_one_where_its_cells_would_not():
    """A boundary runs through a block: each cell alone gains nothing, both together a street."""
    graph = lattice(6, 2, blocks=[0, 0, 1, 1, 2, 2] * 2)
    pairs = graph.border_m.tocoo()
    graph.open_m.data[:] = np.where(graph.block[pairs.row] == graph.block[pairs.col], 50.0, 0.0)
    start = np.array([0, 0, 0, 1, 1, 1] * 2)
    annealer = Annealer.of(graph, np.full(2, 60.0), Weights(tolerance=0.5, shape=0.5))
    cold = GENTLE._replace(hot=1e-6, cold=1e-7)
    assert (annealer.run(start, cold._replace(blocks=0.0), seed=1) == start).all()
    moved = annealer.run(start, cold._replace(blocks=1.0), seed=1)
    apart = moved[pairs.row] != moved[pairs.col]
    assert graph.open_m.data[apart].sum() == 0
    assert pieces(graph, moved) == 2


@settings(max_examples=25, deadline=None)
@given(columns=st.integers(2, 6), rows=st.integers(2, 6), seed=st.integers(0, 50))
def test_what_is_said_to_cost_is_what_it_costs(columns, rows, seed):
    """The running sums of a run end where a sum from nothing begins."""
    graph = lattice(columns, rows)
    parts = 2
    labels = make_connected(graph, (np.arange(columns * rows) >= columns).astype(np.int64), parts)
    annealer = Annealer.of(graph, np.full(parts, columns * rows * 5.0), Weights())
    found = annealer.run(labels, GENTLE._replace(tries=5), seed)
    assert pieces(graph, found) == parts
    shapes_m2 = np.bincount(found, graph.size_m2)
    pairs = graph.border_m.tocoo()
    apart = found[pairs.row] != found[pairs.col]
    round_m = np.bincount(found, graph.outer_m) + np.bincount(
        found[pairs.row[apart]], pairs.data[apart], minlength=parts
    )
    compact = Annealer.of(graph, annealer.target, Weights(0.0, 0.0, 0.0, 1.0, 0.0, 0.0)).costs(
        found
    )
    assert compact == pytest.approx(1 - 4 * np.pi * shapes_m2 / round_m**2)


@settings(max_examples=15, deadline=None)
@given(columns=st.integers(4, 9), rows=st.integers(4, 9), seed=st.integers(0, 50))
def test_a_search_keeps_grids_whole_and_costs_no_more(columns, rows, seed):
    graph = lattice(columns, rows)
    parts = 4
    start = make_connected(graph, np.arange(columns * rows) * parts // (columns * rows), parts)
    annealer = Annealer.of(graph, np.full(parts, columns * rows * 10.0 / parts), Weights())
    found = search_neighbourhoods(annealer, start, seed)
    assert pieces(graph, found) == parts
    assert annealer.costs(found).sum() <= annealer.costs(start).sum() + 1e-6
    assert (found == search_neighbourhoods(annealer, start, seed)).all()


def test_towers_side_by_side_are_taken_apart():
    """Four towers of half a grid in a row: two and two is far off, and no single move helps."""
    graph = lattice(8, 4)
    households = np.full(32, 6, dtype=np.int64)
    households[[9, 10, 13, 14]] = 60
    graph = replace(graph, households=households)
    target = np.full(4, households.sum() / 4)
    start = make_connected(graph, np.array([0, 0, 0, 0, 1, 1, 1, 1] * 2 + [2] * 8 + [3] * 8), 4)
    annealer = Annealer.of(graph, target, Weights())
    found = search_neighbourhoods(annealer, start, seed=1)
    held = np.bincount(found, households)
    assert (np.abs(held / target - 1) <= 0.06).all()
    assert pieces(graph, found) == 4
