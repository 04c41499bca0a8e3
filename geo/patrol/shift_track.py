"""What the fixes of one shift come to: believed places, metres, and the parts of streets walked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.datum import FloatArray
from geo.metric import local_crs, on_plane, project
from geo.patrol.cleaning import Flag, FlagArray, clean
from geo.patrol.coverage import covered
from geo.patrol.matching import Matched, match
from geo.patrol.stays import Stays, find_stays
from geo.patrol.streets import IntArray, LineArray, StreetNet, street_net

LEAST_SHARE = 0.1
"""Less of a part of a street was only passed at its end."""


@dataclass(frozen=True)
class ShiftTrack:
    """A cleaned track and what it walked.

    Attributes
    ----------
    flags : array of uint8, shape (n,)
        `geo.patrol.cleaning.Flag` of each fix.
    believed : array of int64, shape (m,)
        Positions of the fixes that were believed.
    lon, lat : arrays of float64, shape (m,), degrees
        Where each was; within a stay all are at its middle.
    standing_s : float
        Seconds spent in stays.
    length_m : float
        Along streets where it was on one, straight where it was not; without what a receiver
        wandered, and without gaps.
    part : array of int64, shape (k,)
        Parts that were walked, ascending, each once.
    share : array of float64, shape (k,)
        How much of each, from `LEAST_SHARE` to 1.
    walked_s : array of float64, shape (k,)
        When each was left, on the clock of the fixes.
    """

    flags: FlagArray
    believed: IntArray
    lon: FloatArray
    lat: FloatArray
    standing_s: float
    length_m: float
    part: IntArray
    share: FloatArray
    walked_s: FloatArray


def walk_of_shift(
    time_s: npt.ArrayLike,
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    accuracy_m: npt.ArrayLike,
    parts: LineArray,
) -> ShiftTrack:
    """Clean a shift's fixes, gather its stays, and match the rest to the parts of streets around.

    Parameters
    ----------
    time_s : array_like, shape (n,), never falling
    lon, lat : array_like, shape (n,), degrees, WGS 84
    accuracy_m : array_like, shape (n,), metres
        NaN where the receiver did not say.
    parts : array of LineString, degrees
        Parts as `geo.patrol.parts` cuts them, that lie near the track.

    Raises
    ------
    ValueError
        If there is no fix, times fall, or a value is not finite.
    """
    time, accuracy = np.asarray(time_s, np.float64), np.asarray(accuracy_m, np.float64)
    plane = local_crs(lon, lat)
    xy = np.column_stack(project(lon, lat, plane))
    flags = clean(time, xy, accuracy)
    believed = np.flatnonzero(flags == Flag.GOOD).astype(np.int64)
    time, accuracy = time[believed], accuracy[believed]
    stays = find_stays(time, xy[believed])
    place = _gathered(xy[believed], stays)
    net = street_net(on_plane(parts, plane))
    found = match(time, place, accuracy, net)
    walked = covered(net, [found])
    length = np.bincount(net.street, net.length_m, minlength=len(parts))
    metres = walked.length_of(len(parts))
    share = np.divide(metres, length, out=np.zeros(len(parts)), where=length > 0)
    part = np.flatnonzero(share >= LEAST_SHARE).astype(np.int64)
    x, y = project(place[:, 0], place[:, 1], plane, back=True)
    return ShiftTrack(
        flags,
        believed,
        x,
        y,
        float(stays.seconds.sum()),
        found.length_m + found.off_street_m,
        part,
        np.minimum(share[part], 1.0),
        _times(part, found, net, time, place),
    )


def _gathered(place: FloatArray, stays: Stays) -> FloatArray:
    """Places with each fix of a stay in its middle."""
    of = stays.holds(len(place))
    return np.where((of >= 0)[:, None], stays.centre[of], place) if len(stays.first) else place


def _times(
    part: IntArray, found: Matched, net: StreetNet, time: FloatArray, place: FloatArray
) -> FloatArray:
    """When each part was last walked: by the last fix on it, else by the one nearest to it."""
    on = found.piece >= 0
    # Of several fixes on a part the last one is written last, and stays.
    last = dict(zip(net.street[found.piece[on]].tolist(), time[on].tolist(), strict=True))
    piece_of = {of: piece for piece, of in enumerate(net.street.tolist())}
    for one in part.tolist():
        if one not in last:
            middle = net.pieces[piece_of[one]].interpolate(0.5, normalized=True)
            away = np.hypot(place[:, 0] - middle.x, place[:, 1] - middle.y)
            last[one] = float(time[int(np.argmin(away))])
    return np.array([last[one] for one in part.tolist()], dtype=np.float64)
