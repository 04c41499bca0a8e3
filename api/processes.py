"""Sanbai's processes: the web server and the worker, begun and ended together."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

import psutil

from api.settings import Settings
from api.site_address import local_address, site_address
from data.certificates import server_file

READY_WITHIN_S = 60.0
END_WITHIN_S = 20.0
_POLL_S = 0.2


class ProcessError(RuntimeError):
    """Server or worker cannot run; the message says what to mend."""


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Be the one running Sanbai of this home folder, and say so in ``up.json``.

    Raises
    ------
    ProcessError
        If another one runs already.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "up.lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ProcessError(_already_running(settings.home)) from error
        record = settings.home / "up.json"
        record.write_text(json.dumps({"pid": os.getpid(), "address": site_address(settings)}))
        try:
            yield
        finally:
            record.unlink(missing_ok=True)


def _already_running(home: Path) -> str:
    where = _record_of_running(home).get("address", "…")
    return f"三百已在运行 · Sanbai runs already: {where} (`make stop` ends it)"


def _record_of_running(home: Path) -> dict[str, int | str]:
    try:
        loaded: dict[str, int | str] = json.loads((home / "up.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return loaded


def running_address(home: Path) -> str | None:
    """Address of the Sanbai that runs from a home folder; None where none does."""
    return str(_record_of_running(home).get("address")) if _is_running(home) else None


def _is_running(home: Path) -> bool:
    # The lock ends with its process, whatever up.json may say after a crash.
    lock_file = home / "up.lock"
    if not lock_file.exists():
        return False
    with lock_file.open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def stop_running(home: Path) -> bool:
    """End the Sanbai that runs from a home folder; returns whether there was one.

    Raises
    ------
    ProcessError
        If it does not end in time.
    """
    if not _is_running(home):
        return False
    pid = int(_record_of_running(home).get("pid", 0))
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.terminate()
        _, alive = psutil.wait_procs([process], timeout=2 * END_WITHIN_S)
        if alive:
            raise ProcessError(f"process {pid} does not end: end it by `kill -9 {pid}`")
    return True


def require_free_port(settings: Settings) -> None:
    """Raise `ProcessError` if another program listens on the port, or on that of HTTPS."""
    _require_free(settings, settings.port)
    if server_file(settings.home).is_file():
        _require_free(settings, settings.https_port)


def _require_free(settings: Settings, port: int) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, port))
        except OSError as error:
            raise ProcessError(
                f"{settings.host}:{port} cannot be used ({error.strerror}): "
                + (
                    f"choose another port, `make demo PORT={port + 1}`"
                    if port == settings.port
                    else f"choose another port, SANBAI_HTTPS_PORT={port + 1}"
                )
            ) from error


class Children:
    """Server and worker as child processes that end when this process does, however it ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def begin(self, name: str, arguments: Sequence[str]) -> None:
        """Start ``sanbai <arguments>``; what it writes goes to ``log/<name>.log``."""
        environment = os.environ | {
            "SANBAI_HOST": self._settings.host,
            "SANBAI_PORT": str(self._settings.port),
            "PYTHONUNBUFFERED": "1",
        }
        with self.log(name).open("wb") as log:
            self._children[name] = subprocess.Popen(
                [sys.executable, "-m", "api.cli", *arguments, "--with-parent"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                # A session of its own: Ctrl-C reaches this process only, which ends them in order.
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        """Where a child's log goes; that of the run before is kept beside it."""
        folder = self._settings.home / "log"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def require_alive(self) -> None:
        """Raise `ProcessError` with the end of its log if a child has ended."""
        for name, child in self._children.items():
            if child.poll() is not None:
                lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
                raise ProcessError(
                    f"the {name} ended with exit code {child.returncode}:\n"
                    + "\n".join(lines[-15:])
                )

    def wait_until_ready(self) -> None:
        """Wait until ``/readyz`` answers 200.

        Raises
        ------
        ProcessError
            If a child ends before, or it takes too long.
        """
        until = time.monotonic() + READY_WITHIN_S
        while not _is_ready(f"{local_address(self._settings)}/readyz"):
            self.require_alive()
            if time.monotonic() > until:
                raise ProcessError(
                    f"the server is not ready after {READY_WITHIN_S:.0f} s; "
                    f"see {self.log('server')}"
                )
            time.sleep(_POLL_S)

    def stay(self) -> None:
        """Return never; raises `ProcessError` if a child ends, KeyboardInterrupt when asked to."""
        while True:
            self.require_alive()
            time.sleep(1)

    def end(self) -> None:
        """Ask every child to end, wait for it, and kill what does not listen."""
        for child in self._children.values():
            child.terminate()
        until = time.monotonic() + END_WITHIN_S
        for child in self._children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _is_ready(url: str) -> bool:
    try:
        # ProxyHandler({}): a proxy set for the internet must not get this question.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def interrupt_on_any_signal() -> None:
    """Turn SIGTERM and SIGHUP into Ctrl-C, and heed Ctrl-C where a shell's `&` switched it off."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        # Not KeyboardInterrupt itself: a running event loop has its own, orderly answer to SIGINT.
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def end_with_parent() -> None:
    """End this process when its parent is gone: our standard input is a pipe that it holds."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent watch").start()
