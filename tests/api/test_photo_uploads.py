"""Photos in parts: in any order, again and again, whole or not at all."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from photo_files import noise, picture
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from api.worker import Parts, each_hour_care
from data.photo_uploads import PART_BYTES

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]


class Sender:
    """A phone that sends one photo in parts."""

    def __init__(self, who: Person, case: dict[str, Any], raw: bytes, role: str = "before") -> None:
        self.who, self.raw, self.id = who, raw, uuid7()
        self.path = f"/api/v1/cases/{case['id']}/uploads"
        self.said = {
            "id": str(self.id),
            "role": role,
            "size_bytes": len(raw),
            "sha256": hashlib.sha256(raw).hexdigest(),
        }

    def begin(self, **other: Any) -> Response:
        """Begin, or go on."""
        return self.who.post(self.path, {**self.said, **other})

    def put(self, offset: int, body: bytes | None = None) -> Response:
        """Send the part at an offset."""
        part = self.raw[offset : offset + PART_BYTES] if body is None else body
        headers = {
            **self.who.cookies,
            "X-Sanbai": "1",
            "Operation-Id": str(uuid7()),
            "Content-Type": "application/octet-stream",
        }
        return self.who.client.put(
            f"{self.path}/{self.id}/parts/{offset}", content=part, headers=headers
        )

    def complete(self) -> Response:
        """Have it put together."""
        return self.who.post(f"{self.path}/{self.id}/complete")

    def missing(self) -> list[int]:
        """What the server still wants."""
        found: list[int] = self.who.read(f"{self.path}/{self.id}")["missing"]
        return found


@pytest.fixture
def sender(person: People, report: Report) -> Sender:
    """An officer with a case and a photo of several parts."""
    officer = person("officer")
    return Sender(officer, officer.do("/api/v1/cases", report()), noise((1400, 1000)))


def photos_of(sender: Sender) -> list[dict[str, Any]]:
    """Photos of the case."""
    found: list[dict[str, Any]] = sender.who.read(sender.path.removesuffix("/uploads"))["photos"]
    return found


def test_parts_come_in_any_order_and_again(sender: Sender) -> None:
    begun = sender.begin().json()
    assert len(begun["missing"]) >= 3
    assert begun["part_bytes"] == PART_BYTES
    for offset in [*reversed(begun["missing"]), begun["missing"][1]]:
        answer = sender.put(offset)
        assert answer.status_code == 200, answer.text
    assert sender.begin().json()["missing"] == []
    first, again = sender.complete(), sender.complete()
    assert (first.status_code, first.json()) == (201, again.json())
    assert [photo["id"] for photo in photos_of(sender)] == [first.json()["id"]]
    assert sender.put(0).json()["photo"]["id"] == first.json()["id"]


def test_it_goes_on_where_it_was_left(sender: Sender) -> None:
    first, *others = sender.begin().json()["missing"]
    sender.put(first)
    refused = sender.complete()
    assert (refused.status_code, refused.json()["code"]) == (409, "upload-incomplete")
    assert refused.json()["params"]["missing"] == len(others)
    assert sender.missing() == others
    for offset in others:
        sender.put(offset)
    assert sender.complete().status_code == 201


def test_other_bytes_than_were_promised_are_refused(sender: Sender) -> None:
    offsets = sender.begin().json()["missing"]
    for offset in offsets:
        sender.put(offset)
    sender.put(0, bytes(PART_BYTES))
    refused = sender.complete()
    assert (refused.status_code, refused.json()["code"]) == (409, "upload-differs")
    assert photos_of(sender) == []
    assert sender.missing() == offsets
    for offset in offsets:
        sender.put(offset)
    assert sender.complete().status_code == 201


def test_a_whole_file_that_is_no_picture_is_refused(person: People, report: Report) -> None:
    officer = person("officer")
    sender = Sender(
        officer, officer.do("/api/v1/cases", report()), b"\0\0\0\x18ftypheic" + bytes(90)
    )
    sender.begin()
    sender.put(0)
    refused = sender.complete()
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported-photo")
    assert "Most Compatible" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("offset", "length"), [(1, PART_BYTES), (0, 5), (0, PART_BYTES + 1), (64 * PART_BYTES, 5)]
)
def test_only_whole_parts_at_their_offsets_are_taken(
    sender: Sender, offset: int, length: int
) -> None:
    sender.begin()
    refused = sender.put(offset, bytes(length))
    assert (refused.status_code, refused.json()["code"]) == (422, "upload-part")


def test_an_id_is_of_one_file(sender: Sender) -> None:
    sender.begin()
    other = sender.begin(sha256="0" * 64)
    assert (other.status_code, other.json()["code"]) == (409, "upload-exists")
    assert sender.begin(size_bytes=15 * 1024 * 1024 + 1).status_code == 422


def test_nobody_else_knows_of_it(sender: Sender, person: People) -> None:
    sender.begin()
    for login in ("commander", "officer.two"):
        other = Sender(person(login), {"id": sender.path.split("/")[4]}, sender.raw)
        other.id = sender.id
        assert other.put(0).status_code == 404
        assert other.complete().status_code == 404
        assert other.who.get(f"{other.path}/{other.id}").status_code == 404
    assert (
        Sender(person("officer.two"), {"id": sender.path.split("/")[4]}, b"x").begin().status_code
        == 404
    )
    assert sender.who.get(f"/api/v1/cases/{UUID(int=9)}/uploads/{sender.id}").status_code == 404


def test_what_is_not_finished_within_a_day_is_forgotten(
    sender: Sender, client: TestClient, engine: Engine, clock: Clock
) -> None:
    sender.begin()
    sender.put(0)
    done = Sender(sender.who, {"id": sender.path.split("/")[4]}, picture())
    done.begin()
    done.put(0)
    done.complete()
    parts = Parts(engine, client.app.state.context.files, clock)

    def kept() -> set[str]:
        found = parts.files.list("uploads/1/").collect()
        return {entry["path"].split("/")[2] for entry in found}

    assert kept() >= {str(sender.id), str(done.id)}
    each_hour_care(parts)
    assert kept() == {str(sender.id)}
    assert sender.missing()
    clock.at += timedelta(hours=25)
    each_hour_care(parts)
    assert kept() == set()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM photo_upload")).scalar() == 0
    assert [photo["role"] for photo in photos_of(sender)] == ["before"]
