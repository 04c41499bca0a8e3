"""Every route × role × place: the table of rights says who gets in, and nobody sees beyond.

The walk asks each route as somebody of each role, all at work in one street: for a thing of that
street, of the next one and of another district. A route that is not in the table fails the walk,
as does one that names a thing in a way the walk does not know.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import small_town
import walked_town
from fastapi.testclient import TestClient
from httpx2 import Response
from least_body import least
from people import Clock, Person
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7
from walked_routes import (
    ASKED,
    BODIES,
    BY_RULES,
    BY_SHAPE,
    NOT_STORED,
    OF_DISTRICT,
    OWNERS_ONLY,
    PLAIN,
    THINGS,
    Route,
)
from walked_town import DISTRICT, OWN, PLACES, STREET, Place

from api import route_rights
from api.permissions import PERMISSIONS
from api.route_rights import PUBLIC, ROUTES, SIGNED_IN, Then
from data.cluster import PrivateCluster
from data.database import open_engine
from data.schema.accounts import ROLES
from data.server import DatabaseUrls


@pytest.fixture(scope="module")
def walked_template(cluster: PrivateCluster, template: str) -> Iterator[str]:
    """Name of a database with one of everything in three places."""
    name = f"walked_{id(cluster)}"
    cluster.create_database(name, template=template)
    engine = open_engine(cluster.url("sanbai_owner", name))
    with engine.begin() as connection:
        walked_town.build(connection)
    engine.dispose()
    yield name
    cluster.drop_database(name)


@pytest.fixture
def urls(cluster: PrivateCluster, walked_template: str, application: Any) -> Iterator[DatabaseUrls]:
    """The application's database, with the walked town in place of the small one."""
    app = application[0].state.context.settings.database_url.get_secret_value()
    name = make_url(app).database or ""
    cluster.create_database(name, template=walked_template)
    yield DatabaseUrls(app, cluster.url("sanbai_owner", name))
    cluster.drop_database(name)


@pytest.fixture
def walkers(client: TestClient, engine: Engine, clock: Clock) -> dict[str, Person]:
    """Somebody of each role."""
    assert clock.at == small_town.AT
    with engine.begin() as connection:
        return {
            role: Person(client, walked_town.sign_in(connection, role), walked_town.walker_id(role))
            for role in ROLES
        }


