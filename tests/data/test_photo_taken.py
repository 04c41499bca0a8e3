"""What a camera writes beside a picture: kept apart from it, and doubted."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from photo_files import notes, picture
from PIL import ExifTags, Image

from data.photos import Taken, read_taken
from data.picture_program import read_taken as notes_taken
from geo.datum import to_wgs84

CHINA = ZoneInfo("Asia/Shanghai")


def taken(tags: Image.Exif) -> Taken:
    """What is made of a camera's notes in China."""
    return read_taken(notes_taken(tags), CHINA)


@pytest.mark.parametrize(
    ("offset", "hour"), [("", 2), ("+08:00", 2), ("+00:00", 10), ("nonsense", None)]
)
def test_a_time_without_a_zone_is_the_districts(offset: str, hour: int | None) -> None:
    found = taken(notes(local="2026:11:20 10:00:00", offset=offset)).at
    expected = None if hour is None else datetime(2026, 11, 20, hour, tzinfo=UTC)
    assert found == expected


def test_satellites_tell_the_time_where_the_camera_does_not() -> None:
    tags = notes(local="0000:00:00 00:00:00")
    gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSDateStamp] = "2026:11:20"
    gps[ExifTags.GPS.GPSTimeStamp] = (2.0, 3.0, 4.0)
    assert taken(tags).at == datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "datum"),
    [
        (None, "unsaid"),
        ("WGS-84", "wgs84"),
        ("wgs84 ", "wgs84"),
        ("GCJ-02", "gcj02"),
        ("TOKYO", None),
    ],
)
def test_a_position_is_kept_with_its_datum(written: str | None, datum: str | None) -> None:
    found = taken(notes(datum=written)).point
    if datum is None:
        assert found is None
        return
    assert found is not None
    assert found.datum_in == datum
    expected = (118.305, 36.6014)
    if datum == "gcj02":
        expected = tuple(float(degrees) for degrees in to_wgs84(*expected, "gcj02"))
    assert (found.lon, found.lat) == pytest.approx(expected, abs=1e-9)


def test_broken_notes_are_left_out() -> None:
    tags = notes(local="yesterday")
    gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude] = "36"
    assert taken(tags) == Taken()
    gps[ExifTags.GPS.GPSLatitude] = (360.0, 0.0, 0.0)
    assert taken(tags) == Taken()
    for name in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude):
        gps[name] = (0.0, 0.0, 0.0)
    assert taken(tags) == Taken()
    assert picture()
