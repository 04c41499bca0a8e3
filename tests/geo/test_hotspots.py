"""Hotspots against esda's own p, against chance, and against a planted truth."""

import numpy as np
import pandas as pd
import pytest
import shapely
from esda import crand, getisord
from esda.getisord import G_Local
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.weights import W

from geo.hexagons import cell_centres, cover
from geo.hotspots import (
    HotspotOptions,
    compare_periods,
    empirical_bayes_rate,
    hotspots,
)
from geo.metric import local_crs, project
from geo.neighbours import of_cells

HOT = ["more", "much-more"]
CELLS = cover(shapely.box(118.26, 36.57, 118.34, 36.63), 9)
NEAR = of_cells(CELLS)
LON, LAT = cell_centres(CELLS)
X_M, Y_M = project(LON, LAT, local_crs(LON, LAT))

PLANTED_X_M = (-2000, 0, 2000)


def around(x_m, y_m, radius_m):
    """Cells whose centre lies within a radius of a place given in metres from the middle."""
    mid_x, mid_y = np.median(X_M), np.median(Y_M)
    return np.hypot(X_M - mid_x - x_m, Y_M - mid_y - y_m) <= radius_m


@pytest.fixture
def interpreted(monkeypatch):
    """esda as plain Python: to compile it takes longer than to run it once."""
    for module, name in (
        (crand, "vec_permutations"),
        (crand, "compute_chunk"),
        (crand, "_permutation_significance"),
        (getisord, "_prepare_univariate"),
        (getisord, "_g_local_star_crand"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name).py_func)
    monkeypatch.setattr(crand, "boolean", bool)


@pytest.mark.usefixtures("interpreted")
def test_z_and_p_agree_with_esda():
    rng = np.random.default_rng(5)
    # Large numbers, so that no two sums are equal: esda counts ties on one side only.
    cases = (rng.gamma(2.0, 1e6, len(CELLS)) * np.where(around(0, 0, 500), 3, 1)).astype(int)
    found = hotspots(cases, NEAR)
    weights = W({i: [i, *n.tolist()] for i, n in enumerate(NEAR)}, silence_warnings=True)
    with pytest.warns(DeprecationWarning, match="alternative"):
        peer = G_Local(
            cases.astype(float),
            weights,
            transform="B",
            star=None,
            permutations=9999,
            n_jobs=1,
            seed=1,
        )
    np.testing.assert_allclose(found["z"], peer.Zs, rtol=1e-9)
    # esda's p is one-sided, towards the side that was observed.
    np.testing.assert_allclose(found["p"], np.minimum(1.0, 2 * peer.p_sim), atol=0.12)
    low = peer.p_sim < 0.05
    np.testing.assert_allclose(found["p"][low], 2 * peer.p_sim[low], atol=0.03)


def test_without_more_draws_no_cell_of_this_town_could_pass_the_correction():
    rng = np.random.default_rng(6)
    planted = around(0, 0, 450)
    cases = rng.poisson(1.0, len(CELLS)) + rng.poisson(6.0, len(CELLS)) * planted
    found = hotspots(cases, NEAR)
    core = around(0, 0, 200)
    assert found["verdict"][core].isin(HOT).all()
    assert found["p"][core].max() < 2 / 1000
    least_of_999 = 2 / 1000 * len(CELLS) / found["verdict"].isin(HOT).sum()
    assert least_of_999 > 0.05


def test_evenly_spread_cases_are_seldom_called_hot():
    false_alarms = 0
    for seed in range(20):
        cases = np.random.default_rng(seed).poisson(1.5, len(CELLS))
        found = hotspots(cases, NEAR, options=HotspotOptions(seed=seed))
        false_alarms += found["verdict"].isin([*HOT, "fewer", "much-fewer"]).any()
    # At q ≤ 0.05 one town in twenty may have a false alarm; five in twenty has p < 0.003.
    assert false_alarms < 5


def test_the_same_seed_gives_the_same_answer():
    cases = np.random.default_rng(1).poisson(1.5, len(CELLS))
    once, twice = hotspots(cases, NEAR), hotspots(cases, NEAR)
    assert once.equals(twice)
    other = hotspots(cases, NEAR, options=HotspotOptions(seed=4))
    assert not once["p"].equals(other["p"])


