"""The second factor: set up, asked for, no code twice, recovery codes, forced, reset."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pyotp
import pytest
import small_town
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, text

People = Callable[[str], Person]
SECRET = "幸福路三百户"
FACTOR = "/api/v1/session/second-factor"
COMMANDER = small_town.account_id("commander")


@pytest.fixture(autouse=True)
def _known(engine: Engine) -> None:
    """Commander and officer have a password; a cheap hash, since only the course is tested."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(SECRET)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE account SET password_hash = :hash WHERE login IN ('commander', 'officer')"
            ),
            {"hash": hashed},
        )


class Owner:
    """The commander with an app on the telephone."""

    def __init__(self, client: TestClient, clock: Clock) -> None:
        self.client = client
        self.clock = clock
        self.app = pyotp.TOTP("A" * 32)
        self.recovery: list[str] = []

    def ask(self, path: str = FACTOR, **said: Any) -> Response:
        """Ask with login and password."""
        body = {"login": "commander", "password": SECRET, **said}
        return self.client.post(path, json=body)

    def sign_in(self, code: str | None = None) -> Response:
        """Sign in, with a code or without."""
        return self.ask("/api/v1/session", **({} if code is None else {"code": code}))

    @property
    def code(self) -> str:
        """What the app shows now."""
        return self.app.at(self.clock.at)

    def begin(self) -> dict[str, Any]:
        """Read the QR code into the app."""
        begun = self.ask()
        assert begun.status_code == 200, begun.text
        told: dict[str, Any] = begun.json()
        self.app = pyotp.parse_uri(told["address"])
        return told

    def set_up(self) -> None:
        """Have a second factor; its last code is over."""
        self.begin()
        confirmed = self.ask(f"{FACTOR}/confirm", code=self.code)
        assert confirmed.status_code == 200, confirmed.text
        self.recovery = confirmed.json()["codes"]
        self.clock.forward(seconds=30)


@pytest.fixture
def owner(client: TestClient, clock: Clock) -> Owner:
    """The commander, who has no second factor yet."""
    return Owner(client, clock)


