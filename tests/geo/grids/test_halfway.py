"""Lines half way between walls, against the distance to each wall."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grids.halfway import SMOOTH_M, halfway_lines


@given(seed=st.integers(0, 10_000), owners=st.integers(2, 12))
@settings(max_examples=60, deadline=None)
def test_a_line_is_as_far_from_one_owner_as_from_another(seed: int, owners: int) -> None:
    draw = np.random.default_rng(seed)
    points = draw.uniform(0, 100, (owners * 8, 2))
    owner = np.arange(owners).repeat(8)
    lines = halfway_lines(points, owner)
    parts = shapely.intersection(lines, shapely.box(0, 0, 100, 100))
    where = shapely.get_coordinates(shapely.segmentize(parts[~shapely.is_empty(parts)], 5.0))
    of_point = np.hypot(*(where[:, None] - points[None]).transpose(2, 0, 1))
    of_owner = np.sort(of_point.reshape(len(where), owners, 8).min(axis=2), axis=1)
    assert len(where)
    assert (of_owner[:, 1] - of_owner[:, 0] <= 2 * SMOOTH_M + 1e-6).all()


def test_a_building_in_anothers_court_has_a_line_all_round_it() -> None:
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    points = np.concatenate([20 * ring, 5 * ring])
    lines = halfway_lines(points, np.repeat([0, 1], 40))
    assert len(lines) == 1
    assert lines[0].is_closed
    assert np.allclose(np.hypot(*shapely.get_coordinates(lines[0]).T), 12.5, atol=SMOOTH_M)


def test_every_line_is_drawn_once() -> None:
    draw = np.random.default_rng(5)
    lines = halfway_lines(draw.uniform(0, 100, (80, 2)), np.arange(80))
    pieces = shapely.get_parts(shapely.node(shapely.multilinestrings(lines)))
    assert abs(shapely.length(pieces).sum() - shapely.length(lines).sum()) < 1e-3


def test_one_owner_or_one_straight_wall_has_no_lines() -> None:
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    assert len(halfway_lines(square, np.zeros(4, dtype=np.int64))) == 0
