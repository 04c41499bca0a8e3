"""A browser against a real server on a small demo town.

`SANBAI_E2E_ADDRESS` uses a server that runs already, such as `make demo`, and changes it.
"""

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from mortal_server import MortalServer
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pydantic import SecretStr
from rich.console import Console

from api.demo import DEMO_PASSWORD, load_demo
from api.settings import Settings
from data.certificates import make_own, server_file
from data.cluster import PrivateCluster
from data.server import DatabaseUrls

# Ten grids and a month: enough for every screen, loaded in a minute.
HOUSEHOLDS = 3_000
DAYS = 30
START_WITHIN_S = 90
STOP_WITHIN_S = 120
WAIT_MS = 20_000
DESK = (1440, 900)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Beeps in place of a microphone, where a test allows one.
    "--use-fake-device-for-media-stream",
)

SignIn = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def town_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings of a server with a demo town in its database."""
    cluster: PrivateCluster = request.getfixturevalue("cluster")
    template: str = request.getfixturevalue("template")
    name = f"e2e_{os.getpid()}"
    cluster.create_database(name, template=template)
    try:
        urls = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
        settings = Settings(
            home=tmp_path_factory.mktemp("home"),
            database_url=SecretStr(urls.app),
            migration_database_url=SecretStr(urls.owner),
            port=_free_port(),
        )
        load_demo(settings, urls, households=HOUSEHOLDS, days=DAYS, console=Console(quiet=True))
        yield settings
    finally:
        cluster.drop_database(name)


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a server with a demo town."""
    running = os.environ.get("SANBAI_E2E_ADDRESS")
    if running is not None:
        yield running.rstrip("/")
        return
    with _served(request.getfixturevalue("town_settings")) as served:
        yield served


@pytest.fixture(scope="session")
def certificate_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a certificate for this machine, which the browser takes."""
    home = tmp_path_factory.mktemp("secure")
    make_own(home, ("localhost", "127.0.0.1"), datetime.now(UTC))
    return home


@pytest.fixture(scope="session")
def secure_address(address: str, town_settings: Settings, certificate_home: Path) -> Iterator[str]:
    """Address over HTTPS of a second server on the same town, with the same photos."""
    assert address
    settings = _beside(town_settings, certificate_home)
    with _served(settings):
        yield f"https://localhost:{settings.https_port}"


@pytest.fixture(scope="session")
def worker(
    request: pytest.FixtureRequest, address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The process that generates grids; a server that runs already has its own."""
    if "SANBAI_E2E_ADDRESS" in os.environ:
        yield
        return
    assert address
    cluster: PrivateCluster = request.getfixturevalue("cluster")
    name = f"e2e_{os.getpid()}"
    home = tmp_path_factory.mktemp("worker")
    environment = os.environ | {
        "SANBAI_HOME": str(home),
        "SANBAI_DATABASE_URL": cluster.url("sanbai_app", name),
        "SANBAI_MIGRATION_DATABASE_URL": cluster.url("sanbai_owner", name),
    }
    with (home / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "worker"], env=environment, stdout=log, stderr=log
        )
        try:
            _until_working(process, home / "worker.log")
            yield
        finally:
            process.terminate()
            process.wait(timeout=STOP_WITHIN_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def mortal(
    address: str,
    town_settings: Settings,
    certificate_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MortalServer]:
    """A server over HTTPS on the same town, which one module may kill."""
    assert address
    home = tmp_path_factory.mktemp("mortal")
    shutil.copytree(certificate_home, home, dirs_exist_ok=True)
    settings = _beside(town_settings, home)
    server = MortalServer(f"https://localhost:{settings.https_port}", lambda: _running(settings))
    server.start()
    yield server
    server.kill()


def _beside(settings: Settings, home: Path) -> Settings:
    """Settings of another server on the same town, with the same photos."""
    changed = {
        "home": home,
        "files_url": (settings.home / "files").resolve().as_uri(),
        "port": _free_port(),
        "https_port": _free_port(),
    }
    return settings.model_copy(update=changed)


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    with _running(settings):
        yield f"http://127.0.0.1:{settings.port}"


@contextmanager
def _running(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    assert settings.database_url is not None
    assert settings.migration_database_url is not None
    environment = os.environ | {
        "SANBAI_HOME": str(settings.home),
        "SANBAI_DATABASE_URL": settings.database_url.get_secret_value(),
        "SANBAI_MIGRATION_DATABASE_URL": settings.migration_database_url.get_secret_value(),
        "SANBAI_PORT": str(settings.port),
        "SANBAI_HTTPS_PORT": str(settings.https_port),
        "SANBAI_FILES_URL": settings.files_url or "",
    }
    command = [sys.executable, "-m", "api.cli", "serve"]
    with (settings.home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{settings.port}"
            _until_ready(address, server, settings.home / "server.log")
            yield server
        finally:
            server.terminate()
            server.wait(timeout=STOP_WITHIN_S)


def _until_ready(served: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{served}/readyz", timeout=5):  # noqa: S310
                return
        except OSError:
            # Refused, reset or too late: it is starting.
            time.sleep(0.2)
    pytest.fail(f"the server did not become ready:\n{log.read_text()[-3000:]}")


def _until_working(worker: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the worker to begin, so that a page waits for its work alone."""
    deadline = time.monotonic() + START_WITHIN_S
    while worker.poll() is None and time.monotonic() < deadline:
        if "Starting worker" in log.read_text():
            return
        time.sleep(0.2)
    pytest.fail(f"the worker did not begin:\n{log.read_text()[-3000:]}")


def _trusting(home: Path) -> str:
    """The flag by which Chromium takes a certificate as if it trusted its authority."""
    leaf = x509.load_pem_x509_certificate(server_file(home).read_bytes())
    shape = serialization.PublicFormat.SubjectPublicKeyInfo
    public = leaf.public_key().public_bytes(serialization.Encoding.DER, shape)
    digest = base64.b64encode(hashlib.sha256(public).digest()).decode()
    return f"--ignore-certificate-errors-spki-list={digest}"


@pytest.fixture(scope="session")
def browser(address: str, certificate_home: Path) -> Iterator[Browser]:
    """Debian's Chromium; after the town is loaded, whose event loop bears no other beside it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("no Chromium: apt-get install chromium fonts-noto-cjk")
    # A busy machine is slow, not wrong.
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, _trusting(certificate_home)]
        launched = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a browser profile of its own; script errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_one(link: str = "", *, size: tuple[int, int] = DESK) -> Page:
        phone = size[0] < 800
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=phone,
            is_mobile=phone,
            device_scale_factor=2 if phone else 1,
        )
        context.set_default_timeout(WAIT_MS)
        # Nobody asks these phones whether they would rather have the officer's app.
        context.add_init_script("localStorage.setItem('sanbai.client', 'desk')")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/{link}")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def sign_in(open_page: Callable[..., Page]) -> SignIn:
    """Open a page and sign in by its form."""

    def begin(login: str, link: str = "", *, size: tuple[int, int] = DESK) -> Page:
        page = open_page(link, size=size)
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
        return page

    return begin
