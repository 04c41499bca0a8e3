"""Drawings and scans: what is read of them, and where they come to lie."""

import io
import json

import numpy as np
import pytest
import sheets
import small_town
from PIL import Image
from rasterio import Affine

from data import backdrop_drawings, backdrop_scans
from data.backdrop_drawings import read_drawing
from data.backdrop_errors import BackdropError
from data.backdrop_placing import (
    LOCAL,
    ControlPoint,
    place_drawing,
    place_scan,
    prepare_backdrop,
)
from data.backdrop_scans import read_scan

TOWN = small_town.BOXES[11]
STREET = [(118.002, 36.822), (118.018, 36.822), (118.018, 36.838)]


def drawn(system: str, encoding: str = "gbk") -> bytes:
    places = sheets.in_system(system, STREET)
    return sheets.dxf(sheets.line(places) + sheets.writing("幸福路", places[1]), encoding)


@pytest.mark.parametrize("system", ["EPSG:4548", "EPSG:4527", "EPSG:4490", "EPSG:4326"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_drawing_lies_where_its_system_says(system: str, encoding: str) -> None:
    read = prepare_backdrop(drawn(system, encoding), "规划.dxf", system, TOWN)
    assert (read.kind, read.name) == ("drawing", "规划.dxf")
    assert read.placed == {"by": "system", "system": system}
    assert read.shown is not None
    lines, words = json.loads(read.shown[0])["features"]
    told = np.array(lines["geometry"]["coordinates"]).reshape(-1, 2)
    np.testing.assert_allclose(told, [STREET[0], STREET[1], STREET[1], STREET[2]], atol=2e-7)
    assert words["properties"]["text"] == "幸福路"
    np.testing.assert_allclose(words["geometry"]["coordinates"], STREET[1], atol=2e-7)


def test_a_drawing_elsewhere_is_refused_with_the_systems_that_fit() -> None:
    with pytest.raises(BackdropError) as caught:
        prepare_backdrop(drawn("EPSG:4548"), "a.dxf", "EPSG:4547", TOWN)
    assert caught.value.fault == "elsewhere"
    assert caught.value.params["fitting"] == ["EPSG:4548"]
    assert caught.value.params["lon"] == pytest.approx(115.01, abs=0.02)


def test_a_drawing_in_degrees_taken_for_metres_is_refused() -> None:
    with pytest.raises(BackdropError) as caught:
        prepare_backdrop(drawn("EPSG:4326"), "a.dxf", "EPSG:4548", TOWN)
    assert set(caught.value.params["fitting"]) == {"EPSG:4326", "EPSG:4490"}


@pytest.mark.parametrize(
    ("raw", "system", "fault"),
    [
        (drawn("EPSG:4548"), None, "unknown-system"),
        (drawn("EPSG:4548"), "EPSG:99999999", "unknown-system"),
        (drawn("EPSG:4548")[:260], "EPSG:4548", "damaged"),
        (sheets.dxf(""), LOCAL, "empty-drawing"),
        (sheets.dxf(sheets.writing("只有字", (1, 2))), LOCAL, "empty-drawing"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(99), LOCAL, "binary-drawing"),
        (b"AC1032" + bytes(99), LOCAL, "binary-drawing"),
        (b"%PDF-1.7\n", None, "pdf-damaged"),
        (b"", None, "unknown-kind"),
        (b"<svg/>", None, "unknown-kind"),
        (sheets.picture()[:200], None, "damaged"),
        (sheets.picture(kind="JPEG")[:400], None, "damaged"),
        (sheets.picture(kind="GIF", mode="P"), None, "unknown-kind"),
    ],
)
def test_bad_files_are_refused(raw: bytes, system: str | None, fault: str) -> None:
    with pytest.raises(BackdropError) as caught:
        prepare_backdrop(raw, "x", system, TOWN)
    assert caught.value.fault == fault


def test_limits_hold_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backdrop_scans, "MOST_PIXELS", 100)
    monkeypatch.setattr(backdrop_scans, "_read", None)
    monkeypatch.setattr(backdrop_drawings, "MOST_VERTICES", 3)
    for raw, system, fault in (
        (sheets.picture(), None, "too-many-pixels"),
        (drawn("EPSG:4548"), "EPSG:4548", "too-many-lines"),
        (bytes(40 * 1024 * 1024 + 1), None, "too-large"),
    ):
        with pytest.raises(BackdropError) as caught:
            prepare_backdrop(raw, "x", system, TOWN)
        assert caught.value.fault == fault


def test_curves_and_blocks_become_lines_and_paper_space_is_left_out() -> None:
    circle = "0\nCIRCLE\n8\n0\n10\n100\n20\n100\n40\n5\n"
    paper = "0\nLINE\n67\n1\n8\n0\n10\n0\n20\n0\n11\n9999\n21\n9999\n"
    drawing = read_drawing(sheets.dxf(circle + paper))
    assert drawing.box == pytest.approx((95, 95, 105, 105), abs=0.1)
    assert len(drawing.vertices()) > 20


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *[("PNG", mode) for mode in ("RGBA", "P", "L", "1", "LA")],
        *[("JPEG", mode) for mode in ("RGB", "L", "CMYK")],
        *[("TIFF", mode) for mode in ("RGB", "1")],
    ],
)
def test_every_kind_of_scan_is_read(kind: str, mode: str) -> None:
    scan = read_scan(sheets.picture(kind=kind, mode=mode))
    assert (scan.pixels.shape, scan.crs, scan.transform) == ((300, 400, 4), None, None)
    dark, white = scan.pixels[20, 20, :3], scan.pixels[280, 380, :3]
    assert dark.max() < 80
    assert white.min() > 240
    assert scan.pixels[..., 3].min() == 255


