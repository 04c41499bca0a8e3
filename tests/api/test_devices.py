"""Devices: tokens that turn day by day, copies that show themselves, hand-overs, revoking."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
OWN = "/api/v1/session"


class Gadget:
    """Somebody's device, which keeps its token as it is told to."""

    def __init__(self, client: TestClient, made: dict[str, Any]) -> None:
        self.client = client
        self.id: str = made["device"]["id"]
        self.token: str = made["token"]

    def ask(self, token: str | None = None, method: str = "GET", path: str = OWN) -> Response:
        """Ask by its token, or by another one."""
        headers = {"Authorization": f"Bearer {token or self.token}", "Operation-Id": str(uuid7())}
        # It stands for itself: no cookie, and none of the headers a page sends.
        return self.client.request(method, path, headers=headers)

    def told(self, token: str | None = None) -> str | None:
        """The next token that an answer brings."""
        answer = self.ask(token)
        assert answer.status_code == 200, answer.text
        if "sanbai-device-token" in answer.headers:
            assert answer.headers["cache-control"] == "no-store"
        following: str | None = answer.headers.get("sanbai-device-token")
        return following

    def refused(self, token: str | None = None) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = self.ask(token)
        return answer.status_code, answer.json()["code"]


@pytest.fixture
def gadget(client: TestClient, person: People) -> Callable[..., Gadget]:
    """Register a device of somebody."""

    def register(login: str = "officer", **said: Any) -> Gadget:
        body = {"name": "三号手机", "kind": "phone", **said}
        return Gadget(client, person(login).do(f"{OWN}/devices", body))

    return register


def lines(who: Person) -> list[dict[str, Any]]:
    devices: list[dict[str, Any]] = who.read(f"{OWN}/ways-in")["devices"]
    return devices


def actions(who: Person) -> list[str]:
    return [one["action"] for one in who.read(f"{OWN}/ways-in")["happened"]]


def test_a_device_asks_with_its_owners_rights(gadget: Callable[..., Gadget]) -> None:
    phone = gadget()
    me = phone.ask().json()
    assert me["account"]["login"] == "officer"
    assert phone.ask(path="/api/v1/cases").status_code == 200
    assert phone.ask(path="/api/v1/routing/rules").json()["code"] == "forbidden"
    assert phone.refused("sanbai-device-none") == (401, "not-signed-in")


def test_its_commands_need_no_header_of_a_page(
    gadget: Callable[..., Gadget], report: Callable[..., dict[str, Any]], client: TestClient
) -> None:
    phone = gadget()
    headers = {"Authorization": f"Bearer {phone.token}", "Operation-Id": str(uuid7())}
    answer = client.post("/api/v1/cases", json=report(), headers=headers)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("path", ["ways-in", "devices"])
