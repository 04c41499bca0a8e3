"""Sign-in cards: made and printed by administrators, first use, PIN, revoked, throttled."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from data.exports.card_sheet import card_address

People = Callable[[str], Person]
OFFICER = str(small_town.account_id("officer"))


@pytest.fixture(autouse=True)
def _cheap(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the course is tested here."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(client.app.state.context.passwords, "_hasher", cheap)


def make(person: People, *logins: str) -> list[dict[str, Any]]:
    ids = [str(small_town.account_id(login)) for login in logins]
    cards: list[dict[str, Any]] = person("administrator").do(
        "/api/v1/sign-in-cards", {"account_ids": ids}
    )["cards"]
    return cards


@pytest.fixture
def code(person: People) -> str:
    """The code of a card for the officer, not used yet."""
    made: str = make(person, "officer")[0]["code"]
    return made


def use(client: TestClient, code: str, pin: str = "402817", *, choose: bool = False) -> Response:
    body = {"code": code, "pin": pin, "choose": choose}
    return client.post("/api/v1/session/card", json=body)


def look(client: TestClient, code: str) -> Response:
    return client.post("/api/v1/session/card/look", json={"code": code})


def problem(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_first_use_chooses_the_pin_and_the_next_asks_it(client: TestClient, code: str) -> None:
    assert look(client, code).json()["pin_chosen"] is False
    assert problem(use(client, code)) == (409, "card-pin-none")
    first = use(client, code, choose=True)
    assert first.json()["account"]["login"] == "officer"
    assert "sanbai_session" in first.headers["set-cookie"]
    sessions = client.get("/api/v1/session/ways-in").json()["sessions"]
    assert [one["way"] for one in sessions] == ["card"]
    assert look(client, code.lower().replace("-", " ")).json()["pin_chosen"] is True
    assert problem(use(client, code, choose=True)) == (409, "card-pin-chosen")
    assert problem(use(client, code, "402818")) == (401, "wrong-pin")
    assert use(client, code).status_code == 200


@pytest.mark.parametrize("pin", ["111111", "123456", "987654", "890123"])
def test_a_row_of_digits_is_no_pin(client: TestClient, code: str, pin: str) -> None:
    answer = use(client, code, pin, choose=True)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "weak"
    assert look(client, code).json()["pin_chosen"] is False


@pytest.mark.parametrize("pin", ["40281", "4028170000000", "abcdef", "４０２８１７"])
def test_a_pin_is_six_to_twelve_digits(client: TestClient, code: str, pin: str) -> None:
    assert problem(use(client, code, pin, choose=True)) == (422, "invalid")


def test_a_card_that_nobody_used_is_over_after_fourteen_days(
    client: TestClient, code: str, clock: Clock
) -> None:
    clock.forward(days=14, minutes=1)
    assert problem(look(client, code)) == (401, "wrong-card")
    assert problem(use(client, code, choose=True)) == (401, "wrong-card")


def test_a_used_one_is_good_for_a_year(client: TestClient, code: str, clock: Clock) -> None:
    use(client, code, choose=True)
    clock.forward(days=364)
    assert use(client, code).status_code == 200
    clock.forward(days=2)
    assert problem(use(client, code)) == (401, "wrong-card")


def test_a_new_card_takes_the_place_of_the_old(
    client: TestClient, code: str, person: People
) -> None:
    use(client, code, choose=True)
    newer = make(person, "officer")[0]["code"]
    assert problem(use(client, code)) == (401, "wrong-card")
    assert use(client, newer, choose=True).status_code == 200


def test_it_is_revoked_by_its_owner_and_by_who_administers_him(
    client: TestClient, code: str, person: People
) -> None:
    told = person("officer").do("/api/v1/session/card/revoke")
    assert told["card"] is None
    assert [one["action"] for one in told["happened"]] == ["card-revoked", "card-made"]
    assert problem(look(client, code)) == (401, "wrong-card")
    newer = make(person, "officer")[0]["code"]
    assert person("commander").post(f"/api/v1/accounts/{OFFICER}/card/revoke").status_code == 403
    person("administrator").do(f"/api/v1/accounts/{OFFICER}/card/revoke")
    assert problem(look(client, newer)) == (401, "wrong-card")


def test_a_disabled_account_gets_in_by_no_card(
    client: TestClient, code: str, person: People
) -> None:
    person("administrator").do(f"/api/v1/accounts/{OFFICER}/activity", {"active": False})
    assert problem(use(client, code, choose=True)) == (401, "wrong-card")


def test_guessing_a_pin_slows_down_from_wherever_it_comes(
    client: TestClient, code: str, clock: Clock
) -> None:
    use(client, code, choose=True)
    for _ in range(5):
        assert problem(use(client, code, "402818")) == (401, "wrong-pin")
    elsewhere = TestClient(client.app, client=("10.0.0.9", 50000))
    answer = use(elsewhere, code)
    assert problem(answer) == (429, "too-many-requests")
    assert look(elsewhere, code).status_code == 200
    assert use(elsewhere, code).status_code == 429, "a look lets nobody begin anew"
    clock.forward(minutes=6)
    assert use(elsewhere, code).status_code == 200


def test_another_site_gets_nowhere(client: TestClient, code: str) -> None:
    headers = {"Origin": "https://evil.example"}
    for path, body in (("/look", {}), ("", {"pin": "402817", "choose": True})):
        answer = client.post(
            f"/api/v1/session/card{path}", json={"code": code, **body}, headers=headers
        )
        assert problem(answer) == (403, "other-site")


def test_a_code_is_told_once_and_kept_nowhere(person: People, engine: Engine) -> None:
    administrator, operation = person("administrator"), uuid7()
    body = {"account_ids": [OFFICER]}
    path = "/api/v1/sign-in-cards"
    first = administrator.post(path, body, operation=operation).json()["cards"][0]
    again = administrator.post(path, body, operation=operation).json()["cards"][0]
    assert again == {**first, "code": None}
    with engine.connect() as connection:
        kept = [
            str(connection.execute(text(f"SELECT {table}::text FROM {table}")).scalars().all())
            for table in ("operation", "sign_in_code", "account_event")
        ]
    assert all(first["code"] not in rows for rows in kept)


def test_nobody_gets_a_card_for_whom_he_does_not_administer(person: People) -> None:
    path, body = "/api/v1/sign-in-cards", {"account_ids": [OFFICER]}
    assert person("commander").post(path, body).status_code == 403
    unknown = {"account_ids": [OFFICER, str(uuid7())]}
    assert person("administrator").post(path, unknown).status_code == 404


def test_a_sheet_is_printed_of_cards_that_nobody_used(client: TestClient, person: People) -> None:
    codes = [card["code"] for card in make(person, "officer", "officer.two")]
    administrator = person("administrator")
    path = "/api/v1/sign-in-cards/sheet.pdf"
    sheet = administrator.post(path, {"codes": codes})
    assert sheet.status_code == 200, sheet.text
    assert sheet.headers["content-type"] == "application/pdf"
    assert sheet.headers["cache-control"] == "no-store"
    assert sheet.content.startswith(b"%PDF")
    use(client, codes[0], choose=True)
    assert administrator.post(path, {"codes": codes}).status_code == 404


def test_the_code_of_a_card_is_sent_to_no_server() -> None:
    address = card_address("https://sanbai.example.cn/", "K7QF3-2M9XA-TR4DH-8WHCP")
    assert address == "https://sanbai.example.cn/#/card/K7QF3-2M9XA-TR4DH-8WHCP"
