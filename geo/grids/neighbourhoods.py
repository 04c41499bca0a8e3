"""Make a partition better one neighbourhood at a time, compiled for speed.

Large neighbourhood search (Shaw 1998). A turn takes a grid that costs much and some grids around
it, and anneals their cells anew; or it forgets how they are divided, cuts a random spanning tree
of their cells into grids of like households (recombination: DeFord, Duchin, Solomon 2021) and
anneals what comes out. The turn counts if the grids cost less than before. Annealing moves cells
across boundaries; recombination finds the divisions that no row of such moves leads to, as where
towers of half a grid stand side by side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.grids.anneal import Annealer, Course, add_up, anneal, price_of
from geo.grids.faces import IntArray


class Search(NamedTuple):
    """How neighbourhoods are searched.

    Attributes
    ----------
    turns
        Turns for each grid of the place.
    trees
        Share of the turns that recombine.
    together
        Most grids recombined at a time.
    around
        Most grids that a grid is annealed with.
    patience
        What the first turns may make worse; falls to nothing.
    off
        A tree is cut where both sides are off by no more than this share, if it can be.
    forest
        Trees looked at for each cut.
    along_road
        How much rather a tree is cut along a road than across open ground.
    """

    turns: int = 40
    trees: float = 0.85
    together: int = 6
    around: int = 5
    patience: float = 0.02
    off: float = 0.045
    forest: int = 30
    along_road: float = 2.0


AGAIN = Course(tries=15, hot=0.05, cold=0.003, soft=0.01, hard=1.0)
"""The annealing of a neighbourhood as it stands: imbalance is cheap at first."""
AFTER = Course(tries=6, hot=0.03, cold=0.003, soft=1.0, hard=1.0)
"""The annealing of a neighbourhood that was recombined: balance is kept."""


def search_neighbourhoods(
    annealer: Annealer, labels: IntArray, seed: int, search: Search | None = None
) -> IntArray:
    """Search the neighbourhoods of a partition for a better one.

    Parameters
    ----------
    annealer
        Cells, targets and what is wanted.
    labels
        A partition whose grids are connected; they stay so.
    seed
        Same input, same seed: same answer.

    Returns
    -------
    The best partition met; it costs no more than ``labels``.
    """
    labels, sums, scratch = annealer.make_ready(labels)
    if len(annealer.target) < 2:
        return labels
    found: IntArray = _search(
        annealer.cells,
        labels,
        sums,
        annealer.target,
        scratch,
        annealer.weights,
        search or Search(),
        AGAIN,
        AFTER,
        seed,
    )
    return found


@njit(cache=True, nogil=True)
def _search(cells, labels, sums, target, scratch, weights, search, again, after, seed):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    np.random.seed(seed)  # noqa: NPY002 (the generator that compiled code has)
    count = len(target)
    costs = np.zeros(count)
    _reprice(sums, target, weights, np.arange(count), costs)
    tried = np.zeros(count)
    best, best_cost = labels.copy(), costs.sum()
    turns = search.turns * count
    for turn in range(turns):
        worst = np.argmax(costs - tried)
        tried[worst] += costs.mean()
        anew = np.random.random() < search.trees  # noqa: NPY002
        group = _choose(cells, labels, count, worst, search, anew)
        if len(group) < 2:
            continue
        members, borders = region(cells, labels, count, group)
        was, kept, cost_was = labels[members], _take(sums, group), costs[group].sum()
        if not anew:
            anneal(cells, labels, sums, target, scratch, weights, again, borders)
        elif recombine(cells, labels, members, borders, group, search):
            _recount(cells, labels, sums, group, members)
            anneal(cells, labels, sums, target, scratch, weights, after, borders)
        _reprice(sums, target, weights, group, costs)
        patience = search.patience * (1.0 - turn / turns)
        slack = -patience * np.log(1.0 - np.random.random())  # noqa: NPY002
        if costs[group].sum() >= cost_was + slack - 1e-9:
            labels[members] = was
            _put(sums, group, kept)
            _reprice(sums, target, weights, group, costs)
        elif costs.sum() < best_cost - 1e-9:
            best_cost = costs.sum()
            best[:] = labels
    return best


@njit(cache=True, nogil=True)
def _reprice(sums, target, weights, group, costs):  # type: ignore[no-untyped-def]
    for part in group:
        costs[part] = price_of(sums, part, target, weights, 1.0)


@njit(cache=True, nogil=True)
def _choose(cells, labels, count, first, search, anew):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """A grid and some around it; or, to recombine, others that hang together with it."""
    if not anew:
        return _ring(cells, labels, count, first, search.around)
    wanted = np.random.randint(2, search.together + 1)  # noqa: NPY002
    return _grow(cells, labels, count, first, wanted)


@njit(cache=True, nogil=True)
def _beside(cells, labels, inside, at_most):  # type: ignore[no-untyped-def]
    """Grids that border on marked ones, in random order, no more than so many."""
    found = np.zeros(len(inside), dtype=np.bool_)
    for cell in range(len(labels)):
        if inside[labels[cell]]:
            for at in range(cells.start[cell], cells.start[cell + 1]):
                found[labels[cells.other[at]]] = True
    near = np.flatnonzero(found & ~inside)
    np.random.shuffle(near)  # noqa: NPY002
    return near[:at_most]


@njit(cache=True, nogil=True)
def _ring(cells, labels, count, middle, around):  # type: ignore[no-untyped-def]
    """A grid and some of those around it."""
    inside = np.zeros(count, dtype=np.bool_)
    inside[middle] = True
    inside[_beside(cells, labels, inside, around)] = True
    return np.flatnonzero(inside)


@njit(cache=True, nogil=True)
def _grow(cells, labels, count, first, wanted):  # type: ignore[no-untyped-def]
    """A grid and others, each beside one before it."""
    inside = np.zeros(count, dtype=np.bool_)
    inside[first] = True
    for _ in range(wanted - 1):
        inside[_beside(cells, labels, inside, 1)] = True
    return np.flatnonzero(inside)


@njit(cache=True, nogil=True)
def region(cells, labels, count, group):  # type: ignore[no-untyped-def]
    """The cells of some grids, and the borders among them."""
    inside = np.zeros(count, dtype=np.bool_)
    inside[group] = True
    size, pairs = 0, 0
    members = np.empty(len(labels), dtype=np.int64)
    borders = np.empty(len(cells.other), dtype=np.int64)
    for cell in range(len(labels)):
        if inside[labels[cell]]:
            members[size] = cell
            size += 1
            for at in range(cells.start[cell], cells.start[cell + 1]):
                if inside[labels[cells.other[at]]]:
                    borders[pairs] = at
                    pairs += 1
    return members[:size], borders[:pairs]


@njit(cache=True, nogil=True)
def _take(sums, group):  # type: ignore[no-untyped-def]
    return sums.households[group], sums.size_m2[group], sums.round_m[group], sums.open_m[group]


@njit(cache=True, nogil=True)
def _put(sums, group, kept):  # type: ignore[no-untyped-def]
    sums.households[group] = kept[0]
    sums.size_m2[group] = kept[1]
    sums.round_m[group] = kept[2]
    sums.open_m[group] = kept[3]


@njit(cache=True, nogil=True)
def _recount(cells, labels, sums, group, members):  # type: ignore[no-untyped-def]
    for part in group:
        sums.households[part] = sums.size_m2[part] = sums.round_m[part] = sums.open_m[part] = 0.0
    add_up(cells, labels, sums, members)


@njit(cache=True, nogil=True)
def recombine(cells, labels, members, borders, group, search):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Divide the cells of some grids anew by cutting spanning trees; False: nothing changed."""
    wanted = np.zeros(len(group), dtype=np.int64)
    wanted[0] = len(group)
    was = labels[members]
    labels[members] = group[0]
    fair = cells.households[members].sum() / len(group)
    used, at = 1, 0
    while at < used:
        if wanted[at] == 1:
            at += 1
            continue
        side, share = _cut(cells, labels, members, borders, group[at], wanted[at], fair, search)
        if share == 0:
            labels[members] = was
            return False
        labels[side] = group[used]
        wanted[used] = share
        wanted[at] -= share
        used += 1
    return True


