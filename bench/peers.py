"""The programs we measure against: their own environment, and servers started and stopped.

DuckDB's spatial extension is a file in that environment: `LOAD` it by the path of the
`*.duckdb_extension` below `duckdb_extension_spatial`; `INSTALL` would ask the internet.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".sanbai" / "peers"
READY_WITHIN_S = 60.0
END_WITHIN_S = 10.0
# A proxy set for the internet must not get these questions.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def peer_program(name: str = "python") -> str:
    """Return the path of a program in the peers' environment; `make bench` installs it.

    Raises
    ------
    FileNotFoundError
        If the environment was not made.
    """
    program = PEERS / "bin" / name
    if not program.exists():
        raise FileNotFoundError(f"no {name} in the peers' environment: run `make bench` once")
    return str(program)


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """A server as a child process, from `with` to the end of its block.

    Parameters
    ----------
    command
        Program and arguments.
    port
        Where it listens on 127.0.0.1; see `free_port`.
    ready
        Path that answers 200 once it serves.
    environment
        Added to ours.
    folder
        Where it runs; None: a new, empty folder.
    """

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        *,
        ready: str = "/",
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = list(command)
        self._ready = ready
        self._environment = {**os.environ, **(environment or {})}
        self._own_folder = folder is None
        self._folder = folder or Path(tempfile.mkdtemp(prefix="sanbai-bench-"))
        self._log = Path(tempfile.mkstemp(prefix="sanbai-bench-", suffix=".log")[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process is not None, "the server was not started"
        return self._process.pid

    def __enter__(self) -> Self:
        """Start it and wait until it answers; `RuntimeError` with its log if it does not."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                cwd=self._folder,
            )
        until = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                said = self._log.read_text(encoding="utf-8", errors="replace")[-3000:]
                self._end()
                raise RuntimeError(f"{self._command[0]} does not serve:\n{said}")
            time.sleep(0.1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End it by its process id."""
        self._end()

    def _answers(self) -> bool:
        try:
            with _OPENER.open(self.url + self._ready, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _end(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._log.unlink(missing_ok=True)
        if self._own_folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def our_server(environment: Mapping[str, str], port: int) -> ServerProcess:
    """Sanbai's own web server on a port; `environment` as of `bench.big_town.BigTown`."""
    return ServerProcess(
        [sys.executable, "-m", "api.cli", "serve", "--port", str(port)],
        port,
        ready="/readyz",
        environment=environment,
        folder=ROOT,
    )
