"""Control points: a known map is found again, what is left over is told in metres."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from geo.georeference import FitError, FitKind, drawing_systems, fit_points

SHEET = np.array([[0.0, 0.0], [4000.0, 0.0], [4000.0, 3000.0], [0.0, 3000.0], [1700.0, 900.0]])
turns = st.floats(-np.pi, np.pi)
scales = st.floats(0.01, 20.0)
places = st.floats(-30_000, 30_000)


def similarity(angle: float, scale: float, east: float, north: float) -> np.ndarray:
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[a, -b, east], [b, a, north]])


def mapped(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


@given(turns, scales, places, places)
def test_a_known_similarity_is_found_from_two_points(
    angle: float, scale: float, east: float, north: float
) -> None:
    known = similarity(angle, scale, east, north)
    fit = fit_points(SHEET[:2], mapped(known, SHEET[:2]), "similarity")
    np.testing.assert_allclose(fit.apply(SHEET), mapped(known, SHEET), atol=1e-5)
    assert (fit.spare, fit.metres_per_unit) == (0, pytest.approx(scale))


@given(turns, scales, st.floats(0.8, 1.2), st.floats(-0.1, 0.1), places)
def test_a_known_affine_map_is_found_from_three_points(
    angle: float, scale: float, stretch: float, skew: float, east: float
) -> None:
    known = similarity(angle, scale, east, 7000.0)
    known[:, :2] = known[:, :2] @ np.array([[stretch, skew], [0.0, 1.0]])
    three = SHEET[[0, 1, 3]]
    fit = fit_points(three, mapped(known, three), "affine")
    np.testing.assert_allclose(fit.apply(SHEET), mapped(known, SHEET), atol=1e-5)
    assert fit.rms_m < 1e-6


def test_what_is_left_over_is_in_metres_on_the_ground() -> None:
    known = similarity(0.3, 0.5, 1000, 2000)
    ground = mapped(known, SHEET)
    # One of four corners is off by eight metres: a similarity cannot follow it.
    ground[2] += (8.0, 0.0)
    fit = fit_points(SHEET[:4], ground[:4], "similarity")
    assert fit.spare == 2
    assert 2.0 < fit.rms_m < 4.0
    assert fit.residuals_m.argmax() == 2
    off = np.hypot(*(fit.apply(SHEET[:4]) - ground[:4]).T)
    np.testing.assert_allclose(fit.residuals_m, off, atol=1e-9)


def test_least_squares_beats_any_map_near_it() -> None:
    ground = mapped(similarity(0.1, 0.4, 0, 0), SHEET) + np.random.default_rng(1).normal(
        0, 3, SHEET.shape
    )
    for kind in ("similarity", "affine"):
        fit = fit_points(SHEET, ground, kind)
        for change in (1e-4, -1e-4):
            nudged = mapped(fit.matrix * (1 + change), SHEET) - ground
            assert np.sqrt(np.mean(np.sum(nudged**2, axis=1))) > fit.rms_m


@pytest.mark.parametrize(
    ("kind", "sheet", "ground", "fault"),
    [
        ("similarity", SHEET[:1], SHEET[:1], "too-few"),
        ("affine", SHEET[:2], SHEET[:2], "too-few"),
        ("similarity", SHEET[[1, 1]], SHEET[:2], "same-place"),
        ("similarity", SHEET[:2], SHEET[[0, 0]], "same-place"),
        ("affine", [[0, 0], [1, 1], [2, 2]], SHEET[:3], "in-line"),
        ("affine", SHEET[:3], [[0, 0], [100, 100], [200, 200]], "in-line"),
        ("affine", SHEET[:3], SHEET[:3] * [1, -1], "mirrored"),
    ],
)
def test_points_that_fit_nothing_are_refused(
    kind: FitKind, sheet: np.ndarray, ground: np.ndarray, fault: str
) -> None:
    with pytest.raises(FitError) as caught:
        fit_points(sheet, ground, kind)
    assert caught.value.fault == fault


def test_systems_of_a_place_hold_it_near_their_meridian() -> None:
    """EPSG says the same of each code as we do."""
    for lon, lat in ((118.3, 36.8), (75.1, 39.5), (135.0, 48.0), (9.5, 47.2), (73.5, -4.2)):
        systems = drawing_systems(lon, lat)
        east, _ = Transformer.from_crs(4326, systems[0].code, always_xy=True).transform(lon, lat)
        assert abs(east - 500_000) < 350_000
        for system in systems:
            crs = CRS(system.code)
            assert crs.is_geographic == (system.meridian_deg is None)
            if system.meridian_deg is None:
                continue
            conversion = crs.coordinate_operation
            assert conversion is not None
            told = {parameter.name: parameter.value for parameter in conversion.params}
            assert told["Longitude of natural origin"] == system.meridian_deg
            number = (system.zone or 0) * 1_000_000 if system.family == "cgcs2000-zone" else 0
            assert told["False easting"] == number + 500_000
