"""HTTPS: the command that sets it up, and the plain door that says how to trust it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from typer.testing import CliRunner, Result

from api.cli import app
from api.doctor import State, look_at_machine
from api.http_door import Door
from api.settings import Settings
from data.certificates import authority_der, certificate_in_use, server_file

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of this test's own."""
    monkeypatch.setenv("SANBAI_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sanbai(home: Path) -> Run:
    """Type `sanbai …`."""
    assert home.is_dir()

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    return run


def door(home: Path, **said: object) -> TestClient:
    """The plain door, before an application that says where it was asked."""
    inside = Starlette(
        routes=[Route("/{path:path}", lambda request: PlainTextResponse(request.url.path))]
    )
    settings = Settings(_env_file=None, home=home, **said)
    outside = Door(settings, inside).application()
    return TestClient(outside, base_url="http://10.1.2.3:8000", follow_redirects=False)


def test_the_command_sets_https_up_and_away(sanbai: Run, home: Path) -> None:
    assert "Plain HTTP" in sanbai("tls").output
    made = sanbai("tls", "10.1.2.3", "sanbai.lan")
    standing = certificate_in_use(home)
    assert made.exit_code == 0
    assert standing is not None
    for words in ("https://10.1.2.3:8443", "10.1.2.3, sanbai.lan", standing.fingerprint or ""):
        assert words in made.output
    assert sanbai("tls").output == made.output, "said again without change"
    wrong = sanbai("tls", "bank.example.com")
    assert (wrong.exit_code, certificate_in_use(home)) == (1, standing)
    assert "--new-authority" in wrong.output
    assert "Plain HTTP" in sanbai("tls", "--off").output
    assert certificate_in_use(home) is None


def test_the_command_takes_a_given_certificate(sanbai: Run, home: Path, tmp_path: Path) -> None:
    sanbai("tls", "grid.example.cn")
    given = tmp_path / "given.pem"
    server_file(home).rename(given)
    (home / "tls" / "authority.crt").unlink()
    alone = sanbai("tls", "--certificate", str(given))
    assert alone.exit_code == 1
    taken = sanbai("tls", "grid.example.cn", "--certificate", str(given), "--key", str(given))
    assert (taken.exit_code, "given certificate" in taken.output) == (0, True)
    other = sanbai("tls", "other.cn", "--certificate", str(given), "--key", str(given))
    assert (other.exit_code, "other.cn" in other.output) == (1, True)


def test_the_door_says_how_to_trust_the_server(sanbai: Run, home: Path) -> None:
    sanbai("tls", "sanbai.lan", "10.1.2.3")
    standing = certificate_in_use(home)
    assert standing is not None
    outside = door(home)
    page = outside.get("/")
    assert page.status_code == 200
    assert standing.fingerprint is not None
    assert standing.fingerprint in page.text
    assert 'href="https://10.1.2.3:8443"' in page.text, "by the name that was asked for"
    given = outside.get("/sanbai-ca.crt")
    assert given.headers["content-type"] == "application/x-x509-ca-cert"
    assert given.content == authority_der(home)
    assert x509.load_der_x509_certificate(given.content)


def test_all_else_goes_on_to_https(sanbai: Run, home: Path) -> None:
    sanbai("tls", "sanbai.lan", "10.1.2.3")
    on = door(home, https_port=443).get("/field/?a=1", headers={"Host": "evil.example.com"})
    assert (on.status_code, on.headers["location"]) == (307, "https://sanbai.lan/field/?a=1")
    assert door(home).get("/readyz").text == "/readyz"
    assert door(home).get("/t/secret").status_code == 307
    assert door(home, trackers_over_http=True).get("/t/secret").text == "/t/secret"
    assert door(home, trackers_over_http=True).post("/api/v1/cases").status_code == 405


def test_a_given_certificate_needs_no_page(sanbai: Run, home: Path) -> None:
    sanbai("tls", "sanbai.lan")
    (home / "tls" / "authority.crt").unlink()
    for path in ("/", "/sanbai-ca.crt"):
        assert door(home).get(path).status_code == 307


def test_the_doctor_looks_at_it(sanbai: Run, home: Path) -> None:
    def found() -> State:
        settings = Settings(_env_file=None, home=home)
        return next(one.state for one in look_at_machine(settings) if one.what.en == "HTTPS")

    assert found() == State.LOOK
    sanbai("tls", "sanbai.lan")
    assert found() == State.OK
    server_file(home).write_text("broken")
    assert found() == State.MEND
