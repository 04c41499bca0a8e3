"""Clients as cheap as can be, so that what is measured is the server."""

import asyncio
import itertools
import selectors
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self, cast
from urllib.parse import urlsplit

import numpy as np


def request_bytes(url: str, path: str, headers: Mapping[str, str]) -> bytes:
    """Write a GET request."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", "Accept-Encoding: gzip"]
    lines += [f"{name}: {said}" for name, said in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class KeptOpen:
    """One connection that is kept open, a request at a time."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection(
            self._address.hostname, self._address.port, limit=2**20
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        self._writer.close()

    async def get(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; status and body as it came."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head.split(b" ", 2)[1])
        length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        body = await self._reader.readexactly(int(length)) if length else b""
        return status, body


async def requests_per_second(url: str, requests: Sequence[bytes], clients: int) -> float:
    """Send all requests over so many connections; how many were answered in a second."""
    waiting = iter(requests)

    async def client() -> None:
        async with KeptOpen(url) as connection:
            for request in waiting:
                status, _ = await connection.get(request)
                assert status in {200, 204}, status

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return len(requests) / (time.perf_counter() - begun)


def asked_for_seconds(
    url: str, requests: Sequence[bytes], clients: int, seconds: float
) -> tuple[int, float]:
    """Send all requests again and again over connections that stay open; how many, in how long.

    Bare sockets: a client of asyncio takes as long for a request as a quick server does.
    """
    address, waiting, sent = urlsplit(url), itertools.cycle(requests), 0
    begun = time.perf_counter()
    with ExitStack() as opened:
        ready = opened.enter_context(selectors.DefaultSelector())
        for _ in range(clients):
            connection = socket.create_connection((address.hostname, address.port))
            opened.enter_context(connection).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(connection, selectors.EVENT_READ, bytearray())
            connection.sendall(next(waiting))
        while (took_s := time.perf_counter() - begun) < seconds:
            for key, _ in ready.select(seconds - took_s):
                connection, answer = cast("socket.socket", key.fileobj), key.data
                answer += connection.recv(2**18)
                if _is_whole(answer):
                    answer.clear()
                    sent += 1
                    connection.sendall(next(waiting))
    return sent, took_s


def _is_whole(answer: bytearray) -> bool:
    """Whether all of an answer has come."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        assert answer, "the connection was closed"
        return False
    status, head = int(answer[9:12]), answer[:end].lower()
    assert status in {200, 204}, status
    length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    return len(answer) >= end + 4 + int(length or 0)


@dataclass
class Listeners:
    """Open streams, and when each was told something last."""

    told_at: list[float] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _new: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, url: str, requests: Sequence[bytes]) -> None:
        """Open a stream for each request; all have been told where they stand when it returns."""
        self.told_at = [0.0] * len(requests)
        self.tasks = [
            asyncio.create_task(self._listen(url, number, request))
            for number, request in enumerate(requests)
        ]
        await self.all_told(0.0)

    async def all_told(self, since: float) -> np.ndarray:
        """Wait until each was told something; seconds from a moment of `time.perf_counter`."""
        while min(self.told_at) <= since:
            ended = [task for task in self.tasks if task.done()]
            assert not ended, ended[0].exception()
            self._new.clear()
            await asyncio.wait_for(self._new.wait(), 60)
        return np.array(self.told_at) - since

    def close(self) -> None:
        """Close all streams."""
        for task in self.tasks:
            task.cancel()

    async def _listen(self, url: str, number: int, request: bytes) -> None:
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            writer.write(request)
            while True:
                # Beats tell nothing new.
                await reader.readuntil(b"event: told\n")
                self.told_at[number] = time.perf_counter()
                self._new.set()
        finally:
            writer.close()
