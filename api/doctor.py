"""`sanbai doctor`: look at everything Sanbai rests on, and say how to mend what is wrong."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import shapely

from api.processes import ProcessError, require_free_port, running_address
from api.settings import Settings
from data.certificate_names import CertificateError
from data.certificates import RENEWED_BEFORE, certificate_in_use
from data.doctor import DatabaseFacts

FREE_DISK_GB = 2.0
CLOCK_OFF_S = 5.0
OLDEST_POSTGRES = 150000
OLDEST_POSTGIS = (3, 3)
WEB_CLIENT = Path(__file__).parent / "webclient"


class State(StrEnum):
    """How one thing is: fine, worth a look, or to be mended before Sanbai works."""

    OK = "ok"
    LOOK = "look"
    MEND = "mend"


@dataclass(frozen=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the Chinese words for ``zh``, the English ones for all else."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what, how it is, what was found, and how to mend it."""

    what: Words
    state: State
    found: str
    mend: Words | None = None


def finding(
    what: Words, found: str, mend: Words, *, fine: bool, bad: State = State.MEND
) -> Finding:
    """Build a finding whose advice is kept only where something is to be done."""
    return Finding(what, State.OK, found) if fine else Finding(what, bad, found, mend)


def look_at_machine(settings: Settings) -> Iterator[Finding]:
    """Look at Python, the geometry library, disk, web client and port."""
    yield _python()
    yield _shapely()
    yield _disk(settings.home)
    yield _web_client()
    yield _port(settings)
    yield _certificate(settings)


def look_at_database(facts: DatabaseFacts) -> Iterator[Finding]:
    """Look at what the database said of itself."""
    yield _postgres(facts)
    yield _postgis(facts)
    yield _extensions(facts)
    yield _locale(facts)
    yield _role(facts)
    yield _schema(facts)
    yield _clock(facts.clock_off_s)


def database_missing(reason: str) -> Finding:
    """The finding for a database that does not answer."""
    return Finding(
        Words("数据库", "Database"),
        State.MEND,
        reason,
        Words(
            "先 `make setup` 再 `sanbai up`；若设置了 SANBAI_DATABASE_URL，请检查该地址。",
            "Install by `make setup`, then `sanbai up`; if SANBAI_DATABASE_URL is set, check it.",
        ),
    )


def database_not_made(found: str) -> Finding:
    """The finding for a machine on which Sanbai was never started."""
    return Finding(
        Words("数据库", "Database"),
        State.LOOK,
        found,
        Words(
            "自带数据库尚未创建：`sanbai up` 会自动创建。",
            "The private database is not made yet: `sanbai up` makes it.",
        ),
    )


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return finding(
        Words("Python", "Python"),
        version,
        Words("请使用 Python 3.11 至 3.13。", "Use Python 3.11 to 3.13."),
        fine=(3, 11) <= sys.version_info[:2] <= (3, 13),
    )


def _shapely() -> Finding:
    return finding(
        Words("几何库 Shapely / GEOS", "Geometry: Shapely / GEOS"),
        f"{shapely.__version__} / {shapely.geos_version_string}",
        Words(
            "网格覆盖检查需要 GEOS 3.12 以上：运行 `make setup` 重新安装 Shapely。",
            "Coverage checks need GEOS 3.12 or newer: reinstall Shapely by `make setup`.",
        ),
        fine=shapely.geos_version >= (3, 12, 0),
    )


def _disk(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.resolve().parents) if folder.is_dir())
    free_gb = shutil.disk_usage(existing).free / 1e9
    return finding(
        Words("磁盘剩余空间", "Free disk space"),
        f"{free_gb:.1f} GB ({existing.resolve()})",
        Words(
            f"至少需要 {FREE_DISK_GB:.0f} GB：请清理磁盘，或用 SANBAI_HOME 换到别的磁盘。",
            f"At least {FREE_DISK_GB:.0f} GB is needed: free some, or move SANBAI_HOME.",
        ),
        fine=free_gb >= FREE_DISK_GB,
    )


def _web_client() -> Finding:
    built = (WEB_CLIENT / "index.html").is_file()
    return finding(
        Words("网页客户端", "Web client"),
        "index.html" if built else "—",
        Words("运行 `make setup` 构建网页。", "Build it by `make setup`."),
        fine=built,
    )


def _port(settings: Settings) -> Finding:
    what = Words("端口", "Port")
    place = f"{settings.host}:{settings.port}"
    ours = running_address(settings.home)
    if ours is not None:
        return Finding(what, State.OK, f"Sanbai: {ours}")
    try:
        require_free_port(settings)
    except ProcessError:
        return Finding(
            what,
            State.MEND,
            place,
            Words(
                "端口已被占用：用 `make demo PORT=…` 或 SANBAI_PORT 换一个。",
                "In use by another program: choose another by `make demo PORT=…` or SANBAI_PORT.",
            ),
        )
    return Finding(what, State.OK, place)


