"""Patrol tracks on grids: how many seconds and metres of one shift fall in each grid."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from geo.datum import FloatArray
from geo.locate import GridIndex, IdArray

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

_WGS84 = Geod(ellps="WGS84")
# Two cuts closer than this share of a segment are one: a vertex that two grids share.
_SAME_CUT = 1e-12


@dataclass(frozen=True)
class TrackLimits:
    """What still counts as patrol.

    Attributes
    ----------
    gap_s : float
        A longer silence between two fixes counts for nothing: nobody knows where it was spent.
    speed_m_s : float
        A faster move is a jump of the receiver and counts for nothing. The default, 15 m/s,
        lets an electric bicycle or a car in a street through.
    accuracy_m : float
        A fix that the receiver itself calls less accurate than this is left out.
    """

    gap_s: float = 120.0
    speed_m_s: float = 15.0
    accuracy_m: float = 100.0


@dataclass(frozen=True)
class TrackOnGrids:
    """One track shared out over grids.

    Attributes
    ----------
    grid_ids : array of int64, shape (k,)
        Ascending, each once; -1 stands for outside all grids.
    seconds, metres : arrays of float64, shape (k,)
        What was spent in each; they add up to `total_s` and `total_m`.
    total_s, total_m : float
        Sum over all segments that count; metres are geodesic (WGS 84).
    gap_count, gap_s : int, float
        Segments left out as longer than the gap limit, and the seconds in them.
    jump_count, jump_s : int, float
        Segments left out as impossibly fast, and the seconds in them.
    inaccurate_count : int
        Fixes left out.
    kept_fixes : array of intp, shape (m,)
        Positions of the fixes that were used.
    counts : array of bool, shape (max(m - 1, 0),)
        For each pair of fixes that follow one another in `kept_fixes`: whether it counts.
        Where it is False a drawn track shows a gap.
    """

    grid_ids: IdArray
    seconds: FloatArray
    metres: FloatArray
    total_s: float
    total_m: float
    gap_count: int
    gap_s: float
    jump_count: int
    jump_s: float
    inaccurate_count: int
    kept_fixes: IntArray
    counts: BoolArray


def share_track(
    time_s: npt.ArrayLike,
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    accuracy_m: npt.ArrayLike,
    grids: GridIndex,
    *,
    limits: TrackLimits | None = None,
) -> TrackOnGrids:
    """Share the time and length of one shift's track over the grids it runs through.

    Each pair of fixes that follow one another is a straight segment in longitude and
    latitude. It is cut where it crosses the border of a grid, and its geodesic length and its
    time are shared in proportion to the length of the pieces; a segment without length gives
    its time to the grid of the place. Walking along a shared border counts for the grid with
    the smaller id, as in `GridIndex`.

    Parameters
    ----------
    time_s : array_like, shape (n,)
        Seconds since any moment, never falling.
    lon, lat : array_like, shape (n,), degrees, WGS 84
    accuracy_m : array_like, shape (n,), metres
        NaN where the receiver did not say: such fixes are used.
    grids : GridIndex
    limits : TrackLimits, optional

    Returns
    -------
    TrackOnGrids

    Raises
    ------
    ValueError
        If the arrays differ in length, times fall, a value is not finite, or the track
        crosses the 180° meridian.
    """
    limits = limits or TrackLimits()
    fixes = np.column_stack([np.asarray(v, dtype=np.float64) for v in (time_s, lon, lat)])
    accuracy = np.asarray(accuracy_m, dtype=np.float64)
    _check(fixes, accuracy)
    kept = np.flatnonzero(~(accuracy > limits.accuracy_m))
    time, x, y = fixes[kept].T
    lasted_s = np.diff(time)
    if len(kept) > 1:
        _, _, length_m = _WGS84.inv(x[:-1], y[:-1], x[1:], y[1:])
    else:
        length_m = np.zeros(0)
    gap = lasted_s > limits.gap_s
    jump = ~gap & (length_m > limits.speed_m_s * lasted_s)
    counts = ~(gap | jump)
    start, end = np.flatnonzero(counts), np.flatnonzero(counts) + 1
    segment, grid_id, share = _pieces(x[start], y[start], x[end], y[end], grids)
    ids, where = np.unique(grid_id, return_inverse=True)
    return TrackOnGrids(
        grid_ids=ids,
        seconds=_sum_by(where, share * lasted_s[start][segment], len(ids)),
        metres=_sum_by(where, share * length_m[start][segment], len(ids)),
        total_s=float(lasted_s[counts].sum()),
        total_m=float(length_m[counts].sum()),
        gap_count=int(gap.sum()),
        gap_s=float(lasted_s[gap].sum()),
        jump_count=int(jump.sum()),
        jump_s=float(lasted_s[jump].sum()),
        inaccurate_count=len(fixes) - len(kept),
        kept_fixes=kept,
        counts=counts,
    )


def _check(fixes: FloatArray, accuracy: FloatArray) -> None:
    if accuracy.shape != (len(fixes),):
        raise ValueError("time, place and accuracy must have the same length")
    if not np.isfinite(fixes).all():
        raise ValueError("a time or a place is not a finite number")
    if (np.diff(fixes[:, 0]) < 0).any():
        first = int(np.flatnonzero(np.diff(fixes[:, 0]) < 0)[0])
        raise ValueError(f"time falls after fix {first}; sort the fixes first")
    if (np.abs(np.diff(fixes[:, 1])) > 180).any():
        raise ValueError("the track crosses the 180° meridian")


def _pieces(
    x0: FloatArray, y0: FloatArray, x1: FloatArray, y1: FloatArray, grids: GridIndex
) -> tuple[IntArray, IdArray, FloatArray]:
    """Cut segments at grid borders → segment number, grid id and share of each piece."""
    cut_segment, cut = _cuts(x0, y0, x1, y1, grids)
    number = np.arange(len(x0))
    segment = np.concatenate([number, number, cut_segment])
    at = np.concatenate([np.zeros(len(x0)), np.ones(len(x0)), cut])
    order = np.lexsort((at, segment))
    segment, at = segment[order], at[order]
    same = np.diff(segment) == 0
    begin, end = at[:-1][same], at[1:][same]
    segment = segment[:-1][same]
    # The two ends are always kept apart, so that even a segment without length is one piece.
    real = end - begin > _SAME_CUT
    segment, begin, end = segment[real], begin[real], end[real]
    middle = (begin + end) / 2
    lon = x0[segment] + middle * (x1 - x0)[segment]
    lat = y0[segment] + middle * (y1 - y0)[segment]
    return segment, grids.locate(lon, lat), end - begin


def _cuts(
    x0: FloatArray, y0: FloatArray, x1: FloatArray, y1: FloatArray, grids: GridIndex
) -> tuple[IntArray, FloatArray]:
    """Where segments cross grid borders: segment number and share of the way, 0 to 1."""
    starts, ends = np.column_stack([x0, y0]), np.column_stack([x1, y1])
    lines = np.asarray(shapely.linestrings(np.stack([starts, ends], axis=1)), dtype=np.object_)
    segment, polygon = grids.tree.query(lines)
    crossing = ~shapely.contains_properly(grids.polygons[polygon], lines[segment])
    segment, polygon = segment[crossing], polygon[crossing]
    met = shapely.intersection(lines[segment], shapely.boundary(grids.polygons[polygon]))
    corners, of_pair = shapely.get_coordinates(met, return_index=True)
    segment = segment[of_pair]
    way = ends[segment] - starts[segment]
    squared = np.einsum("ij,ij->i", way, way)
    moved = squared > 0
    segment, way, squared = segment[moved], way[moved], squared[moved]
    along = np.einsum("ij,ij->i", corners[moved] - starts[segment], way) / squared
    return segment, np.clip(along, 0.0, 1.0)


def _sum_by(group: IntArray, values: FloatArray, groups: int) -> FloatArray:
    return np.bincount(group, values, minlength=groups).astype(np.float64)