@pytest.fixture(scope="module")
def planted_town():
    """Two periods of 28 days: a new hotspot, a fading one, and one that is only heavier patrol."""
    rng = np.random.default_rng(300)
    new, fading, artefact = (around(x_m, 0, 700) for x_m in PLANTED_X_M)
    hours = rng.gamma(20.0, 0.2, len(CELLS)) * np.where(artefact, 5.0, 1.0)
    rate = 0.5
    lift_recent = np.where(new, 6.0, 1.0)
    lift_earlier = np.where(fading, 6.0, 1.0)
    recent = hotspots(rng.poisson(rate * hours * lift_recent), NEAR, exposure=hours)
    earlier = hotspots(rng.poisson(rate * hours * lift_earlier), NEAR, exposure=hours)
    return recent, earlier


def test_a_new_and_a_fading_hotspot_are_found_and_told_apart(planted_town):
    recent, earlier = planted_town
    change = compare_periods(recent, earlier, NEAR)
    new, fading, _ = (around(x_m, 0, 450) for x_m in PLANTED_X_M)
    assert (change["trend"][new] == "new").all()
    assert recent["rate_p"][new].max() < 0.001
    assert change["change"][new].min() > 1.4
    assert (change["trend"][fading] == "fading").all()
    assert earlier["rate_p"][fading].max() < 0.001
    elsewhere = ~(around(PLANTED_X_M[0], 0, 1300) | around(PLANTED_X_M[1], 0, 1300))
    assert change["trend"][elsewhere].isna().all()


def test_heavier_patrol_alone_is_hot_by_count_but_not_by_rate(planted_town):
    core, far = around(PLANTED_X_M[2], 0, 450), around(PLANTED_X_M[2], 0, 1300)
    for period in planted_town:
        assert period["verdict"][core].isin(HOT).all()
        assert (period["rate_verdict"][far] == "usual").all()


def test_a_hotspot_in_both_periods_is_steady():
    rng = np.random.default_rng(8)
    lasting = around(0, 0, 450)
    periods = [
        hotspots(rng.poisson(np.where(lasting, 8.0, 1.5)), NEAR) for _ in ("recent", "earlier")
    ]
    change = compare_periods(*periods, NEAR)
    assert (change["trend"][around(0, 0, 200)] == "steady").all()
    assert set(change["trend"].dropna()) == {"steady"}


@pytest.mark.parametrize(
    ("now", "before", "cases_now", "cases_before", "trend"),
    [
        ("more", "usual", 20, 5, "new"),
        ("more", "usual", 12, 10, "steady"),  # over the line, but hardly more than before
        ("usual", "much-more", 5, 20, "fading"),
        ("usual", "more", 10, 12, "steady"),
        ("more", "more", 20, 5, "steady"),
        ("usual", "usual", 20, 5, None),
    ],
)
def test_the_rule_of_trends(now, before, cases_now, cases_before, trend):
    alone = [np.array([], dtype=np.intp)] * 2
    recent = pd.DataFrame(
        {"cases": [cases_now, 50], "expected": [25.0, 25.0], "verdict": [now, "usual"]}
    )
    earlier = pd.DataFrame(
        {"cases": [cases_before, 50], "expected": [25.0, 25.0], "verdict": [before, "usual"]}
    )
    assert compare_periods(recent, earlier, alone)["trend"].tolist() == [trend, None]


def test_a_town_that_grew_everywhere_has_nothing_new():
    rng = np.random.default_rng(9)
    recent = hotspots(rng.poisson(6.0, len(CELLS)), NEAR)
    earlier = hotspots(rng.poisson(1.5, len(CELLS)), NEAR)
    change = compare_periods(recent, earlier, NEAR)
    assert change["trend"].isna().all()
    assert change["change"].median() == pytest.approx(1.0, abs=0.1)


def test_too_few_cases_are_said_and_not_judged():
    cases = np.zeros(len(CELLS), dtype=int)
    cases[:5] = 3
    found = hotspots(cases, NEAR, exposure=np.ones(len(CELLS)))
    assert (found["verdict"] == "too-few-data").all()
    assert (found["rate_verdict"] == "too-few-data").all()
    assert (found["p"] == 1).all()