def test_a_scan_of_sixteen_bits_and_a_large_one_are_made_small() -> None:
    out = io.BytesIO()
    Image.fromarray(np.full((20, 30), 65535, dtype=np.uint16)).save(out, "PNG")
    assert read_scan(out.getvalue()).pixels[..., :3].min() == 255
    large = read_scan(sheets.picture((9000, 6000), "PNG", "1"))
    assert large.pixels.shape == (2000, 3000, 4)
    assert large.pixels[999, 1499, 0] == 0
    assert large.pixels[1000, 1500, 0] == 255


def pixel(webp: bytes, bounds: tuple[float, ...], lon: float, lat: float) -> tuple[int, ...]:
    """What a picture in EPSG:3857 shows at a place."""
    with Image.open(io.BytesIO(webp)) as image:
        west, south, east, north = bounds
        y = np.log(np.tan(np.pi / 4 + np.radians([south, lat, north]) / 2))
        column = int((lon - west) / (east - west) * image.width)
        row = int((y[2] - y[1]) / (y[2] - y[0]) * image.height)
        return tuple(int(v) for v in image.convert("RGBA").getpixel((column, row)))


def test_a_picture_that_knows_its_place_needs_no_points() -> None:
    (west, south), (east, north) = sheets.in_system(
        sheets.ZONE_117, [(118.004, 36.824), (118.016, 36.836)]
    )
    step = (east - west) / 80, (north - south) / 60
    raw = sheets.geotiff(sheets.ZONE_117, Affine(step[0], 0, west, 0, -step[1], north))
    read = prepare_backdrop(raw, "旧图.tif", None, TOWN)
    assert read.placed is not None
    assert read.bounds is not None
    assert read.shown is not None
    assert read.bounds == pytest.approx((118.004, 36.824, 118.016, 36.836), abs=2e-4)
    red, blue = (pixel(read.shown[0], read.bounds, lon, 36.83) for lon in (118.007, 118.013))
    assert red[0] > 3 * red[2] + 150
    assert blue[2] > 3 * blue[0] + 150
    elsewhere = sheets.geotiff("EPSG:4547", Affine(step[0], 0, west, 0, -step[1], north))
    with pytest.raises(BackdropError) as caught:
        prepare_backdrop(elsewhere, "x", None, TOWN)
    assert caught.value.fault == "elsewhere"
    assert prepare_backdrop(elsewhere, "x", LOCAL, TOWN).placed is None


