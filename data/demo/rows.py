"""Rows of plots on a piece of land, with the lanes between them.

All that Chinese towns have in rows, from courtyard houses to slabs and sheds, is packed by the same
rule: rows run east and west, a spine street crosses them, plots are packed outwards from the spine.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo.ground import Points, turn_about


@dataclass(frozen=True)
class RowPattern:
    """Measures of rows, in metres.

    Attributes
    ----------
    widths_m : tuple of float
        Least and greatest width of a plot; each row draws anew unless ``aligned``.
    depth_m, side_gap_m : float
        Depth of a plot; distance to the next one in the row.
    row_gap_m, lane_gap_m : float
        Distance to the next row without and with a lane.
    rows_per_lane : int
        Rows between two lanes.
    spine_gap_m : float
        Width kept free for the spine.
    empty_share : float
        Share of plots left empty.
    through : bool
        Lanes run through to the streets around; otherwise they end at the last plot.
    aligned : bool
        One width for all plots, so that they stand in columns.
    """

    widths_m: tuple[float, float]
    depth_m: float
    side_gap_m: float
    row_gap_m: float
    lane_gap_m: float
    rows_per_lane: int
    spine_gap_m: float
    empty_share: float = 0.0
    through: bool = False
    aligned: bool = True


@dataclass(frozen=True)
class Rows:
    """Plots and lanes, in the frame of the rows (turned by ``-angle_deg`` about ``centre``).

    Attributes
    ----------
    boxes : ndarray of shape (n, 4)
        West, south, east and north of each plot.
    row : ndarray of shape (n,)
        Number of its row, from the south.
    lanes : list of LineString
        Middle of each lane, in local metres (not turned).
    spine : LineString
        The street that crosses the land from south to north, to the streets around it.
    """

    boxes: Points
    row: NDArray[np.int64]
    lanes: list[LineString]
    spine: LineString
    centre: tuple[float, float]
    angle_deg: float

    def to_ground(self, points: Points) -> Points:
        """Turn points of the row frame, shape (n, 2), back into local metres."""
        return turn_about(points, self.centre, self.angle_deg)


def point_in(land: BaseGeometry) -> tuple[float, float]:
    """A point well inside a piece of land; its spine runs through it."""
    point = land.representative_point()
    return float(point.x), float(point.y)


def _spine(around: Polygon, point: tuple[float, float], angle_deg: float) -> LineString:
    x, y = point
    reach = 2 * float(np.hypot(*np.ptp(shapely.get_coordinates(around), axis=0)))
    ends = turn_about(np.array([(x, y - reach), (x, y + reach)]), (x, y), angle_deg)
    return _piece_at(LineString(ends).intersection(around), (x, y))


def lay_rows(
    land: Polygon,
    around: Polygon,
    angle_deg: float,
    pattern: RowPattern,
    rng: np.random.Generator,
) -> Rows:
    """Pack rows of plots on a piece of land.

    Parameters
    ----------
    land : Polygon
        Where plots may lie, local metres.
    around : Polygon
        Where through lanes may run: the block up to the middle of its streets.
    angle_deg : float
        Direction of the rows, counter-clockwise from east.
    pattern : RowPattern
        Measures.
    rng : numpy.random.Generator
        Draws widths and empty plots.
    """
    centre = point_in(land)
    flat = _turned(land, centre, -angle_deg)
    souths, lane_at = _row_positions(flat.bounds, pattern)
    width = rng.uniform(*pattern.widths_m) if pattern.aligned else None
    boxes, row = [], []
    for number, spans in enumerate(_free_spans(flat, souths, pattern.depth_m)):
        for west, east in _sides_of(spans, centre[0], pattern.spine_gap_m):
            outward = 1 if west >= centre[0] else -1
            for a, b in _pack((west, east), outward, width, pattern, rng):
                boxes.append((a, souths[number], b, souths[number] + pattern.depth_m))
                row.append(number)
    kept = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    inside = shapely.contains(flat, shapely.box(*kept.T)) if len(kept) else np.zeros(0, bool)
    inside &= rng.random(len(kept)) >= pattern.empty_share
    lanes = _lanes(flat, _turned(around, centre, -angle_deg), lane_at, centre[0], pattern)
    turned = [LineString(turn_about(np.array(lane.coords), centre, angle_deg)) for lane in lanes]
    return Rows(
        kept[inside],
        np.array(row, dtype=np.int64)[inside],
        turned,
        _spine(around, centre, angle_deg),
        centre,
        angle_deg,
    )


def _turned(land: Polygon, centre: tuple[float, float], angle_deg: float) -> Polygon:
    turned: Polygon = shapely.transform(land, lambda points: turn_about(points, centre, angle_deg))
    shapely.prepare(turned)
    return turned


def _row_positions(
    bounds: tuple[float, float, float, float], pattern: RowPattern
) -> tuple[list[float], list[float]]:
    """South edges of the rows, and where lanes run."""
    souths: list[float] = []
    lanes: list[float] = []
    south = bounds[1] + 1.0
    while south + pattern.depth_m <= bounds[3]:
        souths.append(south)
        with_lane = len(souths) % pattern.rows_per_lane == 0
        gap = pattern.lane_gap_m if with_lane else pattern.row_gap_m
        if with_lane:
            lanes.append(south + pattern.depth_m + gap / 2)
        south += pattern.depth_m + gap
    return souths, lanes


def _free_spans(
    flat: Polygon, souths: list[float], depth_m: float
) -> list[list[tuple[float, float]]]:
    """For each row the stretches (west, east) that lie inside along its whole depth."""
    west, _, east, _ = flat.bounds
    rows = []
    for south in souths:
        spans = [(west, east)]
        for y in (south, south + depth_m / 2, south + depth_m):
            line = LineString([(west - 1, y), (east + 1, y)]).intersection(flat)
            pieces = [
                (piece.bounds[0], piece.bounds[2])
                for piece in shapely.get_parts(line)
                if piece.length > 0
            ]
            spans = [
                (max(a, c), min(b, d)) for a, b in spans for c, d in pieces if min(b, d) > max(a, c)
            ]
        rows.append(spans)
    return rows


def _sides_of(
    spans: list[tuple[float, float]], spine_x: float, gap_m: float
) -> list[tuple[float, float]]:
    sides = []
    for west, east in spans:
        sides.append((west, min(east, spine_x - gap_m / 2)))
        sides.append((max(west, spine_x + gap_m / 2), east))
    return [(a, b) for a, b in sides if b > a]


def _pack(
    span: tuple[float, float],
    outward: int,
    width: float | None,
    pattern: RowPattern,
    rng: np.random.Generator,
) -> list[tuple[float, float]]:
    """Plots from the end nearest to the spine outwards; the last takes what room is left."""
    plots = []
    west, east = span
    room = east - west
    at = 0.0
    least = pattern.widths_m[0] * 0.75
    while room - at >= least:
        wanted = width if width is not None else rng.uniform(*pattern.widths_m)
        size = min(wanted, room - at)
        plots.append(
            (west + at, west + at + size) if outward > 0 else (east - at - size, east - at)
        )
        at += size + pattern.side_gap_m
    return plots


def _lanes(
    flat: Polygon, around: Polygon, lane_at: list[float], spine_x: float, pattern: RowPattern
) -> list[LineString]:
    land = around if pattern.through else flat.buffer(1.0)
    west, _, east, _ = land.bounds
    lanes = []
    for y in lane_at:
        pieces = LineString([(west - 1, y), (east + 1, y)]).intersection(land)
        for piece in shapely.get_parts(pieces):
            crosses = piece.length > 15 and piece.bounds[0] < spine_x < piece.bounds[2]
            if crosses:
                lanes.append(piece)
    return lanes


def _piece_at(pieces: BaseGeometry, point: tuple[float, float]) -> LineString:
    """Of several pieces of a line the one nearest to a point."""
    here = shapely.Point(point)
    nearest: LineString = min(shapely.get_parts(pieces), key=lambda piece: piece.distance(here))
    return nearest
