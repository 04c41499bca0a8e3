"""Group commit: what came in together is stored together, and told only when it is safe."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from anyio import Semaphore
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from track_batches import batch, begin, count_told, told, walk

from api.errors import Problem
from api.track_intake import TrackIntake, UnsettledError
from data.database import open_engine
from data.patrols import Taken
from data.server import DatabaseUrls
from data.track_intake import Answered, Batch, Outcome, Render

STORED = Answered({"accepted": 5, "duplicates": 0, "refused": []})


@pytest.fixture
def guarded(urls: DatabaseUrls) -> Iterator[Engine]:
    """An engine as the web process has it."""
    engine = open_engine(urls.app, guarded=True, pool_size=3)
    yield engine
    engine.dispose()


@pytest.fixture
def intake(guarded: Engine) -> Callable[..., TrackIntake]:
    """Make an intake."""

    def make(render: Render = told, queue: int = 100) -> TrackIntake:
        settings = SimpleNamespace(track_queue=queue)
        parts: Any = SimpleNamespace(engine=guarded, turns=Semaphore(3), settings=settings)
        return TrackIntake(parts, render)

    return make


def shifts(engine: Engine, count: int) -> list[UUID]:
    with engine.begin() as connection:
        return [begin(connection) for _ in range(count)]


def points(engine: Engine, ids: list[UUID]) -> list[int]:
    with engine.connect() as connection:
        return [count_told(connection, one) for one in ids]


def commits(engine: Engine) -> int:
    """Transactions in which batches were stored."""
    with engine.connect() as connection:
        count: int = connection.execute(
            text("SELECT count(DISTINCT CAST(xmin AS text)) FROM operation")
        ).scalar_one()
        return count


def send(intake: TrackIntake, batches: list[Batch]) -> list[Outcome | BaseException]:
    async def all_at_once() -> list[Outcome | BaseException]:
        waiting: list[Coroutine[Any, Any, Outcome]] = [intake.take(1, one) for one in batches]
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    return asyncio.run(all_at_once())


def test_what_comes_together_is_stored_in_one_transaction(
    engine: Engine, intake: Callable[..., TrackIntake]
) -> None:
    ids = shifts(engine, 20)
    outcomes = send(intake(), [batch(one, walk()) for one in ids])
    assert outcomes == [STORED] * 20
    assert (points(engine, ids), commits(engine)) == ([5] * 20, 1)


def test_batches_of_one_shift_are_stored_in_their_order(
    engine: Engine, intake: Callable[..., TrackIntake]
) -> None:
    [shift_id, other] = shifts(engine, 2)
    first, second = batch(shift_id, walk(3)), batch(shift_id, walk(5))
    outcomes = send(intake(), [first, batch(other, walk()), second, first])
    answers = [one.answer["accepted"] for one in outcomes if isinstance(one, Answered)]
    assert answers == [3, 5, 2, 3]
    assert [one.replayed for one in outcomes if isinstance(one, Answered)][3]
    assert (points(engine, [shift_id, other]), commits(engine)) == ([5, 5], 2)


def test_a_batch_that_cannot_be_stored_does_not_spoil_the_others(
    engine: Engine, intake: Callable[..., TrackIntake]
) -> None:
    ids = shifts(engine, 3)
    with engine.begin() as connection:
        # A week that has no partition.
        connection.execute(
            text("UPDATE shift SET shift_day = '2031-01-01' WHERE id = :id"), {"id": ids[1]}
        )
    outcomes = send(intake(), [batch(one, walk()) for one in ids])
    assert outcomes[0] == outcomes[2] == STORED
    assert isinstance(outcomes[1], IntegrityError)
    assert points(engine, ids) == [5, 0, 5]


def test_nothing_is_told_when_the_server_dies_before_the_commit(
    engine: Engine, intake: Callable[..., TrackIntake]
) -> None:
    ids = shifts(engine, 2)

    def dies(taken: Taken) -> dict[str, Any]:
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND state = 'idle in transaction'"
                    " AND usename = 'sanbai_app'"
                )
            )
        return told(taken)

    batches = [batch(one, walk()) for one in ids]
    outcomes = send(intake(dies), batches)
    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 2
    assert points(engine, ids) == [0, 0]
    assert send(intake(), batches) == [STORED] * 2


def test_whoever_comes_when_too_many_wait_is_asked_to_come_again(
    engine: Engine, intake: Callable[..., TrackIntake]
) -> None:
    ids = shifts(engine, 3)
    outcomes = send(intake(queue=2), [batch(one, walk()) for one in ids])
    assert outcomes[:2] == [STORED] * 2
    refused = outcomes[2]
    assert isinstance(refused, Problem)
    assert (refused.status, refused.code, refused.headers) == (
        503,
        "tracks-busy",
        {"Retry-After": "5"},
    )
    assert points(engine, ids) == [5, 5, 0]


def test_nobody_waits_for_ever_after_a_failure_nobody_foresaw(
    engine: Engine, intake: Callable[..., TrackIntake]
) -> None:
    ids = shifts(engine, 3)

    def fails(taken: Taken) -> dict[str, Any]:
        raise RuntimeError(f"no words for {taken}")

    broken = intake(fails)
    outcomes = send(broken, [batch(one, walk()) for one in (*ids, ids[0])])
    assert [type(outcome) for outcome in outcomes] == [UnsettledError] * 4
    assert points(engine, ids) == [0, 0, 0]
