"""Improve a partition by moving cells and blocks across boundaries, compiled for speed.

Simulated annealing (Kirkpatrick, Gelatt, Vecchi 1983). A step moves a cell, or all that a grid
holds of a block, to a neighbouring grid; a grid is never torn. What a grid costs: households
beyond the tolerance, then what it lacks in compactness (Polsby–Popper), then the share of its
boundary that follows neither road nor water. Balance counts little at first and much at the end:
a plan that may be off for a while finds its roads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from geo.grids.faces import FloatArray, IntArray
from geo.grids.front import OUTSIDE, close_front, open_front, renew_front
from geo.grids.graph import CellGraph
from geo.grids.moving import gather, hangs_on, stays_whole


class Weights(NamedTuple):
    """What is wanted of a plan.

    Attributes
    ----------
    over, over_squared
        Cost of the part of a relative deviation beyond ``tolerance``, and of its square.
    tolerance
        Deviation from the target that costs nothing.
    shape, open_ground
        Cost of what a grid lacks in compactness, and of the share of its boundary that follows
        nothing.
    open_length
        Cost of boundary that follows nothing, in all as long as a grid of mean size is round:
        the large grids of hills and fields have most of it, and the share does not feel them.
    """

    over: float = 10.0
    over_squared: float = 300.0
    tolerance: float = 0.025
    shape: float = 1.5
    open_ground: float = 0.4
    open_length: float = 2.25


class Course(NamedTuple):
    """How an annealing runs.

    Attributes
    ----------
    tries
        Steps tried for each border between two cells.
    hot, cold
        Temperature at the beginning and at the end.
    soft, hard
        Factor of what imbalance costs at the beginning and at the end; it is 1 at ``turn``.
    turn
        Share of the course after which imbalance costs its full price and more.
    blocks
        Share of the steps that move what a grid holds of a whole block.
    """

    tries: int
    hot: float
    cold: float
    soft: float
    hard: float
    turn: float = 0.5
    blocks: float = 0.5


class _Cells(NamedTuple):
    """Cells as compiled code takes them: borders row by row, then one value a cell."""

    start: IntArray
    other: IntArray
    cell: IntArray
    border_m: FloatArray
    open_m: FloatArray
    households: FloatArray
    size_m2: FloatArray
    round_m: FloatArray
    away_m: FloatArray
    block: IntArray
    block_start: IntArray
    block_cells: IntArray
    back: IntArray


class _Sums(NamedTuple):
    """What each grid comes to: changed in place."""

    households: FloatArray
    size_m2: FloatArray
    round_m: FloatArray
    open_m: FloatArray


class _Scratch(NamedTuple):
    """Room for the cells that move, for marks, a queue and the front (`geo.grids.front`)."""

    moving: IntArray
    marked: IntArray
    seen: IntArray
    queue: IntArray
    clock: IntArray
    front: IntArray
    place: IntArray


@njit(cache=True, nogil=True)
def price(households, size_m2, round_m, open_m, target, weights, strict):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    beyond = max(0.0, abs(households / target - 1.0) - weights.tolerance)
    compact = 4.0 * math.pi * size_m2 / (round_m * round_m)
    return (
        strict * (weights.over * beyond + weights.over_squared * beyond * beyond)
        + weights.shape * (1.0 - compact)
        + weights.open_ground * open_m / round_m
        + weights.open_length * open_m
    )


@njit(cache=True, nogil=True)
def price_of(sums, part, target, weights, strict):  # type: ignore[no-untyped-def]
    return price(
        sums.households[part],
        sums.size_m2[part],
        sums.round_m[part],
        sums.open_m[part],
        target[part],
        weights,
        strict,
    )


@njit(cache=True, nogil=True)
def add_up(cells, labels, sums, members):  # type: ignore[no-untyped-def]
    """Add cells to what their grids come to; all cells of these grids are to be given."""
    for cell in members:
        home = labels[cell]
        sums.households[home] += cells.households[cell]
        sums.size_m2[home] += cells.size_m2[cell]
        sums.round_m[home] += cells.round_m[cell]
        sums.open_m[home] += cells.away_m[cell]
        for at in range(cells.start[cell], cells.start[cell + 1]):
            if labels[cells.other[at]] == home:
                sums.round_m[home] -= cells.border_m[at]
                sums.open_m[home] -= cells.open_m[at]


@njit(cache=True, nogil=True)
def _step(cells, labels, sums, target, scratch, weights, strict, patience, border, whole_block):  # type: ignore[no-untyped-def]  # noqa: C901, PLR0917
    """Move what lies on this side of a border to the other, if it is worth it and may go.

    How many cells moved.
    """
    cell = cells.cell[border]
    home, goal = labels[cell], labels[cells.other[border]]
    count = gather(cells, labels, scratch, cell, whole_block)
    mark = scratch.clock[0]
    households = size_m2 = round_m = away_m = 0.0
    home_m = home_open = goal_m = goal_open = 0.0
    ties = 0
    for index in range(count):
        cell = scratch.moving[index]
        households += cells.households[cell]
        size_m2 += cells.size_m2[cell]
        round_m += cells.round_m[cell]
        away_m += cells.away_m[cell]
        for at in range(cells.start[cell], cells.start[cell + 1]):
            other = cells.other[at]
            if scratch.marked[other] == mark:
                round_m -= cells.border_m[at]
                away_m -= cells.open_m[at]
            elif labels[other] == home:
                home_m += cells.border_m[at]
                home_open += cells.open_m[at]
                ties += 1
            elif labels[other] == goal:
                goal_m += cells.border_m[at]
                goal_open += cells.open_m[at]
    left_size, left_round = sums.size_m2[home] - size_m2, sums.round_m[home] - round_m + 2 * home_m
    if ties == 0 or left_size < 1e-6 or left_round < 1e-6:
        return 0
    left_open = sums.open_m[home] - away_m + 2 * home_open
    new_round = sums.round_m[goal] + round_m - 2 * goal_m
    new_open = sums.open_m[goal] + away_m - 2 * goal_open
    left_households = sums.households[home] - households
    new_households, new_size = sums.households[goal] + households, sums.size_m2[goal] + size_m2
    gain = (
        price_of(sums, home, target, weights, strict)
        + price_of(sums, goal, target, weights, strict)
        - price(left_households, left_size, left_round, left_open, target[home], weights, strict)
        - price(new_households, new_size, new_round, new_open, target[goal], weights, strict)
    )
    if gain + patience <= 0.0:
        return 0
    if count > 1 and not hangs_on(cells, labels, scratch, count, goal):
        return 0
    if ties > 1 and not stays_whole(cells, labels, scratch, count, home):
        return 0
    for index in range(count):
        labels[scratch.moving[index]] = goal
    sums.households[home], sums.households[goal] = left_households, new_households
    sums.size_m2[home], sums.size_m2[goal] = left_size, new_size
    sums.round_m[home], sums.round_m[goal] = left_round, new_round
    sums.open_m[home], sums.open_m[goal] = left_open, new_open
    return count


@njit(cache=True, nogil=True)
def anneal(cells, labels, sums, target, scratch, weights, course, borders):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Anneal across the given borders between cells; compiled, changes labels and sums."""
    size = open_front(cells, labels, scratch, borders)
    # A border within a grid cannot be stepped across: those that would be tried in vain are
    # counted, not tried.
    at, told, end = 0.0, 0.0, float(course.tries * len(borders))
    heat, strict = course.hot, course.soft
    while at < end and size > 0:
        if at >= told:
            told += 1024.0
            run = at / end
            heat = course.hot * (course.cold / course.hot) ** run
            if run < course.turn:
                strict = course.soft ** (1.0 - run / course.turn)
            else:
                strict = course.hard ** ((run - course.turn) / (1.0 - course.turn))
        at += len(borders) / size
        border = scratch.front[int(np.random.random() * size)]  # noqa: NPY002
        patience = -heat * math.log(1.0 - np.random.random())  # noqa: NPY002
        whole_block = np.random.random() < course.blocks  # noqa: NPY002
        moved = _step(
            cells, labels, sums, target, scratch, weights, strict, patience, border, whole_block
        )
        size = renew_front(cells, labels, scratch, moved, size)
    close_front(scratch, borders)


