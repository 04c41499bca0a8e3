"""`sanbai import tracks` on a folder of files, as somebody types it."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import small_town
import track_files as tracks
from sqlalchemy import text
from typer.testing import CliRunner, Result

from api.cli.imports import app
from data.database import open_engine
from data.server import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in a folder of its own, on a small town of its own."""
    engine = open_engine(fresh_urls.owner)
    with engine.begin() as connection:
        small_town.build(connection)
    engine.dispose()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANBAI_DATABASE_URL", fresh_urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", fresh_urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, ["tracks", *(str(word) for word in words)])


@pytest.fixture
def shifts(fresh_urls: DatabaseUrls) -> Callable[[], int]:
    """Count the shifts."""

    def count() -> int:
        engine = open_engine(fresh_urls.app)
        with engine.connect() as connection:
            stored: int = connection.execute(text("SELECT count(*) FROM shift")).scalar_one()
        engine.dispose()
        return stored

    return count


def _folder(root: Path) -> Path:
    folder = root / "november"
    (folder / "officer").mkdir(parents=True)
    tracks.write_gpx(folder / "officer" / "18.gpx", tracks.walk())
    tracks.write_fit(folder / "officer_watch.fit", tracks.walk(tracks.BEGIN.replace(hour=6)))
    tracks.write_gpx(folder / "whose.gpx", tracks.walk())
    (folder / "read me.docx").write_bytes(b"\x00\x01")
    return folder


def _said(result: Result) -> str:
    return " ".join(result.output.split())


def test_a_folder_is_imported_file_by_file(
    run: Run, shifts: Callable[[], int], tmp_path: Path
) -> None:
    folder = _folder(tmp_path)
    done = run(folder, "--report", "out.csv", "--lang", "en")
    assert done.exit_code == 1, "two files were refused"
    assert shifts() == 2
    said = _said(done)
    assert "New shifts 2" in said
    assert "Refused 2" in said
    assert "whose.gpx: Nothing says whose tracks whose.gpx holds." in said
    with Path("out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row[0] for row in csv.reader(file)} == {"file", "read me.docx", "whose.gpx"}
    again = run(folder)
    assert "未保存 Left out：该时段已有记录 that time is recorded already 12" in _said(again)
    assert shifts() == 2


def test_a_bad_file_leaves_nothing_and_the_others_are_stored(
    run: Run, shifts: Callable[[], int], tmp_path: Path
) -> None:
    header = "time,lon,lat\n"
    rows = [f"{row[0]},{row[1]},{row[2]}\n" for row in tracks.rows_of(tracks.walk())]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("".join([header, *rows, "never,118,36\n"]))
    later = tracks.rows_of(tracks.walk(tracks.BEGIN.replace(hour=7)))
    lines = [f"{row[0]},{row[1]},{row[2]}\n" for row in later]
    (tmp_path / "in" / "b.csv").write_text("".join([header, *lines]))
    done = run("in", "--as", "officer", "--datum", "wgs84")
    assert done.exit_code == 1
    assert "第 8 行，“time”列（never）：时间读不通。" in _said(done)
    assert shifts() == 1
    rest = run("in", "--as", "officer", "--datum", "wgs84", "--skip-bad")
    assert rest.exit_code == 0, rest.output
    assert shifts() == 2


def test_a_check_stores_nothing(run: Run, shifts: Callable[[], int], tmp_path: Path) -> None:
    path = tracks.write_gpx(tmp_path / "officer.gpx", tracks.walk())
    done = run(path, "--check")
    assert done.exit_code == 0, done.output
    assert "只检查，未写入任何数据。" in _said(done)
    assert shifts() == 0


def test_a_wrong_datum_is_suspected(run: Run, tmp_path: Path) -> None:
    tracks.write_gpx(tmp_path / "officer.gpx", tracks.walk(lon=118.3))
    done = run("officer.gpx", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "check --datum and the login" in _said(done)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing.gpx",), "nothing.gpx"),
        (("officer.gpx", "--hours", "8-12"), "值守时段“8-12”读不通"),
        (("officer.gpx", "--time-zone", "Mars/Olympus"), "Mars/Olympus"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: tuple[str, ...], said: str, run: Run, tmp_path: Path
) -> None:
    tracks.write_gpx(tmp_path / "officer.gpx", tracks.walk())
    done = run(*words)
    assert done.exit_code != 0
    assert said in _said(done)
