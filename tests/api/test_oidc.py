"""Signing in through an identity provider that the test runs itself, on this machine."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import small_town
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from identity_provider import CLIENT, SECRET, IdentityProvider, serving
from joserfc import jwk
from people import Clock, Person
from pydantic import SecretStr

from api.cookies import COOKIE
from api.oidc import OidcError, Provider
from data.housekeeping import forget_what_is_over

People = Callable[[str], Person]
START, BACK = "/api/v1/session/oidc", "/api/v1/session/oidc/return"
OFFICER = small_town.account_id("officer")
LINK = f"/api/v1/accounts/{OFFICER}/identity"


@pytest.fixture(scope="module")
def served(application: tuple[FastAPI, Clock]) -> Iterator[IdentityProvider]:
    """A provider that answers while these tests run."""
    with serving(IdentityProvider(application[1])) as running:
        yield running


@pytest.fixture
def provider(
    served: IdentityProvider, application: tuple[FastAPI, Clock], client: TestClient
) -> Iterator[IdentityProvider]:
    """The provider, well-behaved, and the application set up for it."""
    served.behave()
    context = application[0].state.context
    before = context.settings, context.oidc
    settings = before[0].model_copy(
        update={
            "oidc_issuer": served.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
        }
    )
    object.__setattr__(context, "settings", settings)
    object.__setattr__(context, "oidc", Provider(settings))
    yield served
    object.__setattr__(context, "settings", before[0])
    object.__setattr__(context, "oidc", before[1])
    client.cookies.clear()


@pytest.fixture
def by_claim(provider: IdentityProvider, application: tuple[FastAPI, Clock]) -> None:
    """The provider's user name is the login here."""
    application[0].state.context.oidc.login_claim = "preferred_username"


