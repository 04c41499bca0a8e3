"""Drawings and scans under a draft, over HTTP: who, what, limits, placing, taking away."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sheets
import small_town
from drafts import draft
from fastapi import FastAPI
from httpx2 import Response
from people import Clock, Person
from PIL import Image
from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from data.plan_file_care import remove_unused_plan_files

People = Callable[[str], Person]
BACKDROPS = "/api/v1/plans/2/backdrops"
STREET = [(118.002, 36.822), (118.018, 36.822), (118.018, 36.838)]


@pytest.fixture
def planner(engine: Engine, person: People) -> Person:
    """The planner of a draft of community 11."""
    with engine.begin() as connection:
        draft(connection, status="draft")
    return person("planner")


def headers(who: Person) -> dict[str, str]:
    return {"X-Sanbai": "1", "Operation-Id": str(uuid7()), **who.cookies}


def send(who: Person, raw: bytes, name: str = "图.bin", **form: Any) -> Response:
    return who.client.post(BACKDROPS, files={"file": (name, raw)}, data=form, headers=headers(who))


def drawing(system: str = sheets.ZONE_117) -> bytes:
    return sheets.dxf(sheets.line(sheets.in_system(system, STREET)))


def test_a_drawing_in_a_known_system_lies_there_at_once(planner: Person) -> None:
    listed = planner.read(BACKDROPS)
    assert listed["backdrops"] == []
    assert [system["code"] for system in listed["systems"]][:2] == ["EPSG:4548", "EPSG:4527"]
    assert listed["systems"][-1]["family"] == "local"
    answer = send(planner, drawing(), "规划.dxf", system=sheets.ZONE_117)
    assert answer.status_code == 201, answer.text
    told = answer.json()["backdrops"][0]
    assert (told["kind"], told["name"], told["placed"]["system"]) == (
        "drawing",
        "规划.dxf",
        "EPSG:4548",
    )
    assert told["bbox"] == pytest.approx([118.002, 36.822, 118.018, 36.838], abs=1e-6)
    shown = planner.get(told["shown_url"])
    assert shown.headers["content-type"] == "application/geo+json"
    assert shown.headers["cache-control"].startswith("private")
    assert json.loads(shown.content)["features"][0]["geometry"]["type"] == "MultiLineString"
    sheet = planner.get(told["picture_url"])
    with Image.open(io.BytesIO(sheet.content)) as image:
        assert image.size == (told["width_px"], told["height_px"])


def test_a_scan_waits_for_points_and_is_placed_again_and_again(planner: Person) -> None:
    told = send(planner, sheets.picture(), "扫描.png").json()["backdrops"][0]
    assert (told["kind"], told["shown_url"], told["placed"]) == ("scan", None, None)
    place = f"{BACKDROPS}/{told['id']}/place"
    points = [
        {"x": 0, "y": 0, "lon": 118.002, "lat": 36.838},
        {"x": 400, "y": 0, "lon": 118.010, "lat": 36.838},
    ]
    first = planner.do(place, {"points": points})["backdrops"][0]
    assert (first["placed"]["fit"], first["placed"]["spare"]) == ("similarity", 0)
    assert planner.get(first["shown_url"]).headers["content-type"] == "image/webp"
    points.append({"x": 400, "y": 300, "lon": 118.010, "lat": 36.8327})
    again = planner.do(place, {"points": points})["backdrops"][0]
    assert again["placed"]["spare"] == 1
    assert 0 < again["placed"]["rms_m"] < 20
    assert again["shown_url"] != first["shown_url"]
    crossed = [points[0], points[1], points[2] | {"lat": 36.85}]
    refused = planner.post(place, {"points": crossed, "fit": "affine"})
    assert (refused.status_code, refused.json()["code"]) == (422, "backdrop-mirrored")
    assert planner.read(BACKDROPS)["backdrops"][0] == again


def test_a_page_of_a_pdf_is_placed_by_points_as_a_scan(planner: Person) -> None:
    raw = sheets.pdf([(595, 842), (842, 595)])
    told = send(planner, raw, "控规.pdf").json()["backdrops"][0]
    assert (told["kind"], told["name"], told["page"], told["pages"]) == ("scan", "控规.pdf", 1, 2)
    told = send(planner, raw, "控规.pdf", page="2").json()["backdrops"][1]
    assert (told["page"], told["width_px"], told["height_px"]) == (2, 4096, 2895)
    points = [
        {"x": 0, "y": 0, "lon": 118.002, "lat": 36.838},
        {"x": 4096, "y": 0, "lon": 118.010, "lat": 36.838},
    ]
    placed = planner.do(f"{BACKDROPS}/{told['id']}/place", {"points": points})["backdrops"][1]
    assert placed["page"] == 2
    assert planner.get(placed["shown_url"]).headers["content-type"] == "image/webp"
    refused = send(planner, raw, page="3")
    assert (refused.status_code, refused.json()["code"]) == (422, "backdrop-pdf-no-such-page")
    assert refused.json()["params"] == {"page": 3, "pages": 2}
    assert send(planner, raw, page="0").status_code == 422
    assert len(planner.read(BACKDROPS)["backdrops"]) == 2
    scan = send(planner, sheets.picture(), page="3").json()["backdrops"][2]
    assert (scan["page"], scan["pages"]) == (None, None)


@pytest.mark.parametrize(
    ("raw", "system", "status", "code"),
    [
        (drawing(), "EPSG:4547", 422, "backdrop-elsewhere"),
        (drawing(), "", 422, "backdrop-unknown-system"),
        (drawing()[:200], "local", 415, "backdrop-damaged"),
        (b"AC1032....", "local", 415, "backdrop-binary-drawing"),
        (b"GIF89a", "", 415, "backdrop-unknown-kind"),
        (b"%PDF-1.7", "", 415, "backdrop-pdf-damaged"),
        (bytes(40 * 1024 * 1024 + 1), "", 413, "backdrop-too-large"),
        (bytes(42 * 1024 * 1024), "", 413, "too-large"),
    ],
    ids=["elsewhere", "no system", "broken off", "dwg", "gif", "pdf", "40 MB", "42 MB"],
)
def test_what_cannot_lie_there_is_refused_and_nothing_is_kept(
    *, planner: Person, raw: bytes, system: str, status: int, code: str
) -> None:
    answer = send(planner, raw, system=system)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if code == "backdrop-elsewhere":
        assert answer.json()["params"]["fitting"] == ["EPSG:4548"]
    assert planner.read(BACKDROPS)["backdrops"] == []


@pytest.mark.parametrize(
    ("login", "status"), [("commander", 403), ("auditor", 403), ("commander.east", 403)]
)
def test_only_who_plans_there_sees_what_lies_under_a_plan(
    *, planner: Person, person: People, login: str, status: int
) -> None:
    told = send(planner, sheets.picture()).json()["backdrops"][0]
    other = person(login)
    assert other.get(BACKDROPS).status_code == status
    assert other.get(told["picture_url"]).status_code == status
    assert send(other, sheets.picture()).status_code == status
    url = f"{BACKDROPS}/{told['id']}"
    assert other.client.delete(url, headers=headers(other)).status_code == status


def test_what_is_taken_away_is_gone_and_its_files_a_day_later(
    planner: Person, engine: Engine, application: tuple[FastAPI, Clock]
) -> None:
    files = application[0].state.context.files
    kept = send(planner, sheets.picture((40, 30))).json()["backdrops"][0]
    gone = send(planner, sheets.picture((50, 30))).json()["backdrops"][1]
    url = f"{BACKDROPS}/{gone['id']}"
    answer = planner.client.delete(url, headers=headers(planner))
    assert [backdrop["id"] for backdrop in answer.json()["backdrops"]] == [kept["id"]]
    assert planner.get(gone["picture_url"]).status_code == 404
    assert planner.client.delete(url, headers=headers(planner)).status_code == 404
    stored = [e for batch in files.list("backdrops/1/") for e in batch]
    newest = max(entry["last_modified"] for entry in stored)
    with engine.begin() as connection:
        young = remove_unused_plan_files(connection, files, small_town.DISTRICT, newest)
        assert young == 0
        late = newest + timedelta(days=1, seconds=1)
        assert remove_unused_plan_files(connection, files, small_town.DISTRICT, late) >= 2
    assert planner.get(kept["picture_url"]).status_code == 200


def test_a_published_plan_takes_no_more(planner: Person) -> None:
    told = send(planner, sheets.picture()).json()["backdrops"][0]
    planner.do("/api/v1/plans/2/check")
    planner.do("/api/v1/plans/2/approve", {})
    planner.do("/api/v1/plans/2/publish", {"effective_on": "2026-11-21", "reason": "新建小区"})
    refused = send(planner, sheets.picture())
    assert (refused.status_code, refused.json()["code"]) == (409, "plan-published")
    assert planner.get(told["picture_url"]).status_code == 200


def test_a_draft_is_discarded_with_what_lies_under_it(planner: Person) -> None:
    send(planner, sheets.picture())
    plan = BACKDROPS.removesuffix("/backdrops")
    assert planner.client.delete(plan, headers=headers(planner)).status_code == 200
    assert planner.get(BACKDROPS).status_code == 404
