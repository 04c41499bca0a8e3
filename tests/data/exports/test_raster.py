"""Density files and pictures: read back what was written."""

from io import BytesIO

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.io import MemoryFile

from data.exports.colours import DENSITY_RAMP, ramp_stops, ramp_table
from data.exports.raster import NODATA, density_cog, density_picture, write_density_cog
from geo.density import density

RNG = np.random.default_rng(7)
LON = 118.3 + RNG.normal(0, 0.02, 400)
LAT = 36.6 + RNG.normal(0, 0.02, 400)
SURFACE = density(LON, LAT)


@pytest.mark.parametrize("epsg", [3857, 4326])
def test_the_file_is_a_cog_that_says_what_it_holds(epsg):
    with MemoryFile(density_cog(SURFACE, epsg)) as file, file.open() as dataset:
        assert dataset.crs.to_epsg() == epsg
        assert dataset.nodata == NODATA
        assert dataset.units == ("cases/km2",)
        assert dataset.dtypes == ("float32",)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert len(dataset.overviews(1)) >= 1
        assert dataset.tags()["BANDWIDTH_M"] == "250.0"
        assert dataset.tags()["KERNEL"] == "quartic"


@pytest.mark.parametrize("epsg", [3857, 4326])
def test_values_survive_the_warp_at_their_place(epsg):
    peak = density([118.3], [36.6], bandwidth_m=500, cell_m=10)
    with MemoryFile(density_cog(peak, epsg)) as file, file.open() as dataset:
        band = dataset.read(1)
        assert band.max() == pytest.approx(peak.per_km2.max(), rel=0.01)
        row, column = np.unravel_index(band.argmax(), band.shape)
        x, y = dataset.transform @ (column + 0.5, row + 0.5)
    if epsg == 3857:
        [x], [y] = rasterio.warp.transform("EPSG:3857", "EPSG:4326", [x], [y])
    assert (x, y) == pytest.approx((118.3, 36.6), abs=2e-4)


def test_another_projection_is_refused():
    with pytest.raises(ValueError, match="3857"):
        density_cog(SURFACE, 32650)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "density.tif"
    write_density_cog(target, SURFACE)
    before = target.read_bytes()

    def full_disk(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_density_cog(target, density([118.3], [36.6]))
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_the_picture_is_clear_where_nothing_is_and_strong_at_the_peak():
    picture = density_picture(density_cog(SURFACE))
    with Image.open(BytesIO(picture.png)) as image:
        assert image.mode == "RGBA"
        pixels = np.asarray(image)
    assert (pixels[[0, -1], [0, -1], 3] == 0).all()
    assert pixels[..., 3].max() >= 230
    west, south, east, north = picture.bbox
    assert west < LON.min() < LON.max() < east
    assert south < LAT.min() < LAT.max() < north
    assert picture.max_per_km2 == pytest.approx(SURFACE.per_km2.max(), rel=0.02)
    assert picture.stops[-1] == (picture.max_per_km2, "#420a5a")
    assert picture.bandwidth_m == 250


def test_a_common_maximum_makes_pictures_comparable():
    paler = density_picture(density_cog(SURFACE), max_per_km2=SURFACE.per_km2.max() * 4)
    with Image.open(BytesIO(paler.png)) as image:
        assert np.asarray(image)[..., 3].max() < 190
    assert paler.max_per_km2 == pytest.approx(SURFACE.per_km2.max() * 4)


def test_a_picture_is_made_of_density_files_only():
    with pytest.raises(ValueError, match="EPSG:3857"):
        density_picture(density_cog(SURFACE, 4326))


def test_the_ramp_falls_steadily_in_lightness():
    red, green, blue = (ramp_table(DENSITY_RAMP)[:, i].astype(float) for i in range(3))
    lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert (np.diff(lightness) < 0.75).all()
    assert lightness[0] - lightness[-1] > 150
    assert [value for value, _ in ramp_stops(DENSITY_RAMP, 10.0)][-1] == 10.0