class Walk:
    """Asks routes as somebody, for things of places."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description

    def ask(self, who: Person, route: Route, place: Place) -> Response:
        """Ask one route for the thing of a place."""
        method, template = route
        values = {name: self._value(template, name, place) for name in _names(template)}
        headers = {**who.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid7())}
        sent: dict[str, Any] = {"headers": headers, "params": ASKED.get(route, {})}
        operation = self.description["paths"][template][method.lower()]
        if method not in {"GET", "DELETE"}:
            sent |= self._body(route, operation, place)
        return who.client.request(method, template.format_map(values), **sent)

    def _value(self, template: str, name: str, place: Place) -> str:
        if template.startswith("/api/v1/temporary-grids") and name == "grid_id":
            name = "temporary"
        values = walked_town.values_of(place)
        thing = THINGS.get(name, name)
        assert thing in values or name in PLAIN, f"{template}: what is {name}? Say so in THINGS."
        return str(values.get(thing, PLAIN.get(name)))

    def _body(self, route: Route, operation: dict[str, Any], place: Place) -> dict[str, Any]:
        if route in BODIES:
            return {"json": BODIES[route][0](place)}
        content = operation.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            role = "barriers" if route[1].endswith("plan-layers") else "before"
            return {
                "files": {"file": ("a.png", b"none")},
                "data": {"role": role, "order": "{}", "seq": 1},
            }
        if "application/octet-stream" in content:
            return {"content": b"part"}
        schema = content.get("application/json", {}).get("schema")
        return (
            {}
            if schema is None
            else {"json": least(schema, self.description["components"]["schemas"])}
        )


def _names(template: str) -> list[str]:
    return [part.partition("}")[0] for part in template.split("{")[1:]]


def names_a_thing(route: Route) -> bool:
    """Whether a route is asked for a thing of a place, by its path or its body."""
    return bool(set(_names(route[1])) & set(THINGS)) or BODIES.get(route, (None, False))[1]


def takes_away(route: Route) -> bool:
    """Whether there is nothing left to ask for after a route was."""
    return route[0] == "DELETE" or route[1].endswith("/remove")


def allowed(route: Route, role: str) -> bool:
    """Whether the table lets a role in somewhere."""
    need = ROUTES[route]
    if need == SIGNED_IN:
        return True
    wanted = (need,) if isinstance(need, str) else need
    return any(role in PERMISSIONS[str(permission)] for permission in wanted)


@pytest.fixture
def walk(client: TestClient) -> Walk:
    """A walk over the routes of the running application."""
    return Walk(client.get("/openapi.json").json())


def walked(description: dict[str, Any]) -> list[Route]:
    """Every route; those that take something away at the end."""
    found = [
        (method.upper(), path)
        for path, operations in description["paths"].items()
        for method in operations
    ]
    return sorted(found, key=lambda route: (takes_away(route), route[1], route[0]))


def test_the_table_names_every_route_and_no_other(walk: Walk) -> None:
    assert set(walked(walk.description)) == set(ROUTES)
    for need in ROUTES.values():
        wanted = (need,) if isinstance(need, str) else need
        assert all(one in {PUBLIC, SIGNED_IN} or str(one) in PERMISSIONS for one in wanted)


def test_a_role_without_the_right_gets_nowhere(walk: Walk, walkers: dict[str, Person]) -> None:
    wrong = []
    for route in walked(walk.description):
        for role, who in walkers.items():
            if ROUTES[route] in {PUBLIC, SIGNED_IN} or allowed(route, role):
                continue
            for place in PLACES:
                answer = walk.ask(who, route, place)
                later = isinstance(ROUTES[route], Then) and answer.status_code == 404
                if (answer.status_code, answer.json()["code"]) != (403, "forbidden") and not later:
                    wrong.append((route, role, place.number, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def test_what_lies_elsewhere_is_not_there(walk: Walk, walkers: dict[str, Person]) -> None:
    wrong = []
    for route in walked(walk.description):
        if not names_a_thing(route):
            continue
        for role, who in walkers.items():
            if not allowed(route, role):
                continue
            for place in (STREET, DISTRICT):
                answer = walk.ask(who, route, place)
                if route in BY_SHAPE and place is DISTRICT and answer.status_code == 422:
                    continue
                if answer.status_code != 404:
                    wrong.append((route, role, place.number, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def test_what_is_ones_own_is_there(walk: Walk, walkers: dict[str, Person]) -> None:
    wrong = []
    for route in walked(walk.description):
        if not names_a_thing(route) or route in OWNERS_ONLY or takes_away(route):
            continue
        for role, who in walkers.items():
            if not allowed(route, role) or (role == "officer" and "/shifts/{" in route[1]):
                continue
            answer = walk.ask(who, route, OWN)
            refused = {401} if route in BY_RULES else {401, 403}
            if route not in NOT_STORED:
                refused.add(404)
            failed = answer.status_code >= 500 and route not in NOT_STORED
            if answer.status_code in refused or failed:
                wrong.append((route, role, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def giveaways(place: Place) -> list[str]:
    """What gives away a thing of a place."""
    return [
        *(str(place.uuid(kind)) for kind in range(1, 12)),
        *(f"{word}{place.number}" for word in ("调整", "围墙", "大集", "那里的人", '"W')),
        f"there{place.number}",
        place.path.split(".")[-1],
    ]


ELSEWHERE = giveaways(DISTRICT)
GIVEAWAYS = ELSEWHERE + giveaways(STREET)


def test_lists_and_answers_give_nothing_away(walk: Walk, walkers: dict[str, Person]) -> None:
    wrong, seen = [], 0
    for route in walked(walk.description):
        if route[0] != "GET" or ROUTES[route] == PUBLIC or route[1] == "/api/v1/live":
            continue
        for role, who in walkers.items():
            if not allowed(route, role):
                continue
            answer = walk.ask(who, route, OWN)
            if not answer.headers.get("content-type", "").startswith("application/json"):
                continue
            seen += 1
            text = json.dumps(answer.json(), ensure_ascii=False)
            words = ELSEWHERE if route in OF_DISTRICT else GIVEAWAYS
            found = [word for word in words if word in text]
            if found:
                wrong.append((route, role, found))
    assert not wrong, "\n".join(map(str, wrong))
    assert seen > 100


def test_a_route_without_an_entry_answers_nobody(
    walkers: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(route_rights.ROUTES, ("GET", "/api/v1/areas"))
    assert walkers["commander"].get("/api/v1/areas").status_code == 500
