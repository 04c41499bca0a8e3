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
from sqlalchemy import Engine

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


@pytest.mark.parametrize(
    ("login", "status"), [("commander.east", 404), ("officer", 404), ("auditor", 403)]
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
