"""A running list becomes cases: imported twice it changes nothing, and it never rewrites a case."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import running_list
import small_town
from sqlalchemy import Connection, text

from casework.states import Actor
from data.calendars import seed_calendar
from data.case_candidates import candidates_of
from data.case_types import Point, Step, StoredCase
from data.cases import act, find_case
from data.categories import seed_categories
from data.recount import check_ledgers, recount
from data.report_lists.check import Checked, arrange_book, check_rows, understand
from data.report_lists.filing import Filer, Tally, case_id_of, file_rows
from data.report_lists.layout import ListLayout
from data.report_lists.remember import meanings_of, remember_layout, remember_words
from data.report_lists.sheets import read_book

DISTRICT = small_town.DISTRICT
ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
DUTY = Actor(small_town.account_id("commander"), frozenset({"commander"}))
SOURCE = "西街12345"
AREA = small_town.PATHS[10]


@pytest.fixture
def listed(town: Connection) -> Connection:
    seed_categories(town, DISTRICT)
    seed_calendar(town, DISTRICT, AT)
    return town


def filer(**more: Any) -> Filer:
    def actor_in(stored: StoredCase) -> Actor | None:
        return DUTY if stored.area_path.startswith(AREA) else None

    return Filer(DISTRICT, DUTY, actor_in, AREA, SOURCE, **more)


def check(
    connection: Connection, body: bytes, name: str = "台账.xlsx", at: datetime = AT
) -> Checked:
    asked = ListLayout(source=SOURCE)
    arranged = arrange_book(connection, DISTRICT, read_book(name, body), asked)
    known = understand(arranged, meanings_of(connection, DISTRICT), at, ZONE)
    return check_rows(connection, DISTRICT, known, AREA, at)


def file(connection: Connection, body: bytes, at: datetime = AT, **more: Any) -> Tally:
    return file_rows(connection, filer(**more), check(connection, body, at=at).pairs, at)


def say(connection: Connection) -> None:
    """What the office's words stand for."""
    kinds = connection.execute(text("SELECT code, CAST(id AS text) AS id FROM category"))
    ids = {row.code: row.id for row in kinds}
    remember_words(
        connection,
        DISTRICT,
        [
            ("category", "道路坑洼", ids["06013"]),
            ("source", "市民来信来访", "message"),
            ("state", "研判中", "open"),
        ],
        AT,
    )


def everything(connection: Connection) -> list[Any]:
    tables = ("hazard_case", "case_event", "case_text", "report_row", "case_candidates")
    return [
        sorted(map(str, connection.execute(text(f"SELECT * FROM {table}")).all()))
        for table in (*tables, "grid_status")
    ]


