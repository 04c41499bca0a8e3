"""Sending notices through channels: each once, a message a minute and channel at the most.

A notice becomes one row a channel, whoever finds it and however often. While a channel's message is
under way its row is held: two workers never send the same. What fails is tried again, later each
time, for some hours; then it is shown as failed. Only where a worker dies between the other side's
yes and our note of it can something arrive twice: rather that than not at all.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, delete, select, text

from casework.quiet import QuietHours, may_disturb
from data.database import query
from data.housekeeping import district_ids
from data.notice_channels import channel_ids, open_address
from data.notice_senders import MOST_BYTES, SendError, send
from data.notice_words import line_of
from data.schema import District, NoticeChannel, NoticeDelivery
from data.sealing import Seal

# After so many minutes it is tried again: eight times in half a day, then it has failed.
BACK_OFF_MIN: Final = (1, 2, 5, 15, 30, 60, 180, 420)
MOST_LINES: Final = 20
MOST_S: Final = 30.0
STALE_AFTER: Final = timedelta(days=1)
"""What could not go for a day goes no more: it is in the list of notices all the same."""
KEPT_FOR: Final = timedelta(days=30)
TITLES: Final = {"zh-CN": "三百 · {district}", "en": "Sanbai · {district}"}


@dataclass(frozen=True)
class Post:
    """What it takes to send: the key of the server, and how it is reached from outside."""

    seal: Seal
    origin: str | None


@dataclass(frozen=True)
class _Turn:
    """One message through one channel: what may go now, what has to wait, until when."""

    lines: list[str]
    going: list[Row[Any]]
    later: list[Row[Any]]
    until: datetime | None


def deliver_all(engine: Engine, post: Post, at: datetime) -> int:
    """Find notices that are to be sent, and send what is due; how many arrived.

    What is left after half a minute waits for the next turn: others who never answer must not keep
    the worker from its own work.
    """
    with engine.connect() as connection:
        districts = district_ids(connection)
    sent, until_s = 0, time.monotonic() + MOST_S
    for district_id in districts:
        with engine.begin() as connection:
            find_deliveries(connection, district_id, at)
            channels = channel_ids(connection, district_id)
        for channel_id in channels:
            if time.monotonic() > until_s:
                return sent
            with engine.begin() as connection:
                sent += deliver(connection, district_id, channel_id, post, at)
    return sent


def find_deliveries(connection: Connection, district_id: int, at: datetime) -> int:
    """Make a row for each notice of the last day and each channel it goes through; how many."""
    made = connection.execute(query("notices_to_deliver"), {"district_id": district_id, "at": at})
    return made.rowcount


def deliver(
    connection: Connection, district_id: int, channel_id: int, post: Post, at: datetime
) -> int:
    """Send what waits for a channel, as much as one message holds; how many notices arrived."""
    columns: list[Any] = [
        *NoticeChannel.__table__.columns,
        District.name.label("district"),
        District.time_zone,
    ]
    channel: Row[Any] | None = connection.execute(
        select(*columns)
        .select_from(NoticeChannel)
        .join(District, District.id == NoticeChannel.district_id)
        .where(
            NoticeChannel.district_id == district_id,
            NoticeChannel.id == channel_id,
            NoticeChannel.active,
        )
        .with_for_update(of=NoticeChannel.__table__, skip_locked=True)
    ).one_or_none()
    if channel is None:
        return 0
    _forget_stale(connection, channel, at)
    turn = _turn(connection, channel, post, at)
    if turn.until is not None:
        _put_off(connection, channel, turn.later, turn.until)
    if not turn.going:
        return 0
    title = TITLES[channel.language].format(district=channel.district)
    try:
        send(open_address(channel.sealed, post.seal), title, "\n".join(turn.lines), at)
    except SendError as error:
        _failed(connection, channel, turn.going, error.fault, at)
        return 0
    _note(connection, channel, turn.going, at)
    return len(turn.going)


def _turn(connection: Connection, channel: Row[Any], post: Post, at: datetime) -> _Turn:
    zone = ZoneInfo(channel.time_zone)
    until = None
    if channel.quiet_from is not None:
        until = QuietHours(channel.quiet_from, channel.quiet_to).until(at, zone)
    turn = _Turn([], [], [], until)
    left = MOST_BYTES
    for row in _due(connection, channel, at):
        if until is not None and not may_disturb(row.kind, row.severity):
            turn.later.append(row)
            continue
        line = line_of(row, channel.language, zone, _link(post, row))
        left -= len(line.encode()) + 1
        # What does not fit goes with the next message, a minute later.
        if (left < 0 and turn.going) or len(turn.going) == MOST_LINES:
            continue
        turn.lines.append(line)
        turn.going.append(row)
    return turn


def _link(post: Post, row: Row[Any]) -> str | None:
    if post.origin is None or row.case_id is None:
        return None
    return f"{post.origin.rstrip('/')}/#/case/{row.case_id}"


def _due(connection: Connection, channel: Row[Any], at: datetime) -> Sequence[Row[Any]]:
    return connection.execute(
        query("notices_due"),
        {
            "district_id": channel.district_id,
            "channel_id": channel.id,
            "at": at,
            "limit": 10 * MOST_LINES,
        },
    ).all()


_CHANGE = (
    "UPDATE notice_delivery SET {change} WHERE district_id = :district_id"
    " AND channel_id = :channel_id AND notice_id = ANY(CAST(:ids AS bigint[]))"
)


def _change(
    connection: Connection, channel: Row[Any], rows: Sequence[Row[Any]], change: str, **values: Any
) -> None:
    if rows:
        connection.execute(
            text(_CHANGE.format(change=change)),
            {
                "district_id": channel.district_id,
                "channel_id": channel.id,
                "ids": [row.notice_id for row in rows],
                **values,
            },
        )


def _put_off(
    connection: Connection, channel: Row[Any], rows: Sequence[Row[Any]], until: datetime
) -> None:
    _change(connection, channel, rows, "next_at = :until", until=until)


def _note(
    connection: Connection, channel: Row[Any], rows: Sequence[Row[Any]], at: datetime
) -> None:
    change = "state = 'sent', attempts = attempts + 1, tried_at = :at, fault = NULL"
    _change(connection, channel, rows, change, at=at)


def _failed(
    connection: Connection, channel: Row[Any], rows: Sequence[Row[Any]], fault: str, at: datetime
) -> None:
    """Try again later, or not at all: what was sealed with another key stays closed."""
    for row in rows:
        over = fault == "sealed" or row.attempts >= len(BACK_OFF_MIN)
        wait = timedelta() if over else timedelta(minutes=BACK_OFF_MIN[row.attempts])
        _change(
            connection,
            channel,
            [row],
            "state = :state, attempts = attempts + 1, tried_at = :at, next_at = :next_at,"
            " fault = :fault",
            state="failed" if over else "waiting",
            at=at,
            next_at=at + wait,
            fault=fault,
        )


def _forget_stale(connection: Connection, channel: Row[Any], at: datetime) -> None:
    connection.execute(
        text(
            "UPDATE notice_delivery SET state = 'stale' WHERE district_id = :district_id"
            " AND channel_id = :channel_id AND state = 'waiting' AND made_at < :since"
        ),
        {
            "district_id": channel.district_id,
            "channel_id": channel.id,
            "since": at - STALE_AFTER,
        },
    )


def forget_deliveries(connection: Connection, at: datetime) -> int:
    """Forget what became of notices of long ago; how many."""
    done = connection.execute(
        delete(NoticeDelivery).where(
            NoticeDelivery.state != "waiting", NoticeDelivery.next_at < at - KEPT_FOR
        )
    )
    return done.rowcount