def test_it_opens_no_way_to_other_devices(gadget: Callable[..., Gadget], path: str) -> None:
    method = "GET" if path == "ways-in" else "POST"
    answer = gadget().ask(method=method, path=f"{OWN}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (403, "person-only")


def test_an_administrators_telephone_administers_nobody(gadget: Callable[..., Gadget]) -> None:
    phone = gadget("administrator")
    assert phone.ask(path="/api/v1/accounts").json()["code"] == "person-only"
    assert phone.ask(method="DELETE").json()["code"] == "person-only"


def test_a_token_is_told_once_and_kept_nowhere(person: People, engine: Engine) -> None:
    officer, operation = person("officer"), uuid7()
    body = {"name": "手机", "kind": "phone"}
    first = officer.post(f"{OWN}/devices", body, operation=operation).json()
    again = officer.post(f"{OWN}/devices", body, operation=operation).json()
    assert again == {**first, "token": None}
    with engine.connect() as connection:
        kept = [
            str(connection.execute(text(f"SELECT {table}::text FROM {table}")).scalars().all())
            for table in ("operation", "device_token", "device", "account_event")
        ]
    assert all(first["token"] not in rows for rows in kept)


def test_a_day_old_token_is_answered_with_the_next_until_that_is_used(
    gadget: Callable[..., Gadget], clock: Clock
) -> None:
    phone = gadget()
    first = phone.token
    assert phone.told() is None
    clock.forward(days=1, minutes=1)
    second = phone.told()
    assert second is not None
    clock.forward(hours=2)
    assert phone.told(first) == second, "the answer may have been lost"
    assert phone.told(second) is None
    clock.forward(minutes=4)
    assert phone.told(first) is None, "what was on its way is still let in"
    clock.forward(hours=25)
    third = phone.told(second)
    assert third not in {None, first, second}


def test_a_copy_of_an_old_token_shuts_the_device_out(
    gadget: Callable[..., Gadget], clock: Clock, person: People
) -> None:
    phone = gadget()
    first = phone.token
    phone.told()
    clock.forward(days=1, minutes=1)
    second = phone.told()
    assert second is not None
    phone.told(second)
    clock.forward(minutes=6)
    assert phone.refused(first) == (401, "device-revoked")
    assert phone.refused(second) == (401, "device-revoked")
    officer = person("officer")
    assert lines(officer)[0]["revoked_why"] == "reused"
    assert actions(officer) == ["device-reused", "device-registered"]
    (told,) = officer.read("/api/v1/notices")["items"]
    assert (told["kind"], told["case_id"]) == ("device-reused", None)
    assert told["facts"]["device"] == lines(officer)[0]["name"]


def test_what_a_refused_request_finds_out_is_kept(
    gadget: Callable[..., Gadget], clock: Clock, person: People
) -> None:
    phone = gadget()
    assert phone.ask(path=f"/api/v1/cases/{uuid7()}").status_code == 404
    assert lines(person("officer"))[0]["seen_on"] == clock.at.date().isoformat()


def test_seen_on_a_day_and_no_more_is_written_that_day(
    gadget: Callable[..., Gadget], clock: Clock, person: People
) -> None:
    phone = gadget()
    assert lines(person("officer"))[0]["seen_on"] is None
    phone.told()
    clock.forward(days=2)
    phone.told()
    assert lines(person("officer"))[0]["seen_on"] == clock.at.date().isoformat()


def test_its_owner_revokes_it(gadget: Callable[..., Gadget], person: People) -> None:
    phone, officer = gadget(), person("officer")
    phone.told()
    told = officer.do(f"{OWN}/devices/{phone.id}/revoke")
    assert told["devices"][0]["revoked_why"] == "owner"
    assert phone.refused() == (401, "device-revoked")
    assert officer.post(f"{OWN}/devices/{phone.id}/token").json()["code"] == "device-revoked"


def test_nobody_else_does_but_who_administers_the_account(
    gadget: Callable[..., Gadget], person: People
) -> None:
    phone = gadget()
    assert person("officer.two").post(f"{OWN}/devices/{phone.id}/revoke").status_code == 404
    account = f"/api/v1/accounts/{small_town.account_id('officer')}"
    assert person("commander").post(f"{account}/devices/{phone.id}/revoke").status_code == 403
    administrator = person("administrator")
    seen = administrator.read(f"{account}/ways-in")
    assert [device["name"] for device in seen["devices"]] == ["三号手机"]
    told = administrator.do(f"{account}/devices/{phone.id}/revoke")
    assert told["devices"][0]["revoked_why"] == "administrator"
    assert told["happened"][0]["by"]["id"] == str(small_town.account_id("administrator"))
    assert phone.refused() == (401, "device-revoked")
    assert person("administrator").post(f"{account}/devices/{uuid7()}/revoke").status_code == 404


def test_a_tracker_records_shifts_and_reads_nothing(gadget: Callable[..., Gadget]) -> None:
    tracker = gadget(kind="tracker", name="定位器")
    assert tracker.ask(path="/api/v1/cases").json()["code"] == "tracker-only-records"
    begun = tracker.ask(method="POST", path="/api/v1/shifts")
    assert begun.status_code == 422, "let in, with nothing said"


def hand_over(person: People, clock: Clock, days: int | None = None) -> None:
    day = clock.at.date()
    last = None if days is None else day.fromordinal(day.toordinal() + days - 1).isoformat()
    person("administrator").do(
        f"/api/v1/accounts/{small_town.account_id('officer')}/handover",
        {
            "stand_in_id": str(small_town.account_id("officer.two")),
            "since": day.isoformat(),
            "last_day": last,
            "reason": "产假",
        },
    )


def test_what_belongs_to_the_post_goes_with_it_and_comes_back(
    gadget: Callable[..., Gadget], clock: Clock, person: People
) -> None:
    phone, own = gadget(of_post=True), gadget(name="自己的手机")
    phone.told()
    hand_over(person, clock, days=3)
    assert phone.refused() == (401, "device-changed-hands")
    assert own.told() is None
    stand_in = person("officer.two")
    assert [line["name"] for line in lines(stand_in)] == ["三号手机"]
    assert lines(stand_in)[0]["last_day"] == "2026-11-22"
    coming = next(line for line in lines(person("officer")) if line["id"] == phone.id)
    assert (coming["since"], coming["held"]) == ("2026-11-23", False)
    path = f"{OWN}/devices/{phone.id}/token"
    assert person("officer").post(path).json()["code"] == "device-not-held"
    taken = stand_in.do(path)
    assert phone.ask(taken["token"]).json()["account"]["login"] == "officer.two"
    clock.forward(days=3)
    assert phone.refused(taken["token"]) == (401, "device-changed-hands")
    assert lines(stand_in) == []
    back = person("officer").do(path)
    assert phone.ask(back["token"]).json()["account"]["login"] == "officer"


def test_a_hand_over_tells_beforehand_which_devices_go(
    gadget: Callable[..., Gadget], person: People
) -> None:
    gadget(of_post=True)
    gadget(name="自己的手机")
    told = person("administrator").read(
        f"/api/v1/accounts/{small_town.account_id('officer')}/handover",
        stand_in_id=str(small_town.account_id("officer.two")),
        since="2026-11-20",
    )
    assert told["devices"] == ["三号手机"]


def test_a_tracker_goes_on_by_its_own_token(
    gadget: Callable[..., Gadget], clock: Clock, person: People
) -> None:
    tracker = gadget(kind="tracker", of_post=True)
    hand_over(person, clock)
    assert tracker.ask().json()["account"]["login"] == "officer.two"


def test_there_is_a_most(person: People, engine: Engine) -> None:
    officer = person("officer")
    for number in range(20):
        officer.do(f"{OWN}/devices", {"name": f"手机{number}", "kind": "phone"})
    one_more = officer.post(f"{OWN}/devices", {"name": "又一个", "kind": "phone"})
    assert (one_more.status_code, one_more.json()["code"]) == (409, "devices-too-many")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM device_token")).scalar_one() == 20


def test_an_account_that_is_switched_off_takes_its_devices_along(
    gadget: Callable[..., Gadget], person: People
) -> None:
    phone = gadget()
    path = f"/api/v1/accounts/{small_town.account_id('officer')}/activity"
    person("administrator").do(path, {"active": False})
    assert phone.refused() == (401, "not-signed-in")
