"""Finding the place and the grid that an address means: `find_address`, `find_addresses`.

Nothing is guessed. An answer is `certain` only from `CERTAIN_SCORE` on and clear of any other
place; everything else goes to a person, with the candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from data.gazetteers import gazetteer_of
from data.grids import GridRow, grids_of_points
from data.layers import district_today
from data.scope import Scope
from geo.addresses.match import Candidate as Likely
from geo.addresses.match import match
from geo.addresses.spots import CandidateKind

# On the half of the test set that was used for tuning, answers from 0.70 on were all right and
# below it wrong ones came in with the right ones; 0.75 leaves a margin for texts of other towns.
# A rival at another place that is more than 0.87 as good keeps a score below it: 1 / (1 + 0.87^8).
CERTAIN_SCORE = 0.75
LONGEST_TEXT = 500
MOST_TEXTS_A_QUERY = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that an address may mean.

    Attributes
    ----------
    kind
        building, address, place, pole, road, crossing or area.
    lon, lat
        WGS 84 degrees.
    score
        0 to 1, see `geo.addresses.match`.
    precision_m
        How far from the point the place may lie.
    grid_id, grid_code, grid_name, area_path
        The grid in force that holds the point, and its community's path; None outside all.
    building_id
        The building that is meant, where it is one.
    """

    kind: CandidateKind
    label: str
    lon: float
    lat: float
    score: float
    precision_m: float
    grid_id: int | None
    building_id: int | None
    grid_code: str | None = None
    grid_name: str | None = None
    area_path: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What an address came to.

    Attributes
    ----------
    score
        Of the best candidate; 0 without one.
    certain
        Whether the best candidate may be taken without asking anybody.
    """

    text: str
    score: float
    certain: bool
    best: Candidate | None
    candidates: tuple[Candidate, ...]


def find_address(
    connection: Connection, district_id: int, text: str, *, at: datetime, limit: int = 5
) -> Found:
    """Find what an address means.

    Parameters
    ----------
    connection
        In a transaction.
    text
        The address as somebody wrote it.
    at
        The moment whose grids are meant.
    limit
        Candidates at most.
    """
    return find_addresses(connection, district_id, [text], at=at, limit=limit)[0]


def find_addresses(
    connection: Connection,
    district_id: int,
    texts: Sequence[str],
    *,
    at: datetime,
    limit: int = 5,
) -> list[Found]:
    """Find what many addresses mean; the same answers as `find_address`, one for each text.

    Parameters
    ----------
    texts
        Addresses; the same text is looked for once.
    at, limit
        As for `find_address`.
    """
    gazetteer = gazetteer_of(connection, district_id)
    matches = {
        text: match(gazetteer, text[:LONGEST_TEXT], limit).candidates
        for text in dict.fromkeys(texts)
    }
    on = district_today(connection, district_id, at)
    spots = [one for candidates in matches.values() for one in candidates]
    grids: list[GridRow | None] = []
    for start in range(0, len(spots), MOST_TEXTS_A_QUERY):
        part = spots[start : start + MOST_TEXTS_A_QUERY]
        lons, lats = [one.lon for one in part], [one.lat for one in part]
        grids += grids_of_points(connection, district_id, on, lons, lats)
    by_spot = iter(grids)
    found = {
        text: _found(text, [_candidate(one, next(by_spot)) for one in candidates])
        for text, candidates in matches.items()
    }
    return [found[text] for text in texts]


def seen_from(found: Found, scope: Scope) -> Found:
    """Leave out candidates that somebody may not see.

    A candidate is seen where its grid lies in the scope; one outside all grids by those who see
    the whole district. The answer is certain only where the best of all is among those seen.
    """
    seen = tuple(one for one in found.candidates if _is_seen(one, scope))
    best = seen[0] if seen else None
    certain = found.certain and best is found.best
    return Found(found.text, 0.0 if best is None else best.score, certain, best, seen)


def _is_seen(candidate: Candidate, scope: Scope) -> bool:
    if candidate.area_path is None:
        return any("." not in path for path in scope.area_paths)
    path = f"{candidate.area_path}."
    held = any(path.startswith(f"{above}.") for above in scope.area_paths)
    return held or candidate.grid_id in scope.grid_ids


def _found(text: str, candidates: Sequence[Candidate]) -> Found:
    best = candidates[0] if candidates else None
    score = 0.0 if best is None else best.score
    return Found(text, score, score >= CERTAIN_SCORE, best, tuple(candidates))


def _candidate(likely: Likely, grid: GridRow | None) -> Candidate:
    return Candidate(
        kind=likely.kind,
        label=likely.label,
        lon=likely.lon,
        lat=likely.lat,
        score=likely.score,
        precision_m=likely.precision_m,
        grid_id=None if grid is None else grid.grid_id,
        building_id=likely.building_id,
        grid_code=None if grid is None else grid.code,
        grid_name=None if grid is None else grid.name,
        area_path=None if grid is None else grid.area_path,
    )
