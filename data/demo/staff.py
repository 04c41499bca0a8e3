"""Who works in the demo town: officers and their grids, duty officers of the streets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from data.demo import names

GRIDS_PER_OFFICER = 2.9


@dataclass(frozen=True)
class Officer:
    """A grid officer of the demo.

    Attributes
    ----------
    login, display_name : str
    street_code : str
        Street whose duty officer takes the reports.
    grids : tuple of str
        Codes of the grids he looks after.
    rounds_per_day : float
        How many patrols he walks on a working day: officers differ.
    """

    login: str
    display_name: str
    street_code: str
    grids: tuple[str, ...]
    rounds_per_day: float


@dataclass(frozen=True)
class Commander:
    """The duty officer of a street."""

    login: str
    display_name: str
    street_code: str


def hire(
    grids: gpd.GeoDataFrame, streets: Sequence[str], seed: int
) -> tuple[list[Officer], list[Commander]]:
    """Officers, each with a few neighbouring grids of one street, and a commander per street."""
    rng = np.random.default_rng([seed, 50])
    officers: list[Officer] = []
    commanders: list[Commander] = []
    people = _people(rng)
    for number, street in enumerate(streets, start=1):
        commanders.append(Commander(f"commander{number}", next(people), street))
        own = sorted(code for code in grids["code"] if code.startswith(street))
        teams = np.array_split(own, max(1, round(len(own) / GRIDS_PER_OFFICER)))
        for team in teams:
            if len(team) == 0:
                continue
            login = f"officer{len(officers) + 1:03d}"
            eager = float(np.clip(rng.lognormal(-0.55, 0.5), 0.15, 1.8))
            officers.append(Officer(login, next(people), street, tuple(map(str, team)), eager))
    return officers, commanders


def _people(rng: np.random.Generator) -> Iterator[str]:
    given = names.GIVEN_SYLLABLES
    used: set[str] = set()
    while True:
        surname = names.SURNAMES[int(rng.integers(len(names.SURNAMES)))][0]
        person = surname + given[int(rng.integers(len(given)))]
        if person not in used:
            used.add(person)
            yield person
