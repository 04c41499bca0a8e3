"""Files of tracks become shifts: cut where duty ends, near the officer's grids only, once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import office_files as office
import pytest
import small_town
import track_files as tracks
from sqlalchemy import Connection, text

from data.imports.problems import ImportFileError
from data.imports.tracks.fixes import MAX_BAD_ROWS_KEPT
from data.imports.tracks.report import FileOutcome, add_up, write_track_report
from data.imports.tracks.sources import TrackSource, TrackWords, read_track_file
from data.imports.tracks.spans import DutyRules, parse_hours
from data.imports.tracks.store import TracksStored, store_tracks
from data.patrols import NewShift, begin_shift, end_shift, find_shift

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SHANDONG = ZoneInfo("Asia/Shanghai")
HEADER = ["时间", "经度", "纬度", "账号"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _second_officer(town: Connection) -> None:
    """`second` looks after grid 2 from 19 November on."""
    _add_officer(town)


def _add_officer(connection: Connection) -> None:
    named = {"id": small_town.account_id("second"), "at": small_town.AT}
    connection.execute(
        text(
            "INSERT INTO account (district_id, id, login, display_name, password_hash, created_at)"
            " VALUES (1, :id, 'second', 'second', 'none', :at)"
        ),
        named,
    )
    connection.execute(
        text(
            "INSERT INTO assignment (district_id, account_id, role, grid_id, validity)"
            " VALUES (1, :id, 'officer', 2, daterange('2026-11-19', NULL))"
        ),
        named,
    )


def _store(
    town: Connection,
    path: Path,
    *,
    login: str | None = "officer",
    rules: DutyRules | None = None,
    skip_bad: bool = False,
) -> TracksStored:
    file = read_track_file(TrackSource(path.name, path), TrackWords(SHANDONG, datum="wgs84"))
    return store_tracks(
        town,
        file,
        AT,
        name=path.name,
        login=login,
        rules=rules or DutyRules(),
        skip_bad=skip_bad,
    )


def _table(folder: Path, *rows: list[object]) -> Path:
    return office.write_csv(folder / "tracks.csv", [HEADER, *rows], encoding="gbk")


def _shifts(town: Connection) -> list[tuple[object, ...]]:
    rows = town.execute(
        text(
            "SELECT c.login, s.started_at, s.ended_at, s.points, s.grid_ids"
            " FROM shift s JOIN account c ON c.id = s.account_id ORDER BY s.started_at, c.login"
        )
    )
    return [tuple(row) for row in rows]


def test_days_and_officers_of_a_table_become_shifts(town: Connection, tmp_path: Path) -> None:
    first, second = tracks.walk(), tracks.walk(tracks.BEGIN + DAY, lon=118.012)
    evening = tracks.walk(tracks.BEGIN + 6 * HOUR)
    rows = [*tracks.rows_of(evening, "officer"), *tracks.rows_of(second, "second")]
    rows += tracks.rows_of(first, "officer")
    done = _store(town, _table(tmp_path, *rows), login=None)
    assert (done.shifts, done.fixes, +done.dropped) == (3, 18, {})
    lasted = timedelta(seconds=150)
    assert _shifts(town) == [
        ("officer", tracks.BEGIN, tracks.BEGIN + lasted, 6, [1]),
        ("officer", tracks.BEGIN + 6 * HOUR, tracks.BEGIN + 6 * HOUR + lasted, 6, [1]),
        ("second", tracks.BEGIN + DAY, tracks.BEGIN + DAY + lasted, 6, [2]),
    ]
    shares = town.execute(text("SELECT grid_id, seconds FROM shift_grid ORDER BY 1")).all()
    assert [tuple(row) for row in shares] == [(1, 150), (1, 150), (2, 150)]
    # 17.8 m a step of 0.0002° at 36.83° north; five steps a walk.
    assert done.metres == pytest.approx(15 * 17.84, abs=0.5)
    assert done.seconds == 450


def test_the_same_file_again_changes_nothing(town: Connection, tmp_path: Path) -> None:
    path = tracks.write_gpx(tmp_path / "walk.gpx", tracks.walk())
    _store(town, path)
    before = _shifts(town)
    again = _store(town, path)
    assert (again.shifts, again.fixes, dict(again.dropped)) == (0, 0, {"already_recorded": 6})
    assert _shifts(town) == before


def test_a_longer_export_adds_only_what_is_new(town: Connection, tmp_path: Path) -> None:
    _store(town, tracks.write_gpx(tmp_path / "noon.gpx", tracks.walk(fixes=4)))
    done = _store(town, tracks.write_gpx(tmp_path / "night.gpx", tracks.walk(fixes=12)))
    assert (done.shifts, done.fixes, dict(done.dropped)) == (1, 8, {"already_recorded": 4})
    moments = [row[1:4] for row in _shifts(town)]
    step = timedelta(seconds=30)
    assert moments == [
        (tracks.BEGIN, tracks.BEGIN + 3 * step, 4),
        (tracks.BEGIN + 4 * step, tracks.BEGIN + 11 * step, 8),
    ]


def test_what_lies_far_from_the_grids_of_the_day_is_dropped(
    town: Connection, tmp_path: Path
) -> None:
    home = tracks.walk(tracks.BEGIN - HOUR, lon=118.2)
    on_duty = tracks.walk()
    done = _store(town, tracks.write_gpx(tmp_path / "walk.gpx", [*home, *on_duty]))
    assert (done.shifts, done.fixes, dict(done.dropped)) == (1, 6, {"far_from_duty": 6})
    outside = text("SELECT count(*) FROM track_point WHERE ST_X(geom) > 118.1")
    assert town.execute(outside).scalar_one() == 0


def test_days_without_grids_are_dropped(town: Connection, tmp_path: Path) -> None:
    before, after = tracks.walk(lon=118.012), tracks.walk(tracks.BEGIN + DAY, lon=118.012)
    path = tracks.write_gpx(tmp_path / "second.gpx", [*before, *after])
    done = _store(town, path, login="second")
    assert (done.shifts, dict(done.dropped)) == (1, {"no_grids": 6})


def test_only_the_hours_of_duty_are_stored(town: Connection, tmp_path: Path) -> None:
    # From 08:58 to 09:07:30 and from 18:00 on; duty begins at nine.
    early = tracks.walk(tracks.BEGIN - timedelta(minutes=2), fixes=20)
    late = tracks.walk(tracks.BEGIN + 9 * HOUR)
    path = tracks.write_gpx(tmp_path / "walk.gpx", [*early, *late])
    done = _store(town, path, rules=DutyRules(hours=parse_hours(["09:00-12:00", "14:00－18:00"])))
    assert (done.shifts, done.fixes) == (1, 16)
    # The first fix at 18:00 sharp is in time; alone it is no shift.
    assert dict(done.dropped) == {"off_hours": 9, "too_short": 1}
    assert _shifts(town)[0][1] == tracks.BEGIN


def test_a_shift_over_midnight_is_one(town: Connection, tmp_path: Path) -> None:
    begin = datetime(2026, 11, 18, 15, 58, tzinfo=UTC)  # two minutes before midnight
    path = tracks.write_gpx(tmp_path / "night.gpx", tracks.walk(begin, fixes=12))
    done = _store(town, path, rules=DutyRules(hours=parse_hours(["22:00-06:00"])))
    assert (done.shifts, done.fixes) == (1, 12)


def test_tracks_are_not_joined_and_do_not_overlap(town: Connection, tmp_path: Path) -> None:
    path = tracks.write_gpx(tmp_path / "two.gpx", tracks.walk(fixes=10), tracks.walk(fixes=8))
    done = _store(town, path)
    assert (done.shifts, done.fixes, dict(done.dropped)) == (1, 10, {"already_recorded": 8})


@pytest.mark.parametrize(
    ("tracked", "reason"), [(True, "already_recorded"), (False, "untracked_duty")]
)
def test_a_shift_of_the_phone_stays_as_it_is(
    tracked: bool, reason: str, town: Connection, tmp_path: Path
) -> None:
    begin, end = tracks.BEGIN + timedelta(seconds=60), tracks.BEGIN + timedelta(seconds=120)
    new = NewShift(uuid4(), small_town.account_id("officer"), "patrol", (1,), tracked, begin)
    begin_shift(town, 1, new, begin)
    shift = find_shift(town, 1, new.id)
    assert shift is not None
    end_shift(town, shift, end, end)
    done = _store(town, tracks.write_gpx(tmp_path / "walk.gpx", tracks.walk(fixes=10)))
    assert dict(done.dropped) == {reason: 3, "too_short": 2}
    stretches = [(row[1], row[2]) for row in _shifts(town)]
    assert stretches == [
        (begin, end),
        (tracks.BEGIN + timedelta(seconds=150), tracks.BEGIN + timedelta(seconds=270)),
    ], "nothing bridges the recorded shift"


def test_fixes_of_the_future_and_said_twice_are_dropped(town: Connection, tmp_path: Path) -> None:
    fixes = tracks.walk()
    future = tracks.walk(AT + HOUR)
    path = tracks.write_gpx(tmp_path / "walk.gpx", [*fixes, fixes[-1], *future])
    done = _store(town, path)
    assert (done.fixes, dict(done.dropped)) == (6, {"repeated": 1, "in_future": 6})


def test_a_logger_left_on_for_days_is_no_shift(town: Connection, tmp_path: Path) -> None:
    begin = tracks.BEGIN - 2 * DAY
    path = tracks.write_gpx(
        tmp_path / "left.gpx", [(begin + at * HOUR / 3, 118.004, 36.83) for at in range(80)]
    )
    done = _store(town, path)
    assert (done.shifts, dict(done.dropped)) == (0, {"too_long": 80})


def test_unknown_logins_refuse_the_file_or_are_left_out(town: Connection, tmp_path: Path) -> None:
    rows = [*tracks.rows_of(tracks.walk(), "officer"), *tracks.rows_of(tracks.walk(), "zhang3")]
    path = _table(tmp_path, *rows)
    with pytest.raises(ImportFileError) as refused:
        _store(town, path, login=None)
    assert refused.value.bad[0].line("zh").startswith("第 8 行，“账号”列（zhang3）：没有可用的账号")
    assert _shifts(town) == []
    done = _store(town, path, login=None, skip_bad=True)
    assert (done.shifts, done.bad.count) == (1, 6)


@pytest.mark.parametrize(
    ("login", "code"), [(None, "track_owner_unknown"), ("nobody", "account_unknown")]
)
def test_somebody_must_be_known_for_a_file_without_logins(
    login: str | None, code: str, town: Connection, tmp_path: Path
) -> None:
    path = tracks.write_gpx(tmp_path / "walk.gpx", tracks.walk())
    with pytest.raises(ImportFileError) as refused:
        _store(town, path, login=login)
    assert refused.value.code == code


def test_who_has_no_grids_gets_no_shift(town: Connection, tmp_path: Path) -> None:
    path = tracks.write_gpx(tmp_path / "walk.gpx", tracks.walk())
    done = _store(town, path, login="planner")
    assert (done.shifts, dict(done.dropped)) == (0, {"no_grids": 6})


def test_counters_of_grids_come_along_and_weeks_are_made_first(
    town: Connection, tmp_path: Path
) -> None:
    first, second = tracks.walk(), tracks.walk(tracks.BEGIN + 6 * DAY / 4)
    path = tracks.write_gpx(tmp_path / "walk.gpx", [*first, *second])
    file = read_track_file(TrackSource("walk.gpx", path), TrackWords(SHANDONG))
    made: list[date] = []

    def make_weeks(days: Sequence[date]) -> None:
        assert _shifts(town) == [], "before the first shift"
        made.extend(days)

    store_tracks(
        town,
        file,
        AT,
        name="walk.gpx",
        login="officer",
        rules=DutyRules(),
        make_weeks=make_weeks,
    )
    assert made == [date(2026, 11, 18), date(2026, 11, 19)]
    counted = text("SELECT patrols_30d, patrol_seconds_30d FROM grid_status WHERE grid_id = 1")
    assert tuple(town.execute(counted).one()) == (2, 300)


def test_a_watch_is_stored_with_its_accuracy(town: Connection, tmp_path: Path) -> None:
    done = _store(town, tracks.write_fit(tmp_path / "watch.fit", tracks.walk()))
    assert (done.shifts, done.fixes) == (1, 6)
    accuracies = text("SELECT DISTINCT accuracy_m FROM track_point")
    assert town.execute(accuracies).scalars().all() == [4.0]


@pytest.mark.parametrize("text_of", ["8-12", "25:00-26:00", "08:00-08:00", "08:70-09:00", ""])
def test_hours_that_cannot_be_read_are_refused(text_of: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        parse_hours([text_of])
    assert refused.value.code == "hours_bad"


def test_thousands_of_bad_rows_are_counted_and_the_first_kept(
    town: Connection, tmp_path: Path
) -> None:
    bad = [["never", 118.002, 36.83, "officer"] for _ in range(MAX_BAD_ROWS_KEPT + 5)]
    path = _table(tmp_path, *bad, *tracks.rows_of(tracks.walk(), "officer"))
    done = _store(town, path, skip_bad=True)
    assert (done.shifts, done.bad.count, len(done.bad.rows)) == (
        1,
        MAX_BAD_ROWS_KEPT + 5,
        MAX_BAD_ROWS_KEPT,
    )


def test_the_report_names_files_rows_and_reasons(town: Connection, tmp_path: Path) -> None:
    home = tracks.walk(tracks.BEGIN - HOUR, lon=118.2)
    path = tracks.write_gpx(tmp_path / "walk.gpx", [*home, *tracks.walk()])
    outcomes = [
        FileOutcome("walk.gpx", "GPX", 12, _store(town, path)),
        FileOutcome("18.gpx", refused=ImportFileError("track_owner_unknown", path="18.gpx")),
    ]
    totals = add_up(outcomes)
    assert (totals.files, totals.refused, totals.read, totals.sums.fixes) == (2, 1, 12, 6)
    write_track_report(tmp_path / "out.csv", outcomes, "en")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == "walk.gpx,,,6,more than 200 m from the grids on duty,"
    assert lines[2].startswith("18.gpx,,,,Nothing says whose tracks 18.gpx holds.,")
