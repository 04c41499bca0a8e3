"""Walks with holes, throws and a datum that is not told: floors below what `bench.patrols` says."""

import geopandas as gpd
import numpy as np
import pytest

from bench.spoiled_walks import (
    Town,
    in_other_datum,
    town_of,
    with_holes,
    with_spikes,
    with_standing,
    with_throws,
)
from data.demo import make_town
from geo.patrol.parts import cut_parts


@pytest.fixture(scope="module")
def town() -> Town:
    roads = make_town(seed=300, households=3_000).roads
    lines = roads.to_crs(roads.estimate_utm_crs()).explode(index_parts=False).geometry
    parts = cut_parts(lines.to_numpy()).lines
    return town_of(parts, gpd.GeoSeries(parts, crs=lines.crs).to_crs(4326).to_numpy(), lines.crs)


def test_a_hole_of_three_minutes_is_told_and_walks_nothing(town: Town) -> None:
    told = [with_holes(town, seed, 180) for seed in range(2)]
    assert [one.gaps_found for one in told] == [one.true_gaps for one in told] == [2, 2]
    assert np.mean([one.precision for one in told]) > 0.97
    assert all(one.said_m < one.true_m for one in told)


def test_a_hole_of_a_minute_is_walked_through(town: Town) -> None:
    told = [with_holes(town, seed, 60) for seed in range(2)]
    assert not any(one.gaps_found for one in told)
    assert np.mean([one.recall for one in told]) > 0.95


def test_throws_and_spikes_are_left_out_and_little_else(town: Town) -> None:
    told = [spoil(town, seed) for spoil in (with_throws, with_spikes) for seed in range(2)]
    assert np.mean([one.flagged for one in told]) > 0.97
    assert np.mean([one.wronged for one in told]) < 0.01
    assert max(abs(one.said_m / one.true_m - 1) for one in told) < 0.1


def test_standing_adds_no_metres_under_open_sky(town: Town) -> None:
    told = with_standing(town, 0, 1200, 5.0)
    assert told.raw_m > 1.3 * told.true_m
    assert told.said_m == pytest.approx(told.true_m, rel=0.1)


def test_places_in_another_datum_do_not_make_streets_walked(town: Town) -> None:
    told = in_other_datum(town, 0)
    assert told.recall < 0.2
