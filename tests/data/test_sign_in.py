"""Counting wrong passwords: per login and address, and per address with more patience."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from data.database import open_engine
from data.server import DatabaseUrls
from data.sign_in import (
    LONGEST_WAIT_S,
    PATIENCE_ADDRESS,
    PATIENCE_LOGIN,
    begin_attempt,
    forget_attempts,
    remove_old_attempts,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_waits_double_and_end(database: Connection) -> None:
    at, waits = AT, []
    for _ in range(PATIENCE_LOGIN):
        assert begin_attempt(database, "wang", "10.0.0.1", at) is None
    for _ in range(12):
        wait_s = begin_attempt(database, "wang", "10.0.0.1", at)
        assert wait_s is not None
        waits.append(wait_s)
        at += timedelta(seconds=wait_s)
        assert begin_attempt(database, "wang", "10.0.0.1", at) is None
    assert waits == [
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
        LONGEST_WAIT_S,
        LONGEST_WAIT_S,
        LONGEST_WAIT_S,
    ]
    assert begin_attempt(database, "wang", "10.0.0.2", at) is None


def test_one_address_trying_many_logins_is_slowed_down(database: Connection) -> None:
    for number in range(PATIENCE_ADDRESS):
        assert begin_attempt(database, f"nobody{number}", "10.0.0.1", AT) is None
    assert begin_attempt(database, "another", "10.0.0.1", AT) == 1
    assert begin_attempt(database, "another", "10.0.0.2", AT) is None


def test_right_passwords_do_not_count(database: Connection) -> None:
    for _ in range(2 * PATIENCE_ADDRESS):
        assert begin_attempt(database, "wang", "10.0.0.1", AT) is None
        forget_attempts(database, "wang", "10.0.0.1")


def test_a_quiet_quarter_of_an_hour_begins_anew(database: Connection) -> None:
    for _ in range(PATIENCE_LOGIN):
        begin_attempt(database, "wang", "10.0.0.1", AT)
    later = AT + timedelta(minutes=16)
    assert begin_attempt(database, "wang", "10.0.0.1", later) is None
    assert begin_attempt(database, "wang", "10.0.0.1", later) is None
    assert remove_old_attempts(database, later) == 0
    assert remove_old_attempts(database, later + timedelta(minutes=16)) == 2


def test_old_counters_that_somebody_counts_on_are_left_for_later(
    fresh_urls: DatabaseUrls,
) -> None:
    engine = open_engine(fresh_urls.app)
    later = AT + timedelta(hours=1)
    with engine.begin() as before:
        begin_attempt(before, "wang", "10.0.0.1", AT)
        begin_attempt(before, "li", "10.0.0.2", AT)
    with engine.begin() as signing_in, engine.begin() as care:
        begin_attempt(signing_in, "wang", "10.0.0.1", later)
        # It would wait for who signs in, and he might wait for it.
        care.execute(text("SET LOCAL lock_timeout = '100ms'"))
        assert remove_old_attempts(care, later) == 2
    engine.dispose()
