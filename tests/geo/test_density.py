"""Kernel density: nothing lost, right height, right place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.density import density
from geo.metric import project

place = st.tuples(st.floats(118.28, 118.32), st.floats(36.58, 36.62))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(place, min_size=1, max_size=60),
    st.sampled_from(["quartic", "gaussian"]),
    st.sampled_from([100.0, 250.0, 400.0]),
)
def test_the_integral_is_the_number_of_points_also_at_the_edge(places, kernel, bandwidth_m):
    lon, lat = np.array(places).T
    surface = density(lon, lat, kernel=kernel, bandwidth_m=bandwidth_m)
    assert surface.integral() == pytest.approx(len(places), rel=1e-5)
    assert (surface.per_km2 >= 0).all()


@pytest.mark.parametrize(("kernel", "peak"), [("quartic", 3 / np.pi), ("gaussian", 0.5 / np.pi)])
def test_the_peak_of_one_point_is_that_of_the_formula(kernel, peak):
    surface = density([118.3], [36.6], kernel=kernel, bandwidth_m=250, cell_m=5)
    assert surface.per_km2.max() == pytest.approx(peak / 0.25**2, rel=0.01)


def test_the_peak_lies_where_the_point_is_and_the_quartic_ends_at_its_bandwidth():
    lon, lat = np.array([118.3, 118.33]), np.array([36.6, 36.59])
    surface = density(lon, lat, weights=[5.0, 1.0], bandwidth_m=250, cell_m=10)
    rows, columns = np.indices(surface.per_km2.shape)
    x_m = surface.west_m + (columns + 0.5) * surface.cell_m
    y_m = surface.north_m - (rows + 0.5) * surface.cell_m
    at_x, at_y = project(lon, lat, surface.crs)
    peak = np.unravel_index(surface.per_km2.argmax(), surface.per_km2.shape)
    assert np.hypot(x_m[peak] - at_x[0], y_m[peak] - at_y[0]) < 10
    away_m = np.minimum(*(np.hypot(x_m - x, y_m - y) for x, y in zip(at_x, at_y, strict=True)))
    assert surface.per_km2[away_m > 275].max() == 0
    assert surface.per_km2[away_m < 225].min() > 0


def test_weights_scale_the_surface():
    one = density([118.3, 118.301], [36.6, 36.6])
    double = density([118.3, 118.301], [36.6, 36.6], weights=[2, 2])
    np.testing.assert_allclose(double.per_km2, 2 * one.per_km2, rtol=1e-5)
    assert double.integral() == pytest.approx(4, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lon": [], "lat": []}, "at least one"),
        ({"lon": [np.nan], "lat": [36.6]}, "finite"),
        ({"lon": [118.3], "lat": [36.6], "bandwidth_m": 0}, "bandwidth"),
        ({"lon": [118.3], "lat": [36.6], "cell_m": 300}, "no larger"),
        ({"lon": [118.3], "lat": [36.6], "weights": [1, 2]}, "as many"),
        ({"lon": [110.0, 120.0], "lat": [30.0, 40.0]}, "larger cells"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        density(**arguments)
