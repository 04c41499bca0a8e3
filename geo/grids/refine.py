"""Improve a partition by moving single cells across boundaries.

Simulated annealing (Kirkpatrick, Gelatt, Vecchi 1983) on what a plan costs: households off
target first, then shape, then boundary that follows neither road nor water. A grid is never
torn: a cell may go only if those who stay behind still hang together.
"""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np

from geo.grids.faces import IntArray
from geo.grids.graph import CellGraph

BALANCE = 60.0
"""Cost of a squared relative deviation from the target."""
BEYOND = 12.0
"""Cost of relative deviation beyond ``TOLERANCE``."""
TOLERANCE = 0.045
OPEN_GROUND = 0.7
"""Cost of the share of a grid's boundary that follows nothing."""
HOT, COLD = 0.02, 0.0005
SWEEPS = 24


def plan_cost(graph: CellGraph, labels: IntArray, target: float) -> float:
    """What a whole plan costs; lower is better.

    Parameters
    ----------
    graph, labels
        A partition of the graph; every label in use.
    target
        Households that each part should have, the same for all plans that are compared.
    """
    plan = _Plan(graph, labels, target)
    return sum(_cost(*plan.measures(part), plan.target) for part in range(len(plan.households)))


def refine(graph: CellGraph, labels: IntArray, target: float, seed: int) -> IntArray:
    """Move cells across boundaries until the plan is cheap; parts stay connected.

    Parameters
    ----------
    graph, labels
        A partition whose parts are connected.
    target
        Households that each part should have.
    seed
        Of the random walk.
    """
    plan = _Plan(graph, labels, target)
    draw = random.Random(seed)  # noqa: S311 - a walk to repeat, nothing to keep secret
    pairs = graph.border_m.tocoo()
    for sweep in range(SWEEPS):
        heat = HOT * (COLD / HOT) ** (sweep / (SWEEPS - 1))
        now = np.array(plan.labels)
        across = np.flatnonzero(now[pairs.row] != now[pairs.col])
        turns = list(zip(pairs.row[across].tolist(), pairs.col[across].tolist(), strict=True))
        draw.shuffle(turns)
        for cell, other in turns:
            goal = plan.labels[other]
            if goal == plan.labels[cell]:
                continue
            gain = plan.gain(cell, goal)
            taken = gain > 0 or draw.random() < math.exp(gain / heat)
            if taken and plan.may_leave(cell):
                plan.move(cell, goal)
    return np.array(plan.labels, dtype=np.int64)


def _cost(households: float, size_m2: float, round_m: float, open_m: float, target: float) -> float:
    off = abs(households / target - 1)
    compact = 4 * math.pi * size_m2 / (round_m * round_m)
    return (
        BALANCE * off * off
        + BEYOND * max(0.0, off - TOLERANCE)
        + (1 - compact)
        + OPEN_GROUND * open_m / round_m
    )


class _Plan:
    """A partition with the running sums of its parts, in plain lists for speed."""

    def __init__(self, graph: CellGraph, labels: IntArray, target: float) -> None:
        parts = int(labels.max()) + 1
        indptr = graph.border_m.indptr.tolist()
        rows = list(
            zip(
                graph.border_m.indices.tolist(),
                graph.border_m.data.tolist(),
                graph.open_m.data.tolist(),
                strict=True,
            )
        )
        self.neighbours = [rows[a:b] for a, b in pairwise(indptr)]
        self.cells = list(
            zip(
                graph.households.tolist(),
                graph.size_m2.tolist(),
                (graph.outer_m + graph.border_m.sum(axis=1)).tolist(),
                graph.open_m.sum(axis=1).tolist(),
                strict=True,
            )
        )
        self.labels: list[int] = labels.tolist()
        self.target = target
        pairs = graph.border_m.tocoo()
        inner = labels[pairs.row] == labels[pairs.col]
        inside = labels[pairs.row[inner]]
        total = np.array(self.cells)
        sums = [np.bincount(labels, total[:, k], minlength=parts) for k in range(4)]
        sums[2] -= np.bincount(inside, graph.border_m.data[inner], minlength=parts)
        sums[3] -= np.bincount(inside, graph.open_m.data[inner], minlength=parts)
        self.households, self.size_m2, self.round_m, self.open_m = (s.tolist() for s in sums)

    def measures(self, part: int) -> tuple[float, float, float, float]:
        return self.households[part], self.size_m2[part], self.round_m[part], self.open_m[part]

    def _after(self, cell: int, part: int, sign: int) -> tuple[float, float, float, float]:
        """Measures of a part when the cell has joined it (+1) or left it (-1)."""
        labels = self.labels
        shared_m = shared_open_m = 0.0
        for other, border_m, open_m in self.neighbours[cell]:
            if labels[other] == part:
                shared_m += border_m
                shared_open_m += open_m
        households, size_m2, round_m, away_m = self.cells[cell]
        return (
            self.households[part] + sign * households,
            self.size_m2[part] + sign * size_m2,
            self.round_m[part] + sign * (round_m - 2 * shared_m),
            self.open_m[part] + sign * (away_m - 2 * shared_open_m),
        )

    def gain(self, cell: int, goal: int) -> float:
        """What the plan would save by moving the cell to part ``goal``."""
        home = self.labels[cell]
        left = self._after(cell, home, -1)
        if left[1] <= 1e-6 or left[2] <= 1e-6:
            return -math.inf
        before = _cost(*self.measures(home), self.target) + _cost(*self.measures(goal), self.target)
        return before - _cost(*left, self.target) - _cost(*self._after(cell, goal, 1), self.target)

    def may_leave(self, cell: int) -> bool:
        """Whether the cell's part stays in one piece without it."""
        home = self.labels[cell]
        wanted = {other for other, _, _ in self.neighbours[cell] if self.labels[other] == home}
        if not wanted:
            return False
        queue = [wanted.pop()]
        seen = {cell, queue[0]}
        while queue and wanted:
            for other, _, _ in self.neighbours[queue.pop()]:
                if other not in seen and self.labels[other] == home:
                    seen.add(other)
                    wanted.discard(other)
                    queue.append(other)
        return not wanted

    def move(self, cell: int, goal: int) -> None:
        home = self.labels[cell]
        for part, sign in ((home, -1), (goal, 1)):
            (
                self.households[part],
                self.size_m2[part],
                self.round_m[part],
                self.open_m[part],
            ) = self._after(cell, part, sign)
        self.labels[cell] = goal
