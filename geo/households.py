"""Households of buildings by a rule: what a building is, how high and how large, says how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]
NOT_KNOWN = "yes"
"""What stands in a rule for a building whose use is not known."""


@dataclass(frozen=True)
class HouseholdRule:
    """One row of a table of rules; the first row that fits a building decides.

    Attributes
    ----------
    uses, landuses
        What the building, and the ground it stands on, is used for; empty for any. "yes" stands
        for a building whose use is not known.
    levels_from, levels_to
        Storeys, both ends included; a building whose storeys are not known has `levels` here.
    m2_from, m2_to
        Footprint in m², from inclusive, to exclusive.
    households
        A fixed number for each building; None where `m2_per_household` counts.
    m2_per_household
        Floor area, which is footprint × storeys, that one household takes.
    levels
        Storeys where they are not known; None: one storey counts, and no condition on storeys
        fits.
    """

    uses: frozenset[str] = frozenset()
    landuses: frozenset[str] = frozenset()
    levels_from: int | None = None
    levels_to: int | None = None
    m2_from: float | None = None
    m2_to: float | None = None
    households: int | None = None
    m2_per_household: float | None = None
    levels: int | None = None


def estimate_households(
    rules: Sequence[HouseholdRule], buildings: pd.DataFrame
) -> tuple[IntArray, IntArray]:
    """Estimate the households of each building.

    Parameters
    ----------
    rules
        In the order in which they are tried.
    buildings
        `use`, `landuse` (text or None), `levels` (number or missing), `footprint_m2`.

    Returns
    -------
    households, rule
        A whole number for each building, at least 1 where floor area decides; the place of the
        rule that decided, -1 and no household where none fits.
    """
    use = buildings["use"].fillna(NOT_KNOWN).astype(str).to_numpy(dtype=object)
    landuse = buildings["landuse"].fillna("").astype(str).to_numpy(dtype=object)
    known = pd.to_numeric(buildings["levels"]).to_numpy(dtype=np.float64, na_value=np.nan)
    m2 = buildings["footprint_m2"].to_numpy(dtype=np.float64)
    households = np.zeros(len(buildings), dtype=np.int64)
    decided = np.full(len(buildings), -1, dtype=np.int64)
    for place, rule in enumerate(rules):
        levels = np.where(np.isnan(known), np.nan if rule.levels is None else rule.levels, known)
        fits = decided < 0
        fits &= _among(use, rule.uses) & _among(landuse, rule.landuses)
        fits &= _between(levels, rule.levels_from, rule.levels_to)
        fits &= np.ones(len(m2), bool) if rule.m2_from is None else m2 >= rule.m2_from
        fits &= np.ones(len(m2), bool) if rule.m2_to is None else m2 < rule.m2_to
        households[fits] = _count(rule, m2[fits], levels[fits])
        decided[fits] = place
    return households, decided


def _among(words: npt.NDArray[np.object_], wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
    if not wanted:
        return np.ones(len(words), dtype=bool)
    return np.fromiter((word in wanted for word in words), dtype=bool, count=len(words))


def _between(
    levels: npt.NDArray[np.float64], first: int | None, last: int | None
) -> npt.NDArray[np.bool_]:
    fits = np.ones(len(levels), dtype=bool)
    if first is not None:
        fits &= levels >= first
    if last is not None:
        fits &= levels <= last
    return fits


def _count(
    rule: HouseholdRule, m2: npt.NDArray[np.float64], levels: npt.NDArray[np.float64]
) -> IntArray:
    if rule.m2_per_household is None:
        return np.full(len(m2), rule.households or 0, dtype=np.int64)
    floors = np.where(np.isnan(levels), 1.0, levels)
    return np.maximum(1, np.rint(m2 * floors / rule.m2_per_household)).astype(np.int64)
