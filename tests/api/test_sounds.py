"""Voice notes: recorded on a phone, kept as they are, heard by those who see the case."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from people import Clock, Person
from sqlalchemy import Engine, text
from test_photo_uploads import Sender

from data.case_file_audit import check_files
from data.sounds import MOST_BYTES

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]

# What browsers begin a recording with; what follows is heard, not read.
WEBM = b"\x1aE\xdf\xa3" + b"webm" * 100_000
OGG = b"OggS" + b"opus" * 50
M4A = b"\x00\x00\x00\x1cftypiso5" + b"aac " * 50


@pytest.fixture
def officer(person: People) -> Person:
    """Who found something and talks of it."""
    return person("officer")


@pytest.fixture
def case(officer: Person, report: Report) -> dict[str, Any]:
    """What was found."""
    found: dict[str, Any] = officer.do("/api/v1/cases", report())
    return found


def send(who: Person, case: dict[str, Any], raw: bytes) -> dict[str, Any]:
    """Send a voice note in parts; the sound that it became."""
    sender = Sender(who, case, raw, "voice")
    sender.said["duration_ms"] = 7_300
    assert sender.begin().status_code == 201
    for offset in sender.missing():
        assert sender.put(offset).status_code == 200
    done = sender.complete()
    assert done.status_code == 201, done.text
    # Done again, as after an answer that was lost: it is the same sound.
    assert sender.complete().json() == done.json()
    assert sender.who.read(f"{sender.path}/{sender.id}")["sound"] == done.json()
    told: dict[str, Any] = done.json()
    return told


@pytest.mark.parametrize(
    ("raw", "kind"), [(WEBM, "audio/webm"), (OGG, "audio/ogg"), (M4A, "audio/mp4")]
)
def test_it_is_kept_as_it_was_recorded(
    officer: Person, case: dict[str, Any], raw: bytes, kind: str
) -> None:
    told = send(officer, case, raw)
    assert (told["media_type"], told["duration_ms"]) == (kind, 7_300)
    assert [one["id"] for one in officer.read(f"/api/v1/cases/{case['id']}")["sounds"]] == [
        told["id"]
    ]
    heard = officer.client.get(told["url"], headers=officer.cookies)
    assert heard.content == raw
    assert heard.headers["content-type"] == kind
    assert heard.headers["x-content-type-options"] == "nosniff"
    same = {**officer.cookies, "If-None-Match": heard.headers["etag"]}
    assert officer.client.get(told["url"], headers=same).status_code == 304


def test_a_player_asks_for_parts_of_it(officer: Person, case: dict[str, Any]) -> None:
    told = send(officer, case, OGG)

    def ask(**headers: str) -> tuple[int, bytes, str | None]:
        answer = officer.client.get(told["url"], headers={**officer.cookies, **headers})
        return answer.status_code, answer.content, answer.headers.get("content-range")

    whole = len(OGG)
    assert ask(Range="bytes=0-1") == (206, b"Og", f"bytes 0-1/{whole}")
    assert ask(Range="bytes=4-") == (206, OGG[4:], f"bytes 4-{whole - 1}/{whole}")
    assert ask(Range="bytes=-4") == (206, b"opus", f"bytes {whole - 4}-{whole - 1}/{whole}")
    assert ask(Range=f"bytes={whole}-")[0] == 416
    assert ask(Range="bytes=0-1,3-4") == (200, OGG, None)
    assert ask(Range="bytes=0-1", **{"If-Range": '"another"'}) == (200, OGG, None)


def test_what_is_no_sound_is_refused_and_nothing_is_kept(
    officer: Person, case: dict[str, Any]
) -> None:
    for raw, code in (
        (b"\xff\xd8\xff" + bytes(50), "unsupported-sound"),
        (b"\x00\x00\x00\x1cftypheic" + bytes(50), "unsupported-sound"),
        (b"\x1aE\xdf\xa3" + b"matroska" * 50, "unsupported-sound"),
        (b"OggS" + bytes(MOST_BYTES), "sound-too-large"),
    ):
        sender = Sender(officer, case, raw, "voice")
        sender.begin()
        for offset in sender.missing():
            sender.put(offset)
        refused = sender.complete()
        assert refused.json()["code"] == code, refused.text
    assert officer.read(f"/api/v1/cases/{case['id']}")["sounds"] == []


def test_who_does_not_see_the_case_does_not_hear_it(
    person: People, officer: Person, case: dict[str, Any]
) -> None:
    told = send(officer, case, OGG)
    assert officer.client.get(told["url"]).status_code == 401
    assert person("officer.east").get(told["url"]).status_code == 404
    assert person("commander").get(told["url"]).status_code == 200
    for login, status in (("officer.east", 404), ("auditor", 403)):
        assert Sender(person(login), case, OGG, "voice").begin().status_code == status


def test_the_ledger_holds_its_digest_and_files_are_checked(
    officer: Person, case: dict[str, Any], engine: Engine, application: tuple[FastAPI, Clock]
) -> None:
    files = application[0].state.context.files
    send(officer, case, OGG)
    path = f"/api/v1/cases/{case['id']}"
    officer.do(f"{path}/actions", {"action": "handle", "seq": 1, "text": "已清运"})
    facts = officer.read(path)["ledger"][-1]["facts"]
    assert facts["sounds"] == [hashlib.sha256(OGG).hexdigest()]

    def faults() -> list[str]:
        with engine.connect() as connection:
            return [fault.what for fault in check_files(connection, files, 1) if fault]

    assert faults() == []
    with engine.begin() as connection:
        connection.execute(text("UPDATE sound SET seq = 0"))
    assert faults() == ["unknown"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE sound SET seq = 1, sha256 = '\\x00'"))
    assert faults() == ["changed"]
