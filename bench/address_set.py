"""The test set of addresses: its town in a database, its texts, and what an answer is worth.

Town and texts lie in `tests/fixtures/addresses`, where is also told how they came about. Half of
the texts (`tune`) is for whoever writes the parser; the other half (`held`) is for measuring only.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from pyproj import Geod
from sqlalchemy import Connection

from data.imports.read import read_features
from data.imports.store import store_layer
from data.imports.store_areas import store_areas

Expect = Literal["found", "may", "none"]
Verdict = Literal["right", "wrong", "silent"]
FOLDER = Path(__file__).parent.parent / "tests" / "fixtures" / "addresses"
HALVES = ("tune", "held")
_ELLIPSOID = Geod(ellps="WGS84")


class Place(Protocol):
    """Where an answer lies, WGS 84 degrees."""

    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...


@dataclass(frozen=True)
class Spot:
    """A place of a peer's answer."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Text:
    """One text of the set.

    Parameters
    ----------
    expect
        ``found``: the place can be told. ``may``: a careful finder says nothing, a right answer is
        right. ``none``: nobody can tell, so every answer is wrong.
    lon, lat
        Where it leads, WGS 84 degrees; None where nobody can tell.
    tolerance_m
        How far from there an answer is still right.
    """

    text: str
    kind: str
    expect: Expect
    label: str
    lon: float | None
    lat: float | None
    tolerance_m: float


@dataclass(frozen=True)
class Answer:
    """What a finder said to one text: a place or None, its score, and whether it is certain."""

    place: Place | None
    score: float
    certain: bool


def load_town(connection: Connection, at: datetime) -> int:
    """Import the town of the set into an empty database; returns the id of its district."""
    areas = read_features(FOLDER / "areas.csv", "areas", datum="wgs84")
    stored = store_areas(connection, areas, at)
    for layer in ("roads", "buildings", "places"):
        read = read_features(FOLDER / f"{layer}.csv", layer, datum="wgs84")
        store_layer(connection, read, at, layer)
    return stored.districts[0].district_id


def read_texts(half: str) -> list[Text]:
    """Read one half of the set, ``tune`` or ``held``."""
    with (FOLDER / f"{half}.csv").open(encoding="utf-8", newline="") as file:
        return [_text(row) for row in csv.DictReader(file)]


def _text(row: dict[str, str]) -> Text:
    expect = row["expect"]
    if expect not in {"found", "may", "none"}:
        raise ValueError(f"expect is {expect!r} in the row of {row['text']!r}")
    return Text(
        text=row["text"],
        kind=row["kind"],
        expect=expect,  # type: ignore[arg-type]
        label=row["place"],
        lon=float(row["lon"]) if row["lon"] else None,
        lat=float(row["lat"]) if row["lat"] else None,
        tolerance_m=float(row["tolerance_m"] or 0),
    )


def away_m(text: Text, place: Place) -> float | None:
    """Metres on the ellipsoid from where a text leads to an answer; None where nobody can tell."""
    if text.lon is None or text.lat is None:
        return None
    _, _, distance_m = _ELLIPSOID.inv(text.lon, text.lat, place.lon, place.lat)
    return float(distance_m)


def judge(text: Text, place: Place | None) -> Verdict:
    """Tell whether a place that was given as the answer is right."""
    if place is None:
        return "silent"
    distance_m = away_m(text, place)
    return "right" if distance_m is not None and distance_m <= text.tolerance_m else "wrong"


@dataclass(frozen=True)
class Tally:
    """What answers come to.

    Parameters
    ----------
    right, wrong
        Answers given that are right and wrong, whatever was expected.
    found
        Right answers to texts whose place can be told.
    findable
        Texts whose place can be told.
    """

    right: int
    wrong: int
    found: int
    findable: int

    @property
    def precision(self) -> float | None:
        """Right answers ÷ answers; None without answers."""
        given = self.right + self.wrong
        return self.right / given if given else None

    @property
    def recall(self) -> float | None:
        """Places found ÷ places that can be told; None where there are none."""
        return self.found / self.findable if self.findable else None


def tally(pairs: Iterable[tuple[Text, Place | None]]) -> Tally:
    """Count answers; None stands for a text that was left to a human."""
    counts = {"right": 0, "wrong": 0, "silent": 0}
    found = findable = 0
    for text, place in pairs:
        verdict = judge(text, place)
        counts[verdict] += 1
        findable += text.expect == "found"
        found += text.expect == "found" and verdict == "right"
    return Tally(counts["right"], counts["wrong"], found, findable)


def at_limit(texts: Sequence[Text], answers: Sequence[Answer], limit: float) -> Tally:
    """Count what comes of taking every answer whose score is at least `limit`."""
    return tally(
        (text, answer.place if answer.score >= limit else None)
        for text, answer in zip(texts, answers, strict=True)
    )


def at_certain(texts: Sequence[Text], answers: Sequence[Answer]) -> Tally:
    """Count what comes of taking the answers that the finder calls certain."""
    return tally(
        (text, answer.place if answer.certain else None)
        for text, answer in zip(texts, answers, strict=True)
    )