def corners(width: int, height: int, box: tuple[float, ...]) -> list[ControlPoint]:
    """The corners of a sheet that is laid on a box with its left side to the north."""
    west, south, east, north = box
    return [
        ControlPoint(0, 0, west, south),
        ControlPoint(width, 0, west, north),
        ControlPoint(width, height, east, north),
        ControlPoint(0, height, east, south),
    ]


def test_a_scan_is_turned_and_laid_on_its_points() -> None:
    """Its first row goes up the western side: the dark quarter comes to lie in the south-west."""
    box = (118.004, 36.824, 118.010, 36.8304)
    picture = backdrop_scans.as_jpeg(read_scan(sheets.picture()).pixels)
    placed = place_scan(picture, corners(400, 300, box), "affine")
    assert placed.bounds == pytest.approx(box, abs=3e-5)
    assert placed.how["rms_m"] < 0.1
    dark = pixel(placed.shown, placed.bounds, 118.0055, 36.8256)
    light = pixel(placed.shown, placed.bounds, 118.0085, 36.8288)
    assert max(dark[:3]) < 90
    assert min(light[:3]) > 200
    assert dark[3] == light[3] == 255


def test_what_is_left_over_is_told_for_each_point() -> None:
    picture = backdrop_scans.as_jpeg(read_scan(sheets.picture()).pixels)
    points = corners(400, 300, (118.004, 36.824, 118.010, 36.8304))
    points[2] = ControlPoint(400, 300, 118.0102, 36.8304)
    how = place_scan(picture, points, "similarity").how
    residuals = [point["residual_m"] for point in how["points"]]
    assert (how["fit"], how["spare"]) == ("similarity", 2)
    assert how["rms_m"] == pytest.approx(np.sqrt(np.mean(np.square(residuals))), abs=2e-3)
    assert 3 < max(residuals) < 18.5


def test_points_that_fit_nothing_are_told() -> None:
    picture = backdrop_scans.as_jpeg(read_scan(sheets.picture()).pixels)
    one = ControlPoint(0, 0, 118.0, 36.8)
    for points, fault in (([], "too-few"), ([one], "too-few"), ([one, one], "same-place")):
        with pytest.raises(BackdropError) as caught:
            place_scan(picture, points, "similarity")
        assert caught.value.fault == fault


def test_a_drawing_of_a_system_nobody_knows_is_placed_on_its_picture() -> None:
    """A street grid in metres from a corner of the town hall, turned by nothing."""
    raw = sheets.dxf(sheets.line([(0, 0), (1000, 0), (1000, 800), (0, 800)]))
    read = prepare_backdrop(raw, "a.dxf", LOCAL, TOWN)
    assert (read.shown, read.placed, read.bounds) == (None, None, None)
    with Image.open(io.BytesIO(read.picture[0])) as sheet:
        assert sheet.size == read.size_px == (3000, 2423)
        # The margin is 2 %: the drawing's lower left corner.
        x, y = 0.02 / 1.04 * 3000, 2423 - 0.02 / 1.04 * 3000
        assert sheet.getpixel((round(x) + 300, round(y))) == 40
    width = 1000 / 1.04 / 1000 * 3000
    points = [ControlPoint(x, y, 118.0, 36.83), ControlPoint(x + width, y, 118.01, 36.83)]
    placed = place_drawing(raw, points, "similarity")
    told = np.array(json.loads(placed.shown)["features"][0]["geometry"]["coordinates"][0])
    np.testing.assert_allclose(told, [(118.0, 36.83), (118.01, 36.83)], atol=1e-5)
    assert placed.how["spare"] == 0
