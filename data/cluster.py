"""The private PostGIS cluster: made, started and stopped by Sanbai itself.

It listens on a Unix socket only, never on a network port, and asks every role for a password.
As root the server runs under the account of PostgreSQL's package, since it refuses root.
"""

import fcntl
import hashlib
import json
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Literal
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from data.postgres_programs import (
    EXTENSIONS,
    ClusterError,
    Programs,
    can_enter,
    find_programs,
    server_user,
)
from data.server_files import (
    clear_stale_pid_file,
    own_folder,
    remove,
    running_server,
    write_for_server,
)

__all__ = ["EXTENSIONS", "ClusterError", "ClusterStatus", "PrivateCluster", "Role"]

Role = Literal["postgres", "sanbai_owner", "sanbai_app"]
OWNER: Role = "sanbai_owner"
RUN_TIME: Role = "sanbai_app"
SUPERUSER: Role = "postgres"

_PORT = 5432  # names the socket file only; nothing listens on the network
_SOCKET_PATH_LIMIT_BYTES = 100
_STATE_ROOT = Path("/var/lib/sanbai")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MEBIBYTE = 1024 * 1024
_WAIT = ("--wait", "--timeout=120")


@dataclass(frozen=True)
class ClusterStatus:
    """What a private cluster is doing: where its data lie, its version, whether it runs."""

    data_dir: Path
    socket_dir: Path
    version: int
    running: bool


@dataclass(frozen=True)
class _Record:
    """What is remembered between calls, in ``cluster.json`` (mode 0600)."""

    version: int
    base: str
    passwords: dict[str, str]
    boot_id: str
    prepared: bool = False


