"""A server that a test kills and starts again."""

import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack


class MortalServer:
    """A server over HTTPS, always at the same address.

    Parameters
    ----------
    run
        Starts a server; leaving its context ends it.
    """

    def __init__(
        self, address: str, run: Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]
    ) -> None:
        self.address = address
        self._run = run
        self._alive = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = self._alive.enter_context(self._run())

    def kill(self) -> None:
        """End it without letting it finish anything."""
        assert self._process is not None
        self._process.kill()
        self._alive.close()