def set_out(client: TestClient) -> str:
    """Where the browser is sent."""
    answer = client.get(START, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_back(client: TestClient, address: str) -> Response:
    """What the browser is answered when it comes back."""
    answer: Response = client.get(address, follow_redirects=False)
    assert answer.status_code == 303
    return answer


def journey(client: TestClient, provider: IdentityProvider, subject: str) -> str:
    """There and back; where one ends."""
    return come_back(client, provider.sign_in(set_out(client), subject)).headers["location"]


def test_without_a_provider_there_is_no_such_way(client: TestClient, person: People) -> None:
    assert client.get("/api/v1/session/other-ways").json() == {"oidc": None}
    assert client.get(START, follow_redirects=False).status_code == 404
    assert client.get(BACK, follow_redirects=False).status_code == 404
    administrator = person("administrator")
    assert administrator.read(LINK)["offered"] is False
    refused = administrator.post(LINK, {"subject": "u-1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "provider-none")


def test_who_is_linked_gets_in(
    client: TestClient, provider: IdentityProvider, person: People
) -> None:
    told = client.get("/api/v1/session/other-ways").json()
    assert told == {"oidc": {"name": "统一身份认证", "start": START}}
    assert journey(client, provider, "u-1") == "/?sign-in=oidc-unknown"
    administrator = person("administrator")
    linked = administrator.do(LINK, {"subject": "u-1"})
    assert linked["linked_by"] == "administrator"
    assert journey(client, provider, "u-1") == "/"
    assert client.get("/api/v1/session").json()["account"]["login"] == "officer"
    client.cookies.clear()
    assert journey(client, provider, "u-2") == "/?sign-in=oidc-unknown"
    administrator.do(LINK, {"subject": None})
    assert journey(client, provider, "u-1") == "/?sign-in=oidc-unknown"
    assert COOKIE not in client.cookies


def test_an_identity_is_one_account_s(provider: IdentityProvider, person: People) -> None:
    administrator = person("administrator")
    administrator.do(LINK, {"subject": "u-1"})
    other = f"/api/v1/accounts/{small_town.account_id('officer.two')}/identity"
    answer = administrator.post(other, {"subject": "u-1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "identity-taken")
    administrator.do(LINK, {"subject": "u-2"})
    assert administrator.do(other, {"subject": "u-1"})["linked_at"] is not None
    assert person("commander").get(LINK).status_code == 403


@pytest.mark.usefixtures("by_claim")
def test_a_claim_links_at_the_first_time(
    client: TestClient, provider: IdentityProvider, person: People
) -> None:
    assert journey(client, provider, "nobody") == "/?sign-in=oidc-unknown"
    assert journey(client, provider, "officer") == "/"
    assert person("administrator").read(LINK)["linked_by"] is None
    provider.claims = {"preferred_username": "officer", "sub": "somebody else"}
    assert journey(client, provider, "officer") == "/?sign-in=oidc-unknown"
    provider.claims = {"preferred_username": "renamed"}
    assert journey(client, provider, "officer") == "/", "the subject says who it is"


@pytest.mark.usefixtures("by_claim")
def test_who_is_switched_off_stays_out(
    client: TestClient, provider: IdentityProvider, person: People
) -> None:
    assert journey(client, provider, "officer") == "/"
    person("administrator").do(f"/api/v1/accounts/{OFFICER}/activity", {"active": False})
    assert journey(client, provider, "officer") == "/?sign-in=oidc-unknown"


NOT_FOR_US: list[dict[str, Any]] = [
    {"iss": "https://elsewhere.example.cn"},
    {"aud": "another client"},
    {"aud": [CLIENT, "another client"]},
    {"aud": [CLIENT, "another client"], "azp": "another client"},
    {"nonce": "of another journey"},
    {"nonce": None},
    {"exp": int((small_town.AT - timedelta(minutes=5)).timestamp())},
    {"exp": None},
    {"iat": int((small_town.AT + timedelta(minutes=5)).timestamp())},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
]


@pytest.mark.usefixtures("by_claim")
def test_a_token_that_is_not_for_us_now_is_refused(
    client: TestClient, provider: IdentityProvider
) -> None:
    for claims in NOT_FOR_US:
        provider.claims = claims
        assert journey(client, provider, "officer") == "/?sign-in=oidc-refused", claims
        assert COOKIE not in client.cookies


@pytest.mark.usefixtures("by_claim")
def test_a_token_that_another_signed_is_refused(
    client: TestClient, provider: IdentityProvider
) -> None:
    provider.signing = jwk.RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)
    assert journey(client, provider, "officer") == "/?sign-in=oidc-refused"
    for algorithm in ("HS256", "none"):
        provider.header = {"alg": algorithm, "kid": "first"}
        assert journey(client, provider, "officer") == "/?sign-in=oidc-refused"
    provider.header, provider.signing = {"alg": "RS256", "kid": "first"}, provider.key
    assert journey(client, provider, "officer") == "/"


@pytest.mark.usefixtures("by_claim")
def test_keys_are_looked_up_anew_when_they_change(
    client: TestClient, provider: IdentityProvider
) -> None:
    assert journey(client, provider, "officer") == "/"
    assert journey(client, provider, "officer") == "/"
    assert provider.asked.count("keys") == 1
    provider.key = provider.signing = jwk.RSAKey.generate_key(
        2048, {"kid": "second"}, auto_kid=False
    )
    provider.header = {"alg": "RS256", "kid": "second"}
    assert journey(client, provider, "officer") == "/"
    assert provider.asked.count("keys") == 2


@pytest.mark.usefixtures("by_claim")
def test_a_journey_ends_once_in_its_own_browser_and_in_time(
    client: TestClient, provider: IdentityProvider, clock: Clock, engine: Any
) -> None:
    address = provider.sign_in(set_out(client), "officer")
    kept = dict(client.cookies)
    assert come_back(client, address).headers["location"] == "/"
    client.cookies.clear()
    client.cookies.update(kept)
    assert come_back(client, address).headers["location"] == "/?sign-in=oidc-stale"

    address = provider.sign_in(set_out(client), "officer")
    client.cookies.clear()
    assert come_back(client, address).headers["location"] == "/?sign-in=oidc-stale"

    address = provider.sign_in(set_out(client), "officer")
    clock.forward(minutes=11)
    assert come_back(client, address).headers["location"] == "/?sign-in=oidc-stale"

    set_out(client)
    answer = client.get(f"{BACK}?state=guessed&code=x", follow_redirects=False)
    assert answer.headers["location"] == "/?sign-in=oidc-stale"
    clock.forward(minutes=11)
    with engine.begin() as connection:
        forget_what_is_over(connection, clock())
        left = connection.exec_driver_sql("SELECT count(*) FROM sign_in_journey").scalar()
    assert left == 0


@pytest.mark.usefixtures("by_claim")
def test_who_says_no_there_is_told_so_here(client: TestClient, provider: IdentityProvider) -> None:
    address = provider.sign_in(set_out(client), "officer").partition("&code=")[0]
    answer = come_back(client, f"{address}&error=access_denied")
    assert answer.headers["location"] == "/?sign-in=oidc-cancelled"


@pytest.mark.usefixtures("by_claim")
def test_a_code_belongs_to_who_set_out(client: TestClient, provider: IdentityProvider) -> None:
    first = provider.sign_in(set_out(client), "officer")
    theirs = first.partition("code=")[2]
    own = provider.sign_in(set_out(client), "officer").partition("&code=")[0]
    answer = come_back(client, f"{own}&code={theirs}")
    assert answer.headers["location"] == "/?sign-in=oidc-refused"


def test_a_provider_that_is_another_is_not_trusted(
    client: TestClient, provider: IdentityProvider
) -> None:
    for metadata in (
        {"issuer": "https://elsewhere.example.cn"},
        {"jwks_uri": None},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "http://id.example.cn/authorize"},
    ):
        provider.metadata = dict(metadata)
        answer = client.get(START, follow_redirects=False)
        assert answer.headers["location"] == "/?sign-in=oidc-unreachable", metadata


def test_a_provider_is_asked_over_https_alone(
    provider: IdentityProvider, application: tuple[FastAPI, Clock]
) -> None:
    settings = application[0].state.context.settings
    with pytest.raises(OidcError):
        Provider(settings.model_copy(update={"oidc_issuer": "http://id.example.cn"}))
    with pytest.raises(ValueError, match="SANBAI_OIDC_CLIENT_ID"):
        Provider(settings.model_copy(update={"oidc_client_id": None}))


def test_it_is_kept_who_linked_whom(
    client: TestClient, provider: IdentityProvider, person: People
) -> None:
    administrator = person("administrator")
    administrator.do(LINK, {"subject": "u-1"})
    administrator.do(LINK, {"subject": None})
    happened = administrator.read(f"/api/v1/accounts/{OFFICER}/ways-in")["happened"]
    assert [one["action"] for one in happened] == ["identity-unlinked", "identity-linked"]
    assert happened[0]["by"]["display_name"] == "administrator"
