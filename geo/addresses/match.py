"""From an address to places on the map, with a score that says how sure each is.

The score of a candidate is a product of three parts, each from 0 to 1:

agreement
    Over every part that the address states: 1 where the candidate confirms it, the likeness of
    the names where they differ a little (`geo.addresses.names`), the factor in
    `geo.addresses.agreement` where the candidate is silent or says otherwise.
reach
    How far off the point may be: 1 up to 30 m, 0.8 at 110 m, a half at 230 m (`reach_of`). A
    street without a number, a whole village, a far extrapolation score low by this alone.
share
    What is left beside rivals: candidates at other places. Two equal ones have a half each; one
    that is 0.8 as good takes a seventh (`_shared_out`).

So an address whose every part is confirmed by one building scores 1; below the limit in
`data.addresses` a person looks at the candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geo.addresses.gazetteer import Gazetteer
from geo.addresses.parse import parse
from geo.addresses.parts import Address
from geo.addresses.relate import related
from geo.addresses.spots import CandidateKind, Spot, spots_of

SURE_WITHIN_M: Final = 30.0
HALF_AT_M: Final = 200.0
RIVAL_BEYOND_M: Final = 60.0
RIVALRY: Final = 8.0
ASIDE: Final = 0.9
# Somewhere between two things: near either of them, but at neither.
BETWEEN: Final = 0.6
TWO_PLACES: Final = 0.7
_WEAK: Final = 0.6
_FAINT: Final = 0.01
_MOST_SPOTS: Final = 24


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that an address may mean.

    Attributes
    ----------
    lon, lat
        WGS 84 degrees.
    score
        0 to 1, see the module.
    precision_m
        How far from the point the place may lie.
    id
        Of the record, road or area; None for what is worked out: a crossing, a number between.
    """

    kind: CandidateKind
    label: str
    lon: float
    lat: float
    score: float
    precision_m: float
    id: int | None = None
    building_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An address taken apart, and what it may mean, the best first."""

    address: Address
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The first candidate, if there is any."""
        return self.candidates[0] if self.candidates else None


def match(gazetteer: Gazetteer, text: str, limit: int = 5) -> Match:
    """Find what an address may mean.

    Parameters
    ----------
    gazetteer
        Places of the district.
    text
        The address, as somebody wrote it.
    limit
        Candidates at most.

    Returns
    -------
    Match
        The same for the same gazetteer and text; no candidate where nothing is named that is
        known.
    """
    address = parse(text, gazetteer.lexicon)
    spots = _spots_of(gazetteer, address)
    for aside in address.asides:
        if not any(one.agreement > _WEAK for one in spots):
            told = _spots_of(gazetteer, parse(aside, gazetteer.lexicon))
            spots += [replace(one, agreement=one.agreement * ASIDE) for one in told]
    return Match(address, tuple(_shared_out(gazetteer, spots)[:limit]))


def _spots_of(gazetteer: Gazetteer, address: Address) -> list[Spot]:
    spots = spots_of(gazetteer, address)
    if address.between and address.number is None and address.until is None:
        spots = [replace(one, agreement=one.agreement * BETWEEN) for one in spots]
    if address.relation is not None:
        spots = [related(gazetteer, one, address.relation) for one in spots]
    if address.then is not None:
        # 县医院对面阳光小区3号楼: what is named last is meant, what is named first is near it.
        left = ASIDE if address.relation is not None else TWO_PLACES
        spots = [replace(one, agreement=one.agreement * left) for one in spots]
        spots += _spots_of(gazetteer, address.then)
    return spots


def reach_of(precision_m: float) -> float:
    """What is left of certainty by how far off the point may be: 1 to 30 m, a half at 230 m."""
    return float(1.0 / (1.0 + (max(precision_m - SURE_WITHIN_M, 0.0) / HALF_AT_M) ** 1.5))


def _shared_out(gazetteer: Gazetteer, spots: Sequence[Spot]) -> list[Candidate]:
    """Weigh candidates against rivals elsewhere, drop repeats, put the best first."""
    kept: list[tuple[float, Spot]] = []
    order = sorted(
        ((one.agreement * reach_of(one.precision_m), one) for one in spots),
        key=lambda pair: (-pair[0], pair[1].precision_m, pair[1].kind, pair[1].id or 0),
    )
    for raw, one in order:
        if raw > _FAINT and not any(_repeats(one, held) for _, held in kept):
            kept.append((raw, one))
        if len(kept) == _MOST_SPOTS:
            break
    candidates = []
    for raw, one in kept:
        against = sum(
            (other_raw / raw) ** RIVALRY for other_raw, other in kept if _elsewhere(one, other)
        )
        lon, lat = gazetteer.plane.to_degrees(one.x, one.y)
        candidates.append(
            Candidate(
                one.kind, one.label, lon, lat, round(raw / (1.0 + against), 4),
                round(one.precision_m, 1), one.id, one.building_id,
            )
        )  # fmt: skip
    return sorted(candidates, key=lambda one: -one.score)


def _gap(one: Spot, other: Spot) -> float:
    return float(np.hypot(one.x - other.x, one.y - other.y))


def _repeats(one: Spot, held: Spot) -> bool:
    """The same thing again, by another of its names, or a vaguer word for where it lies."""
    if one.building_id is not None:
        return one.building_id == held.building_id
    return one.label == held.label and not _elsewhere(one, held)


def _elsewhere(one: Spot, other: Spot) -> bool:
    return _gap(one, other) > max(RIVAL_BEYOND_M, one.precision_m, other.precision_m)
