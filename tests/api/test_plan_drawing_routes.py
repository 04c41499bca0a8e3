"""Drawing up by wishes over HTTP: what an area has, uploads, runs that are stopped and repeated."""

import asyncio
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pytest
import shapely
from fastapi import FastAPI
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from api.context import Context
from api.worker import work

People = Callable[[str], Person]
NEW = {"area_id": 11, "name": "幸福社区调整", "households": 300}
LINE = shapely.LineString([(118.01, 36.82), (118.01, 36.84)])


@pytest.fixture
def worker(application: tuple[FastAPI, Clock], clock: Clock) -> Callable[[], None]:
    """Let the worker do what is queued."""
    parts: Context = application[0].state.context

    def run() -> None:
        asyncio.run(work(parts.settings, clock, until_idle=True, own_signals=False))

    return run


def collection(*shapes: Any) -> bytes:
    """A GeoJSON file."""
    features = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}
        for shape in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def upload(
    planner: Person, role: str, body: bytes, name: str = "围墙.geojson", area_id: int = 11
) -> Any:
    return planner.client.post(
        f"/api/v1/areas/{area_id}/plan-layers",
        files={"file": (name, body)},
        data={"role": role},
        headers={**planner.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid7())},
    )


def drawn(planner: Person, worker: Callable[[], None], **more: Any) -> dict[str, Any]:
    """A draft that the worker has drawn."""
    plan = planner.post("/api/v1/plans", NEW | more)
    assert plan.status_code == 202, plan.text
    worker()
    ready: dict[str, Any] = planner.read(f"/api/v1/plans/{plan.json()['id']}")
    return ready


