"""What changed in a district, read once for all listeners, and told to each what he may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from pydantic_core import to_json
from sqlalchemy import Connection

from api.live.audience import Audience, Listener
from api.live.events import case_columns, event, look_again
from data.changed_cases import ChangedCase, changed_cases
from data.layers import layer_versions
from data.scope import Places
from data.snapshot import Snapshot
from data.status_board import Rows, StatusBoard

# More than this is loaded anew, packed, rather than told.
MOST_GRIDS: Final = 2_000
MOST_CASES: Final = 500


@dataclass(frozen=True)
class Position:
    """Up to where the listeners of a district have been told everything."""

    snapshot: Snapshot
    era: tuple[date, int] | None
    layers: dict[str, int]


@dataclass(frozen=True)
class News:
    """What changed since a position; `position` is where that leads."""

    board: StatusBoard
    position: Position
    rows: Rows
    cases: Sequence[ChangedCase]
    other_grids: bool
    other_layers: bool


def read_news(
    connection: Connection, board: StatusBoard, district_id: int, at: datetime, since: Position
) -> News:
    """Read what changed in a district since a position."""
    board.bring_up(connection, at)
    # Taken before anything is read by it: what is committed meanwhile is told twice, never missed.
    position = Position(board.snapshot, board.era, layer_versions(connection, district_id))
    return News(
        board=board,
        position=position,
        rows=board.unseen(since.snapshot),
        cases=changed_cases(connection, district_id, since.snapshot, limit=MOST_CASES + 1),
        other_grids=position.era != since.era,
        other_layers=position.layers != since.layers,
    )


def read_missed(
    connection: Connection, board: StatusBoard, listener: Listener, at: datetime, since: str | None
) -> News:
    """Read what a listener has missed since his cursor; without one, nothing but the layers."""
    district_id = listener.caller.district_id
    board.bring_up(connection, at)
    position = Position(board.snapshot, board.era, layer_versions(connection, district_id))
    told = board.tell(listener.grids, since=since)
    fits = since is not None and not told.full
    seen = Snapshot.read((since or "").rpartition(".")[2]) if fits else None
    cases: Sequence[ChangedCase] = ()
    if seen is not None:
        cases = changed_cases(connection, district_id, seen, limit=MOST_CASES + 1)
    return News(
        board=board,
        position=position,
        rows=told.rows if fits else np.empty(0, np.int32),
        cases=cases,
        other_grids=since is not None and told.full,
        other_layers=True,
    )


def written(news: News, audience: Audience) -> Iterator[tuple[Listener, bytes]]:
    """What each listener is to be told; nothing for who sees nothing of the news."""
    status = _status(news, audience)
    cases = _cases(news, audience)
    layers = layers_event(news.position) if news.other_layers or news.other_grids else b""
    for places, listeners in audience.groups.items():
        cursor = news.board.cursor(places)
        for listener in listeners:
            told = [cases.get(listener, b""), layers, status.get(places, b"")]
            if any(told):
                # The cursor comes last: whoever got it has got all that goes before.
                yield listener, b"".join(told) + event("told", {}, cursor)


def layers_event(position: Position) -> bytes:
    """Tell the day and how often each layer changed: a client that knows others loads them anew."""
    day = None if position.era is None else position.era[0].isoformat()
    return event("layers", {"day": day, "versions": position.layers})


def _status(news: News, audience: Audience) -> dict[Places, bytes]:
    if news.other_grids:
        # Cases may lie in other grids now, and a cursor that fits no longer tells of none.
        return dict.fromkeys(audience.groups, look_again("status", "cases"))
    seen: dict[Places, list[int]] = {}
    places = zip(news.rows.tolist(), news.board.whereabouts(news.rows), strict=True)
    for row, (area_path, grid_id) in places:
        for group in audience.groups_seeing(area_path, grid_id):
            seen.setdefault(group, []).append(row)
    written: dict[tuple[int, ...], bytes] = {}
    told = {}
    for group, rows in seen.items():
        key = tuple(rows)
        if key not in written:
            written[key] = status_event(news.board, rows)
        told[group] = written[key]
    return told


def status_event(board: StatusBoard, rows: Sequence[int]) -> bytes:
    """Tell the status of some rows of the board."""
    if len(rows) > MOST_GRIDS:
        return look_again("status")
    return event("status", to_json(board.columns(np.array(rows, np.int32))))


def _cases(news: News, audience: Audience) -> dict[Listener, bytes]:
    if len(news.cases) > MOST_CASES:
        return dict.fromkeys(audience.listeners, look_again("cases"))
    now: dict[Listener, list[int]] = {}
    gone: dict[Listener, list[int]] = {}
    for number, case in enumerate(news.cases):
        seeing = audience.seeing_case(case.now, case.reported_by)
        saw = {
            listener
            for standing in case.before
            for listener in audience.seeing_case(standing, case.reported_by)
        }
        for listener in seeing:
            now.setdefault(listener, []).append(number)
        for listener in saw - seeing:
            gone.setdefault(listener, []).append(number)
    written: dict[tuple[tuple[int, ...], tuple[int, ...]], bytes] = {}
    told = {}
    for listener in now.keys() | gone.keys():
        key = (tuple(now.get(listener, ())), tuple(gone.get(listener, ())))
        if key not in written:
            shown, hidden = ([news.cases[number] for number in part] for part in key)
            written[key] = event("cases", case_columns(shown, hidden))
        told[listener] = written[key]
    return told
