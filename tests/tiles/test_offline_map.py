"""Which tiles a map to take along is made of, and what a file of them says."""

import gzip
import json
import math

import hypothesis.strategies as st
import pytest
import shapely
from hypothesis import given, settings
from pmtiles.reader import MemorySource, Reader, all_tiles

from tiles import offline_map
from tiles.address import Tile
from tiles.offline_map import FIRST_ZOOM, LAST_ZOOM, MARGIN_M, NAMES, RADIUS_M, archive, tiles_over


def _at(lon: float, lat: float) -> tuple[float, float]:
    y = math.asinh(math.tan(math.radians(lat))) * RADIUS_M
    return math.radians(lon) * RADIUS_M, y


def _tile_at(lon: float, lat: float, zoom: int) -> Tile:
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Tile(zoom, int(x * 2**zoom), int(y * 2**zoom))


@settings(max_examples=40, deadline=None)
@given(
    lon=st.floats(74, 134),
    lat=st.floats(18, 53),
    width=st.floats(0.001, 0.02),
    angle=st.floats(0, 2 * math.pi),
)
def test_all_that_lies_within_the_margin_is_on_the_map(
    lon: float, lat: float, width: float, angle: float
) -> None:
    tiles = tiles_over(shapely.box(*_at(lon, lat), *_at(lon + width, lat + width)))
    # A little nearer than the margin, for a degree is not quite the same everywhere.
    east = MARGIN_M * 0.98 * math.sin(angle) / (111_320 * math.cos(math.radians(lat)))
    north = MARGIN_M * 0.98 * math.cos(angle) / 111_320
    for zoom in range(FIRST_ZOOM, LAST_ZOOM + 1):
        assert _tile_at(lon + east, lat + north, zoom) in tiles
    assert len(tiles) == len(set(tiles))


def test_a_small_grid_takes_few_tiles() -> None:
    assert len(tiles_over(shapely.box(*_at(118.0, 36.8), *_at(118.004, 36.803)))) < 60


def test_a_large_area_is_left_without_its_last_zooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline_map, "MOST_TILES", 40)
    region = shapely.box(*_at(118.0, 36.8), *_at(118.04, 36.84))
    tiles = tiles_over(region)
    assert len(tiles) <= 40
    last = max(tile.z for tile in tiles)
    assert FIRST_ZOOM < last < LAST_ZOOM
    # Whole zooms: what is not on the map at one zoom is on it at none.
    middle = _tile_at(118.02, 36.82, last)
    assert middle in tiles
    assert all(tile.z <= last for tile in tiles)


def test_a_file_holds_all_layers_of_a_tile_side_by_side() -> None:
    drawn = [
        (Tile(12, 3393, 1597), {name: name.encode() for name in NAMES}),
        (Tile(11, 1696, 798), dict.fromkeys(NAMES, b"")),
    ]
    written = archive(drawn, (118.0, 36.8, 118.04, 36.84), "© 甲")
    source = MemorySource(written)
    reader = Reader(source)
    held = {address: gzip.decompress(tile) for address, tile in all_tiles(source)}
    assert held == {
        (12, 3393, 1597): "".join(NAMES).encode(),
        (11, 1696, 798): b"",
    }
    assert reader.header()["min_lon_e7"] == 1_180_000_000
    assert (reader.header()["min_zoom"], reader.header()["max_zoom"]) == (11, 12)
    told = reader.metadata()
    assert told["attribution"] == "© 甲"
    assert [layer["id"] for layer in told["vector_layers"]] == list(NAMES)
    json.dumps(told)
    assert archive(reversed(drawn), (118.0, 36.8, 118.04, 36.84), "© 甲") == written
