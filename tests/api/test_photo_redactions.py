"""Parts of photos are made unreadable for good, and it is known by whom."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import small_town
from fastapi import FastAPI
from fastapi.testclient import TestClient
from people import Clock, Person
from photo_files import noise, notes, picture, send
from PIL import Image
from sqlalchemy import Engine, text

from api.worker import Parts, each_hour_care
from data.database import open_engine
from data.server import DatabaseUrls

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
FACE = {"parts": [{"rectangle": [100, 100, 400, 300]}], "reason": "face"}


@pytest.fixture
def officer(person: People) -> Person:
    """Who takes the photos."""
    return person("officer")


@pytest.fixture
def shot(officer: Person, report: Report) -> dict[str, Any]:
    """A photo of a case."""
    found: dict[str, Any] = send(officer, officer.do("/api/v1/cases", report()), noise()).json()
    return found


@pytest.fixture
def keeping(application: tuple[FastAPI, Clock]) -> Iterator[None]:
    """The administrator has set that originals are kept."""
    context = application[0].state.context
    settings = context.settings
    object.__setattr__(context, "settings", settings.model_copy(update={"keep_originals": True}))
    yield
    object.__setattr__(context, "settings", settings)


def care(client: TestClient, engine: Engine, clock: Clock) -> int:
    """What the worker does each hour; how many photo files are there then."""
    parts = Parts(engine, client.app.state.context.files, clock)
    each_hour_care(parts)
    return len(parts.files.list("photos/1/").collect())


def spread(raw: bytes) -> float:
    """How much the part differs within itself."""
    low, high = Image.open(io.BytesIO(raw)).convert("L").crop((120, 120, 380, 280)).getextrema()
    return float(high) - float(low)


def test_what_is_shown_is_unreadable_from_now_on(
    *, officer: Person, shot: dict[str, Any], client: TestClient, engine: Engine, clock: Clock
) -> None:
    before = officer.get(shot["url"])
    files = care(client, engine, clock)
    assert spread(before.content) > 200
    told = officer.do(f"{shot['url']}/redactions", FACE)
    assert (told["redactions"], told["width_px"]) == (1, shot["width_px"])
    etag = {"If-None-Match": before.headers["etag"], **officer.cookies}
    after = officer.client.get(shot["url"], headers=etag)
    assert after.status_code == 200
    assert "no-cache" in after.headers["cache-control"]
    assert spread(after.content) < 40
    assert officer.get(shot["url"], size="thumb").content != before.content
    (done,) = officer.read(f"{shot['url']}/redactions")["items"]
    assert (done["reason"], done["by"]["display_name"]) == ("face", "officer")
    assert (done["seq"], done["original_kept"]) == (1, False)
    assert done["polygons"] == [[[100, 100], [400, 100], [400, 300], [100, 300]]]
    # The files before are gone, those after are there.
    assert care(client, engine, clock) == files
    assert officer.get(shot["url"], size="thumb").status_code == 200


def test_the_original_is_kept_for_auditors_where_that_is_set(
    *, keeping: None, officer: Person, shot: dict[str, Any], person: People,
    client: TestClient, engine: Engine, clock: Clock,
) -> None:  # fmt: skip
    before = officer.get(shot["url"]).content
    officer.do(f"{shot['url']}/redactions", FACE)
    officer.do(f"{shot['url']}/redactions", {**FACE, "reason": "plate"})
    care(client, engine, clock)
    auditor = person("auditor")
    kept = auditor.get(f"{shot['url']}/original")
    assert kept.content == before
    assert "no-store" in kept.headers["cache-control"]
    told = auditor.read(f"{shot['url']}/redactions")["items"]
    assert [item["original_kept"] for item in told] == [True, False]
    assert told[0]["after_sha256"] == told[1]["before_sha256"]
    assert person("commander").get(f"{shot['url']}/original").status_code == 403


def test_without_that_there_is_no_original(
    officer: Person, shot: dict[str, Any], person: People
) -> None:
    officer.do(f"{shot['url']}/redactions", FACE)
    assert person("auditor").get(f"{shot['url']}/original").status_code == 404


def test_the_same_picture_in_another_case_stays(
    *, officer: Person, shot: dict[str, Any], report: Report, client: TestClient, engine: Engine,
    clock: Clock,
) -> None:  # fmt: skip
    again = officer.do("/api/v1/cases", report())
    twin = send(officer, again, noise()).json()
    same = officer.get(twin["url"]).content == officer.get(shot["url"]).content
    officer.do(f"{shot['url']}/redactions", FACE)
    care(client, engine, clock)
    assert spread(officer.get(twin["url"]).content) > 200
    assert same in {True, False}


@pytest.mark.parametrize(
    ("login", "status"),
    [("officer", 200), ("commander", 200), ("administrator", 200), ("auditor", 403),
     ("handler", 403), ("officer.two", 404), ("commander.east", 404)],
)  # fmt: skip
def test_who_may(person: People, shot: dict[str, Any], login: str, status: int) -> None:
    assert person(login).post(f"{shot['url']}/redactions", FACE).status_code == status


def test_a_handler_may_do_it_to_what_he_added_himself(
    person: People, officer: Person, shot: dict[str, Any], report: Report, units: dict[str, int]
) -> None:
    handler, case = person("handler"), officer.do("/api/v1/cases", report())
    dispatch = {"action": "dispatch", "unit_id": units["环卫所"], "seq": case["seq"]}
    person("commander").do(f"/api/v1/cases/{case['id']}/actions", dispatch)
    found = send(officer, case, noise()).json()
    added = send(handler, case, noise(), "after").json()
    assert added["added_by"] == str(small_town.account_id("handler"))
    assert handler.post(f"{found['url']}/redactions", FACE).status_code == 403
    assert handler.do(f"{added['url']}/redactions", FACE)["redactions"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"parts": [], "reason": "face"},
        {"parts": [{"rectangle": [2000, 0, 2100, 90]}], "reason": "face"},
        {"parts": [{"rectangle": [0, 0, 1e9, 90]}], "reason": "face"},
        {"parts": [{"polygon": [[0, 0], [9, 9]]}], "reason": "face"},
        {"parts": [{}], "reason": "face"},
        {"parts": [{"rectangle": [0, 0, 9, 9]}], "reason": "because"},
    ],
)
def test_what_is_no_part_is_refused(
    officer: Person, shot: dict[str, Any], body: dict[str, Any]
) -> None:
    assert officer.post(f"{shot['url']}/redactions", body).status_code == 422
    assert officer.read(f"{shot['url']}/redactions")["items"] == []


def test_what_was_done_cannot_be_undone_in_the_books(
    officer: Person, shot: dict[str, Any], urls: DatabaseUrls
) -> None:
    officer.do(f"{shot['url']}/redactions", FACE)
    engine = open_engine(urls.app)
    for statement in ("DELETE FROM photo_redaction", "UPDATE photo_redaction SET reason = 'other'"):
        with pytest.raises(Exception, match="permission denied"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_photos_of_several_cases_are_listed_at_once(
    officer: Person, report: Report, person: People
) -> None:
    mine = officer.do("/api/v1/cases", report())
    other = person("commander").do("/api/v1/cases", report(lon=118.035))
    tags = notes(datum="WGS-84", local="2026:11:20 09:30:00", offset="+08:00")
    send(officer, mine, picture(exif=tags))
    send(officer, mine, picture((300, 300)), role="after")
    send(person("commander"), other, picture())
    asked = [mine["id"], other["id"]]
    seen = officer.read("/api/v1/photos", case_id=asked)["items"]
    assert [(item["case_id"], item["role"]) for item in seen] == [
        (mine["id"], "before"),
        (mine["id"], "after"),
    ]
    assert seen[0]["taken_at"] == "2026-11-20T01:30:00Z"
    assert seen[0]["taken_datum"] == "wgs84"
    assert (seen[0]["taken_lon"], seen[0]["taken_lat"]) == pytest.approx((118.305, 36.6014))
    assert seen[1]["taken_at"] is seen[1]["taken_lon"] is None
    assert len(person("commander").read("/api/v1/photos", case_id=asked)["items"]) == 3
    assert officer.get("/api/v1/photos").status_code == 422
