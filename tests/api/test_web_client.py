"""The built web client over HTTP: packed, kept, and asked for again."""

import gzip
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from api.web_client import WebClient

SCRIPT = b"export const grids = 300\n" * 200
PAGE = b"<!doctype html><title>300</title>"


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    """A browser before a client of a page, a script packed both ways, and a second page."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "field").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "field" / "index.html").write_bytes(PAGE)
    (tmp_path / "field" / "app.webmanifest").write_text("{}")
    script = tmp_path / "assets" / "main-4f1c.js"
    script.write_bytes(SCRIPT)
    script.with_name("main-4f1c.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    script.with_name("main-4f1c.js.br").write_bytes(b"as brotli")
    return TestClient(Starlette(routes=[Mount("/", WebClient(tmp_path))]))


def _ask(browser: TestClient, path: str, encodings: str, **headers: str) -> httpx2.Response:
    # Streamed, so that what is packed is seen as it came.
    with browser.stream("GET", path, headers={"Accept-Encoding": encodings, **headers}) as answer:
        answer.extensions["raw"] = b"".join(answer.iter_raw())
        return answer


@pytest.mark.parametrize(
    ("encodings", "packed"),
    [("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"), ("identity", None), ("", None)],
)
def test_a_script_comes_as_small_as_the_browser_takes_it(
    browser: TestClient, encodings: str, packed: str | None
) -> None:
    answer = _ask(browser, "/assets/main-4f1c.js", encodings)
    assert answer.headers.get("content-encoding") == packed
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    raw = answer.extensions["raw"]
    told = {"br": b"as brotli", "gzip": gzip.compress(SCRIPT, mtime=0), None: SCRIPT}
    assert raw == told[packed]
    assert int(answer.headers["content-length"]) == len(raw)


def test_what_is_named_by_its_content_is_kept_and_pages_are_asked_for_again(
    browser: TestClient,
) -> None:
    script = _ask(browser, "/assets/main-4f1c.js", "gzip")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    for page in ("/", "/field/", "/field/app.webmanifest"):
        answer = _ask(browser, page, "gzip")
        assert answer.headers["cache-control"] == "no-cache"
        again = _ask(browser, page, "gzip", **{"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.extensions["raw"]) == (304, b"")
        assert again.headers["cache-control"] == "no-cache"
    assert (
        _ask(browser, "/field/app.webmanifest", "")
        .headers["content-type"]
        .startswith("application/manifest+json")
    )


def test_packed_and_plain_have_validators_of_their_own(browser: TestClient) -> None:
    tags = {
        _ask(browser, "/assets/main-4f1c.js", e).headers["etag"] for e in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


def test_what_is_not_there_is_not_there(browser: TestClient) -> None:
    assert _ask(browser, "/assets/main-0000.js", "gzip").status_code == 404