def test_an_area_tells_what_it_can_be_divided_by(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE grid_version SET locked = true WHERE grid_id = 1"))
    planner = person("planner")
    layer = upload(planner, "barriers", collection(LINE), area_id=10).json()
    told = planner.read("/api/v1/areas/10/division")
    assert [(one["id"], one["households"], one["grids"], one["locked"])
            for one in told["communities"]] == [(11, 600, 2, 1), (12, 600, 2, 0)]  # fmt: skip
    assert told["lines"] == {"motorway": 0, "railway": 0, "main-road": 1, "water": 1}
    assert told["layers"] == [layer]
    assert (told["compounds"], told["drafts"]) == (0, [])


def test_what_is_not_given_is_the_usual(person: People, worker: Callable[[], None]) -> None:
    plan = drawn(person("planner"), worker)
    assert plan["wishes"]["tolerance_pct"] == 5
    assert plan["wishes"]["only"] is None
    assert plan["generation"]["asked"] is None


def test_the_tolerance_asked_for_is_what_the_editor_goes_by(
    person: People, worker: Callable[[], None]
) -> None:
    planner = person("planner")
    plan = drawn(planner, worker, wishes={"tolerance_pct": 8, "seed": 7})
    assert plan["wishes"]["seed"] == 7
    assert planner.read(f"/api/v1/plans/{plan['id']}/draft")["tolerance_pct"] == 8


def test_a_run_that_is_stopped_leaves_the_grids_of_before(
    person: People, worker: Callable[[], None]
) -> None:
    planner = person("planner")
    plan = drawn(planner, worker)
    path = f"/api/v1/plans/{plan['id']}"
    before = planner.read(f"{path}/draft")
    asked = planner.post(f"{path}/redraw", {"households": 150, "wishes": {"seed": 3}})
    assert asked.status_code == 202, asked.text
    assert asked.json()["generation"]["asked"]["households"] == 150
    assert asked.json()["target_households"] == 300
    again = planner.post(f"{path}/redraw", {"households": 150})
    assert (again.status_code, again.json()["code"]) == (409, "plan-generating")
    assert planner.do(f"{path}/stop")["generation"]["state"] == "stopped"
    late = planner.post(f"{path}/stop")
    assert (late.status_code, late.json()["code"]) == (409, "plan-not-generating")
    worker()
    assert planner.read(f"{path}/draft") == before
    assert planner.read(path)["generation"]["state"] == "stopped"


def test_drawn_up_again_with_other_wishes(person: People, worker: Callable[[], None]) -> None:
    planner = person("planner")
    plan = drawn(planner, worker)
    path = f"/api/v1/plans/{plan['id']}"
    assert planner.do(f"{path}/check")["status"] == "checked"
    planner.post(f"{path}/redraw", {"households": 600, "wishes": {"tolerance_pct": 10}})
    worker()
    redrawn = planner.read(path)
    assert (redrawn["status"], redrawn["grids"]) == ("draft", 1)
    assert redrawn["target_households"] == 600
    assert redrawn["wishes"]["tolerance_pct"] == 10
    assert redrawn["last_check"]["current"] is False
    assert redrawn["steps"][-1]["action"] == "edit"


def test_a_run_that_breaks_says_so_and_can_be_repeated(
    person: People, worker: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = person("planner")
    with monkeypatch.context() as broken:
        broken.setattr("data.plan_generation.draw", lambda *_: 1 / 0)
        plan = drawn(planner, worker)
    assert (plan["generation"]["state"], plan["generation"]["message"]) == ("failed", "internal")
    assert "管理员" in plan["generation"]["message_zh"]
    asked = plan["generation"]["asked"]
    path = f"/api/v1/plans/{plan['id']}"
    assert planner.post(f"{path}/redraw", asked).status_code == 202
    worker()
    assert planner.read(path)["generation"]["state"] == "done"


def test_a_published_plan_is_not_drawn_up_again(person: People) -> None:
    refused = person("planner").post("/api/v1/plans/1/redraw", {"households": 300})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan-published")


@pytest.mark.parametrize(
    ("wishes", "pointer"),
    [
        ({"only": [21]}, "/wishes/only"),
        ({"areas": [{"area_id": 99, "kind": "micro"}]}, "/wishes/areas"),
        ({"barriers": {"layers": [999]}}, "/wishes/barriers/layers"),
        ({"locked_of": 999}, "/wishes/locked_of"),
        ({"micro": {"least": 90, "most": 80}}, "/wishes/micro"),
        ({"only": []}, "/wishes/only"),
        ({"areas": [{"area_id": 11}, {"area_id": 11}]}, "/wishes"),
        ({"strange": 1}, "/wishes/strange"),
    ],
)
def test_wishes_that_cannot_be_are_refused(
    person: People, wishes: dict[str, Any], pointer: str
) -> None:
    refused = person("planner").post("/api/v1/plans", NEW | {"wishes": wishes})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer, refused.text


def test_layers_are_read_and_belong_to_what_they_were_given_for(person: People) -> None:
    planner = person("planner")
    kept = upload(planner, "barriers", collection(LINE, LINE.buffer(0.001)))
    assert kept.status_code == 201, kept.text
    assert kept.json() | {"id": 0} == {
        "id": 0, "role": "barriers", "name": "围墙.geojson", "shapes": 2,
    }  # fmt: skip
    wrong = {"preferred": {"layers": [kept.json()["id"]]}}
    refused = planner.post("/api/v1/plans", NEW | {"wishes": wrong})
    assert refused.json()["errors"][0]["pointer"] == "/wishes/preferred/layers"


def test_a_zipped_shapefile_in_chinese_coordinates(person: People, tmp_path: Any) -> None:
    frame = gpd.GeoDataFrame({"小区": ["幸福家园"]}, geometry=[LINE.buffer(0.001)], crs=4326)
    frame.to_crs(4527).to_file(tmp_path / "compounds.shp", encoding="GBK")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("compounds.*"):
            archive.write(part, part.name)
    kept = upload(person("planner"), "compounds", packed.getvalue(), "小区.zip")
    assert kept.status_code == 201, kept.text


@pytest.mark.parametrize(
    ("role", "body", "fault"),
    [
        ("compounds", collection(LINE), "geometry_kind_wrong"),
        ("barriers", collection(shapely.Point(118.01, 36.83)), "geometry_kind_wrong"),
        ("barriers", b"", "file_empty"),
        ("barriers", b"{ not json", "file_unreadable"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_words(
    person: People, role: str, body: bytes, fault: str
) -> None:
    refused = upload(person("planner"), role, body)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "unreadable-file"), problem
    assert problem["params"]["fault"] == fault
    assert problem["params"]["message_zh"]


def test_only_planners_of_the_area_see_what_it_has(person: People) -> None:
    assert person("officer").get("/api/v1/areas/11/division").status_code in {403, 404}
    assert person("planner").get("/api/v1/areas/999/division").status_code == 404
    assert upload(person("commander.east"), "barriers", collection(LINE)).status_code == 403


def test_layers_that_no_plan_names_are_forgotten(
    person: People, worker: Callable[[], None], engine: Engine, clock: Clock
) -> None:
    planner = person("planner")
    used = upload(planner, "barriers", collection(LINE)).json()["id"]
    upload(planner, "barriers", collection(LINE))
    wishes = {"barriers": {"layers": [used]}}
    assert planner.post("/api/v1/plans", NEW | {"wishes": wishes}).status_code == 202
    clock.forward(days=8)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'each_hour', 0, NULL, "
                "NULL, '{\"timestamp\": 0}', NULL)::procrastinate_job_to_defer_v1])"
            )
        )
        connection.execute(text("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'generate%'"))
    worker()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM plan_layer")).scalars().all() == [used]
