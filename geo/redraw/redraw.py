"""Carry out one edit on the coverage of a community, and prove that it kept it one."""

from __future__ import annotations

from dataclasses import replace

from geo.redraw.coverage import Coverage, Redrawn, prove
from geo.redraw.divide import merge, split
from geo.redraw.edits import EvenOut, GiveBlock, GiveBuilding, Merge, Move, ShapeEdit, Snap, Split
from geo.redraw.errors import RedrawError
from geo.redraw.even import even_out
from geo.redraw.follow import snap
from geo.redraw.give import give_block, give_building
from geo.redraw.ground import Ground
from geo.redraw.move import move


def redraw(coverage: Coverage, ground: Ground, asked: ShapeEdit) -> Redrawn:
    """Carry out one edit.

    Parameters
    ----------
    coverage
        All grids of one community.
    ground
        The buildings that touch the community, and the lines in and around it.
    asked
        What the planner wants.

    Returns
    -------
    What changed. The coverage is valid, its union is what it was, each grid is one polygon and
    every household is still counted once; vertices that the edit is not about are the same digit
    by digit.

    Raises
    ------
    RedrawError
        The edit is refused, with the reason in words.
    """
    done = _carry_out(coverage, ground, asked)
    after = coverage.replaced(done.shapes, done.removed)
    prove(coverage, after)
    if ground.count(after.shapes)[0].sum() != ground.count(coverage.shapes)[0].sum():
        raise RedrawError("unclean")
    cut = _newly_cut(coverage, after, ground)
    if cut and not isinstance(asked, Move | Split):
        raise RedrawError("cuts-building", building_ids=list(cut))
    return replace(done, cut=cut)


def _carry_out(coverage: Coverage, ground: Ground, asked: ShapeEdit) -> Redrawn:
    match asked:
        case Move():
            done = move(coverage, asked)
        case Split():
            done = split(coverage, ground, asked)
        case Merge():
            done = merge(coverage, ground, asked)
        case GiveBuilding():
            done = give_building(coverage, ground, asked)
        case GiveBlock():
            done = give_block(coverage, ground, asked)
        case Snap():
            done = snap(coverage, ground, asked)
        case EvenOut():
            done = even_out(coverage, ground, asked)
    return done


def _newly_cut(before: Coverage, after: Coverage, ground: Ground) -> tuple[int, ...]:
    now = {building for cut in ground.cut(after.shapes) for building in cut}
    if not now:
        return ()
    was = {building for cut in ground.cut(before.shapes) for building in cut}
    return tuple(sorted(now - was))
