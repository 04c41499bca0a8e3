"""Hotspots: where there is more than elsewhere, and whether that is new.

Getis-Ord Gi* (Ord and Getis 1995) on grids or H3 cells: the sum over a unit and its neighbours
against what the same number of units drawn from the whole town would hold. The statistic and
its z are esda's; p comes from conditional permutation and is drawn on for units whose p is at
the limit of what so many permutations can tell, because otherwise no unit of a large town
could pass the correction for many tests; q is p after Benjamini and Hochberg (1995).
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from geo.datum import FloatArray
from geo.neighbours import Neighbours

Verdict = Literal["much-more", "more", "usual", "fewer", "much-fewer", "too-few-data"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Trend = Literal["new", "fading", "steady"]

# Fewer draws than this beyond the observed value say little about how small p is.
_ENOUGH_BEYOND = 10
_MORE_DRAWS = (9_999, 99_999)
_FEWEST_UNITS = 3
# Sums of rates that are equal on paper differ in the last digits.
_SAME = 1e-9


@dataclass(frozen=True)
class HotspotOptions:
    """How hotspots are judged.

    Attributes
    ----------
    permutations : int
        Draws for every unit; those with a very small p get up to 99,999.
    seed : int
        The same seed and input give the same p.
    q_strong, q_clear : float
        "much-more" and "much-fewer" at q ≤ `q_strong`, "more" and "fewer" at q ≤ `q_clear`.
    min_cases : int
        With fewer cases in the whole town every verdict is "too-few-data".
    min_local_cases : int
        A unit that together with its neighbours has fewer cases is never "more".
    """

    permutations: int = 999
    seed: int = 300
    q_strong: float = 0.01
    q_clear: float = 0.05
    min_cases: int = 20
    min_local_cases: int = 3


DEFAULT = HotspotOptions()


def hotspots(
    cases: npt.ArrayLike,
    neighbours: Neighbours,
    *,
    exposure: npt.ArrayLike | None = None,
    options: HotspotOptions = DEFAULT,
) -> pd.DataFrame:
    """Judge for each unit whether it and its surroundings hold more than elsewhere.

    Parameters
    ----------
    cases : array_like of int, shape (n,)
        Cases in each unit over one period; units without cases are part of the analysis.
    neighbours : Neighbours, length n
    exposure : array_like of float, shape (n,), optional
        What cases are held against, in any one unit: patrol hours, or households. A place
        that is only looked at more often has many cases but a usual rate.
    options : HotspotOptions

    Returns
    -------
    DataFrame, n rows in the order given
        `cases`; `expected` (cases there would be if all were spread evenly: over units, or
        over exposure where it is given); `z`, `p`, `q`, `verdict` of the counts. With
        exposure also `exposure`, `rate` (cases per unit of exposure, empirical-Bayes
        smoothed after Marshall 1991; NaN where there is no exposure), `rate_z`, `rate_p`,
        `rate_q`, `rate_verdict`. p is two-sided.

    Raises
    ------
    ValueError
        If lengths differ, or a count or an exposure is negative or not finite.
    """
    counts = _checked(cases, len(neighbours), "cases")
    local = _local_sums(counts, neighbours)
    table = pd.DataFrame({"cases": counts.astype(np.int64)})
    total, size = counts.sum(), max(len(counts), 1)
    table["expected"] = np.full(len(counts), total / size)
    enough = total >= options.min_cases
    judged = _judge(counts if enough else counts * np.nan, neighbours, local, options)
    table[["z", "p", "q", "verdict"]] = judged
    if exposure is None:
        return table
    effort = _checked(exposure, len(neighbours), "exposure")
    if effort.sum() > 0:
        table["expected"] = effort * (total / effort.sum())
    table["exposure"] = effort
    seen = effort > 0
    rate = np.full(len(counts), np.nan)
    rate[seen] = empirical_bayes_rate(counts[seen], effort[seen])
    table["rate"] = rate
    judged = _judge(rate if enough else rate * np.nan, neighbours, local, options)
    table[["rate_z", "rate_p", "rate_q", "rate_verdict"]] = judged
    return table


def compare_periods(
    recent: pd.DataFrame, earlier: pd.DataFrame, neighbours: Neighbours, *, change_p: float = 0.05
) -> pd.DataFrame:
    """Tell new hotspots from fading and steady ones.

    A unit is hot in a period when its verdict there is "more" or "much-more"; where both
    periods carry rates, the rate's verdict is used. The change is a two-sided exact binomial
    test on the unit with its neighbours: of the cases in both periods together, is the share
    of the recent one other than what the town's own change (times the local exposure, where
    given) would make it?

    * new: hot now, not hot before, and the share rose at p ≤ `change_p`;
    * fading: hot before, not hot now, and the share fell at p ≤ `change_p`;
    * steady: hot in at least one period, and neither of the above.

    Parameters
    ----------
    recent, earlier : DataFrame
        What `hotspots` gave for the two periods on the same units in the same order.
    neighbours : Neighbours
    change_p : float

    Returns
    -------
    DataFrame, n rows
        `trend` ("new", "fading", "steady" or None), `change` (local recent share over the
        expected share; 1 = as the town) and `change_p`.

    Raises
    ------
    ValueError
        If the two tables have not the same length as `neighbours`.
    """
    if not len(recent) == len(earlier) == len(neighbours):
        raise ValueError("both periods must be judged on the same units")
    by_rate = "rate_verdict" in recent and "rate_verdict" in earlier
    column = "rate_verdict" if by_rate else "verdict"
    hot_now = recent[column].isin(["more", "much-more"]).to_numpy()
    hot_before = earlier[column].isin(["more", "much-more"]).to_numpy()
    now, before = (_local_sums(t["cases"].to_numpy(float), neighbours) for t in (recent, earlier))
    expected_now, expected_before = (
        _local_sums(t["expected"].to_numpy(float), neighbours) for t in (recent, earlier)
    )
    both = expected_now + expected_before
    share = np.divide(expected_now, both, out=np.full(len(both), 0.5), where=both > 0)
    seen = now + before
    rise = stats.binom.sf(now - 1, seen, share)
    fall = stats.binom.cdf(now, seen, share)
    p = np.minimum(1.0, 2.0 * np.minimum(rise, fall))
    rose, fell = (p <= change_p) & (rise < fall), (p <= change_p) & (fall < rise)
    trend = np.full(len(p), None, dtype=object)
    trend[hot_now | hot_before] = "steady"
    trend[hot_now & ~hot_before & rose] = "new"
    trend[hot_before & ~hot_now & fell] = "fading"
    usual = seen * share
    change = np.divide(now, usual, out=np.ones(len(p)), where=usual > 0)
    trends = pd.Series(trend, dtype=object)  # pandas would take text and None for text and NaN
    return pd.DataFrame({"trend": trends, "change": change, "change_p": p})


def empirical_bayes_rate(cases: npt.ArrayLike, exposure: npt.ArrayLike) -> FloatArray:
    """Smooth rates towards the common rate, the more the less exposure there is.

    Marshall (1991), "Mapping disease and mortality rates using empirical Bayes estimators",
    global form. Where the rates vary no more than chance would make them, the variance
    between units is taken as zero and all units get the common rate (esda's class of the
    same name lets it go negative, which turns the smoothing round).

    Parameters
    ----------
    cases, exposure : array_like, shape (n,), exposure > 0

    Returns
    -------
    array of float64, shape (n,), cases per unit of exposure
    """
    count, effort = np.asarray(cases, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    if len(count) == 0:
        return count
    if (effort <= 0).any():
        raise ValueError("a rate needs exposure above zero")
    mean = count.sum() / effort.sum()
    raw = count / effort
    between = (effort * (raw - mean) ** 2).sum() / effort.sum() - mean / effort.mean()
    if between <= 0:
        return np.full(len(count), mean)
    weight = between / (between + mean / effort)
    return np.asarray(mean + weight * (raw - mean))


def _checked(values: npt.ArrayLike, size: int, what: str) -> FloatArray:
    checked = np.asarray(values, dtype=np.float64)
    if checked.shape != (size,):
        raise ValueError(f"{what} has shape {checked.shape}, there are {size} units")
    if not np.isfinite(checked).all() or (checked < 0).any():
        raise ValueError(f"{what} must be finite and not negative")
    return checked


def _local_sums(values: FloatArray, neighbours: Neighbours) -> FloatArray:
    return np.array([values[i] + values[near].sum() for i, near in enumerate(neighbours)])


def _judge(
    values: FloatArray, neighbours: Neighbours, local: FloatArray, options: HotspotOptions
) -> pd.DataFrame:
    """Judge the units that have a value among themselves; NaN is "too-few-data"."""
    given = np.flatnonzero(np.isfinite(values))
    table = pd.DataFrame(
        {"z": np.zeros(len(values)), "p": 1.0, "q": 1.0, "verdict": "too-few-data"}
    )
    if len(given) < _FEWEST_UNITS:
        return table
    table.loc[given, "verdict"] = "usual"
    if np.ptp(values[given]) == 0:
        return table
    place = np.full(len(values), -1, dtype=np.intp)
    place[given] = np.arange(len(given))
    near = [place[neighbours[i]] for i in given.tolist()]
    near = [others[others >= 0] for others in near]
    z = _gi_star_z(values[given], near)
    p, q = _permutation_p(values[given], near, options)
    verdict = np.full(len(given), "usual", dtype=object)
    more, fewer = (z > 0) & (local[given] >= options.min_local_cases), z < 0
    verdict[more & (q <= options.q_clear)] = "more"
    verdict[more & (q <= options.q_strong)] = "much-more"
    verdict[fewer & (q <= options.q_clear)] = "fewer"
    verdict[fewer & (q <= options.q_strong)] = "much-fewer"
    table.loc[given, ["z", "p", "q"]] = np.column_stack([z, p, q])
    table.loc[given, "verdict"] = verdict
    return table


def _gi_star_z(values: FloatArray, neighbours: Neighbours) -> FloatArray:
    # Loading esda takes seconds: only who computes hotspots should wait for it.
    from esda.getisord import G_Local  # noqa: PLC0415
    from libpysal.weights import W  # noqa: PLC0415

    # The star of Gi*: a unit is its own neighbour.
    links = {i: [i, *near.tolist()] for i, near in enumerate(neighbours)}
    weights = W(links, silence_warnings=True)
    # A unit whose neighbours are the whole town has no "elsewhere": 0 / 0 there.
    with np.errstate(invalid="ignore", divide="ignore"):
        # Binary weights: esda's moments hold for these; row-standardised ones would shrink z.
        gi_star = G_Local(values, weights, transform="B", permutations=0, star=None)
    return np.nan_to_num(np.asarray(gi_star.Zs, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def _permutation_p(
    values: FloatArray, neighbours: Neighbours, options: HotspotOptions
) -> tuple[FloatArray, FloatArray]:
    """Two-sided permutation p of Gi*, and q after Benjamini and Hochberg.

    Conditional permutation: a unit keeps its value, its neighbours' are drawn without
    replacement from all others. Units with fewer than ten draws beyond their value are drawn
    again with more permutations, unless their q is decisive already.
    """
    rng = np.random.default_rng(options.seed)
    p = np.ones(len(values))
    pending = np.arange(len(values))
    q = p
    for draws in (options.permutations, *(m for m in _MORE_DRAWS if m > options.permutations)):
        units = pending.tolist()
        most = max(len(neighbours[i]) for i in units)
        others = _draw_without_replacement(rng, len(values) - 1, most, draws)
        beyond = np.array([_beyond(i, values, neighbours[i], others) for i in units])
        p[pending] = np.minimum(1.0, 2.0 * (beyond + 1) / (draws + 1))
        q = stats.false_discovery_control(p, method="bh")
        pending = pending[(beyond < _ENOUGH_BEYOND) & (q[pending] > options.q_strong)]
        if len(pending) == 0:
            break
    return p, q


def _beyond(
    unit: int, values: FloatArray, near: npt.NDArray[np.intp], others: npt.NDArray[np.intp]
) -> int:
    observed = values[near].sum()
    drawn = others[:, : len(near)]
    sums = values[drawn + (drawn >= unit)].sum(axis=1)
    slack = _SAME * max(abs(observed), 1e-300)
    return int(min((sums >= observed - slack).sum(), (sums <= observed + slack).sum()))


def _draw_without_replacement(
    rng: np.random.Generator, pool: int, size: int, draws: int
) -> npt.NDArray[np.intp]:
    """Draw `size` distinct numbers below `pool`, `draws` times → shape (draws, size)."""
    drawn = np.empty((draws, size), dtype=np.intp)
    for column in range(size):
        rows = np.arange(draws)
        while len(rows):
            drawn[rows, column] = rng.integers(pool, size=len(rows))
            clash = (drawn[rows, :column] == drawn[rows, column, None]).any(axis=1)
            rows = rows[clash]
    return drawn
