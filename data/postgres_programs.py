"""Find PostgreSQL's programs on this machine and run them as a user they accept."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST_VERSION = 15
EXTENSIONS = ("postgis", "pg_trgm", "ltree", "btree_gist")
SERVER_USER = "postgres"

_DEBIAN_ROOT = Path("/usr/lib/postgresql")
_PROGRAM_TIMEOUT_S = 180.0


class ClusterError(RuntimeError):
    """The private database cluster cannot be used; the message says what to mend."""


@dataclass(frozen=True)
class Programs:
    """One PostgreSQL installation.

    Attributes
    ----------
    version
        Major version, for example 15.
    bin_dir
        Folder that holds ``initdb``, ``pg_ctl`` and ``postgres``.
    """

    version: int
    bin_dir: Path

    def run(self, program: str, *arguments: str, user: str | None, cwd: Path) -> str:
        """Run one of the programs and return what it printed.

        Parameters
        ----------
        user
            Account to run as; None runs as the caller.
        cwd
            Folder to run in; ``user`` must be able to enter it.

        Raises
        ------
        ClusterError
            If the program fails; the message carries what it said.
        """
        command = [str(self.bin_dir / program), *arguments]
        result = run_as(command, user=user, cwd=cwd)
        if result.returncode != 0:
            said = (result.stderr or result.stdout).strip()
            raise ClusterError(f"{program} failed with exit code {result.returncode}: {said}")
        return result.stdout


def find_programs(version: int | None = None) -> Programs:
    """Find the newest PostgreSQL that has PostGIS, or exactly `version`.

    Raises
    ------
    ClusterError
        If there is none; the message names the packages to install.
    """
    found = [p for p in _installations() if version is None or p.version == version]
    usable = [p for p in found if p.version >= OLDEST_VERSION and not missing_extensions(p)]
    if usable:
        return max(usable, key=lambda programs: programs.version)
    if found:
        best = max(found, key=lambda programs: programs.version)
        if best.version >= OLDEST_VERSION:
            lacking = ", ".join(missing_extensions(best))
            raise ClusterError(
                f"PostgreSQL {best.version} in {best.bin_dir} lacks {lacking}. "
                f"Debian: apt-get install postgresql-{best.version}-postgis-3"
            )
    wanted = f"PostgreSQL {version}" if version else f"PostgreSQL {OLDEST_VERSION} or newer"
    package = version or OLDEST_VERSION
    raise ClusterError(
        f"{wanted} with PostGIS is not installed. "
        f"Debian: apt-get install postgresql-{package} postgresql-{package}-postgis-3 "
        "(or run `make setup`)"
    )


def missing_extensions(programs: Programs) -> list[str]:
    """Names of the extensions Sanbai needs that this installation does not offer."""
    answer = programs.run("pg_config", "--sharedir", user=None, cwd=Path("/"))
    folder = Path(answer.strip()) / "extension"
    return [name for name in EXTENSIONS if not (folder / f"{name}.control").is_file()]


def _installations() -> list[Programs]:
    folders = [path.parent for path in sorted(_DEBIAN_ROOT.glob("*/bin/initdb"))]
    on_path = shutil.which("initdb")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    return [
        Programs(_version_of(folder), folder)
        for folder in dict.fromkeys(folders)
        if (folder / "pg_ctl").is_file() and (folder / "pg_config").is_file()
    ]


def _version_of(bin_dir: Path) -> int:
    result = run_as([str(bin_dir / "postgres"), "--version"], user=None, cwd=Path("/"))
    match = re.search(r"\(PostgreSQL\)\s+(\d+)", result.stdout)
    return int(match.group(1)) if match else 0


def server_user() -> str | None:
    """The account the server runs under: None is the caller, for it is not root.

    Raises
    ------
    ClusterError
        If the caller is root and the account that PostgreSQL's package makes is missing.
    """
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SERVER_USER)
    except KeyError as error:
        raise ClusterError(
            f"PostgreSQL refuses to run as root and there is no account '{SERVER_USER}'. "
            f"Make one: useradd --system --no-create-home {SERVER_USER}"
        ) from error
    return SERVER_USER


def run_as(
    command: Sequence[str], *, user: str | None, cwd: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command as `user` in `cwd`, in the C.UTF-8 locale and without PG* variables."""
    group = None if user is None else pwd.getpwnam(user).pw_gid
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_", "LANG"))
    }
    return subprocess.run(
        command,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        cwd=cwd,
        env=environment | {"LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PROGRAM_TIMEOUT_S,
    )


def can_enter(folder: Path, user: str | None) -> bool:
    """Whether `user` may pass through every folder down to `folder`."""
    if user is None:
        return True
    result = run_as(["test", "-x", str(folder)], user=user, cwd=Path("/"))
    return result.returncode == 0
