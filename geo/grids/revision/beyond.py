"""Search around the grids that are still beyond their limits when all of a place was searched.

Such a grid is taken with those around it. Their cells are annealed once more; or how they are
divided is forgotten, a random spanning tree of them is cut into grids of like households
(`geo.grids.neighbourhoods`), each part takes the name of the grid of which it keeps most, and
annealing gives back what need not have moved. What costs less is kept; other grids are not touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.sparse import coo_array

from geo.grids.faces import FloatArray, IntArray
from geo.grids.graph import CellGraph
from geo.grids.neighbourhoods import Search
from geo.grids.revision.resettle import Course, Resettler

AGAIN = Course(tries=100, hot=0.1, cold=0.001, soft=0.5, hard=60.0)
"""The annealing of grids as they are divided."""
AFTER = Course(tries=60, hot=0.05, cold=0.001, soft=10.0, hard=60.0)
"""The annealing of grids that were divided anew: balance is kept, moves are given back."""
STRICT = 60.0
"""Factor of what imbalance costs when two plans are compared."""
ROUNDS = 4
MOST_AROUND = 5
TREES = 12
"""So often the cells around a grid are divided anew in each round."""
MOST_TOGETHER = 4
"""Grids that are divided anew together."""
TREES_OFF = 0.9
"""Trees are cut where both sides are within this part of the tolerance, if they can be."""


@dataclass(frozen=True)
class Limits:
    """Households that each grid should have, and the deviation that is allowed."""

    target: FloatArray
    tolerance: float

    def beyond(self, graph: CellGraph, labels: IntArray) -> IntArray:
        """Grids beyond their limits, the worst first."""
        weight = np.bincount(labels, graph.households, minlength=len(self.target))
        used = np.unique(labels)
        off = np.abs(weight[used] / self.target[used] - 1)
        order = np.argsort(-off, kind="stable")
        return np.asarray(used[order[off[order] > self.tolerance]])


def settle_beyond(
    graph: CellGraph, labels: IntArray, resettler: Resettler, limits: Limits, seed: int
) -> IntArray:
    """Search around each grid that is beyond its limits.

    Parameters
    ----------
    graph, labels
        The cells of one place and the grid of each; every grid hangs together.
    resettler
        The same cells, and what moves cost.
    limits
        What is to be kept.
    seed
        Same input, same seed: same answer.

    Returns
    -------
    Labels that cost no more.
    """
    pairs = graph.border_m.tocoo()
    draw = np.random.default_rng(seed)
    search = Search(off=TREES_OFF * limits.tolerance)
    for _ in range(ROUNDS):
        for worst in limits.beyond(graph, labels).tolist():
            beside = _beside(pairs, labels, [worst])
            here = np.append(draw.permutation(beside)[:MOST_AROUND], worst)
            labels = _better(resettler, labels, here, partial(_anneal, seed=_seed(draw)))
            for turn in range(TREES):
                if worst not in limits.beyond(graph, labels):
                    break
                here = _grow(pairs, labels, worst, draw)
                anew = partial(_divide, search=search, loyal=turn % 2 == 0, seed=_seed(draw))
                labels = _better(resettler, labels, here, anew)
    return labels


def _beside(pairs: coo_array, labels: IntArray, grids: list[int]) -> IntArray:
    """Grids that border on some grids."""
    inside = np.isin(labels, grids)
    found = np.unique(labels[pairs.col[inside[pairs.row] & ~inside[pairs.col]]])
    return np.asarray(found, dtype=np.int64)


def _grow(pairs: coo_array, labels: IntArray, first: int, draw: np.random.Generator) -> IntArray:
    """Return a grid and one to three others, each beside one before it."""
    grids = [first]
    for _ in range(int(draw.integers(1, MOST_TOGETHER))):
        beside = _beside(pairs, labels, grids)
        if len(beside) == 0:
            break
        grids.append(int(draw.choice(beside)))
    return np.array(grids, dtype=np.int64)


def _better(
    resettler: Resettler,
    labels: IntArray,
    grids: IntArray,
    search: Callable[[Resettler, IntArray], IntArray],
) -> IntArray:
    """Search the cells of some grids; what was there comes back where nothing is better."""
    here = np.sort(grids)
    members = np.flatnonzero(np.isin(labels, here))
    local = resettler.part(members, here)
    was = np.searchsorted(here, labels[members])
    found = search(local, was)
    if local.cost(found, STRICT) >= local.cost(was, STRICT) - 1e-9:
        return labels
    better = labels.copy()
    better[members] = here[found]
    return better


def _anneal(local: Resettler, labels: IntArray, seed: int) -> IntArray:
    return local.run(labels, AGAIN, seed)


def _divide(
    local: Resettler, labels: IntArray, search: Search, seed: int, *, loyal: bool
) -> IntArray:
    return local.run(local.divide(labels, search, seed, loyal=loyal), AFTER, seed)


def _seed(draw: np.random.Generator) -> int:
    return int(draw.integers(2**31))
