"""The watch on the real database: everything once, however late and however many look at once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from threading import Barrier
from uuid import UUID, uuid4

import pytest
import small_town
from small_town import account_id
from sqlalchemy import Engine, text

from casework.deadlines import Limit
from casework.limits import LimitRule, Step
from casework.states import Actor
from data.calendars import SpecialDay, put_year, seed_calendar, shipped_years
from data.case_types import NewCase, Point
from data.case_types import Step as CaseStep
from data.cases import act, create_case, find_case
from data.categories import create_unit, seed_categories
from data.database import open_engine
from data.limits import put_limit
from data.recount import check_ledgers
from data.server import DatabaseUrls
from data.watch import Seen, look_again, watch_all, watch_district

OFFICER = Actor(account_id("officer"), frozenset({"officer"}))
COMMANDER = Actor(account_id("commander"), frozenset({"commander"}))
# A Friday, ten o'clock in China.
AT = small_town.AT
HOUR = timedelta(hours=1)


@pytest.fixture
def engine(fresh_urls: DatabaseUrls) -> Iterator[Engine]:
    """The small town with categories and a calendar, as the worker has it."""
    owner = open_engine(fresh_urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, 1)
        seed_calendar(connection, 1, AT)
    owner.dispose()
    opened = open_engine(fresh_urls.app, pool_size=4)
    yield opened
    opened.dispose()


def file(engine: Engine, code: str = "C01", at: datetime = AT) -> UUID:
    """Report something in grid 1; `C01` is to be put right in two hours, nights included."""
    with engine.begin() as connection:
        category = connection.execute(
            text("SELECT id FROM category WHERE code = :code"), {"code": code}
        ).scalar_one()
        new = NewCase(uuid4(), category, Point(118.005, 36.83), "井盖不见了", at, "patrol")
        create_case(connection, 1, new, OFFICER, at)
    return new.id


def do(engine: Engine, case_id: UUID, at: datetime, **step: object) -> None:
    with engine.begin() as connection:
        stored = find_case(connection, 1, case_id, lock=True)
        assert stored is not None
        act(connection, stored, CaseStep(expected_seq=stored.case.seq, **step), COMMANDER, at)  # type: ignore[arg-type]


def told(engine: Engine) -> Counter[str]:
    """Notices by kind."""
    with engine.connect() as connection:
        return Counter(connection.execute(text("SELECT kind FROM notice")).scalars())


def actions(engine: Engine, case_id: UUID) -> list[str]:
    """The ledger of a case."""
    with engine.connect() as connection:
        lines = "SELECT action FROM case_event WHERE case_id = :id ORDER BY seq"
        return list(connection.execute(text(lines), {"id": case_id}).scalars())


def set_limit(engine: Engine, step: Step, minutes: int) -> None:
    with engine.begin() as connection:
        put_limit(connection, 1, LimitRule(step, Limit("continuous", minutes)))
        look_again(connection, 1)


def test_each_reminder_comes_once_and_in_time(engine: Engine) -> None:
    file(engine)
    seen = []
    for minutes in range(0, 150, 6):
        watch_all(engine, AT + timedelta(minutes=minutes))
        seen.append((minutes, sum(told(engine).values())))
    changes = [minute for (_, was), (minute, now) in pairwise(seen) if now > was]
    assert changes == [60, 108, 120]
    # Nobody is charged with it: the district's commander is told.
    assert told(engine) == {"half-time": 1, "soon-due": 1, "overdue": 1}


def test_after_a_day_of_silence_everything_comes_once(engine: Engine) -> None:
    set_limit(engine, "grid", 30)
    set_limit(engine, "community", 60)
    case_id = file(engine)
    late = AT + timedelta(days=1)
    # A level that was never told has its whole time: so one step up, and the next an hour later.
    for at in (late, late, late + timedelta(minutes=1), late + HOUR / 2):
        watch_all(engine, at)
    assert told(engine) == {"half-time": 1, "soon-due": 1, "overdue": 1, "escalated": 1}
    assert actions(engine, case_id) == ["report", "escalate"]
    # From the community past the zone, that there is none of, to the street.
    for minutes in range(60, 70):
        watch_all(engine, late + timedelta(minutes=minutes))
    assert actions(engine, case_id) == ["report", "escalate", "escalate", "escalate"]
    with engine.connect() as connection:
        assert all(fault is None for fault in check_ledgers(connection, 1))


def test_two_watches_at_the_same_moment_do_each_thing_once(engine: Engine) -> None:
    set_limit(engine, "grid", 30)
    cases = [file(engine) for _ in range(12)]
    at, together = AT + timedelta(hours=3), Barrier(2)

    def look() -> int:
        together.wait()
        return sum(watch_district(engine, 1, at) for _ in range(3))

    with ThreadPoolExecutor(2) as pool:
        taken = sum(pool.map(lambda _: look(), range(2)))
    watch_all(engine, at)
    assert told(engine) == dict.fromkeys(("half-time", "soon-due", "overdue", "escalated"), 12)
    assert [actions(engine, case_id) for case_id in cases] == [["report", "escalate"]] * 12
    assert taken == 48
    assert watch_all(engine, at) == 0


def test_a_suspended_case_is_resumed_once_with_what_was_left_of_its_time(engine: Engine) -> None:
    case_id = file(engine)
    until = AT + timedelta(days=10)
    do(
        engine,
        case_id,
        AT + HOUR / 2,
        action="suspend",
        text="封冻",
        facts={"until": until.isoformat()},
    )
    assert watch_all(engine, AT + timedelta(days=9)) == 0
    # The worker was away on its day: the clock runs from that day on all the same.
    for _ in range(2):
        watch_all(engine, until + timedelta(minutes=20))
    assert actions(engine, case_id) == ["report", "suspend", "resume"]
    with engine.connect() as connection:
        stored = find_case(connection, 1, case_id)
    assert stored is not None
    assert stored.case.deadline_at == until + 1.5 * HOUR
    assert told(engine)["resumed"] == 1


def test_the_unit_charged_is_told_and_its_commander_when_it_is_late(engine: Engine) -> None:
    set_limit(engine, "accept", 10)
    case_id = file(engine)
    with engine.begin() as connection:
        unit = create_unit(connection, 1, 1, "市政所", None)
    do(engine, case_id, AT + timedelta(minutes=1), action="dispatch", unit_id=unit)
    watch_all(engine, AT + timedelta(minutes=70))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, unit_id IS NULL FROM notice")).all()
        found = sorted((kind, "commander" if alone else "unit") for kind, alone in rows)
    assert found == [
        ("accept-late", "commander"),
        ("accept-late", "unit"),
        ("half-time", "unit"),
    ]


def test_a_case_filed_without_a_deadline_gets_one_when_its_year_is_entered(engine: Engine) -> None:
    unknown = shipped_years()[-1] + 1
    filed = datetime(unknown - 1, 12, 31, 9, 59, tzinfo=AT.tzinfo)
    # One working day, from the last minute of the last day that is known.
    case_id = file(engine, "M05", filed)
    assert told(engine) == {"calendar-missing": 1}
    assert watch_all(engine, filed + HOUR) == 0
    with engine.begin() as connection:
        first = date(unknown, 1, 1)
        put_year(
            connection, 1, unknown, [SpecialDay(first, False, "元旦")], source="hand", at=filed
        )
        look_again(connection, 1)
    for _ in range(2):
        watch_all(engine, filed + HOUR)
    assert actions(engine, case_id) == ["report", "set-deadline"]
    with engine.connect() as connection:
        stored = find_case(connection, 1, case_id)
    assert stored is not None
    assert stored.case.deadline_at is not None
    assert stored.case.deadline_at.date().year == unknown
    assert not stored.overdue


def test_who_watches_on_finds_what_is_due_or_changed_and_asks_for_nothing_over(
    engine: Engine,
) -> None:
    seen, case_id, settled = Seen(), file(engine), file(engine)

    def waiting() -> int:
        with engine.connect() as connection:
            due = "SELECT count(*) FROM case_watch WHERE next_at <= :at"
            return connection.execute(text(due), {"at": AT + 9 * HOUR}).scalar_one()

    assert watch_all(engine, AT, seen) == 0
    do(engine, settled, AT, action="void", text="误报")
    assert watch_all(engine, AT + HOUR, seen) == 1, "half of its time is over"
    fresh = file(engine, at=AT + HOUR)
    set_limit(engine, "grid", 90)
    # Filed after the last turn; and limits that change are looked at with all that was seen.
    assert watch_all(engine, AT + 3.5 * HOUR, seen) == 3, "a level up each, and half of one's time"
    assert watch_all(engine, AT + 3.6 * HOUR, seen) == 4, "soon due, overdue"
    assert actions(engine, case_id) == ["report", "escalate"]
    assert actions(engine, fresh) == ["report", "escalate"]
    assert actions(engine, settled) == ["report", "void"]
    watch_all(engine, AT + 9 * HOUR, seen)
    watch_all(engine, AT + 9 * HOUR, seen)
    assert waiting() == 0
    assert watch_all(engine, AT + 9 * HOUR, Seen()) == 0
