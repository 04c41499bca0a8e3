"""Whatever edits follow one another: a valid coverage, the same union, the same households.

`SANBAI_EDIT_SEQUENCES=2000 pytest tests/geo/redraw/test_sequences.py` runs thousands.
"""

import os
from itertools import count

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sequences import KINDS, choose
from towns import draft

from geo.redraw.coverage import Coverage, Redrawn
from geo.redraw.edits import ShapeEdit
from geo.redraw.errors import RedrawError
from geo.redraw.ground import Ground
from geo.redraw.plane import Plane
from geo.redraw.redraw import redraw

SEQUENCES = int(os.environ.get("SANBAI_EDIT_SEQUENCES", "30"))
# Drawing boundaries anew takes longest by far, so it is asked for seldom.
STEPS = st.tuples(
    st.sampled_from([kind for kind in KINDS for _ in range(1 if kind == "even" else 4)]),
    st.tuples(*[st.floats(0, 1)] * 4),
)


@settings(
    max_examples=SEQUENCES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(STEPS, min_size=4, max_size=14), st.integers(0, 7))
def test_any_sequence_of_edits_keeps_the_coverage(
    steps: list[tuple[str, tuple[float, float, float, float]]], shut: int
) -> None:
    start, ground = draft()
    coverage = Coverage(start.ids, start.shapes, frozenset({start.ids[shut % len(start.ids)]}))
    numbers = count(100)
    for kind, how in steps:
        asked = choose(kind, how, coverage, ground)
        done = attempt(coverage, ground, asked)
        if isinstance(done, Redrawn):
            coverage = numbered(coverage, done, numbers)
            check(start, coverage, ground)
        else:
            assert done not in {"unclean", "unknown-vertex", "unknown-edge"}, asked


def attempt(coverage: Coverage, ground: Ground, asked: ShapeEdit) -> Redrawn | str:
    """What an edit does, or the code of its refusal."""
    try:
        return redraw(coverage, ground, asked)
    except RedrawError as refused:
        return refused.code


def numbered(coverage: Coverage, done: Redrawn, numbers: "count[int]") -> Coverage:
    """The coverage after an edit, new grids with ids of their own."""
    shapes = {(next(numbers) if at < 0 else at): shape for at, shape in done.shapes.items()}
    return coverage.replaced(shapes, done.removed)


def check(start: Coverage, now: Coverage, ground: Ground) -> None:
    """Assert what is promised after every edit, by other means than the edits use themselves."""
    assert (shapely.get_type_id(now.shapes) == 3).all()
    assert shapely.is_valid(now.shapes).all()
    assert shapely.coverage_is_valid(now.shapes)
    before, after = shapely.union_all(start.shapes), shapely.union_all(now.shapes)
    plane = Plane.around(start.shapes)
    difference = plane.bring(shapely.get_parts(shapely.symmetric_difference(before, after)))
    assert shapely.area(difference).sum() < 1e-3  # a square of three centimetres
    assert ground.count(now.shapes)[0].sum() == ground.count(start.shapes)[0].sum()
    assert ground.count(now.shapes)[1].sum() == ground.count(start.shapes)[1].sum()
    for grid_id in now.locked:
        moved = shapely.symmetric_difference(now.shape(grid_id), start.shape(grid_id))
        assert shapely.area(plane.bring(shapely.get_parts(moved))).sum() < 1e-3
    corners = {tuple(p) for p in shapely.get_coordinates(before.boundary).tolist()}
    assert corners <= {tuple(p) for p in shapely.get_coordinates(now.shapes).tolist()}
