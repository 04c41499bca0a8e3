"""Simplified shapes stay a coverage: what was a shared edge is one still."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.shapes import BANDS, band_of, pixel_3857, simplify_bands


def wiggly_coverage(seed: int, columns: int, rows: int) -> list[shapely.Polygon]:
    """Cells some 300 m wide whose common borders wind, in EPSG:3857 near 37° N."""
    rng = np.random.default_rng(seed)
    size = 400.0

    def winding(start: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
        along = np.linspace(0, 1, 60)
        line = np.outer(1 - along, start) + np.outer(along, end)
        # Sideways only, and near a corner so little that no border meets the next.
        reach = np.minimum(0.4 * np.minimum(along, 1 - along), 0.1) * size
        sideways = 1 if start[1] == end[1] else 0
        line[:, sideways] += rng.uniform(-reach, reach)
        return line + np.array([13_140_000.0, 4_410_000.0])

    corners = {(i, j): (i * size, j * size) for i in range(columns + 1) for j in range(rows + 1)}
    across = {
        (i, j): winding(corners[i, j], corners[i + 1, j])
        for i in range(columns)
        for j in range(rows + 1)
    }
    up = {
        (i, j): winding(corners[i, j], corners[i, j + 1])
        for i in range(columns + 1)
        for j in range(rows)
    }
    cells = []
    for i in range(columns):
        for j in range(rows):
            ring = [across[i, j], up[i + 1, j], across[i, j + 1][::-1], up[i, j][::-1]]
            cells.append(shapely.Polygon(np.vstack([side[:-1] for side in ring])))
    return cells


coverages = st.builds(
    wiggly_coverage, st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3)
)


@settings(max_examples=25, deadline=None)
@given(coverages, st.booleans())
def test_every_band_is_a_coverage_of_the_same_ground(
    cells: list[shapely.Polygon], outline: bool
) -> None:
    whole = shapely.union_all(cells)
    for band, shapes in simplify_bands(np.array(cells), outline=outline).items():
        assert len(shapes) == len(cells)
        assert {shape.geom_type for shape in shapes} == {"MultiPolygon"}
        parts = shapely.get_parts(shapes)
        assert shapely.coverage_is_valid(parts), band
        union = shapely.coverage_union_all(parts)
        assert union.area == pytest.approx(shapely.area(parts).sum())
        if not outline:
            assert union.symmetric_difference(whole).area == pytest.approx(0, abs=1e-3), band


def test_far_away_there_are_fewer_vertices_and_close_by_all() -> None:
    cells = np.array(wiggly_coverage(5, 3, 3))
    banded = simplify_bands(cells, outline=True)
    counts = [shapely.get_num_coordinates(banded[first]).sum() for first, _ in BANDS]
    assert counts[0] < counts[1] < counts[2] < counts[3]
    assert counts[3] == shapely.get_num_coordinates(cells).sum()
    assert counts[0] < counts[3] / 2


def test_a_neighbour_drawn_on_another_day_still_fits() -> None:
    cells = wiggly_coverage(9, 2, 2)
    west, east = np.array(cells[:2]), np.array(cells[2:])
    for band in dict(BANDS):
        parts = [
            part
            for half in (west, east)
            for part in shapely.get_parts(simplify_bands(half, outline=False)[band])
        ]
        assert shapely.coverage_is_valid(parts), band


def test_a_multipolygon_keeps_its_parts() -> None:
    island = shapely.box(13_150_000, 4_410_000, 13_150_500, 4_410_500)
    cells = wiggly_coverage(3, 2, 1)
    both = np.array([shapely.MultiPolygon([cells[0], island]), cells[1]])
    for shapes in simplify_bands(both, outline=True).values():
        assert [len(shape.geoms) for shape in shapes] == [2, 1]


@pytest.mark.parametrize(
    ("zoom", "band"), [(0, 0), (11, 0), (12, 12), (13, 12), (14, 14), (15, 14), (16, 16), (22, 16)]
)
def test_a_zoom_belongs_to_one_band(zoom: int, band: int) -> None:
    assert band_of(zoom) == band


def test_a_pixel_is_as_wide_as_on_screen() -> None:
    assert pixel_3857(0) == pytest.approx(78271.517, abs=1e-3)
    assert pixel_3857(15) == pytest.approx(pixel_3857(14) / 2)
