"""Placing a drawing or a scan on the map: control points, the systems it may be drawn in.

Control points pair a place on the sheet with one on the ground, in metres. A similarity moves,
turns and scales; an affine map may also stretch and skew, as paper and scanners do. Both are
fitted by least squares; what is left over at each point, in metres, tells how good they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
FitKind = Literal["similarity", "affine"]
FitFault = Literal["too-few", "same-place", "in-line", "mirrored"]

LEAST_POINTS: Final[dict[FitKind, int]] = {"similarity": 2, "affine": 3}
_NARROW: Final = 1e-3
"""Points whose spread across is less than this share of their spread along lie in one line."""
_FIRST_ZONE, _LAST_ZONE = 25, 45
_ZONE_WITH_NUMBER, _ZONE_BY_MERIDIAN = 4513, 4534


class FitError(Exception):
    """Control points that fit nothing; `fault` says why."""

    def __init__(self, fault: FitFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Fit:
    """A map from a sheet to the ground.

    Attributes
    ----------
    matrix
        Two rows of three: ``ground = matrix @ (x, y, 1)``, metres.
    residuals_m
        How far each control point lies from where the map puts it.
    spare
        How many points there are beyond those that the map needs; with none it goes through all
        of them, and the residuals say nothing.
    """

    matrix: FloatArray
    residuals_m: FloatArray
    spare: int

    @property
    def rms_m(self) -> float:
        """Root mean square of the residuals."""
        return float(np.sqrt(np.mean(self.residuals_m**2)))

    @property
    def metres_per_unit(self) -> float:
        """Scale of the map, averaged over directions."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    def apply(self, points: npt.ArrayLike) -> FloatArray:
        """Map points of the sheet, (n, 2), to metres."""
        xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        return np.asarray(xy @ self.matrix[:, :2].T + self.matrix[:, 2])


def fit_points(sheet: npt.ArrayLike, ground_m: npt.ArrayLike, kind: FitKind) -> Fit:
    """Fit a map to control points by least squares.

    Parameters
    ----------
    sheet
        (n, 2), x to the right and y **up**: rows of a picture are counted the other way.
    ground_m
        (n, 2), metres in a local plane, y to the north.
    kind
        "similarity" (from two points) or "affine" (from three that are not in a line).

    Raises
    ------
    FitError
        `too-few`; `same-place`: two points or all of them coincide; `in-line`; `mirrored`: the map
        would turn the sheet over, so points are mixed up.
    """
    source = np.asarray(sheet, dtype=np.float64).reshape(-1, 2)
    target = np.asarray(ground_m, dtype=np.float64).reshape(-1, 2)
    if len(source) < LEAST_POINTS[kind]:
        raise FitError("too-few")
    middle, size = source.mean(axis=0), float(np.ptp(source, axis=0).max())
    if _coincide(source) or _coincide(target):
        raise FitError("same-place")
    unit = (source - middle) / size
    turn = _similarity(unit, target) if kind == "similarity" else _affine(unit, target)
    if np.linalg.det(turn[:, :2]) <= 0:
        raise FitError("mirrored")
    linear = turn[:, :2] / size
    matrix = np.column_stack([linear, turn[:, 2] - linear @ middle])
    off = source @ matrix[:, :2].T + matrix[:, 2] - target
    return Fit(matrix, np.hypot(off[:, 0], off[:, 1]), len(source) - LEAST_POINTS[kind])


def _coincide(points: FloatArray) -> bool:
    size = float(np.ptp(points, axis=0).max())
    apart = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    return size == 0 or bool(apart.min() <= size * 1e-9)


def _similarity(unit: FloatArray, target: FloatArray) -> FloatArray:
    """x' = a x - b y + c, y' = b x + a y + d."""
    x, y = unit.T
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate([np.column_stack([x, -y, one, none]), np.column_stack([y, x, none, one])])
    (a, b, c, d), *_ = np.linalg.lstsq(rows, target.T.ravel(), rcond=None)
    return np.array([[a, -b, c], [b, a, d]])


def _affine(unit: FloatArray, target: FloatArray) -> FloatArray:
    for points in (unit, target):
        spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
        if spread[1] < _NARROW * spread[0]:
            raise FitError("in-line")
    rows = np.column_stack([unit, np.ones(len(unit))])
    solved, *_ = np.linalg.lstsq(rows, target, rcond=None)
    return np.asarray(solved.T)


@dataclass(frozen=True)
class DrawingSystem:
    """A coordinate system that a drawing of a town may be in.

    Attributes
    ----------
    code
        "EPSG:4528" and the like.
    family
        "cgcs2000-zone" (eastings with the zone's number in front), "cgcs2000-meridian" (without),
        "utm", "cgcs2000" or "wgs84" (degrees).
    meridian_deg, zone
        Of the plane systems; else None.
    """

    code: str
    family: Literal["cgcs2000-zone", "cgcs2000-meridian", "utm", "cgcs2000", "wgs84"]
    meridian_deg: int | None = None
    zone: int | None = None


def drawing_systems(lon: float, lat: float) -> list[DrawingSystem]:
    """Systems that drawings of a place are usually in, the likeliest first.

    CGCS2000 in zones of three degrees where they are defined (75 to 135 degrees east): the zone of
    the place and its neighbours, each with and without the zone's number. Elsewhere UTM. Then
    degrees.
    """
    found: list[DrawingSystem] = []
    own = round(lon / 3)
    if _FIRST_ZONE <= own <= _LAST_ZONE:
        for zone in (own, own - 1, own + 1):
            if _FIRST_ZONE <= zone <= _LAST_ZONE:
                found += _zone_systems(zone)
    else:
        zone = int((lon + 180) // 6) % 60 + 1
        code = (32600 if lat >= 0 else 32700) + zone
        found.append(DrawingSystem(f"EPSG:{code}", "utm", zone * 6 - 183, zone))
    return [
        *found,
        DrawingSystem("EPSG:4490", "cgcs2000"),
        DrawingSystem("EPSG:4326", "wgs84"),
    ]


def _zone_systems(zone: int) -> list[DrawingSystem]:
    step = zone - _FIRST_ZONE
    return [
        DrawingSystem(f"EPSG:{_ZONE_BY_MERIDIAN + step}", "cgcs2000-meridian", zone * 3, zone),
        DrawingSystem(f"EPSG:{_ZONE_WITH_NUMBER + step}", "cgcs2000-zone", zone * 3, zone),
    ]
