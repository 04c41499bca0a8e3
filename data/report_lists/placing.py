"""Where rows of a list lie: by their coordinates, else by an address that leaves no doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection

from data.addresses import Candidate, Found, find_addresses
from data.case_places import places_of
from data.case_types import Place, Point
from data.report_lists.ready import ReadyRow, happened_at

Progress = Callable[[int, int], None]
Doubt = Literal["no-address", "unclear", "coarse", "elsewhere", "outside"]
"""Why a row waits for its place: nothing says it; the address is not certain, or means more than a
spot, or lies outside the area whose list it is; the place is certain but in no grid."""

PRECISE_M: Final = 100.0
"""A place that is known less exactly may lie in the next grid."""
TEXTS_A_STEP: Final = 500
_LONGEST_TEXT: Final = 200


@dataclass(frozen=True)
class Placing:
    """Where a row lies, or why it waits.

    Attributes
    ----------
    point
        None as long as nobody knows it.
    place
        Grid and area of the point.
    candidates
        Where it may lie, for whoever places it.
    """

    point: Point | None
    place: Place | None
    accuracy_m: float | None = None
    doubt: Doubt | None = None
    score: float = 0.0
    candidates: tuple[Candidate, ...] = ()


def find_places(
    connection: Connection,
    district_id: int,
    rows: Sequence[ReadyRow],
    area_path: str,
    at: datetime,
    *,
    datum_in: str = "wgs84",
    told: Progress | None = None,
) -> list[Placing]:
    """Find where rows lie, one answer for each.

    Parameters
    ----------
    area_path
        Of the area whose list it is: an address outside it is not taken for certain.
    datum_in
        What the list's coordinates were in.
    told
        Called with addresses looked for, and how many there are.
    """
    found = _addresses(connection, district_id, rows, at, told)
    marks = [_mark(row, found, datum_in) for row in rows]
    points = [point for point in marks if point is not None]
    occurred = [
        happened_at(row, at) for row, point in zip(rows, marks, strict=True) if point is not None
    ]
    places = iter(places_of(connection, district_id, points, at, occurred) if points else [])
    return [
        _placing(row, point, None if point is None else next(places), found, area_path)
        for row, point in zip(rows, marks, strict=True)
    ]


def _addresses(
    connection: Connection,
    district_id: int,
    rows: Sequence[ReadyRow],
    at: datetime,
    told: Progress | None,
) -> dict[str, Found]:
    texts = list(dict.fromkeys(text for row in rows if (text := _text_of(row)) is not None))
    found: dict[str, Found] = {}
    for start in range(0, len(texts), TEXTS_A_STEP):
        part = texts[start : start + TEXTS_A_STEP]
        answers = find_addresses(connection, district_id, part, at=at)
        found |= dict(zip(part, answers, strict=True))
        if told is not None:
            told(min(start + TEXTS_A_STEP, len(texts)), len(texts))
    return found


def _text_of(row: ReadyRow) -> str | None:
    """What says where a row lies: its address, or else its description."""
    text = row.address or row.description
    return None if text is None else text[:_LONGEST_TEXT]


def _mark(row: ReadyRow, found: dict[str, Found], datum_in: str) -> Point | None:
    """The point that a row means, as far as it is certain."""
    if row.lon is not None and row.lat is not None:
        return Point(row.lon, row.lat, datum_in)
    told = found.get(_text_of(row) or "")
    # What a description mentions may be where it happened, or where somebody came from.
    if told is None or told.best is None or not told.certain or row.address is None:
        return None
    return Point(told.best.lon, told.best.lat) if told.best.precision_m <= PRECISE_M else None


def _placing(
    row: ReadyRow,
    point: Point | None,
    place: Place | None,
    found: dict[str, Found],
    area_path: str,
) -> Placing:
    told = found.get(_text_of(row) or "")
    hints: dict[str, Any] = {}
    if told is not None:
        hints = {"score": told.score, "candidates": told.candidates}
    if point is None or place is None:
        return Placing(None, None, doubt=_doubt(row, told), **hints)
    if row.lon is not None:
        doubt: Doubt | None = None if place.grid_id is not None else "outside"
        return Placing(point, place, doubt=doubt, **(hints if doubt is not None else {}))
    if not is_within(place.area_path, area_path):
        return Placing(None, None, doubt="elsewhere", **hints)
    accuracy_m = None if told is None or told.best is None else told.best.precision_m
    if place.grid_id is None:
        return Placing(point, place, accuracy_m, "outside", **hints)
    return Placing(point, place, accuracy_m)


def _doubt(row: ReadyRow, told: Found | None) -> Doubt:
    if row.address is None:
        return "no-address"
    return "coarse" if told is not None and told.certain else "unclear"


def is_within(path: str, area_path: str) -> bool:
    """Whether an area is another one, or lies below it."""
    return path == area_path or path.startswith(f"{area_path}.")
