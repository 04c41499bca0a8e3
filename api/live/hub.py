"""The hub of a process: hears that something changed, reads it once, tells all who listen.

One connection listens (PostgreSQL's LISTEN, which needs a direct one to the primary), one reads;
there is none per client. A notice says only that there is something to read, so one that is lost
costs time and no news: the hub also looks by itself, now and then.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

import psycopg
from anyio import CancelScope, CapacityLimiter, to_thread
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from api.live import events
from api.live.audience import Audience, Listener
from api.live.news import News, Position, read_missed, read_news, written
from api.permissions import as_caller
from api.signed_in import SignedIn
from data.accounts import Held, callers_of_sessions
from data.database import open_engine
from data.status_board import StatusBoard, StatusBoards

Answer = TypeVar("Answer")
logger = logging.getLogger("sanbai.live")

CHANNEL: Final = "sanbai_live"
# Hearing nothing, look by oneself after so long; where notices cannot be heard, more often.
BEAT_S: Final = 15.0
DEAF_BEAT_S: Final = 2.0
# What is committed within this time is read together.
GATHER_S: Final = 0.05
LONGEST_WAIT_S: Final = 30.0
READERS: Final = 2


class Hub:
    """Listeners of all districts, and the tasks that tell them.

    Parameters
    ----------
    url
        A direct connection to the primary, as the run-time role.
    boards
        Status by district, shared with the requests of this process.
    signed_in
        Look-ups of sessions, forgotten when rights change.
    clock
        Gives the present moment in UTC.
    most
        Streams open at the same time.
    """

    def __init__(
        self,
        url: str,
        boards: StatusBoards,
        signed_in: SignedIn,
        clock: Callable[[], datetime],
        most: int,
    ) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(False)
        self._engine = open_engine(url, pool_size=READERS)
        self._boards = boards
        self._signed_in = signed_in
        self._clock = clock
        self._most = most
        self._audiences: dict[int, Audience] = {}
        self._positions: dict[int, Position] = {}
        self._closing = False
        self._hearing = False
        self._rights = True
        self._beat_at = 0.0
        self._heard = asyncio.Event()
        self._readers = CapacityLimiter(READERS)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hear and tell while the application runs."""
        self._closing = False
        # They belong to the event loop that runs now.
        self._heard = asyncio.Event()
        self._readers = CapacityLimiter(READERS)
        # Ended by scopes, which let a reading under way finish: a connection in use cannot be
        # disposed of.
        scopes = [CancelScope(), CancelScope()]
        tasks = [
            asyncio.create_task(_kept_going(task, scope))
            for task, scope in zip((self._hear, self._tell), scopes, strict=True)
        ]
        try:
            yield
        finally:
            self.close()
            for scope in scopes:
                scope.cancel()
            await asyncio.wait(tasks)
            self._engine.dispose()

    @property
    def hearing(self) -> bool:
        """Whether notices are heard: whatever changes, this process then knows at once."""
        return self._hearing

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        return sum(len(audience.listeners) for audience in self._audiences.values())

    @property
    def full(self) -> bool:
        """Whether no more streams are opened here just now."""
        return self._closing or self.listeners >= self._most

    def close(self) -> None:
        """End all streams, so that the server need not wait for them; clients come back."""
        self._closing = True
        for audience in self._audiences.values():
            for listener in audience.listeners:
                listener.end(events.end("closing"))

    async def stream(self, listener: Listener, since: str | None) -> AsyncIterator[bytes]:
        """Tell a listener what he has missed, then what changes, until he goes or is sent away."""
        district_id = listener.caller.district_id
        # He joins first and what he missed is read then: nothing falls between the two. What is
        # told meanwhile comes after it; where it is older, the newer is still to be told.
        audience = self._audiences.setdefault(district_id, Audience())
        audience.join(listener)
        try:
            missed = await self._read(partial(self._missed, listener, since))
            self._positions.setdefault(district_id, missed.position)
            alone = Audience()
            alone.join(listener)
            for _, chunk in written(missed, alone):
                yield chunk
            while chunk := await listener.read():
                yield chunk
        finally:
            audience.leave(listener)
            if not audience.listeners:
                self._audiences.pop(district_id, None)
                self._positions.pop(district_id, None)

    async def _read(self, work: Callable[[], Answer]) -> Answer:
        return await to_thread.run_sync(work, limiter=self._readers)

    def _missed(self, listener: Listener, since: str | None) -> News:
        board = self._boards.of(listener.caller.district_id)
        with self._engine.begin() as connection:
            return read_missed(connection, board, listener, self._clock(), since)

    async def _hear(self) -> None:
        """Listen for notices; begin again, less and less often, where the connection is lost."""
        wait_s = 1.0
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, application_name="sanbai live", keepalives_idle=30
                )
                # As a context it would roll back first, and a scope that ends breaks that off too.
                try:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._hearing, wait_s = True, 1.0
                    # What was said before is read now.
                    self._note("rights")
                    async for notice in connection.notifies():
                        self._note(notice.payload)
                finally:
                    await connection.close()
            except psycopg.Error as error:
                logger.warning("live events are not heard", extra={"cause": str(error)})
            self._hearing = False
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _note(self, what: str) -> None:
        if what == "rights":
            self._rights = True
            self._signed_in.forget()
        self._boards.note_change(elsewhere=True)
        self._heard.set()

    async def _tell(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S if self._hearing else DEAF_BEAT_S):
                    await self._heard.wait()
            self._heard.clear()
            try:
                await self._round()
            except SQLAlchemyError as error:
                # Positions stay where they were: the next round reads it all.
                logger.warning("live events cannot be read", extra={"cause": str(error)})
            await asyncio.sleep(GATHER_S)

    async def _round(self) -> None:
        """Read and tell once, everywhere where somebody listens."""
        beat = time.monotonic() - self._beat_at >= BEAT_S
        rights = self._rights or beat
        self._rights = False
        # Tiles with status go on as they were until the one reading for all of them is done.
        for board in self._boards.wanted():
            await self._read(partial(self._bring_up, board))
        for district_id, audience in list(self._audiences.items()):
            since = self._positions.get(district_id)
            # Nobody has been told anything yet: whoever joins reads it himself.
            if since is None:
                continue
            news = await self._read(partial(self._news, district_id, since))
            if district_id not in self._positions:
                continue
            self._positions[district_id] = news.position
            for listener, chunk in written(news, audience):
                listener.put(chunk)
        if rights:
            await self._check_rights()
        if beat:
            self._beat()

    def _bring_up(self, board: StatusBoard) -> None:
        with self._engine.begin() as connection:
            board.bring_up(connection, self._clock(), unless_current=True)

    def _news(self, district_id: int, since: Position) -> News:
        with self._engine.begin() as connection:
            return read_news(
                connection, self._boards.of(district_id), district_id, self._clock(), since
            )

    async def _check_rights(self) -> None:
        """End the streams of sessions that are over, and of accounts whose roles have changed."""
        listeners = [one for audience in self._audiences.values() for one in audience.listeners]
        if not listeners:
            return
        held = await self._read(partial(self._held, [one.token for one in listeners]))
        for listener in listeners:
            who = held.get(listener.token)
            if who is None or as_caller(who) != listener.caller:
                listener.end(events.end("rights"))

    def _held(self, tokens: list[str]) -> dict[str, Held]:
        with self._engine.begin() as connection:
            return callers_of_sessions(connection, tokens, self._clock())

    def _beat(self) -> None:
        """Say that the stream lives, and up to where everything has been told."""
        self._beat_at = time.monotonic()
        for district_id, audience in self._audiences.items():
            board = self._boards.of(district_id)
            if district_id not in self._positions:
                continue
            for places, listeners in audience.groups.items():
                chunk = events.event("beat", {}, board.cursor(places))
                for listener in listeners:
                    listener.put(chunk)


async def _kept_going(task: Callable[[], Awaitable[None]], scope: CancelScope) -> None:
    """Say why a task ended before it was told to; clients notice that no beat comes."""
    try:
        with scope:
            await task()
    except Exception:
        logger.exception("live events have stopped")
