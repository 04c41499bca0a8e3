"""Nothing answers without a session, and nothing outside the caller's area shows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from people import Person
from starlette.routing import BaseRoute, Mount

from api.permissions import PERMISSIONS
from api.route_rights import PUBLIC, ROUTES
from data.schema.accounts import ROLES

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
# No identity provider is set up here.
NO_PROVIDER = {"/api/v1/session/oidc", "/api/v1/session/oidc/return"}
# Pages that describe the API, and the client's own files.
ALSO_PUBLIC = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc", ""}


def walk(description: dict[str, Any]) -> list[tuple[str, str]]:
    """Every method and path of the description."""
    return [
        (method.upper(), path)
        for path, operations in description["paths"].items()
        for method in operations
    ]


def test_every_route_but_the_listed_ones_asks_who_is_there(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    found = walk(description)
    public = {route for route, need in ROUTES.items() if need == PUBLIC}
    assert set(found) >= public
    for method, path in found:
        filled = path.replace("{layer_name}", "cases").format_map(Filled())
        answer = client.request(method, filled, json={}, headers={"X-Sanbai": "1"})
        if (method, path) in public:
            there = {404} if path in NO_PROVIDER else {200, 422}
            assert answer.status_code in there, (method, path)
        else:
            assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in"), path


class Filled(dict[str, str]):
    """A value for every parameter of a path."""

    def __missing__(self, name: str) -> str:
        return str(UUID(int=1)) if name in {"case_id", "photo_id", "shift_id"} else "1"


def test_no_route_is_left_out_of_the_description(client: TestClient) -> None:
    described = {path for _, path in walk(client.get("/openapi.json").json())}

    def paths(routes: list[BaseRoute]) -> set[str]:
        return {route.path for route in routes if hasattr(route, "path")}

    hidden = paths(client.app.routes) - described - ALSO_PUBLIC
    assert not hidden
    assert all(not isinstance(route, Mount) or route.path == "" for route in client.app.routes)
    assert all(r.include_in_schema for r in client.app.routes if isinstance(r, APIRoute))


def test_commands_need_the_header_that_other_sites_cannot_send(
    person: People, report: Report
) -> None:
    officer = person("officer")
    for headers in ({}, {"X-Sanbai": "0"}):
        answer = officer.client.post(
            "/api/v1/cases", json=report(), headers={**officer.cookies, **headers}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "header-missing")


def test_every_permission_names_roles_there_are() -> None:
    for permission, roles in PERMISSIONS.items():
        assert roles, permission
        assert roles <= set(ROLES), permission


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("commander", True),
        ("auditor", True),
        ("officer", True),
        ("officer.two", False),
        ("officer.east", False),
        ("commander.east", False),
        ("handler.other", True),
    ],
)
def test_a_case_shows_only_within_the_callers_area(
    person: People, report: Report, login: str, *, sees: bool
) -> None:
    case = person("commander").do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}"
    somebody = person(login)
    answers = [
        somebody.get(path),
        somebody.post(f"{path}/actions", {"action": "verify", "seq": 1}),
    ]
    if sees:
        assert answers[0].status_code == 200
        assert answers[1].status_code in {403, 409}
    else:
        assert [answer.status_code for answer in answers] == [404, 404]
        unknown = somebody.get(f"/api/v1/cases/{UUID(int=5)}").json()
        assert {**answers[0].json(), "instance": 0} == {**unknown, "instance": 0}
    assert len(somebody.read("/api/v1/cases")["items"]) == sees
    assert somebody.read("/api/v1/cases/points")["count"] == sees


def test_who_reports_elsewhere_sees_that_case_alone(person: People, report: Report) -> None:
    officer = person("officer")
    person("commander").do("/api/v1/cases", report(lon=118.035))
    mine = officer.do("/api/v1/cases", report(lon=118.035))
    assert [case["id"] for case in officer.read("/api/v1/cases")["items"]] == [mine["id"]]
    assert officer.read(f"/api/v1/cases/{mine['id']}")["actions"] == []


def test_a_handler_acts_on_what_his_unit_is_charged_with(
    person: People, report: Report, units: dict[str, int]
) -> None:
    commander = person("commander")
    case = commander.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}"
    commander.do(f"{path}/actions", {"action": "dispatch", "seq": 1, "unit_id": units["环卫所"]})
    assert "handle" in person("handler").read(path)["actions"]
    assert person("handler.other").read(path)["actions"] == []


def test_an_auditor_reads_and_changes_nothing(person: People, report: Report) -> None:
    case = person("commander").do("/api/v1/cases", report())
    auditor = person("auditor")
    assert auditor.read(f"/api/v1/cases/{case['id']}")["actions"] == []
    answer = auditor.post("/api/v1/cases", report())
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert auditor.get("/api/v1/accounts").status_code == 403


def test_status_is_told_for_the_callers_grids(person: People) -> None:
    assert person("officer").read("/api/v1/grid-status")["grid_id"] == [1]
    assert person("commander.east").read("/api/v1/grid-status")["grid_id"] == [5, 6, 7, 8]
    assert person("commander").read("/api/v1/grid-status", area_id=12)["grid_id"] == [3, 4]
    assert person("commander").get("/api/v1/grid-status", area_id=99).status_code == 404
