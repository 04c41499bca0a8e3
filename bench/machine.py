"""The machine of a run, without its name or any path."""

import platform
from pathlib import Path

import psutil

from data.postgres_programs import find_programs


def describe() -> str:
    """One line: processor, cores, memory, versions of Python, PostgreSQL and PostGIS."""
    memory_gb = psutil.virtual_memory().total / 1024**3
    return (
        f"{_processor()}, {psutil.cpu_count()} cores, {memory_gb:.0f} GB; "
        f"Python {platform.python_version()}, {_database()}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def _database() -> str:
    version = find_programs().version
    control = Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
    postgis = ""
    if control.exists():
        lines = control.read_text(encoding="utf-8").splitlines()
        postgis = next((line for line in lines if line.startswith("default_version")), "")
        postgis = ", PostGIS " + postgis.split("=")[1].strip(" '")
    return f"PostgreSQL {version}{postgis}"