class PrivateCluster:
    """A PostGIS cluster of Sanbai's own in one folder.

    Every method may be called by several processes at once and again after a crash.

    Parameters
    ----------
    directory
        Folder of the cluster, made when missing. Where the server's account cannot enter it,
        data and socket lie under ``/var/lib/sanbai`` and the folder remembers where.
    durable
        False gives up safety against a power cut for speed: for tests only. Such a cluster is
        made anew after the machine was restarted.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory.resolve()
        self.durable = durable

    def start(self) -> bool:
        """Make the cluster if there is none and start it if it stands still.

        Returns
        -------
        bool
            Whether this call started it.

        Raises
        ------
        ClusterError
            If PostgreSQL or PostGIS is missing or the server does not come up.
        """
        with self._lock("state"):
            self._discard_after_reboot()
            record = self._record() or self._new_record()
            if self._server(record) is not None:
                return False
            programs = find_programs(record.version)
            self._initialise(programs, record)
            self._launch(programs, record)
            if not record.prepared:
                self._prepare(record)
                self._write_record(replace(record, prepared=True))
            return True

    def stop(self) -> bool:
        """Stop the server, ending its sessions; returns whether it was running."""
        with self._lock("state"):
            return self._stop()

    def stop_if_unused(self) -> bool:
        """Stop the server unless somebody is inside ``hold``; returns whether it was stopped."""
        with self._open_lock("users") as users, self._lock("state"):
            return _is_only_holder(users) and self._stop()

    @contextmanager
    def hold(self) -> Iterator["PrivateCluster"]:
        """Keep the cluster running inside a ``with`` block; the last to leave stops it."""
        with self._open_lock("users") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                self.start()
                yield self
            finally:
                with self._lock("state"):
                    if _is_only_holder(users):
                        self._stop()

    def status(self) -> ClusterStatus | None:
        """What the cluster is doing now; None when it was never made."""
        record = self._record()
        if record is None:
            return None
        return ClusterStatus(
            data_dir=self._base(record) / "data",
            socket_dir=self._socket_dir(record),
            version=record.version,
            running=self._server(record) is not None,
        )

    def remove(self) -> None:
        """Stop the server and delete all its data for good."""
        with self._lock("state"):
            self._stop()
            self._delete()

    def create_database(self, name: str, *, template: str | None = None) -> bool:
        """Make a database owned by ``sanbai_owner`` with all extensions, if there is none.

        Parameters
        ----------
        template
            Database to copy; it must have no sessions. None gives an empty one.

        Returns
        -------
        bool
            Whether it was made by this call.
        """
        names = [sql.Identifier(each) for each in (name, OWNER, template or "template1")]
        with self.connect_as_superuser("postgres") as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('create database'))")
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).rowcount:
                return False
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*names))
            return True

    def drop_database(self, name: str) -> None:
        """Drop a database, ending its sessions; a database that is not there is no error."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with self.connect_as_superuser("postgres") as connection:
            connection.execute(drop)

    def connect_as_superuser(self, database: str) -> psycopg.Connection:
        """Open an autocommitting superuser session: for set-up and tests, never for requests."""
        return psycopg.connect(self.url(SUPERUSER, database), autocommit=True)

    def url(self, role: Role, database: str) -> str:
        """Return the connection URL (``postgresql://…?host=<socket folder>``) of a role.

        Raises
        ------
        ClusterError
            If the cluster was never made.
        """
        record = self._record()
        if record is None:
            raise ClusterError(f"no database cluster in {self.directory}: run `sanbai up` first")
        password = quote(record.passwords[role], safe="")
        host = quote(str(self._socket_dir(record)), safe="")
        return f"postgresql://{role}:{password}@/{quote(database, safe='')}?host={host}"

    def _record(self) -> _Record | None:
        path = self.directory / "cluster.json"
        try:
            return _Record(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise _belongs_to_another(path) from error

    def _new_record(self) -> _Record:
        programs, base = find_programs(), self.directory
        if not can_enter(base, server_user()):
            digest = hashlib.sha256(str(self.directory).encode()).hexdigest()[:12]
            base = _STATE_ROOT / digest
        record = _Record(
            version=programs.version,
            # A folder inside ours is kept relative, so that a checkout may be moved.
            base="." if base == self.directory else str(base),
            passwords={role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, RUN_TIME)},
            boot_id=_boot_id(),
        )
        self._write_record(record)
        return record

    def _write_record(self, record: _Record) -> None:
        path = self.directory / "cluster.json"
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(record), indent=2), encoding="utf-8")
        fresh.replace(path)

    def _base(self, record: _Record) -> Path:
        return self.directory / record.base

    def _socket_dir(self, record: _Record) -> Path:
        folder = self._base(record).resolve() / "run"
        if len(str(folder / f".s.PGSQL.{_PORT}").encode()) < _SOCKET_PATH_LIMIT_BYTES:
            return folder
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        return Path(f"/tmp/sanbai-{digest}")  # noqa: S108 - owner and mode are checked

    def _initialise(self, programs: Programs, record: _Record) -> None:
        """Run initdb once; a half-made cluster of a run that was cut off is thrown away."""
        base, user = self._base(record), server_user()
        base.mkdir(parents=True, exist_ok=True)
        data_dir, partial = base / "data", base / "data.partial"
        if data_dir.exists():
            return
        for leftover in (partial, base / "password"):
            remove(leftover)
        own_folder(partial, user)
        own_folder(base / "log", user)
        write_for_server(base / "password", record.passwords[SUPERUSER], user)
        arguments = [
            f"--pgdata={partial}",
            f"--username={SUPERUSER}",
            f"--pwfile={base / 'password'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # A plain C locale makes pg_trgm drop every Chinese character.
            "--locale=C.UTF-8",
            "--data-checksums" if self.durable else "--no-sync",
        ]
        programs.run("initdb", *arguments, user=user, cwd=partial)
        with (partial / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("include = 'sanbai.conf'\n")
        (base / "password").unlink()
        partial.rename(data_dir)

    def _launch(self, programs: Programs, record: _Record) -> None:
        base, user = self._base(record).resolve(), server_user()
        data_dir, socket_dir = base / "data", self._socket_dir(record)
        own_folder(socket_dir, user)
        write_for_server(data_dir / "sanbai.conf", self._settings(base), user)
        write_for_server(data_dir / "pg_hba.conf", "local all all scram-sha-256\n", user)
        clear_stale_pid_file(data_dir)
        arguments = [
            f"--pgdata={data_dir}",
            f"--log={base / 'log' / 'start.log'}",
            f"--options=-k {shlex.quote(str(socket_dir))}",
        ]
        try:
            programs.run("pg_ctl", "start", *_WAIT, *arguments, user=user, cwd=data_dir)
        except ClusterError as error:
            raise ClusterError(f"{error}\nThe server's log is in {base / 'log'}") from error

    def _settings(self, base: Path) -> str:
        memory_mb = psutil.virtual_memory().total // _MEBIBYTE
        settings = {
            "listen_addresses": "''",
            "port": str(_PORT),
            "unix_socket_permissions": "0777",  # the folder around it is closed to others
            "max_connections": "120",
            "shared_buffers": f"{min(max(memory_mb // 8, 64), 1024)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "'UTC'",
            "log_timezone": "'UTC'",
            # One file per weekday, overwritten a week later: the log cannot fill the disk.
            "logging_collector": "on",
            "log_directory": "'" + str(base / "log").replace("'", "''") + "'",
            "log_filename": "'postgresql-%a.log'",
            "log_truncate_on_rotation": "on",
            "log_line_prefix": "'%m [%p] %q%u@%d '",
        }
        if not self.durable:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    def _prepare(self, record: _Record) -> None:
        """Make the two roles, and the extensions that every new database is copied with."""
        with self.connect_as_superuser("postgres") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, RUN_TIME):
                verb = "ALTER" if role in known else "CREATE"
                # Encrypted here, so that the server never sees or logs the password.
                verifier = connection.pgconn.encrypt_password(
                    record.passwords[role].encode(), role.encode(), b"scram-sha-256"
                )
                connection.execute(
                    sql.SQL(
                        verb + " ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
                        " NOREPLICATION PASSWORD {}"
                    ).format(sql.Identifier(role), sql.Literal(verifier.decode()))
                )
        with self.connect_as_superuser("template1") as connection:
            for name in map(sql.Identifier, EXTENSIONS):
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(name))

    def _stop(self) -> bool:
        record = self._record()
        if record is None or self._server(record) is None:
            return False
        data_dir = self._base(record).resolve() / "data"
        arguments = ["--mode=fast", f"--pgdata={data_dir}"]
        programs = find_programs(record.version)
        programs.run("pg_ctl", "stop", *_WAIT, *arguments, user=server_user(), cwd=data_dir)
        return True

    def _delete(self) -> None:
        record = self._record()
        if record is None:
            return
        remove(self._socket_dir(record))
        base = self._base(record)
        for name in ("data", "data.partial", "log", "run"):
            remove(base / name)
        if record.base != ".":
            remove(base)
        (self.directory / "cluster.json").unlink()

    def _discard_after_reboot(self) -> None:
        # Without fsync nothing vouches for the files of a server that a power cut ended.
        record = self._record()
        if record is not None and not self.durable and record.boot_id != _boot_id():
            self._stop()
            self._delete()

    def _server(self, record: _Record) -> psutil.Process | None:
        return running_server((self._base(record) / "data").resolve())

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with self._open_lock(name) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _open_lock(self, name: str) -> IO[str]:
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / f"{name}.lock"
        try:
            return path.open("a", encoding="utf-8")
        except PermissionError as error:
            raise _belongs_to_another(path) from error


def _is_only_holder(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _belongs_to_another(path: Path) -> ClusterError:
    owner = path.owner()
    return ClusterError(f"{path} belongs to '{owner}': run this command as '{owner}'")


def _boot_id() -> str:
    return _BOOT_ID.read_text(encoding="ascii").strip() if _BOOT_ID.is_file() else ""
