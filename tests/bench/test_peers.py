"""Servers of peers: waited for, and ended with the block."""

import sys

import httpx2
import psutil
import pytest

from bench.peers import ServerProcess, free_port


def test_a_server_answers_within_the_block_and_is_gone_after_it():
    port = free_port()
    with ServerProcess([sys.executable, "-m", "http.server", str(port)], port) as server:
        assert httpx2.get(server.url, trust_env=False).status_code == 200
        pid = server.pid
    assert not psutil.pid_exists(pid)


def test_a_server_that_ends_at_once_tells_why():
    with (
        pytest.raises(RuntimeError, match="no such luck"),
        ServerProcess([sys.executable, "-c", "raise SystemExit('no such luck')"], free_port()),
    ):
        pass
