"""Names on a printed map, placed so that none lies over another."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np
import shapely
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

_ASCII_WIDTH: Final = 0.56
_HALO: Final = 0.28
_GAP_MM: Final = 0.4


def text_width(text: str, size_mm: float) -> float:
    """About how wide a text is set, millimetres: a Chinese letter is as wide as it is high."""
    return size_mm * sum(_ASCII_WIDTH if mark.isascii() else 1.0 for mark in text)


class LabelBoard:
    """Collects the names of one map, in order of importance.

    Parameters
    ----------
    width_mm, height_mm
        Size of the map; no name leaves it.
    """

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self._page = shapely.box(0, 0, width_mm, height_mm)
        self._taken: list[BaseGeometry] = []
        self._parts: list[str] = []

    def keep_free(self, x: float, y: float, width_mm: float, height_mm: float) -> None:
        """Keep names out of a rectangle, given by its upper left corner."""
        self._taken.append(shapely.box(x, y, x + width_mm, y + height_mm))

    def put(
        self,
        text: str,
        at: tuple[float, float],
        *,
        size_mm: float,
        style: str,
        angle_deg: float = 0.0,
    ) -> bool:
        """Set a name around a point where there is room for it.

        Parameters
        ----------
        text, at
            What, and the middle of it, millimetres.
        style
            Class of the text in the style sheet of the map.
        angle_deg
            Clockwise from reading direction.

        Returns
        -------
        Whether there was room.
        """
        wide, high = text_width(text, size_mm) + 2 * _GAP_MM, size_mm * 1.15
        box = shapely.box(at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2, at[1] + high / 2)
        box = rotate(box, angle_deg, origin=at)
        if not self._page.contains(box) or bool(shapely.intersects(box, self._taken).any()):
            return False
        self._taken.append(box)
        turn = f' transform="rotate({angle_deg:.1f} {at[0]:.2f} {at[1]:.2f})"' if angle_deg else ""
        place = (
            f'x="{at[0]:.2f}" y="{at[1] + size_mm * 0.36:.2f}" font-size="{size_mm}" '
            f'text-anchor="middle"{turn}'
        )
        word = escape(text)
        self._parts.append(
            f'<text {place} class="halo" stroke-width="{size_mm * _HALO:.2f}">{word}</text>'
            f'<text {place} class="{style}">{word}</text>'
        )
        return True

    def svg(self) -> str:
        """All names that found room."""
        return "".join(self._parts)


def along_line(line: np.ndarray, wide_mm: float) -> tuple[tuple[float, float], float] | None:
    """Where along a line a name of some width goes: its middle, and the angle, reading upright.

    Parameters
    ----------
    line
        Points in millimetres, shape (n, 2).
    wide_mm
        Width of the name.

    Returns
    -------
    None where the line is too short or too bent for it.
    """
    path = shapely.LineString(line)
    if path.length < wide_mm:
        return None
    half = path.length / 2
    ends = shapely.get_coordinates(
        [path.interpolate(half - wide_mm / 2), path.interpolate(half + wide_mm / 2)]
    )
    run = ends[1] - ends[0]
    if np.hypot(*run) < 0.85 * wide_mm:
        return None
    angle = float(np.degrees(np.arctan2(run[1], run[0])))
    angle = angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
    middle = ends.mean(axis=0)
    return (float(middle[0]), float(middle[1])), angle
