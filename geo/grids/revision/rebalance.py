"""Bring the grids of one place back within their limits, with as few households moved as can be.

First the number of grids is put right: the linear programme of `flows` says which grid is best
given up, or divided. Then a search over cells (`resettle`) moves what has to move, and what turns
out not to be needed goes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.grids.anneal import Annealer, Weights
from geo.grids.faces import BoolArray, FloatArray, IntArray
from geo.grids.graph import CellGraph
from geo.grids.partition import Partitioner
from geo.grids.revision.beyond import STRICT, Limits, settle_beyond
from geo.grids.revision.flows import least_flow
from geo.grids.revision.resettle import Course, Resettler, Stakes, looks

CANDIDATES = 6
"""So many grids are looked at when one is to be given up, or divided."""
HELD = 3.0
"""What it costs to move a whole grid's households; a grid of no compactness at all costs 1.5."""
GROUND = 0.3
"""What it costs to move a whole grid's ground."""
STEEP = 4.0
"""Half its compactness lost costs a grid three quarters in proportion, and 2.25 for this."""
COURSE = Course(tries=60, hot=0.1, cold=0.001, soft=0.2, hard=60.0)
STARTS = 3
LOOKS = Weights(open_length=0.0)
"""Each grid is held against what it was; the length of its boundary is in its share already."""


@dataclass(frozen=True)
class Place:
    """One connected place, and the grids that it has now.

    Attributes
    ----------
    graph
        Its cells.
    home
        Grid of each cell now, 0 … n-1; each hangs together.
    lasting
        For each of these grids whether it should go on: ground that is only left over need not.
    stayed
        Households of each cell in buildings that stood before.
    """

    graph: CellGraph
    home: IntArray
    lasting: BoolArray
    stayed: FloatArray


@dataclass(frozen=True)
class Rule:
    """How it is done.

    Attributes
    ----------
    tolerance
        Deviation from the mean that is allowed.
    partitioner
        What divides a grid that has become too large.
    seed
        Same place, same seed: same answer.
    """

    tolerance: float
    partitioner: Partitioner
    seed: int


def rebalance(place: Place, parts: int, rule: Rule) -> IntArray:
    """Move as few households as it takes.

    Parameters
    ----------
    place
        What there is.
    parts
        Grids that there are to be.
    rule
        How it is done.

    Returns
    -------
    Grid of each cell: 0 … n-1 are the grids that were, higher numbers are new. Some may be gone.
    """
    graph = place.graph
    parts = min(parts, max(1, int((graph.households > 0).sum())))
    fair = float(graph.households.sum()) / parts
    if not place.lasting.any():
        return rule.partitioner(graph, parts, rule.seed) + len(place.lasting)
    labels = place.home.copy()
    while len(np.unique(labels)) > parts:
        labels = _give_up(place, labels, fair, rule.tolerance)
    while len(np.unique(labels)) < parts:
        more = parts - len(np.unique(labels))
        divided = _divide(place, labels, fair, more, rule)
        if divided is None:
            break
        labels = divided
    return _search(place, labels, fair, rule)


def _pairs(graph: CellGraph, labels: IntArray) -> IntArray:
    """Neighbouring grids, each pair once."""
    borders = graph.border_m.tocoo()
    one, other = labels[borders.row], labels[borders.col]
    return np.unique(np.stack([one, other], axis=1)[one < other], axis=0)


def _give_up(place: Place, labels: IntArray, fair: float, tolerance: float) -> IntArray:
    """Give the cells of one grid to its neighbours: the one that costs fewest moves."""
    names, own = np.unique(labels, return_inverse=True)
    weight = np.bincount(own, place.graph.households).astype(np.float64)
    pairs = _pairs(place.graph, own)
    loose = np.flatnonzero(~_lasts(place, names))
    order = np.argsort(weight, kind="stable")
    asked = loose[np.argsort(weight[loose], kind="stable")] if len(loose) else order

    def price(grid: int) -> float:
        low, high = _limits(len(names), fair, tolerance)
        low[grid] = high[grid] = 0.0
        return least_flow(weight, pairs, low, high)[0]

    gone = _cheapest(asked[:CANDIDATES], price)
    kept = np.where(own == gone, -1, own)
    while (kept < 0).any():
        for cell in np.flatnonzero(kept < 0).tolist():
            near = slice(place.graph.border_m.indptr[cell], place.graph.border_m.indptr[cell + 1])
            around = kept[place.graph.border_m.indices[near]]
            if (around >= 0).any():
                settled = around >= 0
                share = np.bincount(around[settled], place.graph.border_m.data[near][settled])
                kept[cell] = int(share.argmax())
    return np.asarray(names[kept], dtype=np.int64)


