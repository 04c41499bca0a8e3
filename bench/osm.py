"""Whole OpenStreetMap extracts: time, processor and memory by size of the file, beside osm2pgsql.

    .venv/bin/python -m bench osm [--full]

Both read the same file into databases of one cluster, one after the other; what the cluster's own
processes use is counted for both. osm2pgsql (Debian's, where it is installed) keeps everything by
its default style and knows neither areas of ours nor households; it runs in memory, its fastest
way.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench.osm_town import Extract, write_extract
from bench.result import Result
from bench.sizes import FULL, Size
from data.cluster import PrivateCluster
from data.database import open_engine
from data.migrate import upgrade

ROOT = Path(__file__).parent.parent
TILES: Final = {"small": (1, 3, 9), "full": (20, 80, 320)}
_LOOK_EVERY_S: Final = 0.2


@dataclass(frozen=True)
class Cost:
    """What a run took; `held_mib` is memory of its own, without pages of files."""

    seconds: float
    cpu_s: float
    cluster_cpu_s: float
    held_mib: float

    @property
    def all_cpu_s(self) -> float:
        """Processor time of the program and of the database for it."""
        return self.cpu_s + self.cluster_cpu_s


def run(size: Size) -> list[Result]:
    """Import extracts of three sizes; the largest also by osm2pgsql."""
    tiles = TILES["full" if size.name == FULL.name else "small"]
    with tempfile.TemporaryDirectory(prefix="sanbai-bench-osm-") as folder, _cluster() as cluster:
        extracts = [write_extract(Path(folder, f"{count}.osm.pbf"), count) for count in tiles]
        ours = [_ours(cluster, extract, Path(folder)) for extract in extracts]
        again = _again(cluster, extracts[0], Path(folder))
        theirs = _theirs(cluster, extracts[-1])
    return _results(extracts, ours, again, theirs)


def _results(
    extracts: Sequence[Extract], ours: Sequence[Cost], again: Cost, theirs: Cost | None
) -> list[Result]:
    first, last = extracts[0], extracts[-1]
    growth = last.mib / first.mib
    name = "osm2pgsql" if theirs is not None else ""
    town = f"{last.mib:.0f} MiB, {last.objects:,} objects, {last.buildings:,} buildings"
    lines = [
        Result(
            "osm",
            f"processor time per million objects, file of {extract.mib:.1f} MiB",
            cost.all_cpu_s / extract.objects * 1e6,
            None,
            "",
            "s",
            "",
            f"{cost.seconds:.0f} s in all; {cost.cpu_s:.0f} s reading, "
            f"{cost.cluster_cpu_s:.0f} s database; {cost.held_mib:.0f} MiB held",
        )
        for extract, cost in zip(extracts, ours, strict=True)
    ]
    return [
        *lines,
        Result(
            "osm",
            f"memory held, file {growth:.0f} × larger",
            ours[-1].held_mib / ours[0].held_mib,
            None,
            "",
            "×",
            "≤ 3",
            "places of nodes lie in a file from 32 MiB on",
        ),
        Result(
            "osm",
            "the same extract again",
            again.all_cpu_s / ours[0].all_cpu_s,
            None,
            "",
            "× the first",
            "≤ 1.5",
            "nothing changes",
        ),
        Result(
            "osm",
            "import, wall time",
            ours[-1].seconds,
            None if theirs is None else theirs.seconds,
            name,
            "s",
            "",
            f"{town}; without osm2pgsql where it is not installed",
        ),
        Result(
            "osm",
            "import, processor time",
            ours[-1].all_cpu_s,
            None if theirs is None else theirs.all_cpu_s,
            name,
            "s",
            "",
            "ours also sorts buildings into communities and estimates households",
        ),
        Result(
            "osm",
            "import, memory held",
            ours[-1].held_mib,
            None if theirs is None else theirs.held_mib,
            name,
            "MiB",
            "",
            "osm2pgsql in memory, without --slim; ours begins with some 250 MiB of libraries",
        ),
    ]


@contextmanager
def _cluster() -> Iterator[PrivateCluster]:
    with PrivateCluster(ROOT / ".sanbai" / "bench-osm", durable=False).hold() as running:
        yield running


def _ours(cluster: PrivateCluster, extract: Extract, folder: Path) -> Cost:
    name = f"osm_ours_{extract.path.name.split('.')[0]}"
    cluster.drop_database(name)
    cluster.create_database(name)
    engine = open_engine(cluster.url("sanbai_owner", name), statement_timeout_s=0)
    upgrade(engine, app_role="sanbai_app")
    engine.dispose()
    return _measured(cluster, _import(extract, folder), _urls(cluster, name))


def _again(cluster: PrivateCluster, extract: Extract, folder: Path) -> Cost:
    name = f"osm_ours_{extract.path.name.split('.')[0]}"
    return _measured(cluster, _import(extract, folder), _urls(cluster, name))


def _import(extract: Extract, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "api.cli", "import", "osm", str(extract.path)]
    return [*command, "--areas", "standard", "--temp-dir", str(folder), "--lang", "en"]


def _urls(cluster: PrivateCluster, name: str) -> dict[str, str]:
    return {
        "SANBAI_DATABASE_URL": cluster.url("sanbai_app", name),
        "SANBAI_MIGRATION_DATABASE_URL": cluster.url("sanbai_owner", name),
    }


def _theirs(cluster: PrivateCluster, extract: Extract) -> Cost | None:
    program = shutil.which("osm2pgsql")
    if program is None:
        return None
    cluster.drop_database("osm_theirs")
    cluster.create_database("osm_theirs")
    engine = open_engine(cluster.url("sanbai_owner", "osm_theirs"), statement_timeout_s=0)
    upgrade(engine, app_role="sanbai_app")  # for PostGIS alone
    engine.dispose()
    url = cluster.url("sanbai_owner", "osm_theirs").replace("postgresql+psycopg", "postgresql")
    return _measured(cluster, [program, "--create", "--latlong", "-d", url, str(extract.path)], {})


def _measured(
    cluster: PrivateCluster, command: Sequence[str], environment: Mapping[str, str]
) -> Cost:
    """Run a program and take its cost and the cluster's.

    Raises
    ------
    RuntimeError
        With what it said, if it fails.
    """
    before, start = _cluster_cpu_s(cluster), time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=said, stderr=said
        )
        most: list[int] = [0]
        watcher = threading.Thread(target=_watch, args=(process.pid, most))
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watcher.join()
        if process.returncode != 0:
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace")[-3000:])
    seconds = time.monotonic() - start
    cpu_s = usage.ru_utime + usage.ru_stime
    return Cost(seconds, cpu_s, _cluster_cpu_s(cluster) - before, most[0] / 2**20)


def _watch(pid: int, most: list[int]) -> None:
    """Keep the most memory of its own that a process has held."""
    try:
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            memory = process.memory_info()
            most[0] = max(most[0], memory.rss - memory.shared)
            time.sleep(_LOOK_EVERY_S)
    except psutil.NoSuchProcess:
        return


def _cluster_cpu_s(cluster: PrivateCluster) -> float:
    """Processor time of the cluster: its processes that live, and those that have ended."""
    with cluster.connect_as_superuser("postgres") as connection:
        server = psutil.Process(connection.info.backend_pid).parent()
    if server is None:
        raise RuntimeError("the cluster's server is gone")
    live = 0.0
    for process in server.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # one that ends just now is counted below
            times = process.cpu_times()
            live += times.user + times.system
    own = server.cpu_times()
    return live + own.user + own.system + own.children_user + own.children_system