@njit(cache=True, nogil=True)
def _cut(cells, labels, members, borders, part, wanted, fair, search):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Cells on one side of the best cut of a few random trees, and how many grids they make."""
    own = members[labels[members] == part]
    place = np.full(len(labels), -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    first, second, along = _links(cells, place, borders)
    total = cells.households[own].sum()
    best_off, best_share = np.inf, 0
    best = own[:0]
    for _ in range(search.forest):
        rank = np.argsort(np.random.random(len(first)) * (1.0 + search.along_road * along))  # noqa: NPY002
        order, parent = _tree(len(own), first, second, rank)
        below = cells.households[own]
        cut, cut_off, share, good = -1, np.inf, 0, 0
        for at in range(len(order) - 1, 0, -1):
            cell = order[at]
            below[parent[cell]] += below[cell]
            for many in range(1, wanted):
                off = max(
                    abs(below[cell] / (many * fair) - 1.0),
                    abs((total - below[cell]) / ((wanted - many) * fair) - 1.0),
                )
                if off <= search.off:
                    good += 1
                    # Each good cut is as likely as another.
                    if np.random.random() * good < 1.0:  # noqa: NPY002
                        cut, cut_off, share = cell, off, many
                elif off < cut_off and good == 0:
                    cut, cut_off, share = cell, off, many
        if cut_off < best_off:
            best_off, best_share = cut_off, share
            best = own[_under(cut, order, parent)]
        if best_off <= search.off:
            break
    return best, best_share


@njit(cache=True, nogil=True)
def _links(cells, place, borders):  # type: ignore[no-untyped-def]
    """Pairs of bordering cells by their place, and how much of each border follows a road."""
    first = np.empty(len(borders), dtype=np.int64)
    second = np.empty(len(borders), dtype=np.int64)
    along = np.empty(len(borders))
    count = 0
    for at in borders:
        one, other = place[cells.cell[at]], place[cells.other[at]]
        if 0 <= one < other:
            first[count], second[count] = one, other
            along[count] = max(0.0, 1.0 - cells.open_m[at] / max(cells.border_m[at], 1e-9))
            count += 1
    return first[:count], second[:count], along[:count]


@njit(cache=True, nogil=True)
def _root(up, node):  # type: ignore[no-untyped-def]
    while up[node] != node:
        up[node] = up[up[node]]
        node = up[node]
    return node


@njit(cache=True, nogil=True)
def _tree(size, first, second, rank):  # type: ignore[no-untyped-def]
    """The spanning tree that takes links by rank: its nodes from a root on, and their parents."""
    up = np.arange(size)
    kept = np.empty(size, dtype=np.int64)
    ways = np.zeros(size + 1, dtype=np.int64)
    count = 0
    for at in rank:
        one, other = _root(up, first[at]), _root(up, second[at])
        if one != other:
            up[one] = other
            kept[count] = at
            count += 1
            ways[first[at]] += 1
            ways[second[at]] += 1
    start = np.zeros(size + 1, dtype=np.int64)
    start[1:] = np.cumsum(ways[:size])
    beside = np.empty(start[size], dtype=np.int64)
    full = start.copy()
    for at in kept[:count]:
        for node, other in ((first[at], second[at]), (second[at], first[at])):
            beside[full[node]] = other
            full[node] += 1
    order = np.zeros(size, dtype=np.int64)
    parent = np.full(size, -1, dtype=np.int64)
    parent[0] = 0
    head, tail = 0, 1
    while head < tail:
        node = order[head]
        head += 1
        for at in range(start[node], start[node + 1]):
            if parent[beside[at]] < 0:
                parent[beside[at]] = node
                order[tail] = beside[at]
                tail += 1
    return order[:tail], parent


@njit(cache=True, nogil=True)
def _under(top, order, parent):  # type: ignore[no-untyped-def]
    """Whether each node of a tree hangs under one."""
    under = np.zeros(len(parent), dtype=np.bool_)
    under[top] = True
    for node in order[1:]:
        if under[parent[node]]:
            under[node] = True
    return under
