"""Move as few households as it takes to another grid, compiled for speed.

The moves are those of `geo.grids.anneal`; what they cost is another matter. A household that is
not in its own grid costs, a grid beyond its limits costs, and a grid costs where its shape or its
boundary is worse than it was. Where all is well nothing moves.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.optimize import linear_sum_assignment

from geo.grids.anneal import Annealer, Weights, price
from geo.grids.faces import FloatArray, IntArray
from geo.grids.graph import CellGraph
from geo.grids.moving import gather, hangs_on, stays_whole
from geo.grids.neighbourhoods import Search, recombine, region

LOYAL = 3.0
"""How much rather than along a road a tree is cut between two present grids."""


class Stakes(NamedTuple):
    """What is held against moving.

    Attributes
    ----------
    home
        Grid of each cell in the present plan.
    stake
        What it costs that a cell lies in another grid than that.
    worn
        What shape and boundary of each grid may cost before it counts.
    steep
        How much more than in proportion it counts: times the square of what is beyond. A grid
        lacks the whole of its compactness at most, so that without it a grid that is drawn out
        along empty ground costs no more than a few households.
    """

    home: IntArray
    stake: FloatArray
    worn: FloatArray
    steep: float


class Course(NamedTuple):
    """How the search runs; as `geo.grids.anneal.Course`."""

    tries: int
    hot: float
    cold: float
    soft: float
    hard: float
    blocks: float = 0.3


@njit(cache=True, nogil=True)
def _cost(households, size_m2, round_m, open_m, target, worn, steep, weights, strict):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    looks = price(target, size_m2, round_m, open_m, target, weights, 0.0)
    whole = price(households, size_m2, round_m, open_m, target, weights, strict)
    wear = max(0.0, looks - worn)
    return whole - looks + wear + steep * wear * wear


@njit(cache=True, nogil=True)
def _cost_of(sums, part, target, stakes, weights, strict):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    return _cost(
        sums.households[part],
        sums.size_m2[part],
        sums.round_m[part],
        sums.open_m[part],
        target[part],
        stakes.worn[part],
        stakes.steep,
        weights,
        strict,
    )


@njit(cache=True, nogil=True)
def _step(cells, labels, sums, target, stakes, scratch, terms, border, together):  # type: ignore[no-untyped-def]  # noqa: C901, PLR0917
    """Move what lies on this side of a border to the other, if it is worth it and may go."""
    weights, strict, patience = terms
    cell = cells.cell[border]
    home, goal = labels[cell], labels[cells.other[border]]
    count = gather(cells, labels, scratch, cell, together)
    mark = scratch.clock[0]
    households = size_m2 = round_m = away_m = 0.0
    home_m = home_open = goal_m = goal_open = 0.0
    gain = 0.0
    ties = 0
    for index in range(count):
        cell = scratch.moving[index]
        households += cells.households[cell]
        size_m2 += cells.size_m2[cell]
        round_m += cells.round_m[cell]
        away_m += cells.away_m[cell]
        if stakes.home[cell] == home:
            gain -= stakes.stake[cell]
        elif stakes.home[cell] == goal:
            gain += stakes.stake[cell]
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
        return False
    left_open = sums.open_m[home] - away_m + 2 * home_open
    new_round = sums.round_m[goal] + round_m - 2 * goal_m
    new_open = sums.open_m[goal] + away_m - 2 * goal_open
    left_households = sums.households[home] - households
    new_households, new_size = sums.households[goal] + households, sums.size_m2[goal] + size_m2
    gain += (
        _cost_of(sums, home, target, stakes, weights, strict)
        + _cost_of(sums, goal, target, stakes, weights, strict)
        - _cost(
            left_households, left_size, left_round, left_open,
            target[home], stakes.worn[home], stakes.steep, weights, strict,
        )
        - _cost(
            new_households, new_size, new_round, new_open,
            target[goal], stakes.worn[goal], stakes.steep, weights, strict,
        )
    )  # fmt: skip
    if gain + patience <= 0.0:
        return False
    if count > 1 and not hangs_on(cells, labels, scratch, count, goal):
        return False
    if ties > 1 and not stays_whole(cells, labels, scratch, count, home):
        return False
    for index in range(count):
        labels[scratch.moving[index]] = goal
    sums.households[home], sums.households[goal] = left_households, new_households
    sums.size_m2[home], sums.size_m2[goal] = left_size, new_size
    sums.round_m[home], sums.round_m[goal] = left_round, new_round
    sums.open_m[home], sums.open_m[goal] = left_open, new_open
    return True


@njit(cache=True, nogil=True)
def _run(cells, labels, sums, target, stakes, scratch, weights, course, seed):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    np.random.seed(seed)  # noqa: NPY002 (the generator that compiled code has)
    borders = len(cells.other)
    tries = course.tries * borders
    heat, strict = course.hot, course.soft
    for turn in range(tries):
        if turn % 1024 == 0:
            run = turn / tries
            heat = course.hot * (course.cold / course.hot) ** run
            strict = course.soft * (course.hard / course.soft) ** run
        border = np.random.randint(0, borders)  # noqa: NPY002
        if labels[cells.cell[border]] == labels[cells.other[border]]:
            continue
        patience = -heat * math.log(1.0 - np.random.random())  # noqa: NPY002
        together = np.random.random() < course.blocks  # noqa: NPY002
        terms = (weights, strict, patience)
        _step(cells, labels, sums, target, stakes, scratch, terms, border, together)


@njit(cache=True, nogil=True)
def _divide(cells, labels, count, search, seed):  # type: ignore[no-untyped-def]
    """Divide all cells anew by cutting random trees."""
    np.random.seed(seed)  # noqa: NPY002
    grids = np.arange(count)
    members, borders = region(cells, labels, count, grids)
    recombine(cells, labels, members, borders, grids, search)


class Resettler:
    """Cells made ready for many runs.

    Parameters
    ----------
    graph
        The cells of one place.
    target
        Households that each grid should have.
    stakes
        What is held against moving.
    weights
        What a grid costs; see `geo.grids.anneal.Weights`.
    """

    def __init__(
        self, graph: CellGraph, target: FloatArray, stakes: Stakes, weights: Weights
    ) -> None:
        self._annealer = Annealer.of(graph, target, weights)
        self._graph = graph
        self._stakes = stakes

    def part(self, members: IntArray, grids: IntArray) -> Resettler:
        """Return the same for the cells of some grids, which are numbered anew in their order."""
        stakes, annealer = self._stakes, self._annealer
        home = stakes.home[members]
        at = np.searchsorted(grids, home)
        known = grids[np.minimum(at, len(grids) - 1)] == home
        own = stakes._replace(
            home=np.where(known, at, -1),
            stake=stakes.stake[members],
            worn=stakes.worn[grids],
        )
        return Resettler(self._graph.part(members), annealer.target[grids], own, annealer.weights)

    def run(self, labels: IntArray, course: Course, seed: int) -> IntArray:
        """Search from a plan whose grids hang together; they stay so.

        Parameters
        ----------
        labels
            Grid of each cell.
        course
            How long and how freely.
        seed
            Same seed, same answer.
        """
        annealer = self._annealer
        labels, sums, scratch = annealer.make_ready(labels)
        _run(
            annealer.cells, labels, sums, annealer.target, self._stakes, scratch,
            annealer.weights, course, seed,
        )  # fmt: skip
        return labels

    def divide(self, labels: IntArray, search: Search, seed: int, *, loyal: bool) -> IntArray:
        """Divide the cells anew by cutting random trees; name the parts so that most stay.

        Parameters
        ----------
        labels
            Grid of each cell; every grid has some.
        search
            How trees are cut.
        seed
            Same seed, same answer.
        loyal
            Whether trees are rather cut between two present grids.
        """
        cells, stakes = self._annealer.cells, self._stakes
        if loyal:
            apart = stakes.home[cells.cell] != stakes.home[cells.other]
            open_m = np.where(apart, (1 - LOYAL) * cells.border_m, cells.open_m)
            cells = cells._replace(open_m=open_m)
        count = len(stakes.worn)
        parts = labels.astype(np.int64)
        _divide(cells, parts, count, search, seed)
        kept: FloatArray = np.zeros((count, count))
        known = stakes.home >= 0
        np.add.at(kept, (parts[known], stakes.home[known]), stakes.stake[known])
        return np.asarray(linear_sum_assignment(-kept)[1][parts], dtype=np.int64)

    def cost(self, labels: IntArray, strict: float) -> float:
        """What a plan costs: imbalance times ``strict``, wear, and what is held against moves."""
        annealer, stakes = self._annealer, self._stakes
        sums, weights = annealer.sums(labels), annealer.weights
        off = np.abs(sums.households / annealer.target - 1)
        beyond = np.maximum(0, off - weights.tolerance)
        imbalance = weights.over * beyond + weights.over_squared * beyond**2
        wear = np.maximum(0, looks(annealer, labels) - stakes.worn)
        moved = stakes.stake[labels != stakes.home].sum()
        return float(strict * imbalance.sum() + (wear + stakes.steep * wear**2).sum() + moved)


def looks(annealer: Annealer, labels: IntArray) -> FloatArray:
    """What shape and boundary of each grid cost."""
    sums = annealer.sums(labels)
    round_m = np.maximum(sums.round_m, 1e-9)
    cost: FloatArray = (
        annealer.weights.shape * (1 - 4 * np.pi * sums.size_m2 / round_m**2)
        + annealer.weights.open_ground * sums.open_m / round_m
        + annealer.weights.open_length * sums.open_m
    )
    return cost