def test_a_place_nobody_looked_at_has_no_rate():
    rng = np.random.default_rng(2)
    hours = np.ones(len(CELLS))
    hours[:40] = 0
    found = hotspots(rng.poisson(2.0, len(CELLS)) * (hours > 0), NEAR, exposure=hours)
    assert (found["rate_verdict"][:40] == "too-few-data").all()
    assert found["rate"][:40].isna().all()
    assert (found["rate_verdict"][40:] != "too-few-data").all()


def test_one_or_two_cases_are_no_hotspot():
    cases = np.zeros(len(CELLS), dtype=int)
    cases[::9] = 1
    lonely = hotspots(cases, NEAR, options=HotspotOptions(min_local_cases=3))
    assert not lonely["verdict"].isin(HOT).any()


def test_expected_adds_up_to_the_cases():
    rng = np.random.default_rng(3)
    cases, hours = rng.poisson(2.0, len(CELLS)), rng.gamma(2.0, 2.0, len(CELLS))
    assert hotspots(cases, NEAR)["expected"].sum() == pytest.approx(cases.sum())
    assert hotspots(cases, NEAR, exposure=hours)["expected"].sum() == pytest.approx(cases.sum())


@pytest.mark.parametrize("units", [0, 1, 2, 3, 6])
def test_tiny_towns_do_not_break(units):
    everyone = [np.delete(np.arange(units), i) for i in range(units)]
    found = hotspots(np.arange(units) * 20, everyone, exposure=np.ones(units))
    assert len(found) == units
    assert found["verdict"].isin(["usual", "too-few-data"]).all()
    assert np.isfinite(found["z"]).all()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=30, max_size=60), st.integers(0, 2**31))
def test_p_q_and_verdict_always_fit_together(cases, seed):
    near = of_cells(CELLS[: len(cases)])
    found = hotspots(cases, near, options=HotspotOptions(seed=seed, permutations=99))
    assert ((found["p"] > 0) & (found["p"] <= 1)).all()
    assert (found["q"] >= found["p"] - 1e-12).all()
    hot = found["verdict"].isin(HOT)
    assert (found["z"][hot] > 0).all()
    assert (found["q"][hot] <= 0.05).all()


@pytest.mark.parametrize(
    ("cases", "exposure", "message"),
    [
        ([1, -1, 2], None, "not negative"),
        ([1, 2], None, "3 units"),
        ([1, np.nan, 2], None, "finite"),
        ([1, 2, 3], [1, 2], "3 units"),
        ([1, 2, 3], [1, -2, 3], "not negative"),
    ],
)
def test_bad_counts_are_refused(cases, exposure, message):
    near = [np.array([1]), np.array([0, 2]), np.array([1])]
    with pytest.raises(ValueError, match=message):
        hotspots(cases, near, exposure=exposure)


def test_periods_of_different_units_are_refused():
    one = hotspots([1, 2, 3], [np.array([1]), np.array([0, 2]), np.array([1])])
    with pytest.raises(ValueError, match="same units"):
        compare_periods(one, one, NEAR)


def test_empirical_bayes_shrinks_the_little_seen_most():
    rate = empirical_bayes_rate([8, 40, 0, 10], [10, 100, 1, 100])
    common = 58 / 211
    assert abs(rate[2] - common) < abs(0.0 - common) / 2
    assert rate[1] == pytest.approx(0.4, abs=0.03)
    # Marshall's estimator by hand, for the first unit.
    raw = np.array([0.8, 0.4, 0.0, 0.1])
    effort = np.array([10, 100, 1, 100])
    between = (effort * (raw - common) ** 2).sum() / 211 - common / (211 / 4)
    weight = between / (between + common / 10)
    assert rate[0] == pytest.approx(common + weight * (0.8 - common))


def test_rates_that_vary_less_than_chance_are_all_the_common_one():
    assert empirical_bayes_rate([10, 10, 10], [5, 5, 5]).tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="above zero"):
        empirical_bayes_rate([1, 1], [1, 0])
