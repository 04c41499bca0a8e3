"""`sanbai up`: begins server and worker, ends all of them, and survives a kill."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import psutil
import pytest

from api.processes import ProcessError, only_one, require_free_port, running_address, stop_running
from api.settings import Settings
from data.cluster import PrivateCluster

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 90


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def home():
    # Not pytest's own folder: that is closed to the account that the database runs under.
    with tempfile.TemporaryDirectory(prefix="sanbai-test-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        yield home
        PrivateCluster(home / "cluster").remove()


def begin_up(home, port):
    command = [sys.executable, "-m", "api.cli", "up", "--port", str(port)]
    return subprocess.Popen(
        # As a shell starts what is put in the background: Ctrl-C must work there as well.
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command],
        cwd=REPOSITORY,
        env=os.environ | {"SANBAI_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process, words):
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    pytest.fail("".join(said))


def test_up_serves_alone_survives_a_kill_and_ends_clean(home):
    port = free_port()
    first = begin_up(home, port)
    read_until(first, "Sanbai is ready")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
        assert json.load(answer)["status"] == "ready"

    second = begin_up(home, free_port())
    assert f"http://127.0.0.1:{port}" in second.communicate(timeout=PATIENCE_S)[0]
    assert second.returncode == 1

    children = psutil.Process(first.pid).children()
    assert children
    first.kill()
    first.communicate()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert alive == []
    assert running_address(home) is None

    again = begin_up(home, port)
    read_until(again, "Sanbai is ready")
    children = psutil.Process(again.pid).children()
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=PATIENCE_S)
    assert again.returncode == 0
    assert [child for child in children if child.is_running()] == []
    assert not PrivateCluster(home / "cluster").status().running


def test_stop_ends_a_running_one(home):
    running = begin_up(home, free_port())
    read_until(running, "Sanbai is ready")
    assert stop_running(home)
    running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 0
    assert not stop_running(home)


def test_a_port_in_use_names_another():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ProcessError, match=f"PORT={port + 1}"):
            require_free_port(Settings(port=port))


def test_what_a_crash_left_behind_does_not_count_as_running(tmp_path):
    with only_one(Settings(home=tmp_path)):
        assert running_address(tmp_path) == "http://127.0.0.1:8000"
    (tmp_path / "up.json").write_text('{"pid": 1, "address": "http://127.0.0.1:8000"}')
    assert running_address(tmp_path) is None
    assert not stop_running(tmp_path)