def problem(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_it_is_asked_for_once_it_is_confirmed(owner: Owner) -> None:
    told = owner.begin()
    assert told["qr"].startswith("data:image/png;base64,")
    assert told["secret"] == owner.app.secret
    assert owner.app.name == "commander"
    assert owner.sign_in().status_code == 200, "nothing is asked for yet"
    assert problem(owner.ask(f"{FACTOR}/confirm", code="000000")) == (401, "wrong-code")
    confirmed = owner.ask(f"{FACTOR}/confirm", code=owner.code)
    assert len(set(confirmed.json()["codes"])) == 10
    owner.clock.forward(seconds=30)
    assert problem(owner.sign_in()) == (401, "second-factor-needed")
    assert problem(owner.sign_in("000000")) == (401, "wrong-code")
    assert owner.sign_in(f"{owner.code[:3]} {owner.code[3:]}").status_code == 200


def test_no_code_is_taken_twice(owner: Owner) -> None:
    owner.begin()
    first = owner.code
    owner.ask(f"{FACTOR}/confirm", code=first)
    assert problem(owner.sign_in(first)) == (401, "wrong-code"), "it confirmed"
    owner.clock.forward(seconds=30)
    earlier = owner.code
    owner.clock.forward(seconds=30)
    assert owner.sign_in(owner.code).status_code == 200
    assert problem(owner.sign_in(owner.code)) == (401, "wrong-code")
    assert problem(owner.sign_in(earlier)) == (401, "wrong-code"), "nor one before it"


def test_clocks_may_differ_by_half_a_minute(owner: Owner) -> None:
    owner.set_up()
    ahead = owner.app.at(owner.clock.at, counter_offset=1)
    assert owner.sign_in(ahead).status_code == 200
    owner.clock.forward(minutes=5)
    assert problem(owner.sign_in(owner.app.at(owner.clock.at, counter_offset=2))) == (
        401,
        "wrong-code",
    )
    assert problem(owner.sign_in(owner.app.at(owner.clock.at, counter_offset=-2))) == (
        401,
        "wrong-code",
    )


def test_a_wrong_password_tells_nothing_of_codes(owner: Owner) -> None:
    owner.set_up()
    for code in ({}, {"code": owner.code}):
        answer = owner.ask("/api/v1/session", **{"password": "wrong", **code})
        assert problem(answer) == (401, "wrong-credentials")


def test_recovery_codes_are_good_once(owner: Owner, person: People) -> None:
    owner.set_up()
    code = owner.recovery[3].lower().replace("-", " ")
    assert owner.sign_in(code).status_code == 200
    assert problem(owner.sign_in(code)) == (401, "wrong-code")
    told = person("commander").read("/api/v1/session/ways-in")
    assert told["second_factor"]["codes_left"] == 9
    assert told["happened"][0]["action"] == "recovery-code-used"


def test_new_recovery_codes_take_the_place_of_the_old(owner: Owner) -> None:
    owner.set_up()
    newer = owner.ask(f"{FACTOR}/codes", code=owner.code).json()["codes"]
    assert not set(newer) & set(owner.recovery)
    assert problem(owner.sign_in(owner.recovery[0])) == (401, "wrong-code")
    assert owner.sign_in(newer[0]).status_code == 200


def test_guessing_codes_slows_down_from_wherever_it_comes(owner: Owner) -> None:
    owner.set_up()
    for number in range(10):
        other = TestClient(owner.client.app, client=(f"10.0.0.{number}", 50000))
        body = {"login": "commander", "password": SECRET, "code": "000000"}
        assert problem(other.post("/api/v1/session", json=body)) == (401, "wrong-code")
    assert problem(owner.sign_in(owner.code)) == (429, "too-many-requests")
    owner.clock.forward(minutes=6)
    assert owner.sign_in(owner.code).status_code == 200


def test_it_is_removed_by_a_code_and_begun_anew(owner: Owner) -> None:
    owner.set_up()
    assert problem(owner.ask()) == (409, "second-factor-enrolled")
    assert problem(owner.ask(f"{FACTOR}/remove", code="000000")) == (401, "wrong-code")
    assert owner.ask(f"{FACTOR}/remove", code=owner.code).status_code == 204
    assert owner.sign_in().status_code == 200
    owner.begin()


@contextmanager
def asked_of(client: TestClient, roles: str) -> Iterator[None]:
    """Let roles ask for a second factor."""
    parts = client.app.state.context
    client.app.state.context = replace(
        parts, settings=parts.settings.model_copy(update={"second_factor_roles": roles})
    )
    try:
        yield
    finally:
        client.app.state.context = parts


def test_a_role_that_asks_for_it_gets_in_with_it_only(owner: Owner) -> None:
    with asked_of(owner.client, "administrator, commander"):
        assert problem(owner.sign_in()) == (403, "second-factor-must-enrol")
        owner.set_up()
        assert owner.sign_in(owner.code).status_code == 200
        owner.clock.forward(seconds=30)
        removed = owner.ask(f"{FACTOR}/remove", code=owner.code)
        assert problem(removed) == (409, "second-factor-asked")
        told = owner.client.get("/api/v1/session/ways-in").json()["second_factor"]
        assert told["asked"] is True
        assert owner.ask("/api/v1/session", login="officer").status_code == 200


def test_a_card_asks_for_it_too(owner: Owner, person: People) -> None:
    owner.set_up()
    made = person("administrator").do("/api/v1/sign-in-cards", {"account_ids": [str(COMMANDER)]})[
        "cards"
    ][0]
    card = {"code": made["code"], "pin": "402817", "choose": True}
    path = "/api/v1/session/card"
    assert problem(owner.client.post(path, json=card)) == (401, "second-factor-needed")
    answer = owner.client.post(path, json={**card, "factor": owner.code})
    assert answer.status_code == 200, answer.text


def test_administrators_reset_it_and_that_is_kept(owner: Owner, person: People) -> None:
    owner.set_up()
    path = f"/api/v1/accounts/{COMMANDER}"
    administrator = person("administrator")
    assert administrator.read(f"{path}/ways-in")["second_factor"]["since"] is not None
    assert person("officer").post(f"{path}/second-factor/reset").status_code == 403
    told = administrator.do(f"{path}/second-factor/reset")
    assert told["second_factor"] == {"since": None, "codes_left": 0, "asked": False}
    assert told["happened"][0]["action"] == "second-factor-reset"
    assert told["happened"][0]["by"]["id"] == str(small_town.account_id("administrator"))
    assert owner.sign_in().status_code == 200
    own = f"/api/v1/accounts/{small_town.account_id('administrator')}/second-factor/reset"
    assert problem(administrator.post(own)) == (409, "own-account")


def test_neither_secret_nor_codes_are_kept_as_they_are(owner: Owner, engine: Engine) -> None:
    owner.set_up()
    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('sanbai.rights', 'all', true)"))
        kept = "".join(
            str(connection.execute(text(f"SELECT {table}::text FROM {table}")).scalars().all())
            for table in ("second_factor", "recovery_code", "account_event")
        )
        plain = connection.execute(text("SELECT secret FROM second_factor")).scalar_one()
    assert kept
    assert owner.app.secret.encode() not in plain
    assert owner.recovery[0] not in kept


def test_another_key_of_the_server_is_told_as_such(owner: Owner, engine: Engine) -> None:
    owner.set_up()
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('sanbai.rights', 'all', true)"))
        connection.execute(text("UPDATE second_factor SET secret = 'other'"))
    assert problem(owner.sign_in(owner.code)) == (409, "second-factor-unreadable")
    assert owner.sign_in(owner.recovery[0]).status_code == 200


def test_what_was_done_is_never_changed(engine: Engine, owner: Owner) -> None:
    owner.set_up()
    for change in ("DELETE FROM account_event", "UPDATE account_event SET action = 'x'"):
        with pytest.raises(Exception, match="permission denied"), engine.begin() as connection:
            connection.execute(text(change))
