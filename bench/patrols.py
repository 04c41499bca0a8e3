"""Cleaning and matching of patrols against truth: which streets were walked, and how far."""

from collections.abc import Callable, Iterator
from statistics import fmean
from time import process_time
from typing import Any, Final

import geopandas as gpd
import numpy as np

from bench import recorded_tracks
from bench.result import Result
from bench.sizes import Size
from bench.spoiled_walks import (
    Judged,
    Town,
    in_other_datum,
    town_of,
    with_holes,
    with_spikes,
    with_standing,
    with_throws,
)
from bench.walks import PACE_M_S, Outcome, against_truth, noisy, walk
from data.demo import make_town
from geo.patrol.parts import cut_parts
from geo.patrol.shift_track import walk_of_shift
from geo.patrol.streets import street_net

HOUSEHOLDS: Final = 3_000
WALKS: Final = {"small": 20, "full": 200}
# Standard deviation of a fix in metres: open sky, streets, between towers.
NOISE_M: Final = (5.0, 15.0, 30.0)
SHIFT_H: Final = 8
HOLES_MIN: Final = (1, 3, 10)
STANDING_MIN: Final = 20


def run(size: Size) -> list[Result]:
    """Walk two kilometres at a time on the demo town's streets, with three kinds of noise."""
    roads = make_town(seed=300, households=HOUSEHOLDS).roads
    lines = roads.to_crs(roads.estimate_utm_crs()).explode(index_parts=False).geometry
    net = street_net(lines.to_numpy())
    results = []
    for noise_m in NOISE_M:
        told = [against_truth(net, noise_m, seed) for seed in range(WALKS[size.name])]

        def mean(what: Callable[[Outcome], float], told: list[Outcome] = told) -> float:
            return 100 * fmean(what(one) for one in told)

        at = f"noise {noise_m:.0f} m"
        walks = f"{len(told)} walks of 2 km, a fix every 5 s"
        raw = (
            f"{walks}; fixes joined by straight lines: {mean(lambda one: abs(one.raw_error)):.0f}%"
        )
        results += [
            _result(
                f"streets said to be walked that were, {at}", mean(lambda one: one.precision), walks
            ),
            _result(
                f"streets walked that are said to be, {at}", mean(lambda one: one.recall), walks
            ),
            _result(f"distance off by, {at}", mean(lambda one: abs(one.distance_error)), raw),
        ]
    town = _town(lines)
    return [
        *results,
        *_holes(town, WALKS[size.name]),
        *_faults(town, WALKS[size.name]),
        *_datum(town, WALKS[size.name]),
        *_standing(town, WALKS[size.name]),
        _whole_shift(lines),
        *recorded_tracks.run(),
    ]


def _town(lines: gpd.GeoSeries) -> Town:
    plane: Any = lines.crs
    parts = cut_parts(lines.to_numpy()).lines
    return town_of(parts, gpd.GeoSeries(parts, crs=plane).to_crs(4326).to_numpy(), plane)


def _holes(town: Town, walks: int) -> Iterator[Result]:
    """Two holes a walk: what is said of the rest, and whether a hole is told as one."""
    for minutes in HOLES_MIN:
        told = [with_holes(town, seed, minutes * 60) for seed in range(walks)]
        at = f"two holes of {minutes} min"
        note = f"{walks} walks of 2 km (28 min), noise 5 m"
        yield _result(f"streets said to be walked that were, {at}", _mean("precision", told), note)
        yield _result(f"streets walked that are said to be, {at}", _mean("recall", told), note)
        yield _result(
            f"distance off by, {at}",
            100 * fmean(abs(one.said_m / one.true_m - 1) for one in told),
            f"{note}; what was walked in a gap is not counted",
        )
        found, true = (sum(getattr(one, of) for one in told) for of in ("gaps_found", "true_gaps"))
        found_s, true_s = (
            sum(getattr(one, of) for one in told) / 60 for of in ("gaps_s", "true_gaps_s")
        )
        yield _result(
            f"holes told as gaps, {at}",
            100 * found / true,
            f"{found} of {true}; {found_s:.0f} of {true_s:.0f} min; a silence of up to two"
            " minutes is none",
        )


def _faults(town: Town, walks: int) -> Iterator[Result]:
    for name, spoil in (
        ("throws of 2 to 5 km", with_throws),
        ("spikes of 60 to 200 m", with_spikes),
    ):
        told = [spoil(town, seed) for seed in range(walks)]
        note = f"{walks} walks of 2 km, noise 5 m, one fix in fifty"
        yield _result(f"{name}: left out of those put in", _mean("flagged", told), note)
        yield _result(f"{name}: good fixes left out", _mean("wronged", told), note)
        yield _distance(name, told, note)


def _datum(town: Town, walks: int) -> Iterator[Result]:
    told = [in_other_datum(town, seed) for seed in range(walks)]
    note = f"{walks} walks of 2 km, noise 5 m; nothing in the track tells the datum"
    name = "places in GCJ-02 taken for WGS 84"
    yield _result(f"{name}: streets said to be walked that were", _mean("precision", told), note)
    yield _result(f"{name}: streets walked that are said to be", _mean("recall", told), note)
    yield _distance(name, told, note)


def _standing(town: Town, walks: int) -> Iterator[Result]:
    for noise_m in NOISE_M:
        told = [with_standing(town, seed, STANDING_MIN * 60, noise_m) for seed in range(walks)]
        name = f"standing {STANDING_MIN} min, noise {noise_m:.0f} m"
        note = f"{walks} walks of 2 km; {fmean(one.standing_s for one in told) / 60:.1f} min found"
        yield _distance(name, told, note)


def _distance(name: str, told: list[Judged], note: str) -> Result:
    raw = 100 * fmean(abs(one.raw_m / one.true_m - 1) for one in told)
    off = 100 * fmean(abs(one.said_m / one.true_m - 1) for one in told)
    return _result(f"{name}: distance off by", off, f"{note}; fixes joined as told: {raw:,.0f}%")


def _mean(of: str, told: list[Judged]) -> float:
    return 100 * fmean(getattr(one, of) for one in told)


def _whole_shift(lines: gpd.GeoSeries) -> Result:
    """What the worker spends on a shift of eight hours on foot without a rest."""
    town = _town(lines)
    drawn = town.parts
    rng = np.random.default_rng(0)
    true = walk(town.net, SHIFT_H * 3600 * PACE_M_S, rng)
    told = noisy(true.xy, 15.0, rng)
    lon, lat = town.degrees(told)
    accuracy = np.full(len(lon), 15.0)
    walk_of_shift(true.time_s[:50], lon[:50], lat[:50], accuracy[:50], drawn)
    begun = process_time()
    track = walk_of_shift(true.time_s, lon, lat, accuracy, drawn)
    spent_s = process_time() - begun
    note = (
        f"{len(lon)} fixes, {true.length_m / 1000:.0f} km, noise 15 m, {len(drawn)} parts of"
        f" streets, {len(track.part)} of them walked; without the database"
    )
    return Result("patrols", "processor for a shift of 8 h", spent_s, None, "", "s", "", note)


def _result(what: str, percent: float, note: str) -> Result:
    return Result("patrols", what, percent, None, "", "%", "", note)
