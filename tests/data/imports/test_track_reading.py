"""Fixes as they are read: from GPX, FIT and CSV, with their faults."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import office_files as office
import pytest
import track_files as tracks

from data.imports.problems import ImportFileError
from data.imports.track_messages import TRACK_MESSAGES
from data.imports.tracks.fixes import NOBODY, TrackFile
from data.imports.tracks.sources import (
    TrackSource,
    TrackWords,
    login_of_name,
    read_track_file,
    track_sources,
)
from data.imports.tracks.times import read_times
from geo.datum import Datum, from_wgs84

SHANDONG = ZoneInfo("Asia/Shanghai")
HEADER = ["时间", "经度", "纬度"]
BEGIN_S = tracks.BEGIN.timestamp()


def _read(path: Path, datum: Datum | None = None) -> TrackFile:
    return read_track_file(TrackSource(path.name, path), TrackWords(SHANDONG, datum=datum))


def _csv(
    path: Path, rows: list[list[object]], *, encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    return office.write_csv(path, rows, encoding=encoding, delimiter=delimiter)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-18 09:00:00",
        "2026-11-18T01:00:00Z",
        "2026-11-18 01:00:00+00",
        "2026-11-18T09:00:00.000+08:00",
        "2026/11/18 9:00:00",
        "2026/11/18 09:00",
        "2026年11月18日 9时0分0秒",
        "2026年11月18日 09:00:00",
        "20261118090000",
        "1794963600",
        "1794963600000",
        "２０２６-11-18 09:00",
    ],
)
def test_a_time_is_read_however_it_is_written(written: str) -> None:
    seconds, faults = read_times(np.array([written], dtype=object), SHANDONG)
    assert faults == []
    assert datetime.fromtimestamp(seconds[0], UTC) == tracks.BEGIN


def test_mixed_times_are_read_each_in_its_way() -> None:
    cells = ["2026-11-18 09:00:00", "2026/11/18 9:00", "2026-11-18T01:00:00Z", "昨天", ""]
    seconds, faults = read_times(np.array(cells, dtype=object), SHANDONG)
    assert seconds[:3].tolist() == [BEGIN_S] * 3
    assert faults == [(3, "time_bad"), (4, "value_missing")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_in_any_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["某镇轨迹导出"], [*HEADER, "账号", "精度"]]
    rows += tracks.rows_of(tracks.walk(), "officer", "8")
    file = _read(_csv(tmp_path / "t.csv", rows, encoding=encoding, delimiter=delimiter), "wgs84")
    assert file.fixes.time_s.tolist() == [BEGIN_S + 30 * at for at in range(6)]
    assert file.fixes.lon.tolist() == [lon for _, lon, _ in tracks.walk()]
    assert (file.logins, file.fixes.login.tolist()) == (["officer"], [0] * 6)
    assert file.fixes.accuracy_m.tolist() == [8.0] * 6
    assert file.fixes.row.tolist() == [3, 4, 5, 6, 7, 8]
    assert file.mapping["login"] == "账号"


def test_day_and_time_may_stand_apart(tmp_path: Path) -> None:
    rows = [["日期", "时间", "lon", "lat"], ["2026/11/18", "09:00:00", 118.002, 36.83]]
    file = _read(_csv(tmp_path / "t.csv", rows), "wgs84")
    assert file.fixes.time_s.tolist() == [BEGIN_S]


def test_a_shifted_table_is_brought_to_wgs84_once(tmp_path: Path) -> None:
    lon, lat = from_wgs84(np.array([118.002]), np.array([36.83]), "gcj02")
    rows = [HEADER, ["2026-11-18 09:00:00", lon[0], lat[0]]]
    file = _read(_csv(tmp_path / "t.csv", rows), "gcj02")
    assert file.fixes.lon[0] == pytest.approx(118.002, abs=1e-6)
    assert file.fixes.lat[0] == pytest.approx(36.83, abs=1e-6)


def test_a_table_must_say_its_datum(tmp_path: Path) -> None:
    path = _csv(tmp_path / "t.csv", [HEADER, *tracks.rows_of(tracks.walk())])
    with pytest.raises(ImportFileError) as refused:
        _read(path)
    assert refused.value.code == "crs_missing"


def test_bad_rows_are_named_by_their_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "t,lon,lat\n"
        "2026-11-18 09:00:00,118.002,36.83\n"
        "2026-11-18 09:00:30,118.002\n"
        "\n"
        "gestern,118.002,36.83\n"
        "2026-11-18 09:01:00,,36.83\n"
        "2026-11-18 09:01:30,0,0\n"
        "2026-11-18 09:02:00,118.002,36.83\n"
        "2026-11-18 09:02:30,abc,36.83\n"
        "2026-11-18 09:03:00,218.002,36.83\n"
    )
    file = _read(path, "wgs84")
    assert sorted((row.row, row.code) for row in file.bad.rows) == [
        (3, "row_torn"),
        (5, "time_bad"),
        (6, "coordinate_missing"),
        (7, "coordinate_zero"),
        (9, "coordinate_bad"),
        (10, "coordinate_range"),
    ]
    assert file.fixes.row.tolist() == [2, 8]
    assert file.rows_read == 8, "the empty line is no row"


def test_lines_keep_their_numbers_over_many_blocks(tmp_path: Path) -> None:
    path, lines = tmp_path / "long.csv", 300_000
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["t", "lon", "lat", "remark"])
        for at in range(lines):
            torn = at % 50_000 == 49_999
            row = [1_794_963_600 + at, 118.002, 36.83, "on the road again and again"]
            writer.writerow(row[:2] if torn else row)
    read = _read(path, "wgs84")
    assert [row.row for row in read.bad.rows] == [50_001 + 50_000 * at for at in range(6)]
    assert np.array_equal(read.fixes.row, read.fixes.time_s.astype(int) - 1_794_963_600 + 2)


def test_swapped_coordinates_are_the_fault_of_the_file(tmp_path: Path) -> None:
    rows = [["t", "lon", "lat"], *([when, lat, lon] for when, lon, lat in _rows())]
    with pytest.raises(ImportFileError) as refused:
        _read(_csv(tmp_path / "t.csv", rows), "wgs84")
    assert refused.value.code == "coordinates_swapped"


def _rows() -> list[list[object]]:
    return tracks.rows_of(tracks.walk())


def test_a_gpx_file_is_read_track_by_track(tmp_path: Path) -> None:
    path = tracks.write_gpx(tmp_path / "walk.gpx", tracks.walk(fixes=2), tracks.walk(fixes=3))
    file = _read(path)
    assert (file.file_format, file.datum, file.rows_read) == ("GPX", "wgs84", 5)
    assert file.fixes.track.tolist() == [0, 0, 1, 1, 1]
    assert file.fixes.login.tolist() == [NOBODY] * 5


def test_points_without_a_time_are_bad_rows(tmp_path: Path) -> None:
    path = tracks.write_gpx(tmp_path / "walk.gpx", tracks.walk(fixes=3))
    path.write_text(path.read_text().replace("<time>2026-11-18T01:00:30Z</time>", ""))
    file = _read(path)
    assert [(row.row, row.code) for row in file.bad.rows] == [(2, "value_missing")]
    assert len(file.fixes) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<gpx version='1.1'><trk>", "file_unreadable"),
        ("<gpx version='1.1'><wpt lat='1' lon='2'/></gpx>", "gpx_without_track"),
    ],
)
def test_a_gpx_file_without_a_track_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "bad.gpx"
    path.write_text(text)
    with pytest.raises(ImportFileError) as refused:
        _read(path)
    assert refused.value.code == code


def test_a_fit_file_is_read_by_its_records(tmp_path: Path) -> None:
    path = tracks.write_fit(tmp_path / "watch.fit", tracks.walk(), blanks=2)
    file = _read(path)
    assert (file.file_format, file.rows_read) == ("FIT", 8)
    assert file.fixes.time_s.tolist() == [BEGIN_S + 30 * at for at in range(6)]
    # A semicircle is 8e-8 degrees.
    assert file.fixes.lon == pytest.approx([lon for _, lon, _ in tracks.walk()], abs=1e-7)
    assert file.fixes.row.tolist() == [3, 4, 5, 6, 7, 8]
    assert file.fixes.accuracy_m.tolist() == [4.0] * 6


@pytest.mark.parametrize("damage", ["cut", "other", "longer"])
def test_a_damaged_fit_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tracks.write_fit(tmp_path / "watch.fit", tracks.walk())
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[:-9],
            "other": whole[:60] + bytes([whole[60] ^ 1]) + whole[61:],
            "longer": whole + b"\x00" * 7,
        }[damage]
    )
    with pytest.raises(ImportFileError) as refused:
        _read(path)
    assert refused.value.code == "file_unreadable"


def test_a_folder_and_an_archive_are_walked_over(tmp_path: Path) -> None:
    folder = tmp_path / "november"
    (folder / "officer").mkdir(parents=True)
    tracks.write_gpx(folder / "officer" / "18.gpx", tracks.walk())
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 not a zip")
    office.write_zip(
        folder / "week.zip",
        {
            "officer/19.gpx": (folder / "officer" / "18.gpx").read_bytes(),
            "../../out.gpx": b"<gpx></gpx>",
            "__MACOSX/._19.gpx": b"x",
        },
    )
    found = []
    for source in track_sources(folder):
        outside = not source.path.is_file() if source.refused is None else False
        found.append((source.name, source.refused and source.refused.code, outside))
    assert found == [
        ("broken.zip", "zip_broken", False),
        ("officer/18.gpx", None, False),
        ("officer/19.gpx", None, False),
        ("../../out.gpx", None, False),
    ]
    assert not (tmp_path.parent / "out.gpx").exists()


@pytest.mark.parametrize(
    ("name", "pattern", "login"),
    [
        ("officer001_20261118.gpx", None, "officer001"),
        ("officer001/18.gpx", None, "officer001"),
        ("2026-11/轨迹officer001.csv", None, "officer001"),
        ("officer0011.gpx", None, None),
        ("officer001.west.gpx", None, "officer001.west"),
        ("18.gpx", None, None),
        ("轨迹_officer001_18.gpx", "轨迹_{login}_*", "officer001"),
        ("18-zhang.gpx", "*-{login}", "zhang"),
        ("west/officer001/18.gpx", "*/{login}/*", "officer001"),
        ("轨迹_nobody_18.gpx", "轨迹_{login}_*", None),
    ],
)
def test_a_name_tells_whose_tracks_it_holds(
    name: str, pattern: str | None, login: str | None
) -> None:
    logins = ["officer001", "officer001.west", "zhang"]
    assert login_of_name(name, logins, pattern) == login


@pytest.mark.parametrize("code", TRACK_MESSAGES)
def test_every_message_says_what_is_wrong_and_what_to_do(code: str) -> None:
    message = TRACK_MESSAGES[code]
    blanks = {"found", "expected", "login", "count", "path", "logins", "hours"}
    for sentence in (message.wrong_zh, message.mend_zh, message.wrong_en, message.mend_en):
        assert sentence.format(**dict.fromkeys(blanks, "1"))


def test_a_name_with_two_logins_is_refused() -> None:
    with pytest.raises(ImportFileError) as refused:
        login_of_name("zhang-and-li.gpx", ["zhang", "li"], None)
    assert refused.value.code == "track_owners_several"
    assert "轨迹_{login}_*" in refused.value.message_zh
