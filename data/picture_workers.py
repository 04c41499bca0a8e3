"""Processes that decode pictures: few, begun when first needed, replaced when one dies.

What a picture may cost is bounded in the process itself (`data.picture_program`): memory, and
seconds of the processor. Here is bounded how long one waits for it.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data.pictures import MOST_PIXELS, FileRefusedError

logger = logging.getLogger(__name__)

# Of 50 megapixels: a JPEG takes 130 MB (progressive 380), a PNG up to 610, a clear WebP 960.
MOST_MEMORY_BYTES: Final = 1200 * 1024**2
MOST_PROCESSOR_S: Final = 30
MOST_WAIT_S: Final = 90.0
_PROGRAM: Final = Path(__file__).with_name("picture_program.py")
# Ended at a limit of its own, or by us at the end of our patience.
_LIMITS: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL})


@dataclass(frozen=True)
class Done:
    """The answer to a job: what is told, and the files that were made."""

    told: dict[str, Any]
    bodies: tuple[bytes, ...]


class PictureWorkers:
    """So many processes at most; whoever comes when all are busy waits.

    Parameters
    ----------
    memory_bytes, processor_s
        Of each process, and of each job in it.
    wait_s
        No job takes longer, however busy the machine is.
    """

    def __init__(
        self,
        count: int = 2,
        *,
        memory_bytes: int = MOST_MEMORY_BYTES,
        processor_s: int = MOST_PROCESSOR_S,
        wait_s: float = MOST_WAIT_S,
    ) -> None:
        self._turns = threading.BoundedSemaphore(count)
        self._limits = (str(memory_bytes), str(processor_s))
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._idle: list[subprocess.Popen[bytes]] = []

    def run(self, job: str, raw: bytes, **asked: Any) -> Done:
        """Have a job of `data.picture_program` done.

        Raises
        ------
        FileRefusedError
            What is wrong with the picture; `too-heavy` where it takes too much memory or time.
        """
        asked |= {"job": job, "size": len(raw), "most_pixels": MOST_PIXELS}
        with self._turns, self._process() as process:
            done = _ask(process, asked, raw, self._wait_s)
            fault = done.told.get("fault")
            if fault == "too-heavy":
                # It ends by itself after that, and must not be given another job.
                raise FileRefusedError(fault)
        if fault is not None:
            raise FileRefusedError(fault)
        return done

    @contextmanager
    def _process(self) -> Iterator[subprocess.Popen[bytes]]:
        """An idle process, or a new one; it comes back unless it has ended."""
        with self._lock:
            process = self._idle.pop() if self._idle else None
        if process is not None and process.poll() is not None:
            _end(process)
            process = None
        if process is None:
            process = self._begin()
        try:
            yield process
        except BaseException:
            _end(process)
            raise
        with self._lock:
            self._idle.append(process)

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", str(_PROGRAM), *self._limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def close(self) -> None:
        """End the idle processes; the next job begins a new one."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            _end(process)


def _ask(
    process: subprocess.Popen[bytes], asked: dict[str, Any], raw: bytes, wait_s: float
) -> Done:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    patience = threading.Timer(wait_s, process.kill)
    patience.start()
    try:
        process.stdin.write(json.dumps(asked).encode() + b"\n" + raw)
        process.stdin.flush()
        told = json.loads(process.stdout.readline() or "null")
        if told is None:
            raise BrokenPipeError
        sizes = told.get("sizes", [])
        bodies = tuple(process.stdout.read(size) for size in sizes)
        if [len(body) for body in bodies] != sizes:
            raise BrokenPipeError
    except BrokenPipeError:
        code = process.wait()
        logger.warning("a picture ended its process: code %d", code)
        raise FileRefusedError("too-heavy" if code in _LIMITS else "damaged") from None
    finally:
        patience.cancel()
    return Done(told, bodies)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    # Waits for it and closes its pipes; what was not yet read or written is of no use.
    with process:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        # What was buffered for a process that has ended.
        logger.debug("a pipe broke at its end")
