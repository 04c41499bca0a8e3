"""Grids drawn by hand are made to tile their community again, or it is said where they cannot."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.grids.coverage import find_faults
from geo.mend import WideFlawsError, compare_shapes, mend_coverage

AREA = shapely.box(0, 0, 300, 200)


def boxes(*bounds: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*bound) for bound in bounds], dtype=object)


SLIPSHOD = boxes(
    (0, 0, 99.7, 100),
    (100, 0, 200, 100.2),
    (199.8, 0, 300, 100),
    (0.3, 100.3, 150, 200),
    (150.2, 100.3, 300.4, 199.7),
)


def test_slivers_overlaps_and_overhangs_are_mended() -> None:
    made = mend_coverage(SLIPSHOD, AREA, 1.0)
    assert find_faults(made.shapes, AREA) == []
    assert {flaw.kind for flaw in made.mended} == {"gap", "overlap", "outside"}
    moved = compare_shapes(SLIPSHOD, made.shapes)
    assert max(move.moved_m for move in moved) < 0.5, "no tongue along a neighbour's border"
    assert sum(move.gained_m2 - move.lost_m2 for move in moved) == pytest.approx(
        AREA.area - shapely.area(SLIPSHOD).sum()
    )


def test_what_is_sound_stays_as_it_is() -> None:
    sound = boxes((0, 0, 150, 200), (150, 0, 300, 120), (150, 120, 300, 200))
    made = mend_coverage(sound, AREA, 1.0)
    assert made.mended == []
    assert all(shapely.equals(sound, made.shapes))
    assert all(move.moved_m == 0 for move in compare_shapes(sound, made.shapes))


@pytest.mark.parametrize(
    ("grids", "kind", "size_m2", "width_m"),
    [
        (boxes((0, 0, 140, 200), (150, 0, 300, 200)), "gap", 2000, 10),
        (boxes((0, 0, 160, 200), (150, 0, 300, 200)), "overlap", 2000, 10),
        (boxes((0, 0, 150, 200), (150, 0, 304, 200)), "outside", 800, 4),
    ],
)
def test_what_is_too_wide_is_refused_with_place_and_size(
    grids: np.ndarray, kind: str, size_m2: float, width_m: float
) -> None:
    with pytest.raises(WideFlawsError) as raised:
        mend_coverage(grids, AREA, 2.0)
    (flaw,) = raised.value.flaws
    assert (flaw.kind, flaw.grids) == (kind, (1,) if kind == "outside" else (0, 1))
    assert flaw.size_m2 == pytest.approx(size_m2)
    assert flaw.width_m == pytest.approx(width_m, abs=0.2)
    assert 139 < flaw.x < 305
    assert len(mend_coverage(grids, AREA, width_m + 1).mended) == 1


def test_a_grid_in_two_parts_is_refused_but_not_a_cut_off_sliver() -> None:
    two = shapely.multipolygons([shapely.box(0, 0, 100, 200), shapely.box(250, 0, 300, 200)])
    grids = np.array([two, shapely.box(100, 0, 250, 200)], dtype=object)
    with pytest.raises(WideFlawsError) as raised:
        mend_coverage(grids, AREA, 1.0)
    assert [flaw.kind for flaw in raised.value.flaws] == ["pieces"]
    sliver = shapely.multipolygons([shapely.box(0, 0, 100, 200), shapely.box(299.5, 0, 300, 200)])
    grids = np.array([sliver, shapely.box(100, 0, 299.5, 200)], dtype=object)
    assert find_faults(mend_coverage(grids, AREA, 1.0).shapes, AREA) == []


def test_a_grid_that_lies_under_another_is_not_lost_silently() -> None:
    grids = boxes((0, 0, 300, 200), (299.7, 0, 300, 200))
    with pytest.raises(WideFlawsError) as raised:
        mend_coverage(grids, AREA, 1.0)
    assert raised.value.flaws[0].kind == "pieces"
    assert raised.value.flaws[0].grids == (1,)


@given(
    st.lists(st.floats(-0.4, 0.4), min_size=2 * 4 * 12, max_size=2 * 4 * 12),
    st.booleans(),
)
def test_any_grids_drawn_carelessly_come_to_tile_the_area(shifts: list[float], holed: bool) -> None:
    cells = [shapely.box(x, y, x + 75, y + 66) for x in range(0, 300, 75) for y in (0, 66, 132)]
    moves = np.array(shifts).reshape(12, 4, 2)
    drawn = np.array(
        [
            shapely.Polygon(np.array(cell.exterior.coords)[:-1] + move)
            for cell, move in zip(cells, moves, strict=True)
        ],
        dtype=object,
    )
    area = shapely.box(0, 0, 300, 198)
    if holed:
        area = area.difference(shapely.box(100, 30, 101, 31))
    made = mend_coverage(drawn, area, 3.0)
    assert find_faults(made.shapes, area) == []
    assert max(move.moved_m for move in compare_shapes(drawn, made.shapes)) < 75
