"""Points of many officers in one statement: for each batch what it would come to alone."""

from dataclasses import replace
from uuid import uuid4

import pytest
import small_town
from sqlalchemy import Connection, text
from track_batches import batch, begin, count_told, later, stored, told, walk

from data.arrays import column, let_send_columns
from data.patrols import Fix, NotTrackedError, add_points, end_shift, find_shift
from data.track_intake import (
    Answered,
    NotOwnShiftError,
    OperationReusedError,
    take_batches,
)

MIXED = [
    *walk(3),
    Fix(10, later(-0.001), 118.005, 36.83),
    Fix(11, later(24 * 60 + 1), 118.005, 36.83),
    Fix(12, later(60 + 11), 118.005, 36.83),
    Fix(13, later(5), 118.045, 36.83),
    Fix(14, later(5.123456), 117.9999, 36.83, 7.5),
    Fix(15, later(6), 118.0101, 36.83),
    Fix(1, later(7), 118.006, 36.83),
]


def test_a_batch_among_others_comes_to_what_it_comes_to_alone(town: Connection) -> None:
    ids = [begin(town) for _ in range(3)]
    alone = begin(town)
    parts = [MIXED, walk(4), MIXED[::-1]]
    outcomes = take_batches(town, 1, [batch(*one) for one in zip(ids, parts, strict=True)], told)
    for shift_id, fixes, outcome in zip(ids, parts, outcomes, strict=True):
        town.execute(text("DELETE FROM track_point WHERE shift_id = :id"), {"id": alone})
        shift = find_shift(town, 1, alone)
        assert shift is not None
        expected = told(add_points(town, shift, fixes, small_town.AT))
        assert outcome == Answered(expected)
        assert stored(town, shift_id) == stored(town, alone) != []
        assert count_told(town, shift_id) == expected["accepted"]


def test_the_same_points_again_are_duplicates_and_the_same_command_is_answered_as_before(
    town: Connection,
) -> None:
    shift_id = begin(town)
    first = batch(shift_id, walk())
    [answer] = take_batches(town, 1, [first], told)
    assert answer == Answered({"accepted": 5, "duplicates": 0, "refused": []})
    before = stored(town, shift_id)
    assert take_batches(town, 1, [first], told) == [replace(answer, replayed=True)]
    [again] = take_batches(town, 1, [batch(shift_id, walk(6))], told)
    assert again == Answered({"accepted": 1, "duplicates": 5, "refused": []})
    assert (stored(town, shift_id)[:5], count_told(town, shift_id)) == (before, 6)
    [reused] = take_batches(town, 1, [replace(first, digest=b"something else")], told)
    assert isinstance(reused, OperationReusedError)


def test_batches_that_are_refused_leave_the_others_alone(town: Connection) -> None:
    good, plain, late, other = begin(town), begin(town, tracked=False), begin(town), begin(town)
    row = find_shift(town, 1, late)
    assert row is not None
    end_shift(town, row, later(3), small_town.AT)
    outcomes = take_batches(
        town,
        1,
        [
            batch(uuid4(), walk()),
            batch(plain, walk()),
            batch(good, walk()),
            batch(late, walk()),
            batch(other, walk(), account_id=small_town.account_id("commander")),
        ],
        told,
    )
    assert [type(outcome) for outcome in outcomes] == [
        NotOwnShiftError,
        NotTrackedError,
        Answered,
        Answered,
        NotOwnShiftError,
    ]
    assert outcomes[3] == Answered({"accepted": 4, "duplicates": 0, "refused": [[4, "after-end"]]})
    assert [len(stored(town, one)) for one in (good, plain, late, other)] == [5, 0, 4, 0]
    commands = town.execute(text("SELECT count(*) FROM operation")).scalar_one()
    assert commands == 2


def test_two_batches_of_one_shift_do_not_go_together(town: Connection) -> None:
    shift_id = begin(town)
    with pytest.raises(ValueError, match="one shift"):
        take_batches(town, 1, [batch(shift_id, walk()), batch(shift_id, walk())], told)


@pytest.mark.parametrize(
    ("kind", "values", "read"),
    [
        ("int4", [], []),
        ("int4", [0, -1, 2_000_000_000], [0, -1, 2_000_000_000]),
        ("int8", [2**62], [2**62]),
        ("float8", [0.1, -180.0, 1e-300], [0.1, -180.0, 1e-300]),
    ],
)
def test_columns_arrive_as_they_were_sent(
    town: Connection, kind: str, values: list[float], read: list[float]
) -> None:
    let_send_columns(town)
    asked = text(f"SELECT CAST(:values AS {kind}[])")
    assert town.execute(asked, {"values": column(kind, values)}).scalar_one() == read
