"""Indicators against one city's published figures, and where nothing was due."""

from decimal import Decimal

import pytest

from casework.indicators import Counts, grade, percent, rates


def test_a_citys_published_figures() -> None:
    # Tianmen: 996 filed, 972 of them to be closed, 911 closed, 737 of these in time.
    told = rates(Counts(reported=996, valid=996, filed=996, to_close=972, closed=911,
                        closed_in_time=737))  # fmt: skip
    assert told["closed"] == Decimal("93.72")
    assert told["closed-in-time"] == Decimal("75.82")
    assert [grade("closed", told["closed"]), grade("closed-in-time", told["closed-in-time"])] == [
        "A",
        "B",
    ]


def test_nothing_due_is_neither_praised_nor_blamed() -> None:
    told = rates(Counts(reported=4, valid=3))
    assert told["valid-reports"] == Decimal("75.00")
    assert {rate for rate, share in told.items() if share is None} == told.keys() - {
        "valid-reports"
    }
    assert grade("handled", None) is None


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(1, 3, "33.33"), (2, 3, "66.67"), (1, 800, "0.13"), (0, 7, "0.00")]
)
def test_halves_are_rounded_up(part: int, whole: int, told: str) -> None:
    assert percent(part, whole) == Decimal(told)


@pytest.mark.parametrize(
    ("share", "named"),
    [
        ("90", "A"),
        ("89.99", "B"),
        ("75", "B"),
        ("60", "C"),
        ("59.99", "D"),
        ("40", "D"),
        ("0", "E"),
    ],
)
def test_grades_begin_where_they_say(share: str, named: str) -> None:
    assert grade("handled", Decimal(share)) == named
    assert grade("overdue", Decimal(share)) is None


def test_more_than_the_whole_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no part"):
        percent(5, 4)
