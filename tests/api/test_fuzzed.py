"""Anything that the description lets one send, as several people: no failure of ours, no surprise.

schemathesis makes the requests from the OpenAPI document and holds the answers against it: no 5xx,
no status, media type or body that is not described. A few examples a route here;
`SANBAI_FUZZ_EXAMPLES=200` asks for many.
"""

import io
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
import small_town
import walked_town
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from people import Clock
from PIL import Image
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7
from walked_routes import PLAIN, THINGS
from walked_town import OWN

from api.cookies import COOKIE
from api.openapi import description
from api.route_rights import PUBLIC, ROUTES
from data.cluster import PrivateCluster
from data.database import open_engine

EXAMPLES = int(os.environ.get("SANBAI_FUZZ_EXAMPLES", "1"))
ROLES = ("administrator", "commander", "officer")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# A stream has no end.
LEFT_OUT = {("GET", "/api/v1/live")}
# What ends sessions and posts comes last, so that there is somebody to ask the others as.
LAST = ("/accounts/", "/session")
DESCRIPTION = description()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)


def _routes() -> list[tuple[str, str]]:
    found = [
        (method.upper(), path)
        for path, operations in DESCRIPTION["paths"].items()
        for method in operations
        if (method.upper(), path) not in LEFT_OUT
    ]
    return sorted(found, key=lambda route: (any(word in route[1] for word in LAST), route))


@pytest.fixture(scope="module")
def fuzzed_town(
    cluster: PrivateCluster, template: str, application: tuple[FastAPI, Clock]
) -> Iterator[Engine]:
    """The application's database, for all of these tests: one of everything in three places."""
    url = application[0].state.context.settings.database_url.get_secret_value()
    name = make_url(url).database or ""
    cluster.create_database(name, template=template)
    owner = open_engine(cluster.url("sanbai_owner", name))
    with owner.begin() as connection:
        walked_town.build(connection)
    # What its papers and photos name as their file.
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "gray").save(picture, "JPEG")
    for key in ("k", "k.thumb.jpg"):
        application[0].state.context.files.put(key, picture.getvalue())
    yield owner
    owner.dispose()
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def running(fuzzed_town: Engine, application: tuple[FastAPI, Clock]) -> Iterator[TestClient]:
    """The running application."""
    application[1].at = small_town.AT
    with TestClient(application[0], raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def token_of(fuzzed_town: Engine) -> Callable[[str], str]:
    """A session of somebody of a role, begun anew: the one before may have been ended."""

    def sign_in(role: str) -> str:
        with fuzzed_town.begin() as connection:
            return walked_town.sign_in(connection, role)

    return sign_in


def _own(template: str, name: str) -> str | None:
    """A thing that is there, by what the path calls it."""
    if template.startswith("/api/v1/temporary-grids") and name == "grid_id":
        name = "temporary"
    values = walked_town.values_of(OWN)
    told = values.get(THINGS.get(name, name), PLAIN.get(name))
    return None if told is None else str(told)


def _send(client: TestClient, case: schemathesis.Case, token: str | None) -> Response:
    case.headers = {**(case.headers or {}), "X-Sanbai": "1", "Operation-Id": str(uuid7())}
    case.cookies = {} if token is None else {COOKIE: token}
    made = case.as_transport_kwargs(base_url="http://testserver")
    known = {"method", "url", "headers", "params", "cookies", "json", "data", "files", "auth"}
    request = requests.Request(**{k: v for k, v in made.items() if k in known}).prepare()
    client.cookies.clear()
    return client.request(
        request.method or "GET",
        request.url or "",
        headers={name: str(value) for name, value in request.headers.items()},
        content=request.body,
        follow_redirects=False,
    )


@pytest.mark.parametrize("route", _routes(), ids=" ".join)
def test_whatever_is_sent_is_answered_as_described(
    running: TestClient, token_of: Callable[[str], str], route: tuple[str, str]
) -> None:
    method, path = route
    operation = SCHEMA[path][method]
    roles = [None] if ROUTES[route] == PUBLIC else ROLES

    @settings(
        max_examples=EXAMPLES * len(roles),
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 10,
        phases=[Phase.generate, Phase.shrink] if EXAMPLES >= 10 else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(),
        role=st.sampled_from(roles),
        own=st.integers(0, 3),
        data=st.data(),
    )
    def ask(case: Any, role: str | None, own: int, data: st.DataObject) -> None:
        # Things that are there, three times in four: what is not there answers 404 alone.
        for name in list(case.path_parameters or {}):
            value = _own(path, name)
            if own and value is not None:
                case.path_parameters[name] = value
        answer = _send(running, case, None if role is None else token_of(role))
        case.validate_response(answer, checks=CHECKS)

    ask()
