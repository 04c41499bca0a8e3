"""Walks on the streets of the demo town, with the noise of a telephone, and what became of them."""

from functools import cache

from bench.walks import Outcome, against_truth
from data.demo import make_town
from geo.patrol.streets import StreetNet, street_net

__all__ = ["Outcome", "against_truth", "town"]


@cache
def town() -> StreetNet:
    """Streets of a small demo town, in metres."""
    roads = make_town(seed=300, households=3_000).roads
    lines = roads.to_crs(roads.estimate_utm_crs()).explode(index_parts=False).geometry
    return street_net(lines.to_numpy())
