"""The private cluster: made once, race-safe, closed to the network, alive after a crash."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from data.cluster import ClusterError, PrivateCluster
from data.server_files import clear_stale_pid_file, own_folder

REPOSITORY = Path(__file__).parents[2]
HOLD_AND_WAIT = """
import sys
import tempfile
from pathlib import Path
from data.cluster import PrivateCluster
with PrivateCluster(Path(sys.argv[1]), durable=False).hold():
    print("holding", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def cluster():
    # Not pytest's own folder: that is closed to the account that the server runs under.
    with tempfile.TemporaryDirectory(prefix="sanbai-test-") as folder:
        Path(folder).chmod(0o755)
        cluster = PrivateCluster(Path(folder) / "c", durable=False)
        cluster.start()
        yield cluster
        cluster.remove()


@pytest.fixture
def running(cluster):
    cluster.start()
    return cluster


def server_pid(cluster):
    return int((cluster.status().data_dir / "postmaster.pid").read_text().split("\n")[0])


def ask(cluster, query, *, role="sanbai_app", database="postgres"):
    with psycopg.connect(cluster.url(role, database)) as connection:
        return connection.execute(query).fetchone()[0]


def test_chinese_has_trigrams_and_postgis_is_there(running):
    running.create_database("town")
    assert ask(running, "SELECT cardinality(show_trgm('幸福路'))", database="town") > 0
    assert ask(running, "SELECT ST_AsText(ST_Point(118.3, 36.6))", database="town").startswith(
        "POINT"
    )
    assert ask(running, "SELECT pg_encoding_to_char(encoding) FROM pg_database LIMIT 1") == "UTF8"


def test_nothing_listens_on_the_network(running):
    assert ask(running, "SHOW listen_addresses") == ""
    server = psutil.Process(server_pid(running))
    assert not [c for c in server.net_connections("inet") if c.status == psutil.CONN_LISTEN]


def test_a_wrong_password_is_refused(running):
    url = running.url("sanbai_app", "postgres")
    broken = url.replace(":", ":x", 2).replace(":x//", "://")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(broken)


def test_passwords_are_kept_from_others(running):
    path = running.directory / "cluster.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(json.loads(path.read_text())["passwords"].values())) == 3


def test_the_run_time_role_owns_nothing_and_obeys_row_security(running):
    rights = ask(
        running,
        "SELECT array[rolsuper, rolbypassrls, rolcreatedb, rolcreaterole] FROM pg_roles"
        " WHERE rolname = current_user",
    )
    assert rights == [False] * 4
    assert (
        ask(running, "SELECT count(*) FROM pg_database WHERE datdba = 'sanbai_app'::regrole") == 0
    )


def test_a_database_is_made_once_and_cloned_with_its_rows(running):
    assert running.create_database("first")
    assert not running.create_database("first")
    with psycopg.connect(running.url("sanbai_owner", "first")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 300 AS households")
    assert running.create_database("second", template="first")
    assert (
        ask(running, "SELECT households FROM kept", role="sanbai_owner", database="second") == 300
    )
    running.drop_database("second")
    running.drop_database("second")


def test_start_and_stop_say_whether_they_did_anything(running):
    assert not running.start()
    assert running.stop()
    assert not running.stop()
    assert not running.status().running
    assert running.start()


def test_many_starts_at_once_start_one_server(running):
    running.stop()
    with ThreadPoolExecutor(6) as pool:
        started = list(pool.map(lambda _: running.start(), range(6)))
    assert sorted(started) == [False] * 5 + [True]


def test_a_killed_server_starts_again_with_its_data(running):
    running.create_database("kept")
    server = psutil.Process(server_pid(running))
    server.send_signal(signal.SIGKILL)
    psutil.wait_procs([server], timeout=30)
    assert not running.status().running
    assert running.start()
    assert not running.create_database("kept")


def test_a_pid_that_now_belongs_to_another_program_is_no_server(running):
    running.stop()
    pid_file = running.status().data_dir / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n")
    assert not running.status().running
    assert running.start()


def test_a_pid_file_is_kept_while_a_backend_of_a_crash_lives(tmp_path, monkeypatch):
    monkeypatch.setattr("data.server_files._BACKENDS_END_WITHIN_S", 0)
    (tmp_path / "postmaster.pid").write_text("1\n")
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=tmp_path, stdin=-1) as backend:
        with pytest.raises(ClusterError, match=str(backend.pid)):
            clear_stale_pid_file(tmp_path)
        backend.communicate(b"\n")
    clear_stale_pid_file(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_the_last_holder_stops_it_even_after_another_was_killed(running):
    running.stop()
    others = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD_AND_WAIT, str(running.directory)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for other in others:
        assert other.stdout.readline() == b"holding\n"
    others[0].kill()
    others[0].communicate()
    assert running.status().running
    with running.hold():
        others[1].communicate()
        assert not running.stop_if_unused()
        assert running.status().running
    assert not running.status().running


def test_a_cluster_that_was_cut_off_while_made_is_finished(running):
    running.stop()
    record = json.loads((running.directory / "cluster.json").read_text())
    (running.directory / "cluster.json").write_text(json.dumps(record | {"prepared": False}))
    (running.directory / "data.partial").mkdir()
    assert running.start()
    assert json.loads((running.directory / "cluster.json").read_text())["prepared"]


def test_a_fast_cluster_is_made_anew_after_a_reboot(running):
    running.create_database("lost")
    record = json.loads((running.directory / "cluster.json").read_text())
    (running.directory / "cluster.json").write_text(json.dumps(record | {"boot_id": "before"}))
    assert running.start()
    assert running.create_database("lost")


def test_a_long_path_gets_a_short_socket(running):
    deep = PrivateCluster(running.directory / ("very_long_folder_name_" * 5), durable=False)
    with deep.hold():
        socket_dir = deep.status().socket_dir
        assert len(str(socket_dir)) < 60
        assert ask(deep, "SELECT 300") == 300
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
    deep.remove()
    assert not socket_dir.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")
def test_data_go_elsewhere_where_the_server_may_not_pass(tmp_path, monkeypatch):
    monkeypatch.setattr("data.cluster._STATE_ROOT", Path("/var/lib/sanbai-test"))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = PrivateCluster(closed / "c", durable=False)
    with cluster.hold():
        assert cluster.status().data_dir.is_relative_to("/var/lib/sanbai-test")
        assert ask(cluster, "SELECT 300") == 300
    cluster.remove()
    assert not list(Path("/var/lib/sanbai-test").iterdir())
    Path("/var/lib/sanbai-test").rmdir()


def test_a_folder_of_somebody_else_is_not_taken_over(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(ClusterError, match="somebody else"):
        own_folder(tmp_path / "link", None)


def test_an_unmade_cluster_says_how_to_make_one(tmp_path):
    cluster = PrivateCluster(tmp_path)
    assert cluster.status() is None
    with pytest.raises(ClusterError, match="sanbai up"):
        cluster.url("sanbai_app", "sanbai")


def test_a_missing_postgresql_names_the_packages(monkeypatch, tmp_path):
    monkeypatch.setattr("data.postgres_programs._DEBIAN_ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClusterError, match="apt-get install postgresql-15 postgresql-15-postgis-3"):
        PrivateCluster(tmp_path / "c").start()
