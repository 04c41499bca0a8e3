"""Group commit for track points: what came in while one group was stored is the next group.

Thousands of phones send a batch every half minute. A transaction for each would cost more than
the points in it; so requests lay down their batch here and wait for the commit that holds it.
Nobody waits for others to come: an idle server stores a batch at once.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, NamedTuple, cast
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Header, Request
from sqlalchemy.exc import SQLAlchemyError

from api.context import AppContext, Context, Now, current_session
from api.errors import Problem
from api.operations import OPERATION_ID, operation_missing, request_digest
from api.permissions import Caller, as_caller
from data.rights import let_act
from data.scope import Scope
from data.track_intake import Batch, Outcome, Render, take_batches

MOST_AT_ONCE: Final = 500
RETRY_AFTER_S: Final = 5


class UnsettledError(Exception):
    """A failure of ours: whether the batch was stored nobody knows."""


class _Waiting(NamedTuple):
    district_id: int
    batch: Batch
    answer: asyncio.Future[Outcome]

    def tell(self, outcome: Outcome | Exception) -> None:
        """Let who waits go on, if he still waits."""
        if self.answer.done():
            return
        if isinstance(outcome, (SQLAlchemyError, UnsettledError)):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(cast("Outcome", outcome))


class TrackIntake:
    """Stores batches of points in groups, one group at a time.

    Belongs to one event loop; only the storing itself runs in a thread.

    Parameters
    ----------
    parts
        Its engine stores; a turn is taken as every request takes one.
    render
        Writes what became of a batch as its answer.
    """

    def __init__(self, parts: Context, render: Render) -> None:
        self._parts = parts
        self._render = render
        self._queue: deque[_Waiting] = deque()
        self._storing: asyncio.Task[None] | None = None

    async def take(self, district_id: int, batch: Batch) -> Outcome:
        """Store a batch; returns when it is committed.

        Raises
        ------
        Problem
            503 when too many wait already.
        SQLAlchemyError
            If the batch cannot be stored, or nobody knows whether it was: it is sent again.
        """
        if len(self._queue) >= self._parts.settings.track_queue:
            raise Problem(
                503,
                "tracks-busy",
                "Too many tracks come in at once: send it again in some seconds.",
                headers={"Retry-After": str(RETRY_AFTER_S)},
            )
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(district_id, batch, answer))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())
        return await answer

    async def _store_all(self) -> None:
        limiter = CapacityLimiter(1)
        group: list[_Waiting] = []
        try:
            while self._queue:
                group = self._next_group()
                async with self._parts.turns:
                    outcomes = await to_thread.run_sync(self._settle, group, limiter=limiter)
                for one, outcome in zip(group, outcomes, strict=True):
                    one.tell(outcome)
        finally:
            # After a failure nobody foresaw none of them may wait for ever.
            for one in (*group, *self._queue):
                one.tell(UnsettledError("the group of this batch was not stored"))
            self._queue.clear()

    def _next_group(self) -> list[_Waiting]:
        """Take batches of one district, in their order; a second one of a shift waits."""
        district_id = self._queue[0].district_id
        group: list[_Waiting] = []
        left: list[_Waiting] = []
        shifts: set[UUID] = set()
        while self._queue and len(group) < MOST_AT_ONCE:
            one = self._queue.popleft()
            if one.district_id == district_id and one.batch.shift_id not in shifts:
                group.append(one)
            else:
                left.append(one)
            shifts.add(one.batch.shift_id)
        self._queue.extendleft(reversed(left))
        return group

    def _settle(self, group: Sequence[_Waiting]) -> Sequence[Outcome | SQLAlchemyError]:
        """Store a group, and each by itself where that fails: one must not spoil the others."""
        try:
            return self._store(group)
        except SQLAlchemyError as error:
            if len(group) == 1:
                return [error]
        return [outcome for one in group for outcome in self._settle([one])]

    def _store(self, group: Sequence[_Waiting]) -> Sequence[Outcome]:
        district_id = group[0].district_id
        with self._parts.engine.begin() as connection:
            let_act(connection, Scope(district_id=district_id))
            batches = [one.batch for one in group]
            return take_batches(connection, district_id, batches, self._render)


@dataclass(frozen=True)
class Sent:
    """A command that is carried out in a group: it holds no transaction while it waits."""

    caller: Caller
    at: datetime
    operation_id: UUID
    digest: bytes


async def sent(
    request: Request,
    parts: AppContext,
    at: Now,
    digest: Annotated[bytes, Depends(request_digest)],
    operation_id: Annotated[UUID | None, Header(description=OPERATION_ID)] = None,
) -> Sent:
    """Who sends it, by the session cookie, looked up in a transaction of its own."""
    async with parts.turns:
        who = await to_thread.run_sync(_look_up, request, parts, at)
    if operation_id is None:
        raise operation_missing()
    return Sent(who, at, operation_id, digest)


CurrentSent = Annotated[Sent, Depends(sent)]


def _look_up(request: Request, parts: Context, at: datetime) -> Caller:
    with parts.engine.begin() as connection:
        return as_caller(current_session(request, connection, at))
