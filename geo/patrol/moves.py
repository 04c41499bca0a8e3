"""What was walked of pieces of streets, one move after the other."""

from collections.abc import Sequence
from typing import Final, NamedTuple

_SAME_M: Final = 1e-6
_MOST_STREETS: Final = 8


class Move(NamedTuple):
    """From one place on a piece of a street to another, in metres from its beginning."""

    piece: int
    begin_m: float
    end_m: float

    @property
    def length_m(self) -> float:
        """Metres walked."""
        return abs(self.end_m - self.begin_m)

    def turns_back_on(self, earlier: "Move") -> bool:
        """Whether it goes back on what the move before went."""
        away = self.end_m - self.begin_m
        came = earlier.end_m - earlier.begin_m
        return self.piece == earlier.piece and away * came < 0


def without_spurs(moves: Sequence[Move], least_m: float) -> list[Move]:
    """Leave out what was walked out and back again for less than so far.

    A noisy receiver strays into side streets and steps back along the street that is walked; a
    dead end that really was looked into is longer than the noise.

    Parameters
    ----------
    moves : sequence of Move
        Each begins where the one before ended, but for breaks.
    least_m : float
        A shorter way out, with the whole way back beside it, is left out.
    """
    kept: list[Move] = []
    coming = list(reversed(moves))
    while coming:
        _put(kept, coming.pop())
        if len(kept) < 2 or not kept[-1].turns_back_on(kept[-2]):
            continue
        # The way back has to be known to its end before it is judged.
        while coming and _goes_on(kept[-1], coming[-1]):
            _put(kept, coming.pop())
        if _spur_m(kept, coming) > least_m:
            continue
        back, out = kept.pop(), kept.pop()
        net = Move(out.piece, out.begin_m, back.end_m)
        if net.length_m > _SAME_M:
            coming.append(net)
    return kept


def _put(kept: list[Move], move: Move) -> None:
    """Add a move; one that goes on where and whither the last went is one with it."""
    if move.length_m <= _SAME_M:
        return
    if kept and _goes_on(kept[-1], move):
        kept[-1] = Move(move.piece, kept[-1].begin_m, move.end_m)
    else:
        kept.append(move)


def _goes_on(last: Move, move: Move) -> bool:
    same = last.piece == move.piece and abs(last.end_m - move.begin_m) <= _SAME_M
    return same and not move.turns_back_on(last)


def _spur_m(kept: Sequence[Move], coming: Sequence[Move]) -> float:
    """How far out the last turn was, before the way back leaves the way out."""
    back = [kept[-1], *_merged(coming)]
    out = reversed(kept[-2 - _MOST_STREETS : -1])
    far_m = 0.0
    for went, returned in zip(out, back, strict=False):
        if not returned.turns_back_on(went):
            break
        far_m += min(went.length_m, returned.length_m)
        if abs(went.length_m - returned.length_m) > _SAME_M:
            break
    return far_m


def _merged(coming: Sequence[Move]) -> list[Move]:
    """The next moves, in order, those of one piece and direction as one."""
    merged: list[Move] = []
    for move in reversed(coming):
        _put(merged, move)
        # A spur of so many streets is longer than any noise.
        if len(merged) > _MOST_STREETS:
            break
    return merged