def _divide(place: Place, labels: IntArray, fair: float, more: int, rule: Rule) -> IntArray | None:
    """Divide one grid: the one after which fewest must move; None where none can be divided."""
    names, own = np.unique(labels, return_inverse=True)
    weight = np.bincount(own, place.graph.households).astype(np.float64)
    pairs = _pairs(place.graph, own)
    divisible = np.bincount(own, place.graph.households > 0) >= 2
    order = np.argsort(-weight, kind="stable")
    order = order[divisible[order]]
    if len(order) == 0:
        return None

    def price(grid: int) -> float:
        low, high = _limits(len(names) + 1, fair, rule.tolerance)
        beside = pairs[(pairs == grid).any(axis=1)].sum(axis=1) - grid
        new = np.stack([np.append(beside, grid), np.full(len(beside) + 1, len(names))], axis=1)
        both = np.concatenate([pairs, new])
        return least_flow(np.append(weight, 0.0), both, low, high)[0]

    heavy = _cheapest(order[:CANDIDATES], price)
    members = np.flatnonzero(own == heavy)
    wanted = min(more + 1, max(2, round(float(weight[heavy]) / fair)))
    found = rule.partitioner(place.graph.part(members), wanted, rule.seed)
    if found.max() == 0:
        return None
    biggest = int(np.bincount(found, place.stayed[members] + 1e-6).argmax())
    fresh = max(int(labels.max()) + 1, len(place.lasting))
    rank = np.cumsum(np.arange(found.max() + 1) != biggest) - 1
    divided = labels.copy()
    divided[members] = np.where(found == biggest, names[heavy], fresh + rank[found])
    return divided


def _lasts(place: Place, names: IntArray) -> BoolArray:
    known = names < len(place.lasting)
    return np.asarray(~known | place.lasting[np.where(known, names, 0)])


def _limits(grids: int, fair: float, tolerance: float) -> tuple[FloatArray, FloatArray]:
    return np.full(grids, fair * (1 - tolerance)), np.full(grids, fair * (1 + tolerance))


def _cheapest(grids: IntArray, price: Callable[[int], float]) -> int:
    prices = [price(int(grid)) for grid in grids] if len(grids) > 1 else [0.0]
    return int(grids[int(np.argmin(prices))])


def _search(place: Place, labels: IntArray, fair: float, rule: Rule) -> IntArray:
    """Move cells until the grids are within their limits; take back what was not needed."""
    graph = place.graph
    size = max(int(labels.max()) + 1, len(place.lasting))
    target = np.full(size, fair)
    weights = LOOKS._replace(tolerance=0.999 * rule.tolerance)
    stakes = _stakes(place, labels, target, weights)
    resettler = Resettler(graph, target, stakes, weights)
    limits = Limits(target, rule.tolerance)
    if len(limits.beyond(graph, labels)) == 0 and (labels == place.home).all():
        return labels
    tried = [resettler.run(labels, COURSE, rule.seed + turn) for turn in range(STARTS)]
    best = min([labels, *tried], key=lambda found: resettler.cost(found, STRICT))
    best = settle_beyond(graph, best, resettler, limits, rule.seed)
    return _take_back(place, best, resettler)


def _stakes(place: Place, labels: IntArray, target: FloatArray, weights: Weights) -> Stakes:
    graph = place.graph
    annealer = Annealer.of(graph, target, weights)
    was = looks(annealer, place.home)
    worn = np.full(len(target), float(np.median(was[: len(place.lasting)][place.lasting])))
    worn[: len(place.lasting)] = was[: len(place.lasting)]
    usual_m2 = float(graph.size_m2.sum()) / max(1, len(np.unique(labels)))
    stake = HELD * place.stayed / annealer.target[0] + GROUND * graph.size_m2 / usual_m2
    stake[~place.lasting[place.home]] = 0.0
    return Stakes(place.home, stake, worn, STEEP)


def _take_back(place: Place, labels: IntArray, resettler: Resettler) -> IntArray:
    """Let groups of cells that changed hands together go back where that costs nothing."""
    graph = place.graph
    borders = graph.border_m.tocoo()
    row, col = borders.row, borders.col
    while True:
        moved = labels != place.home
        alike = (labels[row] == labels[col]) & (place.home[row] == place.home[col])
        alike &= moved[row] & moved[col]
        links = coo_array(
            (np.ones(int(alike.sum())), (row[alike], col[alike])), graph.border_m.shape
        )
        group = connected_components(links, directed=False)[1]
        cost = resettler.cost(labels, STRICT)
        better = labels
        for name in np.unique(group[moved]).tolist():
            trial = labels.copy()
            trial[group == name] = place.home[group == name]
            if resettler.cost(trial, STRICT) < cost and _whole(graph, trial, labels):
                better = trial
                break
        if better is labels:
            return labels
        labels = better


def _whole(graph: CellGraph, trial: IntArray, before: IntArray) -> bool:
    """Whether no grid falls apart or vanishes."""
    if len(np.unique(trial)) != len(np.unique(before)):
        return False
    borders = graph.border_m.tocoo()
    same = trial[borders.row] == trial[borders.col]
    links = coo_array(
        (np.ones(int(same.sum())), (borders.row[same], borders.col[same])), graph.border_m.shape
    )
    return bool(connected_components(links, directed=False)[0] == len(np.unique(trial)))
