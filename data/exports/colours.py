"""Colours of maps and rasters, all of them told apart by colour-blind eyes.

Every ordered scale falls steadily in lightness, so it can be read without any hue, in print
and by all kinds of colour blindness; scales with two sides run from blue to orange.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

# (share of the maximum, red, green, blue, opacity), all 0–255 but the share.
DENSITY_RAMP: Final = (
    (0.0, 254, 232, 180, 0),
    (0.08, 253, 216, 150, 120),
    (0.3, 245, 160, 90, 180),
    (0.55, 214, 88, 86, 205),
    (0.8, 140, 38, 110, 220),
    (1.0, 66, 10, 90, 235),
)

VERDICT_COLOURS: Final = {
    "much-more": "#b3400e",
    "more": "#f0a15a",
    "usual": "#e9e6df",
    "fewer": "#8fbfdc",
    "much-fewer": "#2f79ad",
    "too-few-data": "#f4f4f2",
}

# From nothing open to most overdue; light to dark.
OPEN_SCALE: Final = ("#f2f0e9", "#fbdc9a", "#f5a95b", "#d9673f", "#96293d")


def ramp_table(
    ramp: tuple[tuple[float, int, int, int, int], ...], size: int = 256
) -> npt.NDArray[np.uint8]:
    """Interpolate a ramp to a table of `size` RGBA colours, shape (size, 4)."""
    anchors = np.array(ramp, dtype=np.float64)
    at = np.linspace(0.0, 1.0, size)
    channels = [np.interp(at, anchors[:, 0], anchors[:, i]) for i in range(1, 5)]
    return np.rint(np.column_stack(channels)).astype(np.uint8)


def ramp_stops(
    ramp: tuple[tuple[float, int, int, int, int], ...], top: float
) -> list[tuple[float, str]]:
    """List the anchors of a ramp as value and "#rrggbb", for a legend that ends at `top`."""
    return [(share * top, f"#{r:02x}{g:02x}{b:02x}") for share, r, g, b, _ in ramp]
