"""Put cells together into grids of like size: the seam of grid generation.

A partitioner is any function ``(graph, parts, seed) -> labels``. This one starts METIS many
times, mends what it leaves in pieces, anneals the best (``geo.grids.anneal``), and then searches
the neighbourhoods of its worst grids for what is better (``geo.grids.neighbourhoods``).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pymetis
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from geo.grids.anneal import Annealer, Course, Weights
from geo.grids.faces import IntArray
from geo.grids.graph import CellGraph
from geo.grids.neighbourhoods import search_neighbourhoods

ROAD_WEIGHT = 0.2
"""What a metre of border along a road counts against one across open ground."""
STARTS = 12
METIS_SLACKS = (5, 15, 30, 60)
"""METIS load imbalance allowed in a start, in thousandths."""
WEIGHTS = Weights()
WHOLE = Course(tries=150, hot=0.05, cold=0.004, soft=0.05, hard=10.0)
"""The annealing of a whole place."""


class Partitioner(Protocol):
    """What divides the cells of one place into ``parts`` connected grids."""

    def __call__(self, graph: CellGraph, parts: int, seed: int) -> IntArray:
        """Return a label for each cell; labels are 0 … n-1 with n at most ``parts``."""
        ...


def partition(graph: CellGraph, parts: int, seed: int, *, weights: Weights = WEIGHTS) -> IntArray:
    """Divide the cells of one place into connected grids of like households.

    Parameters
    ----------
    graph
        A connected place.
    parts
        Grids wanted; fewer come back only where there are fewer cells than that.
    seed
        Same graph, same seed: same answer.
    weights
        What is wanted of a plan.
    """
    cells = len(graph.households)
    parts = min(parts, max(1, int((graph.households > 0).sum())))
    if parts == 1:
        return np.zeros(cells, dtype=np.int64)
    target = np.full(parts, float(graph.households.sum()) / parts)
    annealer = Annealer.of(graph, target, weights)
    starts = [_start(graph, parts, seed + turn) for turn in range(STARTS)]
    best = min(starts, key=lambda labels: float(annealer.costs(labels).sum()))
    annealed = annealer.run(best, WHOLE, seed)
    better = min(annealed, best, key=lambda labels: float(annealer.costs(labels).sum()))
    return search_neighbourhoods(annealer, better, seed)


def _start(graph: CellGraph, parts: int, seed: int) -> IntArray:
    """One METIS partition, every part of it one piece."""
    along_m = graph.border_m.data - graph.open_m.data
    effort = np.rint(10 * (graph.open_m.data + ROAD_WEIGHT * along_m)).astype(np.int64)
    by_halves = bool(seed % 2)  # METIS keeps parts in one piece only when it cuts k ways at once
    options = pymetis.Options(
        seed=seed,
        ufactor=METIS_SLACKS[seed // 2 % len(METIS_SLACKS)],
        contig=int(not by_halves),
    )
    _, found = pymetis.part_graph(
        parts,
        pymetis.CSRAdjacency(graph.border_m.indptr, graph.border_m.indices),
        vweights=graph.households,
        eweights=np.maximum(effort, 1),
        recursive=by_halves,
        options=options,
    )
    return make_connected(graph, np.asarray(found, dtype=np.int64), parts)


def make_connected(graph: CellGraph, labels: IntArray, parts: int) -> IntArray:
    """Keep the heaviest piece of each part, give the rest to neighbours, split up to ``parts``.

    Parameters
    ----------
    graph, labels
        A partition that may have parts in several pieces, or empty ones.
    parts
        How many parts there are to be; no more than there are cells.
    """
    pieces = _pieces(graph.border_m, labels)
    weight = np.bincount(pieces, graph.households)
    label_of_piece = np.zeros(len(weight), dtype=np.int64)
    label_of_piece[pieces] = labels
    order = np.lexsort((np.arange(len(weight)), -weight, label_of_piece))
    kept = order[np.unique(label_of_piece[order], return_index=True)[1]]
    labels = _spread(graph.border_m, pieces, kept)
    while labels.max() + 1 < parts:
        labels = _halve_heaviest(graph, labels)
    return labels


def _halve_heaviest(graph: CellGraph, labels: IntArray) -> IntArray:
    """Split the heaviest part that has several cells in two connected ones."""
    count = int(labels.max()) + 1
    weight = np.bincount(labels, graph.households, minlength=count)
    weight[np.bincount(labels, minlength=count) < 2] = -1
    members = np.flatnonzero(labels == weight.argmax())
    inside = graph.border_m[members][:, members]
    far = breadth_first_order(inside, 0, return_predecessors=False)[-1]
    walk = breadth_first_order(inside, int(far), return_predecessors=False)
    reached = np.cumsum(graph.households[members[walk]])
    size = int(np.searchsorted(reached, reached[-1] / 2, side="right"))
    first = np.zeros(len(members), dtype=np.int64)
    first[walk[: min(max(size, 1), len(members) - 1)]] = 1
    pieces = _pieces(inside, first)
    rest = np.flatnonzero(first == 0)
    heavy = np.bincount(pieces[rest], graph.households[members[rest]] + 1).argmax()
    halves = _spread(inside, pieces, np.array([pieces[walk[0]], heavy]))
    split = labels.copy()
    split[members[halves == 1]] = count
    return split


def _pieces(border_m: csr_array, labels: IntArray) -> IntArray:
    pairs = border_m.tocoo()
    same = labels[pairs.row] == labels[pairs.col]
    links = coo_array(
        (np.ones(int(same.sum())), (pairs.row[same], pairs.col[same])), shape=border_m.shape
    )
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _spread(border_m: csr_array, pieces: IntArray, kept: IntArray) -> IntArray:
    """Number the kept pieces and let each other cell join its longest settled neighbour."""
    number = np.full(pieces.max() + 1, -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    labels = number[pieces]
    while (labels < 0).any():
        for cell in np.flatnonzero(labels < 0).tolist():
            near = slice(border_m.indptr[cell], border_m.indptr[cell + 1])
            around = labels[border_m.indices[near]]
            settled = around >= 0
            if settled.any():
                share = np.bincount(around[settled], border_m.data[near][settled])
                labels[cell] = int(share.argmax())
    return labels
