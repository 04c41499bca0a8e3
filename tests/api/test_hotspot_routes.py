"""Hotspots over HTTP: asked for, computed by the worker, shown as far as rights reach."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
import small_town
from fastapi import FastAPI
from people import Clock, Person
from PIL import Image
from sqlalchemy import Engine, text

from api.context import Context
from api.worker import work

People = Callable[[str], Person]
DAYS = {"from": "2026-10-24", "to": "2026-11-20"}


@pytest.fixture
def computed(application: tuple[FastAPI, Clock], engine: Engine, person: People) -> None:
    """Runs on grids and on cells over 28 days with cases in the west, by way of the queue."""
    with engine.begin() as connection:
        for index in range(30):
            small_town.file_case(connection, 118.004 + index * 0.0001, 36.83)
    for unit in ("h3", "grid"):
        answer = person("commander").post("/api/v1/hotspots/runs", {"unit": unit, **DAYS})
        assert answer.status_code == 202, answer.text
        assert answer.json()["state"] == "waiting"
    parts: Context = application[0].state.context
    moment = small_town.AT + timedelta(hours=1)
    for _ in range(2):  # one after the other: both have the district's lock
        asyncio.run(work(parts.settings, lambda: moment, until_idle=True, own_signals=False))


def test_before_the_first_run_there_are_no_hotspots(person: People) -> None:
    commander = person("commander")
    assert commander.get("/api/v1/hotspots").json()["code"] == "not-found"
    assert commander.get("/api/v1/hotspots/density").json()["code"] == "not-found"
    assert commander.read("/api/v1/hotspots/runs") == {"items": [], "next": None}


@pytest.mark.usefixtures("computed")
def test_cells_and_grids_tell_what_was_counted(person: People) -> None:
    commander = person("commander")
    cells = commander.read("/api/v1/hotspots", unit="h3", **DAYS)
    assert cells["run"]["cases"] == 30 == sum(cell["cases"] for cell in cells["items"])
    assert {cell["geometry"]["type"] for cell in cells["items"]} == {"Polygon"}
    assert cells["items"][0]["grid_id"] is None
    grids = commander.read("/api/v1/hotspots", unit="grid")
    by_id = {grid["grid_id"]: grid for grid in grids["items"]}
    assert len(by_id) == 8
    assert (by_id[1]["cases"], by_id[1]["geometry"]) == (30, None)
    runs = commander.read("/api/v1/hotspots/runs", unit="h3")["items"]
    assert [(run["period_from"], run["period_to"]) for run in runs] == [tuple(DAYS.values())]
    assert commander.get("/api/v1/hotspots", unit="h3", to="2026-01-01").status_code == 404
    assert commander.get("/tiles/hexagons/13/6781/3193.mvt").status_code == 200


@pytest.mark.usefixtures("computed")
def test_others_see_their_own_part_only(person: People) -> None:
    east = person("commander.east")
    grids = east.read("/api/v1/hotspots", unit="grid")["items"]
    assert {grid["grid_id"] for grid in grids} == {5, 6, 7, 8}
    officer = person("officer").read("/api/v1/hotspots", unit="grid")["items"]
    assert [grid["grid_id"] for grid in officer] == [1]
    assert east.get("/tiles/hexagons/13/6781/3193.mvt").status_code in {200, 204}


@pytest.mark.usefixtures("computed")
def test_density_is_a_picture_with_its_place_and_legend(person: People) -> None:
    commander = person("commander")
    told = commander.read("/api/v1/hotspots/density")
    west, south, east, north = told["bbox"]
    assert west < 118.004 < east < 118.02
    assert south < 36.83 < north
    assert told["max_per_km2"] > 0
    assert len(told["stops"]) >= 3
    path, _, run_id = told["url"].partition("?run=")
    picture = commander.get(path, run=run_id)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "private, no-cache"
    assert np.array(Image.open(BytesIO(picture.content)))[:, :, 3].max() > 0
    known = {**commander.cookies, "If-None-Match": picture.headers["etag"]}
    assert commander.client.get(told["url"], headers=known).status_code == 304
    # All of it lies in the west, of which this one sees nothing.
    hidden = person("commander.east").get(path, run=run_id)
    assert np.array(Image.open(BytesIO(hidden.content)))[:, :, 3].max() == 0


@pytest.mark.usefixtures("computed")
def test_density_is_told_by_tiles_too(person: People, application: tuple[FastAPI, Clock]) -> None:
    commander = person("commander")
    told = commander.read("/api/v1/hotspots/density")
    tile, outside = "15/27125/12773", "15/27150/12773"
    path = told["tiles"].replace("{z}/{x}/{y}", tile)
    drawn = commander.get(path)
    assert drawn.headers["content-type"] == "image/png"
    assert drawn.headers["cache-control"] == "private, no-cache"
    pixels = np.array(Image.open(BytesIO(drawn.content)).convert("RGBA"))
    assert pixels.shape == (256, 256, 4)
    # The densest colour of the picture stands in the tile as well.
    whole = commander.get("/api/v1/hotspots/density.png")
    picture = np.array(Image.open(BytesIO(whole.content)).convert("RGBA"))
    assert abs(int(pixels[:, :, 3].max()) - int(picture[:, :, 3].max())) <= 2
    known = {**commander.cookies, "If-None-Match": drawn.headers["etag"]}
    assert commander.client.get(path, headers=known).status_code == 304
    assert commander.get(told["tiles"].replace("{z}/{x}/{y}", outside)).status_code == 204
    assert commander.get(told["tiles"].replace("{z}/{x}/{y}", "1/2/0")).status_code == 404
    assert commander.get(path.replace("density/", "density/9")).status_code == 404
    # All of it lies in the west: nothing for who sees the east, one grid's part for its officer.
    assert person("commander.east").get(path).status_code == 204
    officer = person("officer").get(path)
    assert officer.headers["etag"] != drawn.headers["etag"]
    own = np.array(Image.open(BytesIO(officer.content)).convert("RGBA"))[:, :, 3] > 0
    assert 0 < own.sum() <= (pixels[:, :, 3] > 0).sum()


@pytest.mark.usefixtures("computed")
def test_a_damaged_density_file_says_so(
    person: People, application: tuple[FastAPI, Clock], engine: Engine
) -> None:
    with engine.connect() as connection:
        key = connection.execute(text("SELECT min(density_key) FROM hotspot_run")).scalar_one()
    commander = person("commander")
    path = commander.read("/api/v1/hotspots/density")["tiles"]
    files = application[0].state.context.files
    whole = bytes(files.get(key).bytes())
    files.put(key, whole[: len(whole) // 3])
    for asked in (path.replace("{z}/{x}/{y}", "15/27125/12773"), "/api/v1/hotspots/density"):
        answer = commander.get(asked)
        assert (answer.status_code, answer.json()["code"]) == (500, "density-broken"), asked


@pytest.mark.parametrize(
    ("login", "status"), [("commander.east", 404), ("officer", 403), ("auditor", 403)]
)
def test_a_run_is_asked_for_by_who_commands_the_district(
    person: People, login: str, status: int
) -> None:
    answer = person(login).post("/api/v1/hotspots/runs", {"unit": "h3", **DAYS})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "days",
    [
        {"from": "2026-11-20", "to": "2026-11-20"},
        {"from": "2026-11-20", "to": "2026-11-01"},
        {"from": "2020-01-01", "to": "2026-11-01"},
        {"from": "x", "to": "2026-11-01"},
    ],
)
def test_a_period_that_is_none_is_refused(person: People, days: dict[str, str]) -> None:
    answer = person("commander").post("/api/v1/hotspots/runs", {"unit": "h3", **days})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