def cases(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(
        text(
            "SELECT c.*, k.code, t.body, ST_X(c.geom) AS lon, c.area_path::text AS path"
            " FROM hazard_case AS c JOIN category AS k ON k.id = c.category_id"
            " LEFT JOIN case_text AS t ON t.case_id = c.id AND t.seq = 1"
        )
    )
    return {row.external_number: row for row in rows}


def test_words_that_nobody_knows_are_asked_once(listed: Connection) -> None:
    before = check(listed, running_list.workbook())
    unknown = [(one.field, one.word, one.rows) for one in before.understood.ready.unknown]
    assert unknown == [
        ("category", "道路坑洼", 1),
        ("state", "研判中", 1),
        ("source", "市民来信来访", 1),
    ]
    assert [fault.bad.code for fault in before.understood.faults] == [
        "category_unsaid",
        "date_unclear",
    ]
    meanings = meanings_of(listed, DISTRICT)
    assert "道路破损" in [one.name for one in meanings.suggestions("道路坑洼")]
    say(listed)
    after = check(listed, running_list.workbook())
    assert after.understood.ready.unknown == []
    assert [fault.bad.code for fault in after.understood.faults] == ["date_unclear"]


def test_rows_become_cases_on_grids_or_wait_for_their_place(listed: Connection) -> None:
    say(listed)
    assert file(listed, running_list.workbook()) == Tally(new=7, triage=1, handled=2)
    found = cases(listed)
    assert {number: case.grid_id for number, case in found.items()} == {
        "GD20260301": 1,
        "GD20260302": 2,
        "GD20260303": 3,
        "GD20260304": None,
        "GD20260305": 4,
        "GD20260307": 3,
        "GD20260401": 3,
    }
    waiting = found["GD20260304"]
    assert (waiting.lon, waiting.path, waiting.body) == (None, AREA, "电***")
    candidates = candidates_of(listed, DISTRICT, [waiting.id], AT.date())[waiting.id]
    assert len(candidates) > 1
    assert all(one.grid is not None for one in candidates)
    assert {name: found[name].code for name in ("GD20260302", "GD20260303", "GD20260305")} == {
        "GD20260302": "06013",
        "GD20260303": "06010",
        "GD20260305": "09012",
    }
    assert [found[n].source for n in ("GD20260301", "GD20260303", "GD20260304")] == [
        "hotline",
        "message",
        "patrol",
    ]
    assert found["GD20260302"].severity == "red"
    assert found["GD20260304"].occurred_at.astimezone(ZONE).hour == 8
    assert {case.received_at for case in found.values()} == {AT}
    assert all(case.deadline_at > AT for case in found.values())
    # What was struck off there is handled here, and waits for somebody else to verify it.
    assert [found[n].state for n in ("GD20260301", "GD20260303", "GD20260305")] == [
        "reported",
        "handled",
        "handled",
    ]
    assert list(recount(listed, DISTRICT, AT)) == []
    assert [fault for fault in check_ledgers(listed, DISTRICT) if fault] == []


def test_the_same_list_again_changes_nothing(listed: Connection) -> None:
    say(listed)
    file(listed, running_list.workbook())
    before = everything(listed)
    later = AT + timedelta(days=7)
    assert file(listed, running_list.workbook(), later) == Tally(known=7)
    assert everything(listed) == before
    # Nor does its twin, saved as a GBK table; a row that could not be read is the same as well.
    twin = check(listed, running_list.table(), "台账.csv", later)
    assert (len(twin.sorted.new), len(twin.sorted.known)) == (0, 6)
    assert [known.fields for known in twin.sorted.known] == [()] * 6


def test_a_changed_row_is_told_and_not_rewritten(listed: Connection) -> None:
    say(listed)
    file(listed, running_list.workbook())
    before = cases(listed)["GD20260301"]
    changed = running_list.workbook({0: {7: "垃圾已堆到二楼", 12: "已办结", 13: "2026.3.20"}})
    told = check(listed, changed).sorted.known[0]
    assert set(told.fields) == {"description", "state", "struck_off_at"}
    assert told.struck_off
    assert file(listed, changed) == Tally(known=7, changed=1, proposed=1)
    assert cases(listed)["GD20260301"] == before
    # The change has been told; that it is struck off there is proposed until it is handled here.
    assert file(listed, changed) == Tally(known=7, proposed=1)
    taken = file(listed, changed, accept_struck_off=True)
    assert taken == Tally(known=7, proposed=1, accepted=1)
    after = cases(listed)["GD20260301"]
    assert (after.state, after.seq, after.handled_by) == ("handled", 2, DUTY.account_id)
    assert after.body == before.body
    line = listed.execute(
        text("SELECT occurred_at, facts FROM case_event WHERE case_id = :id AND seq = 2"),
        {"id": after.id},
    ).one()
    assert line.occurred_at.astimezone(ZONE).date().isoformat() == "2026-03-20"
    assert line.facts == {"list": SOURCE}
    assert file(listed, changed, accept_struck_off=True) == Tally(known=7)
    assert [fault for fault in check_ledgers(listed, DISTRICT) if fault] == []


def test_placing_a_waiting_case_gives_it_a_grid_and_a_line(listed: Connection) -> None:
    say(listed)
    file(listed, running_list.workbook())
    waiting = cases(listed)["GD20260304"]
    likely = candidates_of(listed, DISTRICT, [waiting.id], AT.date())[waiting.id][0]
    stored = find_case(listed, DISTRICT, waiting.id, lock=True)
    assert stored is not None
    step = Step("place", 1, point=Point(likely.lon, likely.lat))
    placed = act(listed, stored, step, DUTY, AT + timedelta(hours=1))
    assert likely.grid is not None
    assert placed.grid_id == likely.grid.grid_id
    assert placed.case.deadline_at == waiting.deadline_at
    assert candidates_of(listed, DISTRICT, [waiting.id], AT.date()) == {}
    assert file(listed, running_list.workbook()) == Tally(known=7)


def test_an_address_outside_the_lists_area_is_not_taken(listed: Connection) -> None:
    say(listed)
    body = running_list.workbook({0: {4: "光明路10号"}})
    checked = check(listed, body)
    doubts = {
        row.external_number: placing.doubt
        for row, placing in zip(checked.sorted.new, checked.placings, strict=True)
    }
    assert doubts["GD20260301"] == "elsewhere"
    file_rows(listed, filer(), checked.pairs, AT)
    assert cases(listed)["GD20260301"].grid_id is None


def test_what_was_said_of_a_list_is_remembered(listed: Connection) -> None:
    book = read_book("台账.xlsx", running_list.workbook())
    columns = {"external_number": "工单编号", "category": "诉求类别", "address": "位置/地址"}
    said = ListLayout(source=SOURCE, columns=columns, datum="bd09", channel="phone")
    arranged = arrange_book(listed, DISTRICT, book, said)
    assert not arranged.remembered
    remember_layout(listed, DISTRICT, arranged, AT)
    remember_layout(listed, DISTRICT, arranged, AT)
    again = arrange_book(
        listed, DISTRICT, read_book("下周.csv", running_list.table()), ListLayout()
    )
    assert again.remembered
    assert again.layout.columns == columns
    assert (again.layout.source, again.layout.datum, again.layout.channel) == (
        SOURCE,
        "bd09",
        "phone",
    )


def test_another_list_has_rows_of_its_own(listed: Connection) -> None:
    say(listed)
    file(listed, running_list.workbook())
    other = Filer(DISTRICT, DUTY, lambda _: DUTY, AREA, "东街12345")
    checked = check(listed, running_list.workbook())
    row = checked.sorted.known[0].row
    assert case_id_of(other, row) != case_id_of(filer(), row)