def _certificate(settings: Settings) -> Finding:
    what = Words("加密连接 HTTPS", "HTTPS")
    renew = Words(
        "重新运行 `sanbai tls`（自建的会在启动时自动续期；已有证书请换新的）。",
        "Run `sanbai tls` again (our own is renewed by a start; get a new one where it was given).",
    )
    try:
        standing = certificate_in_use(settings.home)
    except CertificateError as error:
        return Finding(what, State.MEND, f"{error.fault}: {error.about}", renew)
    if standing is None:
        advice = Words(
            "手机拍照、定位和离线需要 HTTPS：`sanbai tls` 启用，或由前面的网页服务器提供。",
            "Telephones need HTTPS for camera, place and offline work: `sanbai tls`, or the web "
            "server before this one.",
        )
        offered = settings.secure_cookies or (settings.origin or "").startswith("https://")
        return finding(what, settings.origin or "HTTP", advice, fine=offered, bad=State.LOOK)
    left = standing.until - datetime.now(UTC)
    found = f"{', '.join(standing.names)}, {standing.until:%Y-%m-%d}"
    if left <= timedelta():
        return Finding(what, State.MEND, found, renew)
    return finding(what, found, renew, fine=left > RENEWED_BEFORE, bad=State.LOOK)


def _postgres(facts: DatabaseFacts) -> Finding:
    return finding(
        Words("PostgreSQL", "PostgreSQL"),
        f"{facts.server_version // 10000}.{facts.server_version % 10000}",
        Words("请升级到 PostgreSQL 15 以上。", "Upgrade to PostgreSQL 15 or newer."),
        fine=facts.server_version >= OLDEST_POSTGRES,
    )


def _postgis(facts: DatabaseFacts) -> Finding:
    version = facts.postgis or "0"
    numbers = tuple(int(part) for part in version.split(".")[:2])
    return finding(
        Words("PostGIS / GEOS", "PostGIS / GEOS"),
        f"{facts.postgis or '—'} / {facts.geos or '—'}",
        Words(
            "请安装 PostGIS 3.3 以上（Debian：apt-get install postgresql-15-postgis-3）。",
            "Install PostGIS 3.3 or newer (Debian: apt-get install postgresql-15-postgis-3).",
        ),
        fine=numbers >= OLDEST_POSTGIS,
    )


def _extensions(facts: DatabaseFacts) -> Finding:
    commands = "; ".join(f"CREATE EXTENSION {name}" for name in facts.missing_extensions)
    return finding(
        Words("扩展", "Extensions"),
        "postgis, pg_trgm, ltree, btree_gist"
        if not facts.missing_extensions
        else "− " + ", ".join(facts.missing_extensions),
        Words(
            f"请数据库管理员在此库执行：{commands}", f"As superuser in this database: {commands}"
        ),
        fine=not facts.missing_extensions,
    )


def _locale(facts: DatabaseFacts) -> Finding:
    return finding(
        Words("中文检索（编码与区域）", "Chinese search (encoding, locale)"),
        f"{facts.encoding}, {facts.collation}, show_trgm: {facts.chinese_trigrams}",
        Words(
            "请用 UTF8 编码和 C.UTF-8（或 zh_CN.UTF-8）区域重建数据库，否则中文地名无法检索。",
            "Make the database anew with encoding UTF8 and locale C.UTF-8 (or zh_CN.UTF-8); "
            "without it no Chinese name can be searched.",
        ),
        fine=facts.encoding == "UTF8" and bool(facts.chinese_trigrams),
    )


def _role(facts: DatabaseFacts) -> Finding:
    return finding(
        Words("运行账号权限", "Rights of the run-time role"),
        "SUPERUSER / BYPASSRLS" if facts.too_powerful else "NOSUPERUSER, NOBYPASSRLS",
        Words(
            "SANBAI_DATABASE_URL 应使用普通账号，否则行级权限不起作用；"
            "迁移用 SANBAI_MIGRATION_DATABASE_URL。",
            "Let SANBAI_DATABASE_URL name an ordinary role, or row-level security does not hold; "
            "use SANBAI_MIGRATION_DATABASE_URL for migrations.",
        ),
        fine=not facts.too_powerful,
        bad=State.LOOK,
    )


def _schema(facts: DatabaseFacts) -> Finding:
    return finding(
        Words("表结构版本", "Schema version"),
        f"{facts.revision or '—'} / {facts.newest_revision}",
        Words("运行 `sanbai up` 自动迁移。", "Run `sanbai up`: it migrates."),
        fine=facts.revision == facts.newest_revision,
    )


def _clock(off_s: float) -> Finding:
    now = datetime.now(UTC)
    # A clock before the day this file was written was never set.
    unset = now.timestamp() < Path(__file__).stat().st_mtime
    return finding(
        Words("时钟", "Clock"),
        f"{now:%Y-%m-%d %H:%M:%S} UTC, ± {off_s:.1f} s",
        Words(
            "时限按服务器时钟计算：请校时（timedatectl set-ntp true），并使数据库主机一致。",
            "Deadlines run on the server's clock: set it (timedatectl set-ntp true), "
            "on the database's machine as well.",
        ),
        fine=off_s <= CLOCK_OFF_S and not unset,
    )
