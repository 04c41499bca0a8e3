"""Cleaning and matching of patrols against truth: which streets were walked, and how far."""

from collections.abc import Callable
from statistics import fmean
from time import process_time
from typing import Any, Final

import geopandas as gpd
import numpy as np

from bench.result import Result
from bench.sizes import Size
from bench.walks import PACE_M_S, Outcome, against_truth, noisy, walk
from data.demo import make_town
from geo.metric import project
from geo.patrol.parts import cut_parts
from geo.patrol.shift_track import walk_of_shift
from geo.patrol.streets import street_net

HOUSEHOLDS: Final = 3_000
WALKS: Final = {"small": 20, "full": 200}
# Standard deviation of a fix in metres: open sky, streets, between towers.
NOISE_M: Final = (5.0, 15.0, 30.0)
SHIFT_H: Final = 8


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
    return [*results, _whole_shift(lines)]


def _whole_shift(lines: gpd.GeoSeries) -> Result:
    """What the worker spends on a shift of eight hours on foot without a rest."""
    plane: Any = lines.crs
    parts = cut_parts(lines.to_numpy())
    drawn = gpd.GeoSeries(parts.lines, crs=plane).to_crs(4326).to_numpy()
    rng = np.random.default_rng(0)
    true = walk(street_net(parts.lines), SHIFT_H * 3600 * PACE_M_S, rng)
    told = noisy(true.xy, 15.0, rng)
    lon, lat = project(told[:, 0], told[:, 1], plane, back=True)
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
