"""Short ways out and back are the receiver's; long ones are the officer's."""

from geo.patrol.moves import Move, without_spurs


def test_stepping_back_on_a_street_is_no_way() -> None:
    moves = [Move(0, 0, 60), Move(0, 60, 50), Move(0, 50, 90)]
    assert without_spurs(moves, 20) == [Move(0, 0, 90)]


def test_straying_into_a_side_street_is_no_way() -> None:
    moves = [Move(0, 0, 60), Move(1, 0, 12), Move(1, 12, 0), Move(2, 0, 40)]
    assert without_spurs(moves, 20) == [Move(0, 0, 60), Move(2, 0, 40)]


def test_a_dead_end_that_was_looked_into_stays() -> None:
    moves = [Move(0, 0, 60), Move(1, 0, 35), Move(1, 35, 0), Move(2, 0, 40)]
    assert without_spurs(moves, 20) == moves


def test_a_way_out_over_several_streets_is_judged_as_one() -> None:
    out = [Move(0, 0, 60), Move(1, 0, 15), Move(2, 0, 15)]
    back = [Move(2, 15, 0), Move(1, 15, 0), Move(3, 0, 50)]
    assert without_spurs([*out, *back], 20) == [*out, *back]
    assert without_spurs([*out, *back], 40) == [Move(0, 0, 60), Move(3, 0, 50)]


def test_the_way_home_along_the_same_street_stays() -> None:
    # In steps as they come from fixes: the turn itself is short, the way is not.
    out = [Move(0, at, at + 20) for at in range(0, 200, 20)]
    back = [Move(0, at, at - 25) for at in range(200, 0, -25)]
    assert without_spurs([*out, *back], 30) == [Move(0, 0, 200), Move(0, 200, 0)]


def test_no_moves() -> None:
    assert without_spurs([], 20) == []
    assert without_spurs([Move(0, 5, 5)], 20) == []
