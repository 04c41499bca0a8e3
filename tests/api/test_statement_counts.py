"""No list asks the database more often because it is longer: no N+1."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from grown_town import CASE, DRAFT, PHOTO, SHIFT, grow
from people import Clock, Person
from sqlalchemy import Engine
from statements import recorded

SHORT, LONG = 2, 20
Walk = Callable[[], dict[str, tuple[int, list[tuple[str, Any]]]]]
BBOX = "118,36.8,118.04,36.84"
# path → who reads it, and what is asked beside it.
LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "/api/v1/accounts": ("administrator", {}),
    "/api/v1/categories": ("commander", {}),
    "/api/v1/units": ("commander", {}),
    "/api/v1/cases": ("commander", {}),
    "/api/v1/cases/points": ("commander", {"bbox": BBOX}),
    "/api/v1/cases/board": ("commander", {}),
    "/api/v1/unit-desk": ("commander", {"unit_id": 1}),
    "/api/v1/saved-filters": ("commander", {}),
    "/api/v1/saved-filters/counts": ("commander", {}),
    f"/api/v1/cases/{CASE}": ("commander", {}),
    f"/api/v1/cases/{CASE}/papers": ("commander", {}),
    "/api/v1/exports": ("auditor", {}),
    "/api/v1/photos": ("commander", {"case_id": str(CASE)}),
    f"/api/v1/photos/{PHOTO}/redactions": ("commander", {}),
    "/api/v1/shifts": ("commander", {}),
    f"/api/v1/shifts/{SHIFT}": ("officer", {}),
    f"/api/v1/shifts/{SHIFT}/track": ("officer", {}),
    f"/api/v1/shifts/{SHIFT}/streets": ("officer", {}),
    "/api/v1/coverage": ("commander", {}),
    "/api/v1/streets": ("commander", {}),
    "/api/v1/duty/streets": ("officer", {}),
    "/api/v1/streets/map": ("commander", {"bbox": "118,36.8,118.04,36.84"}),
    "/api/v1/checkpoints": ("commander", {}),
    "/api/v1/duty/rounds": ("officer", {}),
    "/api/v1/rounds": ("commander", {}),
    "/api/v1/round-plans": ("commander", {}),
    "/api/v1/grid-status": ("commander", {}),
    "/api/v1/areas": ("commander", {}),
    "/api/v1/grids": ("commander", {}),
    "/api/v1/grids/days": ("commander", {}),
    "/api/v1/grids/1": ("commander", {}),
    "/api/v1/temporary-grids": ("commander", {"on": "2026-11-20"}),
    "/api/v1/buildings": ("commander", {"bbox": BBOX}),
    "/api/v1/officers": ("planner", {}),
    "/api/v1/hotspots": ("commander", {"unit": "grid"}),
    "/api/v1/hotspots/runs": ("commander", {}),
    "/api/v1/plans": ("planner", {}),
    f"/api/v1/plans/{DRAFT}": ("planner", {}),
    f"/api/v1/plans/{DRAFT}/draft": ("planner", {}),
    f"/api/v1/plans/{DRAFT}/draft/buildings": ("planner", {}),
    f"/api/v1/plans/{DRAFT}/preview": ("planner", {}),
    f"/api/v1/plans/{DRAFT}/preview/map": ("planner", {}),
    f"/api/v1/plans/{DRAFT}/preview/cases": ("planner", {}),
    f"/api/v1/plans/{DRAFT}/preview/buildings": ("planner", {}),
    "/api/v1/report-lists": ("commander", {}),
    "/api/v1/triage": ("commander", {}),
    "/api/v1/notices": ("commander", {}),
    "/api/v1/session/ways-in": ("commander", {}),
    "/api/v1/notice-channels": ("administrator", {}),
    "/api/v1/notice-channels/failures": ("administrator", {}),
    "/api/v1/routing/rules": ("commander", {}),
    "/api/v1/duty/desk": ("commander", {}),
    f"/api/v1/cases/{CASE}/duty": ("commander", {}),
    "/api/v1/handovers": ("commander", {}),
    "/api/v1/rota": ("commander", {"from": "2026-11-20"}),
    "/api/v1/rota/on-call": ("commander", {}),
    "/api/v1/routing/queues": ("commander", {}),
    "/api/v1/search": ("commander", {"q": "丰收", "limit": 50}),
}
# What has lists in it that do not grow with the town, each with the reason.
NOT_LISTS = {
    "/api/v1/calendar": "years, from one query",
    "/api/v1/calendar/{year}": "the days of one year",
    "/api/v1/limits": "one query",
    "/api/v1/deadlines": "one deadline",
    "/api/v1/duty/settings": "one row",
    "/api/v1/routing/owners": "names that the rules hold, from two queries",
    "/api/v1/case-rules": "one row",
    "/api/v1/cases/near": "cases within metres of one point, from one query",
    "/api/v1/handovers/{handover_id}": "a page kept as it was signed",
    "/api/v1/session": "the caller's own roles",
    "/api/v1/accounts/{account_id}/ways-in": "as one's own",
    "/api/v1/paper-templates": "one for each of three kinds",
    "/api/v1/ticket-replies": "one line an office, from one query",
    "/api/v1/accounts/{account_id}": "one account, its posts from one query",
    "/api/v1/accounts/{account_id}/handover": "one account's posts, from one query",
    "/api/v1/cases/{case_id}/uploads/{upload_id}": "parts of one file, from the store",
    "/api/v1/areas/{area_id}": "one area",
    "/api/v1/offline-map": "four bounds of one file",
    "/api/v1/shifts/{shift_id}/gaps": "of one shift, from one query",
    "/api/v1/shifts/{shift_id}/looks": "of one shift, from one query",
    "/api/v1/indicators": "sums, from one query, and their names from another",
    "/api/v1/buildings/{building_id}": "one building",
    "/api/v1/temporary-grids/{grid_id}": "one temporary grid",
    "/api/v1/locate": "one place",
    "/api/v1/addresses": "the likeliest places of one text, from memory",
    "/api/v1/hotspots/density": "a picture's legend",
    "/api/v1/areas/{area_id}/division": "stored as one value",
    "/api/v1/plans/{plan_id}/report": "stored as one value",
    "/api/v1/plans/{plan_id}/draft/roads": "lines within a box, from one query",
    "/api/v1/plans/{plan_id}/papers": "files, one query",
    "/api/v1/plans/{plan_id}/backdrops": "files, one query",
}


@pytest.fixture
def walk(application: tuple[FastAPI, Clock], person: Callable[[str], Person]) -> Walk:
    """Read every list: how long the answer is, and what was sent for it."""
    engine = application[0].state.context.engine
    signed_in = {login: person(login) for login in {login for login, _ in LISTS.values()}}

    def read() -> dict[str, tuple[int, list[tuple[str, Any]]]]:
        found = {}
        for path, (login, asked) in LISTS.items():
            # What is kept in memory is read at the first time.
            signed_in[login].get(path, **asked)
            with recorded(engine) as sent:
                answer = signed_in[login].get(path, **asked)
            assert answer.status_code == 200, (path, answer.text)
            found[path] = (len(answer.content), sent)
        return found

    return read


def test_a_longer_list_sends_no_more_statements(engine: Engine, walk: Walk) -> None:
    with engine.begin() as connection:
        grow(connection, 1, SHORT)
    short = walk()
    with engine.begin() as connection:
        grow(connection, SHORT + 1, LONG)
    long = walk()
    more = {
        path: (len(short[path][1]), long[path][1])
        for path in LISTS
        if len(long[path][1]) != len(short[path][1])
    }
    assert not more
    same = [path for path in LISTS if long[path][0] <= short[path][0] * 1.2]
    assert not same, f"these did not grow, so nothing was shown of them: {same}"


def test_every_list_of_the_api_is_walked(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    known = set(NOT_LISTS)
    for path in LISTS:
        for template in description["paths"]:
            if _fits(path, template):
                known.add(template)
    lists = {
        path
        for path, operations in description["paths"].items()
        if "get" in operations and _has_list(description, _answer(operations["get"]), ())
    }
    assert lists <= known, f"name them in LISTS (or say why not): {sorted(lists - known)}"


def _fits(path: str, template: str) -> bool:
    parts, wanted = path.split("/"), template.split("/")
    return len(parts) == len(wanted) and all(
        given == asked or asked.startswith("{") for given, asked in zip(parts, wanted, strict=True)
    )


def _answer(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation["responses"].get("200", {}).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _has_list(description: dict[str, Any], schema: dict[str, Any], seen: tuple[str, ...]) -> bool:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        inner = description["components"]["schemas"][name]
        return name not in seen and _has_list(description, inner, (*seen, name))
    if schema.get("type") == "array" and "prefixItems" not in schema:
        return True
    parts = [*schema.get("properties", {}).values()]
    for word in ("anyOf", "oneOf", "allOf"):
        parts += schema.get(word, [])
    return any(_has_list(description, part, seen) for part in parts)
