"""Whoever is on call is told of urgent cases: one after the other, once each, whatever happens."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import small_town
from sqlalchemy import Connection, Engine, text
from uuid_utils.compat import uuid7

from casework.states import Actor
from data.case_types import NewCase, Point, Step, StoredCase
from data.cases import act, create_case, find_case
from data.categories import create_unit, seed_categories
from data.database import open_engine
from data.dispatching import dispatch_by_rule, dispatch_waiting
from data.duty_alerts import alert_on_call, list_alerts
from data.duty_settings import DutySettings, set_duty
from data.rota import NewEntry, add_entry
from data.routing import NewRule, add_rule, read_route
from data.server import DatabaseUrls

# 02:10 at night in the district.
NIGHT = datetime.fromisoformat("2026-11-20T18:10:00+00:00")
COMMANDER = Actor(small_town.account_id("commander"), frozenset({"commander"}))
HANDLER = small_town.account_id("officer")


@pytest.fixture
def engine(fresh_urls: DatabaseUrls) -> Iterator[Engine]:
    """The small town with a unit and its rota: two on call in the night, one from eight on."""
    owner = open_engine(fresh_urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, 1)
        unit_id = create_unit(connection, 1, 1, "市政所", None)
        connection.execute(
            text("UPDATE account SET unit_id = :unit WHERE id = :id"),
            {"unit": unit_id, "id": HANDLER},
        )
        shifts: list[tuple[float, float, int, dict[str, Any]]] = [
            (-6, 6, 1, {"account_id": HANDLER}),
            (-6, 6, 2, {"post": "值班室", "desk_number": "2680110"}),
            (6, 18, 1, {"post": "调度室", "desk_number": "2680111"}),
        ]
        for since, until, turn, who in shifts:
            entry = NewEntry(unit_id, NIGHT + hours(since), NIGHT + hours(until), turn, **who)
            add_entry(connection, 1, entry, by=HANDLER, at=NIGHT)
        rule = NewRule("红色归市政", severities=("red",), unit_id=unit_id)
        add_rule(connection, 1, rule, by=HANDLER, at=NIGHT)
    owner.dispose()
    opened = open_engine(fresh_urls.app, pool_size=4)
    yield opened
    opened.dispose()


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def unit_of(connection: Connection) -> int:
    return int(connection.execute(text("SELECT id FROM unit")).scalar_one())


def reported(connection: Connection, severity: str = "red") -> StoredCase:
    """A case that the patrol reports at ten past two."""
    category = connection.execute(text("SELECT id FROM category WHERE code = '06010'")).scalar_one()
    new = NewCase(
        UUID(str(uuid7())), category, Point(118.005, 36.83), "井盖缺失", NIGHT, "patrol", severity
    )
    return create_case(connection, 1, new, COMMANDER, NIGHT)


def charged(engine: Engine, severity: str = "red") -> UUID:
    """A case that the commander sent to the unit."""
    with engine.begin() as connection:
        stored = reported(connection, severity)
        step = Step("dispatch", 1, unit_id=unit_of(connection))
        return act(connection, stored, step, COMMANDER, NIGHT).id


def told(engine: Engine, case_id: UUID) -> list[str]:
    with engine.connect() as connection:
        rows = list_alerts(connection, 1, [case_id])
    return [row.display_name or row.post or "nobody" for row in rows]


def notices(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind FROM notice WHERE kind LIKE 'on-call%'"))
        return sorted(rows.scalars())


def test_who_does_not_accept_is_followed_by_the_next(engine: Engine) -> None:
    case_id = charged(engine)
    for minutes, names in (
        (0, ["officer"]),
        (9, ["officer"]),
        (10, ["officer", "值班室"]),
        (15, ["officer", "值班室"]),
        (20, ["officer", "值班室", "nobody"]),
        (45, ["officer", "值班室", "nobody"]),
    ):
        alert_on_call(engine, NIGHT + timedelta(minutes=minutes))
        assert told(engine, case_id) == names, minutes
    assert notices(engine) == ["on-call", "on-call-nobody", "on-call-post"]


def test_who_accepts_is_left_in_peace(engine: Engine) -> None:
    case_id = charged(engine)
    assert alert_on_call(engine, NIGHT) == 1
    with engine.begin() as connection:
        stored = find_case(connection, 1, case_id, lock=True)
        assert stored is not None
        actor = Actor(HANDLER, frozenset({"handler"}))
        act(connection, stored, Step("accept", 2), actor, NIGHT + timedelta(minutes=3))
    assert alert_on_call(engine, NIGHT + timedelta(minutes=30)) == 0
    assert told(engine, case_id) == ["officer"]


def test_after_a_night_without_a_worker_one_is_told_who_is_there_now(engine: Engine) -> None:
    case_id = charged(engine)
    alert_on_call(engine, NIGHT)
    morning = NIGHT + hours(7)
    assert alert_on_call(engine, morning) == 1
    assert told(engine, case_id) == ["officer", "调度室"]
    assert alert_on_call(engine, morning) == 0
    assert alert_on_call(engine, NIGHT + hours(25)) == 0, "after a day it is late, not urgent"


def test_two_workers_at_the_same_moment_tell_it_once(engine: Engine) -> None:
    cases = [charged(engine) for _ in range(5)]
    with ThreadPoolExecutor(2) as both:
        counts = list(both.map(lambda _: alert_on_call(engine, NIGHT), range(2)))
    assert sum(counts) == len(cases)
    assert [told(engine, case_id) for case_id in cases] == [["officer"]] * len(cases)
    assert notices(engine) == ["on-call"] * len(cases)


def test_what_is_not_urgent_waits_for_the_morning(engine: Engine) -> None:
    case_id = charged(engine, "blue")

    def limit(clock: str, amount: int) -> None:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM time_limit"))
            connection.execute(
                text(
                    "INSERT INTO time_limit (district_id, step, clock, amount)"
                    " VALUES (1, 'handle', :clock, :amount)"
                ),
                {"clock": clock, "amount": amount},
            )

    for clock, amount in (("working-hours", 240), ("continuous", 2 * 24 * 60)):
        limit(clock, amount)
        assert alert_on_call(engine, NIGHT) == 0
    limit("continuous", 240)
    assert alert_on_call(engine, NIGHT) == 1, "four hours, nights included"
    assert told(engine, case_id) == ["officer"]


def test_sent_to_it_again_a_unit_is_told_again(engine: Engine) -> None:
    case_id = charged(engine)
    alert_on_call(engine, NIGHT)
    with engine.begin() as connection:
        stored = find_case(connection, 1, case_id, lock=True)
        assert stored is not None
        step = Step("dispatch", 2, unit_id=unit_of(connection))
        act(connection, stored, step, COMMANDER, NIGHT + timedelta(minutes=1))
    alert_on_call(engine, NIGHT + timedelta(minutes=2))
    assert told(engine, case_id) == ["officer", "officer"]


def test_what_the_district_says_is_dispatched_without_a_person(engine: Engine) -> None:
    with engine.begin() as connection:
        stored = reported(connection)
        assert dispatch_by_rule(connection, stored, NIGHT) is stored, "nobody said so yet"
        set_duty(connection, 1, DutySettings(("red",)), by=HANDLER, at=NIGHT)
        after = dispatch_by_rule(connection, stored, NIGHT)
        assert (after.case.state, after.case.unit_id) == ("dispatched", unit_of(connection))
        route = read_route(connection, 1, stored.id)
        assert route is not None
        line = connection.execute(
            text("SELECT actor_id, facts FROM case_event WHERE case_id = :id AND seq = 2"),
            {"id": stored.id},
        ).one()
        assert (line.actor_id, line.facts["rule"]) == (None, "红色归市政")
        assert line.facts["why"] == {"severity": "red"} == route.why
        blue = reported(connection, "blue")
        assert dispatch_by_rule(connection, blue, NIGHT) is blue
    assert told(engine, stored.id) == ["officer"], "who is on call knows at once"


def test_what_came_in_otherwise_is_dispatched_by_the_minute(engine: Engine) -> None:
    with engine.begin() as connection:
        before = reported(connection)
        set_duty(connection, 1, DutySettings(("red",)), by=HANDLER, at=NIGHT + timedelta(seconds=1))
    assert dispatch_waiting(engine, NIGHT) == 0, "what was there before is left to people"
    with engine.begin() as connection:
        set_duty(connection, 1, DutySettings(("red",)), by=HANDLER, at=NIGHT)
    assert dispatch_waiting(engine, NIGHT) == 1
    assert dispatch_waiting(engine, NIGHT) == 0
    with engine.begin() as connection:
        stored = find_case(connection, 1, before.id, lock=True)
        assert stored is not None
        actor = Actor(HANDLER, frozenset({"handler"}))
        act(connection, stored, Step("return", 2, text="不归我们"), actor, NIGHT)
    assert dispatch_waiting(engine, NIGHT) == 0, "sent back it is a person's to decide"
