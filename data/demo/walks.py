"""Walking patrols along the streets of a grid, with the noise of a telephone's position."""

from collections import defaultdict
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.signal import lfilter

from data.demo.ground import LOCAL_CRS, Points

WALKING_PACE_M_S = 1.15
FIX_EVERY_S = 25.0
NOISE_M = 2.2
NOISE_MEMORY = 0.8
REACH_OUTSIDE_M = 12.0

Node = tuple[float, float]


@dataclass(frozen=True)
class Walk:
    """A patrol: seconds since its start, where the officer was, and what the telephone said.

    Attributes
    ----------
    seconds : ndarray of shape (n,)
    true_xy, xy : ndarray of shape (n, 2)
        Local metres, without and with noise.
    accuracy_m : ndarray of shape (n,)
    """

    seconds: NDArray[np.float64]
    true_xy: Points
    xy: Points
    accuracy_m: NDArray[np.float64]


class Streets:
    """The street network, by the grid it is walked in.

    Parameters
    ----------
    roads : GeoDataFrame
        Noded lines.
    grids : GeoDataFrame
        Polygons with ``code``.
    """

    def __init__(self, roads: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> None:
        self._lines = roads.to_crs(LOCAL_CRS).geometry.to_numpy()
        self._length = shapely.length(self._lines)
        self._course = [shapely.get_coordinates(line) for line in self._lines]
        self._ends = [(_node(course[0]), _node(course[-1])) for course in self._course]
        self._ways: dict[str, dict[Node, list[tuple[int, Node]]]] = {}
        tree = shapely.STRtree(shapely.line_interpolate_point(self._lines, 0.5, normalized=True))
        shapes = grids.to_crs(LOCAL_CRS).geometry.to_numpy()
        near = tree.query(shapes, predicate="dwithin", distance=REACH_OUTSIDE_M)
        self._edges: dict[str, list[int]] = defaultdict(list)
        codes = grids["code"].to_numpy()
        for grid, edge in zip(near[0], near[1], strict=True):
            self._edges[codes[grid]].append(int(edge))
        for code, shape in zip(codes, shapes, strict=True):
            if not self._edges[code]:
                self._edges[code].append(int(tree.nearest(shape)))

    def walk(self, code: str, minutes: float, rng: np.random.Generator) -> Walk:
        """Walk the streets of a grid for so many minutes, the least walked ones first."""
        pace = WALKING_PACE_M_S * rng.uniform(0.85, 1.15)
        route = self._route(code, pace * minutes * 60, rng)
        steps = np.hypot(*np.diff(route, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        count = int(minutes * 60 / FIX_EVERY_S)
        seconds = np.cumsum(np.round(rng.uniform(0.8, 1.2, count) * FIX_EVERY_S))
        moving = rng.random(count) > 0.12
        at = np.minimum(np.cumsum(np.diff(seconds, prepend=0.0) * moving) * pace, along[-1])
        true_xy = np.column_stack([np.interp(at, along, route[:, k]) for k in (0, 1)])
        noise = rng.normal(0, NOISE_M, (count, 2))
        noise = lfilter([1.0], [1.0, -NOISE_MEMORY], noise, axis=0)
        accuracy = np.round(rng.uniform(4, 14, count), 1)
        return Walk(seconds, true_xy, true_xy + noise, accuracy)

    def _route(self, code: str, metres: float, rng: np.random.Generator) -> Points:
        edges = self._edges[code]
        ways = self._ways_in(code)
        weights = self._length[edges]
        first = edges[int(rng.choice(len(edges), p=weights / weights.sum()))]
        here = self._ends[first][0]
        walked: dict[int, int] = defaultdict(int)
        last = -1
        parts = [np.array([here])]
        done = 0.0
        while done < metres:
            onward = [way for way in ways[here] if way[0] != last] or ways[here]
            fewest = min(walked[edge] for edge, _ in onward)
            fresh = [way for way in onward if walked[way[0]] == fewest]
            edge, there = fresh[int(rng.integers(len(fresh)))]
            course = self._course[edge]
            parts.append(course[1:] if self._ends[edge][0] == here else course[-2::-1])
            walked[edge] += 1
            done += float(self._length[edge])
            last, here = edge, there
        return np.vstack(parts)

    def _ways_in(self, code: str) -> dict[Node, list[tuple[int, Node]]]:
        """Where one can go from each crossing of a grid: street and next crossing."""
        if code not in self._ways:
            ways: dict[Node, list[tuple[int, Node]]] = defaultdict(list)
            for edge in self._edges[code]:
                a, b = self._ends[edge]
                ways[a].append((edge, b))
                ways[b].append((edge, a))
            self._ways[code] = dict(ways)
        return self._ways[code]


def _node(point: Points) -> Node:
    return (round(float(point[0]), 1), round(float(point[1]), 1))
