"""Status of the grids: kept, told in deltas that skip nothing, and equal to a recount."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import small_town
from people import Clock, Person
from sqlalchemy import Connection, Engine, text

from casework.states import Actor
from data.case_types import NewCase, Point
from data.cases import create_case, find_case
from data.database import open_engine
from data.recount import check_ledgers, mend_counters, recount
from data.scope import Scope
from data.server import DatabaseUrls
from data.snapshot import MOST_LETTERS, Snapshot
from data.status import mark_overdue, refresh_patrol_counters
from data.status_board import StatusBoard

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
TOWN = Scope(district_id=1, area_paths=(small_town.PATHS[1],))
CHIEF = Actor(small_town.account_id("commander"), frozenset({"commander"}))
OTHER = Actor(small_town.account_id("officer"), frozenset({"officer"}))


def new_case(number: int, category_id: int, lon: float = 118.005) -> NewCase:
    return NewCase(
        id=UUID(int=number),
        category_id=category_id,
        point=Point(lon, 36.83),
        description="垃圾成堆",
        occurred_at=small_town.AT,
        source="patrol",
    )


def told(
    board: StatusBoard,
    connection: Connection,
    since: str | None = None,
    *,
    scope: Scope = TOWN,
    at: datetime = small_town.AT,
) -> tuple[str, bool, dict[int, int]]:
    """What is told after a cursor: the next cursor, whether it is all, and open cases by grid."""
    board.bring_up(connection, at)
    answer = board.tell(scope.places, since=since)
    columns = board.columns(answer.rows)
    return answer.cursor, answer.full, dict(zip(columns["grid_id"], columns["open"], strict=True))


@pytest.mark.parametrize("another", [False, True])
def test_a_change_that_commits_late_is_never_skipped(
    engine: Engine, categories: dict[str, int], *, another: bool
) -> None:
    """One writer is slow: it began first, commits last, and others commit in between.

    The same process or another one answers then. Told twice is allowed, for as long as anybody
    in the cluster is still writing.
    """
    kind = categories["06010"]
    board = StatusBoard(1)
    slow = engine.connect()
    try:
        slow.begin()
        create_case(slow, 1, new_case(1, kind), CHIEF, small_town.AT)
        with engine.begin() as quick:
            create_case(quick, 1, new_case(2, kind, 118.035), CHIEF, small_town.AT)
        with engine.begin() as reader:
            cursor, full, counts = told(board, reader)
            assert (full, counts[1], counts[6]) == (True, 0, 1)
        slow.commit()
    finally:
        slow.close()
    with engine.begin() as reader:
        _, full, counts = told(StatusBoard(1) if another else board, reader, cursor)
        assert not full
        assert counts[1] == 1, "the late commit was skipped"


def test_a_board_reads_only_what_it_has_not_seen(
    engine: Engine, categories: dict[str, int]
) -> None:
    """However long somebody else writes, a change is read once."""
    kind = categories["06010"]
    board = StatusBoard(1)
    read: list[int] = []
    change = board._change
    board._change = lambda rows: (read.append(len(rows["grid_id"])), change(rows))
    with engine.connect() as slow, engine.connect() as reader:
        slow.execute(text("SELECT pg_current_xact_id()"))
        told(board, reader)
        reader.rollback()
        for number in (1, 2, 3):
            with engine.begin() as quick:
                create_case(quick, 1, new_case(number, kind, 118.035), CHIEF, small_town.AT)
            _, full, counts = told(board, reader)
            reader.rollback()
            assert (full, counts[6], read) == (True, number, [1] * number)
            told(board, reader)
            reader.rollback()
            assert read == [1] * number
        slow.rollback()


def test_a_change_elsewhere_is_told_a_moment_late_but_ones_own_at_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = StatusBoard(1)
    assert not board.may_tell()
    with engine.begin() as connection:
        told(board, connection)
        assert (board.may_tell(), board.wanted) == (True, False)
        board.note_change(elsewhere=True)
        assert (board.current, board.may_tell(), board.wanted) == (False, True, True)
        with monkeypatch.context() as patch:
            patch.setattr("data.status_board.BEHIND_S", 0.0)
            assert not board.may_tell()
        board.note_change()
        assert (board.may_tell(), board.wanted) == (False, True)
        board.note_change(elsewhere=True)
        assert not board.may_tell(), "what was done here is not yet read"
        told(board, connection)
        assert (board.may_tell(), board.wanted) == (True, False)
        monkeypatch.setattr("data.status_board.CURRENT_FOR_S", 0.0)
        assert not board.may_tell()


def test_a_cursor_is_short_however_many_write_at_once() -> None:
    few, many = (Snapshot(5, 2**40, frozenset(range(5, 5 + n))) for n in (3, 99))
    assert Snapshot.read(few.mark) == few
    told = Snapshot.read(many.mark)
    # Less was seen than is true: some is told twice, nothing is left out.
    assert told == Snapshot(5, 5, frozenset())
    changes = np.arange(200)
    assert not (many.unseen(changes) & ~told.unseen(changes)).any()
    assert len(many.mark) <= MOST_LETTERS
    for odd in ("", "1:2", "1:2:x", "1:2:3,", "1;2;3"):
        assert Snapshot.read(odd) is None


def test_a_board_of_another_database_is_filled_anew(engine: Engine) -> None:
    board = StatusBoard(1)
    with engine.begin() as connection:
        told(board, connection)
        board._snapshot = Snapshot(2**40, 2**40, frozenset())
        board._columns["open"][:] = 9
        assert set(told(board, connection)[2].values()) == {0}


def test_counters_of_grids_are_taken_in_their_order(engine: Engine) -> None:
    """Two shifts that end at once on the same grids wait for each other in turn, never in a ring.

    Somebody holds one grid: what waits for it has taken those before it and none behind it.
    """
    with engine.begin() as connection:
        # Written anew, the first rows lie last in the table: an UPDATE would come to them last.
        for grid_id in range(8, 0, -1):
            connection.execute(
                text("UPDATE grid_status SET patrols_30d = 9 WHERE grid_id = :grid"),
                {"grid": grid_id},
            )
    for held in (1, 4, 8):
        with engine.connect() as holder, ThreadPoolExecutor(1) as other:
            holder.execute(_TAKE, {"grids": [held]})
            waiting = other.submit(_refresh_all, engine)
            _wait_for_lock(engine)
            with engine.connect() as looker:
                free = looker.execute(_TAKE, {"grids": list(range(1, 9))}).scalars().all()
            assert sorted(free) == list(range(held + 1, 9)), held
            holder.rollback()
            waiting.result(timeout=20)


_TAKE = text("SELECT grid_id FROM grid_status WHERE grid_id = ANY(:grids) FOR UPDATE SKIP LOCKED")


def _refresh_all(engine: Engine) -> None:
    with engine.connect() as connection:
        # As PostgreSQL plans it for a town of many grids: rows come as they lie in the table.
        connection.execute(text("SET LOCAL enable_nestloop = off"))
        connection.execute(text("SET LOCAL enable_mergejoin = off"))
        refresh_patrol_counters(connection, small_town.AT, district_id=1, grid_ids=range(1, 9))
        connection.rollback()


def _wait_for_lock(engine: Engine) -> None:
    asked = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(400):
        with engine.connect() as connection:
            if connection.execute(asked).scalar_one():
                return
        time.sleep(0.05)
    pytest.fail("nobody waits")


def test_a_cursor_of_other_grids_rights_or_times_is_answered_in_full(
    engine: Engine, categories: dict[str, int]
) -> None:
    with engine.begin() as connection:
        board = StatusBoard(1)
        cursor, _, _ = told(board, connection)
        assert not told(board, connection, cursor)[1]
        east = Scope(district_id=1, area_paths=(small_town.PATHS[20],))
        tomorrow = small_town.AT + timedelta(days=1)
        assert told(board, connection, cursor, scope=east)[1]
        assert told(board, connection, cursor, at=tomorrow)[1]
        ahead = cursor.rpartition(".")[0] + ".9999999999:9999999999:"
        for odd in (ahead, "", "x", cursor + "x", "1.2.3.4"):
            assert told(board, connection, odd)[1], odd
        small_town.touch_layer(connection, 1, "grids", small_town.AT)
        assert told(board, connection, cursor)[1]


def test_status_is_sent_once(person: People, report: Report) -> None:
    officer = person("officer")
    first = officer.get("/api/v1/grid-status")
    same = {**officer.cookies, "If-None-Match": first.headers["etag"]}
    assert officer.client.get("/api/v1/grid-status", headers=same).status_code == 304
    since = first.json()["cursor"]
    quiet = officer.read("/api/v1/grid-status", since=since)
    assert not quiet["full"]
    officer.do("/api/v1/cases", report())
    assert officer.client.get("/api/v1/grid-status", headers=same).status_code == 200
    delta = officer.read("/api/v1/grid-status", since=quiet["cursor"])
    assert (delta["full"], delta["grid_id"], delta["open"]) == (False, [1], [1])
    assert delta["households"] == [300]


def test_cases_become_overdue_by_time_alone(
    person: People, report: Report, engine: Engine, clock: Clock
) -> None:
    officer, commander = person("officer"), person("commander")
    case = officer.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}"
    since = officer.read("/api/v1/grid-status")["cursor"]
    # Four hours of work, and two of noon between them.
    clock.forward(hours=6)
    with engine.begin() as connection:
        assert mark_overdue(connection, clock()) == 0
    clock.forward(minutes=1)
    with engine.begin() as connection:
        assert mark_overdue(connection, clock()) == 1
        assert mark_overdue(connection, clock()) == 0
    assert officer.read("/api/v1/grid-status", since=since)["overdue"] == [1]
    assert officer.read(path)["overdue"]
    assert len(officer.read("/api/v1/cases", overdue=True)["items"]) == 1
    handled = officer.do(f"{path}/actions", {"action": "handle", "seq": 1})
    assert not handled["overdue"]
    status = officer.read("/api/v1/grid-status")
    assert (status["open"], status["overdue"], status["handled"]) == ([1], [0], [1])
    again = commander.do(f"{path}/actions", {"action": "rework", "seq": 2, "text": "没扫净"})
    assert again["overdue"]
    assert officer.read("/api/v1/grid-status")["overdue"] == [1]


def test_a_case_that_is_being_changed_does_not_hold_up_the_clock(
    engine: Engine, categories: dict[str, int], clock: Clock
) -> None:
    with engine.begin() as connection:
        for number in (1, 2):
            create_case(connection, 1, new_case(number, categories["06010"]), CHIEF, clock())
    clock.forward(hours=7)
    with engine.begin() as busy:
        find_case(busy, 1, UUID(int=1), lock=True)
        with engine.begin() as connection:
            assert mark_overdue(connection, clock()) == 1
    with engine.begin() as connection:
        assert mark_overdue(connection, clock()) == 1


def test_patrols_leave_the_window_after_thirty_days(
    person: People, engine: Engine, clock: Clock
) -> None:
    officer = person("officer")
    body = {"id": str(UUID(int=8)), "grid_ids": [1], "tracked": False}
    shift = officer.do("/api/v1/shifts", body)
    officer.do(f"/api/v1/shifts/{shift['id']}/end", {})
    for days, patrols in ((0, 1), (29, 1), (1, 0)):
        clock.forward(days=days)
        with engine.begin() as connection:
            refresh_patrol_counters(connection, clock())
            assert refresh_patrol_counters(connection, clock()) == 0
        status = officer.read("/api/v1/grid-status")
        assert status["patrols_30d"] == [patrols]
        assert status["last_patrol_at"] == [int(small_town.AT.timestamp())]


def test_recount_finds_and_mends_a_wrong_counter(
    engine: Engine, categories: dict[str, int]
) -> None:
    with engine.begin() as connection:
        create_case(connection, 1, new_case(1, categories["06010"]), CHIEF, small_town.AT)
        assert recount(connection, 1, small_town.AT) == []
        connection.execute(text("UPDATE grid_status SET closed_cases = 3 WHERE grid_id = 1"))
        [row] = recount(connection, 1, small_town.AT)
        assert (row.grid_id, row.kept_closed, row.closed, row.open) == (1, 3, 0, 1)
        mend_counters(connection, 1, [row])
        assert recount(connection, 1, small_town.AT) == []


def test_a_row_or_line_changed_behind_the_ledgers_back_shows(
    engine: Engine, categories: dict[str, int], urls: DatabaseUrls
) -> None:
    with engine.begin() as connection:
        for number in (1, 2, 3):
            create_case(connection, 1, new_case(number, categories["06010"]), CHIEF, small_town.AT)
    owner = open_engine(urls.owner)
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE hazard_case SET state = 'closed' WHERE id = :id"), {"id": UUID(int=2)}
        )
        connection.execute(text("ALTER TABLE case_event DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE case_event SET facts = facts || '{\"lon\": 1}' WHERE case_id = :id"),
            {"id": UUID(int=3)},
        )
    owner.dispose()
    with engine.begin() as connection:
        faults = [fault for fault in check_ledgers(connection, 1) if fault is not None]
        assert [(fault.case_id.int, fault.kind, fault.seq) for fault in faults] == [
            (2, "row", 1),
            (3, "chain", 1),
        ]
