"""Datums: published coordinate pairs, round trips, and what lies outside China."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.datum import (
    DATUMS,
    corner_residuals_m,
    from_wgs84,
    geometry_from_wgs84,
    geometry_to_wgs84,
    guess,
    to_wgs84,
)

WGS84 = Geod(ellps="WGS84")

# (WGS 84 lon, lat) → (GCJ-02 lon, lat), as printed by the libraries' own tests and read-mes.
GCJ02_PAIRS = [
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),  # wandergis/coordtransform
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),  # eviltransform, Shanghai
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),  # eviltransform, Shenzhen
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),  # eviltransform, Beijing
    ((121.0917077, 30.6107779), (121.09626935575027, 30.608604331756705)),  # geotool
]
# (GCJ-02 lon, lat) → (BD-09 lon, lat)
BD09_PAIRS = [
    ((116.404, 39.915), (116.41036949371029, 39.92133699351021)),  # wandergis/coordtransform
    ((121.09626935575027, 30.608604331756705), (121.10271732371203, 30.61484572185035)),  # geotool
    ((123.0, 45.0), (123.00636499, 45.00636899)),  # hujiulong/gcoord, 8 decimals
]

# A strip of 0.02° along the border of the rectangle is left out: there the rule that is tested
# on the coordinate as given cannot be reversed.
china = st.tuples(st.floats(72.03, 137.81), st.floats(0.85, 55.8))
shifted_datum = st.sampled_from(["gcj02", "bd09"])


@pytest.mark.parametrize(("wgs84", "gcj02"), GCJ02_PAIRS)
def test_gcj02_meets_published_pairs_both_ways(wgs84, gcj02):
    assert from_wgs84(*wgs84, "gcj02") == pytest.approx(gcj02, abs=1e-7)
    assert to_wgs84(*gcj02, "gcj02") == pytest.approx(wgs84, abs=1e-7)


def test_gcj02_meets_full_digits():
    wgs84, gcj02 = GCJ02_PAIRS[0]
    assert from_wgs84(*wgs84, "gcj02") == pytest.approx(gcj02, abs=1e-12)


@pytest.mark.parametrize(("gcj02", "bd09"), BD09_PAIRS)
def test_bd09_meets_published_pairs_both_ways(gcj02, bd09):
    wgs84 = [float(value) for value in to_wgs84(*gcj02, "gcj02")]
    assert from_wgs84(*wgs84, "bd09") == pytest.approx(bd09, abs=1e-8)
    assert to_wgs84(*bd09, "bd09") == pytest.approx(wgs84, abs=1e-8)


def test_gcoords_looser_inverses_are_met_to_their_own_accuracy():
    # gcoord stops GCJ-02 at 1e-6° and undoes BD-09 by a closed formula; ours iterates on.
    assert to_wgs84(123.0, 45.0, "gcj02") == pytest.approx((122.99395597, 44.99804071), abs=1e-6)
    assert to_wgs84(123.0, 45.0, "bd09") == pytest.approx((122.98762210, 44.99171540), abs=1e-5)


def test_shift_at_zibo_is_about_544_m():
    lon, lat = from_wgs84(118.05, 36.81, "gcj02")
    _, _, shift_m = WGS84.inv(118.05, 36.81, float(lon), float(lat))
    assert shift_m == pytest.approx(544, abs=5)


@given(st.lists(china, min_size=1, max_size=20), shifted_datum)
def test_round_trip_is_far_below_a_millimetre(points, datum):
    lon, lat = np.array(points).T
    back_lon, back_lat = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    _, _, off_m = WGS84.inv(lon, lat, back_lon, back_lat)
    assert np.max(off_m) < 1e-5


@given(st.lists(china, min_size=1, max_size=20), shifted_datum)
def test_round_trip_the_other_way(points, datum):
    lon, lat = np.array(points).T
    again_lon, again_lat = from_wgs84(*to_wgs84(lon, lat, datum), datum)
    _, _, off_m = WGS84.inv(lon, lat, again_lon, again_lat)
    assert np.max(off_m) < 1e-5


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize(
    "place", [(9.52, 47.14), (73.5, 0.5), (-123.0, -45.0), (139.7, 35.7), (72.003, 30.0)]
)
def test_abroad_nothing_is_shifted(place, datum):
    assert from_wgs84(*place, datum) == place
    assert to_wgs84(*place, datum) == place


def test_cgcs2000_is_wgs84():
    assert to_wgs84(118.3, 36.6, "cgcs2000") == (118.3, 36.6)


def test_shape_is_kept_and_input_is_not_touched():
    lon = np.full((2, 3), 118.3)
    lat = np.full((2, 3), 36.6)
    out_lon, out_lat = to_wgs84(lon, lat, "gcj02")
    assert out_lon.shape == out_lat.shape == (2, 3)
    assert (lon == 118.3).all()
    assert to_wgs84([], [], "bd09")[0].shape == (0,)


def test_geometries_convert_vertex_by_vertex_and_keep_height():
    line = shapely.LineString([(118.0, 36.0, 5.0), (119.0, 37.0, 7.0)])
    shifted = geometry_from_wgs84(line, "gcj02")
    for before, after in zip(line.coords, shifted.coords, strict=True):
        assert after[:2] == from_wgs84(*before[:2], "gcj02")
        assert after[2] == before[2]
    flat = np.array([shapely.box(118.0, 36.0, 118.1, 36.1), shapely.Point(118.2, 36.2)])
    back = geometry_to_wgs84(geometry_from_wgs84(flat, "bd09"), "bd09")
    assert shapely.equals_exact(back, flat, tolerance=1e-10).all()
    assert not shapely.has_z(back).any()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_coordinate_that_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match="finite"):
        to_wgs84([118.0, bad], [36.0, 36.0], "gcj02")


def test_unknown_datum_and_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match="beijing54"):
        to_wgs84(118.0, 36.0, "beijing54")
    with pytest.raises(ValueError, match="shape"):
        from_wgs84([118.0, 119.0], [36.0], "gcj02")


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_a_known_corner_tells_the_datum(datum):
    corner = np.array([118.30, 118.31]), np.array([36.60, 36.61])
    noise = np.array([3e-5, -2e-5])
    given_lon, given_lat = from_wgs84(*corner, datum)
    assert guess(given_lon + noise, given_lat - noise, *corner) == datum
    residuals = corner_residuals_m(given_lon, given_lat, *corner)
    assert residuals[datum] < 0.001
    assert min(value for name, value in residuals.items() if name != datum) > 300


def test_a_corner_that_fits_no_datum_is_not_guessed():
    assert guess(118.40, 36.60, 118.30, 36.60) is None
