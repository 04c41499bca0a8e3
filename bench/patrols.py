"""Cleaning and matching of patrols against truth: which streets were walked, and how far."""

from collections.abc import Callable
from statistics import fmean
from typing import Final

from bench.result import Result
from bench.sizes import Size
from bench.walks import Outcome, against_truth
from data.demo import make_town
from geo.patrol.streets import street_net

HOUSEHOLDS: Final = 3_000
WALKS: Final = {"small": 20, "full": 200}
# Standard deviation of a fix in metres: open sky, streets, between towers.
NOISE_M: Final = (5.0, 15.0, 30.0)


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
    return results


def _result(what: str, percent: float, note: str) -> Result:
    return Result("patrols", what, percent, None, "", "%", "", note)
