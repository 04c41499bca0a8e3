"""Kernel density: cases per square kilometre on a raster in metres."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from pyproj import CRS
from scipy.signal import fftconvolve

from geo.datum import FloatArray
from geo.metric import local_crs, project

Kernel = Literal["quartic", "gaussian"]
DEFAULT_BANDWIDTH_M: Final = 250.0
MAX_CELLS: Final = 25_000_000
# Beyond four standard deviations lies less than 0.04 % of a two-dimensional Gaussian.
_GAUSSIAN_REACH = 4.0
_CELLS_PER_BANDWIDTH = 10


@dataclass(frozen=True)
class DensityRaster:
    """A density surface.

    Attributes
    ----------
    per_km2 : array of float32, shape (rows, columns)
        Cases per square kilometre; row 0 is the northernmost.
    crs : pyproj.CRS
        A metric plane, see `geo.metric.local_crs`.
    west_m, north_m : float
        Coordinates of the outer corner of the first cell in `crs`.
    cell_m : float
        Edge of the square cells.
    bandwidth_m : float
    kernel : {"quartic", "gaussian"}
    """

    per_km2: npt.NDArray[np.float32]
    crs: CRS
    west_m: float
    north_m: float
    cell_m: float
    bandwidth_m: float
    kernel: Kernel

    def integral(self) -> float:
        """Add up the surface: the number (or weight) of all points."""
        return float(self.per_km2.sum(dtype=np.float64)) * self.cell_m**2 / 1e6


def density(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    bandwidth_m: float = DEFAULT_BANDWIDTH_M,
    kernel: Kernel = "quartic",
    cell_m: float | None = None,
) -> DensityRaster:
    """Estimate the density of points by a kernel.

    The quartic kernel 3/(π h²) (1 − r²/h²)² (Silverman 1986, eq. 4.5) ends at the bandwidth h;
    the Gaussian takes h as its standard deviation and is cut off at four. Points are shared
    linearly between the four cells around them, and the raster reaches far enough beyond the
    outermost point that no part of a kernel is lost: its integral is the number of points.

    Parameters
    ----------
    lon, lat : array_like, shape (n,), degrees, WGS 84, n ≥ 1
    weights : array_like, shape (n,), optional
        What each point counts for; 1 by default.
    bandwidth_m : float, metres
    kernel : {"quartic", "gaussian"}
    cell_m : float, optional
        Edge of a cell in metres; a tenth of the bandwidth by default.

    Returns
    -------
    DensityRaster

    Raises
    ------
    ValueError
        If there are no points, a value is not finite or not positive where it must be, or
        the raster would have more than 25 million cells.
    """
    if bandwidth_m <= 0:
        raise ValueError("the bandwidth must be above zero")
    step_m = bandwidth_m / _CELLS_PER_BANDWIDTH if cell_m is None else cell_m
    if not 0 < step_m <= bandwidth_m:
        raise ValueError("a cell must be above zero and no larger than the bandwidth")
    crs = local_crs(lon, lat)
    x_m, y_m = project(np.atleast_1d(lon), np.atleast_1d(lat), crs)
    mass = np.ones(len(x_m)) if weights is None else np.asarray(weights, dtype=np.float64)
    if mass.shape != x_m.shape or not np.isfinite(mass).all():
        raise ValueError("weights must be finite and as many as the points")
    reach_m = bandwidth_m * (_GAUSSIAN_REACH if kernel == "gaussian" else 1.0)
    pad = int(np.ceil(reach_m / step_m)) + 1
    west_m = np.floor(x_m.min() / step_m - pad) * step_m
    north_m = np.ceil(y_m.max() / step_m + pad) * step_m
    columns = int(np.ceil((x_m.max() - west_m) / step_m)) + pad
    rows = int(np.ceil((north_m - y_m.min()) / step_m)) + pad
    if rows * columns > MAX_CELLS:
        raise ValueError(
            f"the raster would have {rows} × {columns} cells; take larger cells or a smaller area"
        )
    counts = _share((x_m - west_m) / step_m, (north_m - y_m) / step_m, mass, (rows, columns))
    surface = fftconvolve(counts, _kernel(kernel, bandwidth_m, step_m), mode="same")
    # FFT leaves specks of the order of 1e-16 of the largest value, some of them negative.
    surface[surface < surface.max() * 1e-12] = 0.0
    return DensityRaster(
        per_km2=(surface * 1e6 / step_m**2).astype(np.float32),
        crs=crs,
        west_m=float(west_m),
        north_m=float(north_m),
        cell_m=float(step_m),
        bandwidth_m=float(bandwidth_m),
        kernel=kernel,
    )


def _share(
    column: FloatArray, row: FloatArray, mass: FloatArray, shape: tuple[int, int]
) -> FloatArray:
    """Share each point between the four cells whose centres surround it."""
    counts = np.zeros(shape)
    left, top = np.floor(column - 0.5).astype(np.intp), np.floor(row - 0.5).astype(np.intp)
    right_share, bottom_share = column - 0.5 - left, row - 0.5 - top
    for down, share_y in ((0, 1 - bottom_share), (1, bottom_share)):
        for across, share_x in ((0, 1 - right_share), (1, right_share)):
            np.add.at(counts, (top + down, left + across), mass * share_x * share_y)
    return counts


def _kernel(kernel: Kernel, bandwidth_m: float, cell_m: float) -> FloatArray:
    """Tabulate a kernel on an odd square of cells; it adds up to one."""
    reach_m = bandwidth_m * (_GAUSSIAN_REACH if kernel == "gaussian" else 1.0)
    half = int(np.ceil(reach_m / cell_m))
    along_m = np.arange(-half, half + 1) * cell_m
    squared = (along_m[:, None] ** 2 + along_m[None, :] ** 2) / bandwidth_m**2
    if kernel == "gaussian":
        table = np.where(squared <= _GAUSSIAN_REACH**2, np.exp(-squared / 2), 0.0)
    else:
        table = np.maximum(0.0, 1.0 - squared) ** 2
    return np.asarray(table / table.sum())
