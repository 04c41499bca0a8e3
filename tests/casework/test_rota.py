"""The rota: who is on call, where nobody is, and who is called next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rota import NOBODY, Called, Entry, clashes, gaps, next_call, on_call

UNIT = 3
MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=10)


def entry(number: int, begins: float, ends: float, turn: int = 1, **said: object) -> Entry:
    """On call from and to an hour after midnight."""
    values = {"post": f"岗位{number}", "unit_id": UNIT, **said}
    return Entry(
        id=number,
        starts_at=MIDNIGHT + timedelta(hours=begins),
        ends_at=MIDNIGHT + timedelta(hours=ends),
        turn=turn,
        **values,  # type: ignore[arg-type]
    )


NIGHT = [
    entry(1, 0, 8),
    entry(2, 0, 8, 2),
    entry(3, 8, 16),
    entry(4, 0, 8, unit_id=4),
]


@pytest.mark.parametrize(
    ("hour", "ids"), [(-0.1, []), (0, [1, 2]), (7.99, [1, 2]), (8, [3]), (16, [])]
)
def test_who_is_on_call_comes_in_order(hour: float, ids: list[int]) -> None:
    there = on_call(reversed(NIGHT), UNIT, MIDNIGHT + timedelta(hours=hour))
    assert [one.id for one in there] == ids


def called(*steps: tuple[int | str, float]) -> list[Called]:
    """Who was called, so many minutes past two."""
    two = MIDNIGHT + timedelta(hours=2)
    return [
        Called(
            who if isinstance(who, str) else f"{UNIT}/岗位{who}", two + timedelta(minutes=minute)
        )
        for who, minute in steps
    ]


@pytest.mark.parametrize(
    ("before", "minute", "following"),
    [
        ([], 0, 1),
        ([(1, 0)], 9.9, None),
        ([(1, 0)], 10, 2),
        ([(1, 0), (2, 10)], 19, None),
        ([(1, 0), (2, 10)], 20, NOBODY),
        ([(1, 0), (2, 10), (NOBODY, 20)], 500, 3),
        ([(1, 0), (2, 10), (NOBODY, 20), (3, 370)], 380, None),
        # Nothing ran from five past two until nine: one is called, whoever is there now.
        ([(1, 0)], 420, 3),
    ],
)
def test_one_after_the_other_is_called_and_nobody_twice(
    before: list[tuple[int | str, float]], minute: float, following: int | str | None
) -> None:
    at = MIDNIGHT + timedelta(hours=2, minutes=minute)
    told = next_call(on_call(NIGHT, UNIT, at), called(*before), at, PATIENCE)
    assert (told.id if isinstance(told, Entry) else told) == following


def test_where_nobody_is_on_call_that_is_said_once() -> None:
    at = MIDNIGHT + timedelta(hours=20)
    assert next_call((), [], at, PATIENCE) == NOBODY
    assert next_call((), [Called(NOBODY, at)], at + PATIENCE, PATIENCE) is None


def test_gaps_are_where_nobody_is() -> None:
    entries = [entry(1, 0, 8), entry(2, 6, 9, 2), entry(3, 10, 12), entry(9, 0, 24, unit_id=9)]
    until = MIDNIGHT + timedelta(hours=24)
    hours = [
        tuple((moment - MIDNIGHT) / timedelta(hours=1) for moment in gap)
        for gap in gaps(entries, UNIT, MIDNIGHT - timedelta(hours=1), until)
    ]
    assert hours == [(-1, 0), (9, 10), (12, 24)]
    assert gaps(entries, 9, MIDNIGHT, until) == []


def test_whoever_comes_into_a_taken_turn_is_named() -> None:
    entries = [entry(1, 0, 12), entry(2, 1, 2), entry(3, 3, 4), entry(4, 3, 4, 2), entry(5, 12, 14)]
    assert [(a.id, b.id) for a, b in clashes(reversed(entries))] == [(1, 2), (1, 3)]


SHIFTS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(1, 2)), max_size=8
).map(lambda drawn: [entry(i, b, b + n, turn) for i, (b, n, turn) in enumerate(drawn)])


@given(SHIFTS, st.integers(0, 4 * 40))
def test_a_moment_is_in_a_gap_or_somebody_is_on_call(entries: list[Entry], quarter: int) -> None:
    at = MIDNIGHT + timedelta(minutes=15 * quarter)
    found = gaps(entries, UNIT, MIDNIGHT, MIDNIGHT + timedelta(hours=48))
    assert any(since <= at < until for since, until in found) != bool(on_call(entries, UNIT, at))


@given(SHIFTS)
def test_without_clashes_every_turn_is_of_one(entries: list[Entry]) -> None:
    moments = [one.starts_at for one in entries]
    doubled = any(
        len({one.turn for one in there}) < len(there)
        for there in (on_call(entries, UNIT, at) for at in moments)
    )
    assert bool(clashes(entries)) == doubled
