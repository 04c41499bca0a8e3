"""Households of staged buildings: by their own tag where it counts them, else by the rules."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.imports.osm.staging import Staging
from geo.households import HouseholdRule, estimate_households


@dataclass(frozen=True)
class RuleCount:
    """What a rule decided; `place` is its place in the table, None for ``building:flats``."""

    place: int | None
    buildings: int
    households: int


def estimate_staged(staging: Staging, rules: Sequence[HouseholdRule]) -> list[RuleCount]:
    """Write households for every staged building.

    Returns
    -------
    What each rule decided, in the order of the table, ``building:flats`` first; rules that decided
    nothing are left out.
    """
    # The last two places: no rule fits, and the building's own tag.
    buildings = np.zeros(len(rules) + 2, dtype=np.int64)
    households = np.zeros(len(rules) + 2, dtype=np.int64)
    for part in staging.buildings():
        counted, decided = estimate_households(rules, part)
        flats = part["flats"].to_numpy(dtype=np.float64, na_value=np.nan)
        tagged = ~np.isnan(flats)
        counted[tagged] = flats[tagged].astype(np.int64)
        decided[tagged] = -2
        places = decided % (len(rules) + 2)
        buildings += np.bincount(places, minlength=len(buildings))
        households += np.bincount(places, counted, minlength=len(households)).astype(np.int64)
        rows = list(zip(part["external_id"], counted.tolist(), strict=True))
        staging.copy("osm_households", ("external_id", "households"), rows)
    staging.finish_households()
    order = [len(rules), *range(len(rules)), len(rules) + 1]
    return [
        RuleCount(
            None if place == len(rules) else place if place < len(rules) else -1,
            int(buildings[place]),
            int(households[place]),
        )
        for place in order
        if buildings[place]
    ]
