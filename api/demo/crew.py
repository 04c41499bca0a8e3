"""Several processes that send a day's commands side by side, each a share of the chains.

One process spends its time in Python and leaves the other cores idle.
"""

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType

from httpx2 import ASGITransport

from api.demo.office import DemoError, Person, application_of_the_past, at_work
from api.demo.replay import Chain, replay_chains
from api.demo.staff import DEMO_PASSWORD
from api.settings import Settings

MOST_PROCESSES = 4


@dataclass(frozen=True)
class Day:
    """A share of the chains of a day; `None` in its place ends the work."""

    chains: list[Chain]


class Crew:
    """The processes; a context manager that ends them whatever happens.

    Parameters
    ----------
    settings
        Of the server.
    opening
        When everybody signs in.
    until
        When everybody signs out.
    """

    def __init__(self, settings: Settings, opening: datetime, until: datetime) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._hands: list[tuple[BaseProcess, Connection]] = []
        for _ in range(min(MOST_PROCESSES, os.cpu_count() or 1)):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(
                target=_work, args=(settings, opening, until, theirs), daemon=True
            )
            self._hands.append((process, ours))
            process.start()
            theirs.close()

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process, pipe in self._hands:
            process.terminate()
            process.join()
            pipe.close()

    def live_through(self, chains: list[Chain]) -> None:
        """Send the commands of one day, and wait for all.

        Raises
        ------
        DemoError
            When one was refused.
        """
        for number, (_, pipe) in enumerate(self._hands):
            pipe.send(Day(chains[number :: len(self._hands)]))
        self._hear()

    def go_home(self) -> None:
        """Sign everybody out and end the processes in order."""
        for _, pipe in self._hands:
            pipe.send(None)
        self._hear()
        for process, _ in self._hands:
            process.join()

    def _hear(self) -> None:
        """Wait for each process to say that it is done, or what went wrong."""
        complaints = []
        for _, pipe in self._hands:
            try:
                complaints.append(pipe.recv())
            except EOFError:
                complaints.append("a process of the demo ended before its work was done")
        for complaint in complaints:
            if complaint is not None:
                raise DemoError(complaint)


def _work(settings: Settings, opening: datetime, until: datetime, orders: Connection) -> None:
    # Ctrl-C reaches every process of a terminal; the first one ends the others itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_take_orders(settings, opening, until, orders))


async def _take_orders(
    settings: Settings, opening: datetime, until: datetime, orders: Connection
) -> None:
    async with at_work(application_of_the_past(settings, opening, until)) as transport:
        people: dict[str, Person] = {}
        while True:
            try:
                day = orders.recv()
            except EOFError:
                return
            complaint = await _carry_out(day, people, transport, opening, until)
            orders.send(complaint)
            if complaint is not None or day is None:
                return


async def _carry_out(
    day: Day | None,
    people: dict[str, Person],
    transport: ASGITransport,
    opening: datetime,
    until: datetime,
) -> str | None:
    """Live through a day, or go home; what was refused, if anything."""
    complaint = None
    try:
        if day is None:
            for person in people.values():
                await person.sign_out(until)
        else:
            await _call_in(people, day.chains, transport, opening)
            await replay_chains(day.chains, people)
    except* DemoError as refused:
        complaint = str(refused.exceptions[0])
    return complaint


async def _call_in(
    people: dict[str, Person], chains: list[Chain], transport: ASGITransport, opening: datetime
) -> None:
    """Sign in who is needed today for the first time."""
    for login in sorted({command.login for chain in chains for command in chain}):
        if login not in people:
            people[login] = Person(login, transport)
            await people[login].sign_in(DEMO_PASSWORD, opening)
