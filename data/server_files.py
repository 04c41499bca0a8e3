"""Files of a database server on disk: folders it owns, its process, what a crash leaves."""

import os
import pwd
import shutil
from pathlib import Path

import psutil

from data.postgres_programs import ClusterError

_BACKENDS_END_WITHIN_S = 30


def running_server(data_dir: Path) -> psutil.Process | None:
    """Return the server process of a data folder; a pid that was reused does not count."""
    try:
        first_line = (data_dir / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0]
        process = psutil.Process(int(first_line))
        in_folder = Path(process.cwd()) == data_dir
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if in_folder else None


def clear_stale_pid_file(data_dir: Path) -> None:
    """Remove what a crash or a restart of the machine left, once no backend is alive.

    Raises
    ------
    ClusterError
        If processes of a crashed server do not end by themselves.
    """
    pid_file = data_dir / "postmaster.pid"
    if not pid_file.exists():
        return
    orphans = [p for p in psutil.process_iter(["cwd"]) if p.info["cwd"] == str(data_dir)]
    _, alive = psutil.wait_procs(orphans, timeout=_BACKENDS_END_WITHIN_S)
    if alive:
        pids = ", ".join(str(process.pid) for process in alive)
        raise ClusterError(f"processes of a crashed server still use {data_dir}: end them ({pids})")
    pid_file.unlink()


def own_folder(path: Path, user: str | None) -> None:
    """Make a folder that only the server's account may enter.

    Parameters
    ----------
    user
        The server's account; None is the caller.

    Raises
    ------
    ClusterError
        If something of that name is there already and is not ours.
    """
    uid = os.geteuid() if user is None else pwd.getpwnam(user).pw_uid
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in {uid, os.geteuid()}:
        raise ClusterError(f"{path} belongs to somebody else: move it away")
    path.chmod(0o700)
    if user is not None:
        shutil.chown(path, user, pwd.getpwnam(user).pw_gid)


def write_for_server(path: Path, text: str, user: str | None) -> None:
    """Write a file that the server's account alone may read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    if user is not None:
        shutil.chown(path, user, pwd.getpwnam(user).pw_gid)


def remove(path: Path) -> None:
    """Delete a file or a whole folder; one that is not there is no error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
