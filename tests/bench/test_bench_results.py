"""Figures of benches: ratios, goals, and the file they are written to."""

import pytest

from bench.report import HEADER, put_section, section
from bench.result import Result, figure


def result(ours=10.0, peer=5.0, goal="≤ 2"):
    return Result("lists", "cases", ours, peer, "SQL", "ms", goal)


@pytest.mark.parametrize(
    ("ours", "peer", "goal", "reached"),
    [
        (10, 5, "≤ 2", True),
        (10.1, 5, "≤ 2", False),
        (200, 5, "≥ 40", True),
        (199, 5, "≥ 40", False),
        (150_000, None, "≥ 150,000", True),
        (1, 2, "", None),
        (1, 0, "≤ 2", None),
    ],
)
def test_a_goal_is_of_the_ratio_or_without_a_peer_of_the_figure(ours, peer, goal, reached):
    assert result(ours, peer, goal).reached is reached


def test_figures_keep_three_places():
    assert [figure(v) for v in (0.01234, 1.2345, 99.9, 12345.6, None)] == [
        "0.0123",
        "1.23",
        "99.9",
        "12,346",
        "",
    ]


def test_a_run_replaces_its_own_section_and_leaves_the_others():
    first = put_section("", section("lists", "small", "a machine", [result()]))
    both = put_section(first, section("tiles", "small", "a machine", [result(ours=7.0)]))
    again = put_section(both, section("lists", "small", "another", [result(ours=99.0)]))
    assert again.startswith(HEADER)
    assert again.count("## ") == 2
    assert "| cases | 99 |" in again
    assert "| cases | 7 |" in again
    assert "| cases | 10 |" not in again
    assert "another" in again


def test_a_goal_that_is_missed_shows():
    assert "**no**" in section("lists", "small", "a machine", [result(ours=50.0)])