@njit(cache=True, nogil=True)
def _run(cells, labels, sums, target, scratch, weights, course, seed):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    np.random.seed(seed)  # noqa: NPY002 (the generator that compiled code has)
    borders = np.arange(len(cells.other))
    anneal(cells, labels, sums, target, scratch, weights, course, borders)


@dataclass(frozen=True)
class Annealer:
    """Cells made ready for many runs.

    Attributes
    ----------
    cells
        As compiled code takes them.
    target
        Households that each grid should have, above 0.
    weights
        What is wanted.
    """

    cells: Any
    target: FloatArray
    weights: Weights

    @staticmethod
    def of(graph: CellGraph, target: FloatArray, weights: Weights) -> Annealer:
        """Make a graph ready; ``target`` has the households of each grid."""
        start = graph.border_m.indptr.astype(np.int64)
        _, block = np.unique(graph.block, return_inverse=True)
        cells = _Cells(
            start=start,
            other=graph.border_m.indices.astype(np.int64),
            cell=np.repeat(np.arange(len(start) - 1), np.diff(start)),
            border_m=graph.border_m.data.astype(np.float64),
            open_m=graph.open_m.data.astype(np.float64),
            households=graph.households.astype(np.float64),
            size_m2=graph.size_m2.astype(np.float64),
            round_m=graph.outer_m + np.asarray(graph.border_m.sum(axis=1), dtype=np.float64),
            away_m=graph.outer_open_m + np.asarray(graph.open_m.sum(axis=1), dtype=np.float64),
            block=block.astype(np.int64),
            block_start=np.concatenate([[0], np.cumsum(np.bincount(block))]).astype(np.int64),
            block_cells=np.argsort(block, kind="stable").astype(np.int64),
            back=_other_sides(graph.border_m),
        )
        round_m = 4 * math.sqrt(float(cells.size_m2.sum()) / len(target))
        weights = weights._replace(open_length=weights.open_length / max(round_m, 1e-9))
        return Annealer(cells, np.maximum(target.astype(np.float64), 1.0), weights)

    def costs(self, labels: IntArray) -> FloatArray:
        """What each grid costs at the full price of imbalance."""
        sums = self.sums(labels)
        off = np.abs(sums.households / self.target - 1)
        beyond = np.maximum(0, off - self.weights.tolerance)
        round_m = np.maximum(sums.round_m, 1e-9)
        cost: FloatArray = (
            self.weights.over * beyond
            + self.weights.over_squared * beyond**2
            + self.weights.shape * (1 - 4 * np.pi * sums.size_m2 / round_m**2)
            + self.weights.open_ground * sums.open_m / round_m
            + self.weights.open_length * sums.open_m
        )
        return cost

    def run(self, labels: IntArray, course: Course, seed: int) -> IntArray:
        """Anneal a partition whose grids are connected; they stay so."""
        labels, sums, scratch = self.make_ready(labels)
        _run(self.cells, labels, sums, self.target, scratch, self.weights, course, seed)
        return labels

    def make_ready(self, labels: IntArray) -> tuple[IntArray, Any, Any]:
        """A copy of labels, what their grids come to, and room to work in: for compiled code."""
        labels = labels.astype(np.int64)
        moving, marked, seen, queue = (np.zeros(len(labels), dtype=np.int64) for _ in range(4))
        front, place = (np.full(len(self.cells.other), OUTSIDE) for _ in range(2))
        clock = np.zeros(2, dtype=np.int64)
        scratch = _Scratch(moving, marked, seen, queue, clock, front, place)
        return labels, self.sums(labels), scratch

    def sums(self, labels: IntArray) -> _Sums:
        count = len(self.target)
        sums = _Sums(*(np.zeros(count) for _ in range(4)))
        add_up(self.cells, labels, sums, np.arange(len(labels)))
        return sums


def _other_sides(border_m: csr_array) -> IntArray:
    """Where each border stands a second time, among those of the cell on its other side."""
    numbered = csr_array(
        (np.arange(border_m.nnz), border_m.indices, border_m.indptr), shape=border_m.shape
    )
    turned = numbered.T.tocsr()
    turned.sort_indices()
    return np.asarray(turned.data, dtype=np.int64)
