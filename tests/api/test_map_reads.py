"""Areas, grids, buildings and search: what is told, and to whom."""

from collections.abc import Callable, Iterator

import pytest
import small_town
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data.server import DatabaseUrls

Answer = dict[str, object]


@pytest.fixture(scope="module")
def signed_in(
    town_urls: DatabaseUrls, town_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], TestClient]]:
    """Give a client of the real application, signed in under a login of the small town."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=town_urls.app, pool_size=4
    )
    app = create_app(settings, clock=lambda: small_town.AT)
    with TestClient(app):  # keeps the application open while the tests run

        def client(login: str) -> TestClient:
            with town_engine.begin() as connection:
                token = small_town.sign_in(connection, login)
            return TestClient(app, cookies={"sanbai_session": token})

        yield client


def test_without_a_session_there_is_no_map(signed_in: Callable[[str], TestClient]) -> None:
    client = signed_in("auditor")
    client.cookies.clear()
    for path in (
        "/api/v1/areas",
        "/api/v1/grids/1",
        "/tiles/grids.json",
        "/tiles/roads/14/1/1.mvt",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in"), path


def test_areas_come_by_code_with_what_lies_in_them(
    signed_in: Callable[[str], TestClient],
) -> None:
    items = signed_in("commander").get("/api/v1/areas").json()["items"]
    assert [area["code"] for area in items][:2] == ["370399", "370399001"]
    district = items[0]
    assert (district["households"], district["grids"]) == (2400, 8)
    assert district["bbox"] == [118.0, 36.8, 118.04, 36.84]
    community = next(area for area in items if area["id"] == 11)
    assert (community["households"], community["grids"], community["parent_id"]) == (600, 2, 10)


def test_a_page_ends_where_the_next_begins(signed_in: Callable[[str], TestClient]) -> None:
    client = signed_in("commander")
    seen, cursor = [], None
    for _ in range(10):
        page = client.get(
            "/api/v1/grids", params={"limit": 3, "cursor": cursor or ""} if cursor else {"limit": 3}
        ).json()
        seen += [grid["code"] for grid in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == 8


def test_a_cursor_of_another_list_is_refused(signed_in: Callable[[str], TestClient]) -> None:
    client = signed_in("commander")
    cursor = client.get("/api/v1/areas?limit=1").json()["next"]
    answer = client.get("/api/v1/buildings", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    for bad in ("%%%", "bnVsbA", "W10", "eyJhIjoxfQ", "é"):
        assert client.get("/api/v1/areas", params={"cursor": bad}).status_code == 422, bad


def test_who_works_in_one_street_sees_it_and_the_way_down_to_it(
    signed_in: Callable[[str], TestClient],
) -> None:
    client = signed_in("commander.east")
    areas = client.get("/api/v1/areas").json()["items"]
    assert [area["id"] for area in areas] == [1, 20, 21, 22]
    grids = client.get("/api/v1/grids").json()["items"]
    assert [grid["id"] for grid in grids] == [5, 6, 7, 8]
    assert client.get("/api/v1/areas/11").status_code == 404
    assert client.get("/api/v1/grids/1").status_code == 404
    assert client.get("/api/v1/buildings/1").status_code == 404
    assert client.get("/api/v1/buildings/5").status_code == 200


def test_an_officer_sees_his_grid_and_its_buildings(
    signed_in: Callable[[str], TestClient],
) -> None:
    client = signed_in("officer")
    assert [g["id"] for g in client.get("/api/v1/grids").json()["items"]] == [1]
    assert [b["id"] for b in client.get("/api/v1/buildings").json()["items"]] == [1]
    assert [a["id"] for a in client.get("/api/v1/areas").json()["items"]] == [1, 10, 11]
    assert client.get("/api/v1/grids/2").status_code == 404


def test_a_grid_tells_its_outline_officers_and_history(
    signed_in: Callable[[str], TestClient],
) -> None:
    grid = signed_in("commander").get("/api/v1/grids/1").json()
    assert grid["geometry"]["type"] == "MultiPolygon"
    assert grid["geometry"]["coordinates"][0][0][0] == [118.0, 36.82]
    assert [officer["display_name"] for officer in grid["officers"]] == ["officer"]
    assert grid["status"]["open"] == 0
    assert grid["validity"] == {"from": "2026-01-01", "to": None}
    assert [version["plan"] for version in grid["versions"]] == [{"id": 1, "name": "首次划分"}]
    assert grid["area"] == {"id": 11, "code": "370399001001", "name": "幸福社区"}


def test_before_its_first_day_there_is_no_grid(signed_in: Callable[[str], TestClient]) -> None:
    client = signed_in("commander")
    assert client.get("/api/v1/grids?on=2025-12-31").json() == {"items": [], "next": None}
    assert client.get("/api/v1/grids/1?on=2025-12-31").status_code == 404


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({"bbox": "118.001,36.821,118.002,36.822"}, [1]),
        ({"area_id": 20}, [5, 6, 7, 8]),
        ({"area_id": 21}, [5, 6]),
        ({"q": "370399001001"}, [1, 2]),
        ({"q": "第二"}, [2, 4, 6, 8]),
        ({"q": "%"}, []),
    ],
)
def test_grids_are_filtered(
    signed_in: Callable[[str], TestClient], params: dict[str, str | int], ids: list[int]
) -> None:
    grids = signed_in("commander").get("/api/v1/grids", params=params).json()["items"]
    assert [grid["id"] for grid in grids] == ids


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "3,0,1,1", "0,0,0,91", "nan,0,1,1"])
def test_a_box_that_is_none_is_refused(signed_in: Callable[[str], TestClient], bbox: str) -> None:
    answer = signed_in("commander").get("/api/v1/buildings", params={"bbox": bbox})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_buildings_are_found_by_grid_and_by_name(
    signed_in: Callable[[str], TestClient],
) -> None:
    client = signed_in("commander")
    for params, ids in (({"grid_id": 3}, [3]), ({"q": "幸福家园"}, [1, 2]), ({"q": "无"}, [])):
        items = client.get("/api/v1/buildings", params=params).json()["items"]
        assert [building["id"] for building in items] == ids, params
    detail = client.get("/api/v1/buildings/3").json()
    assert (detail["households"], detail["geometry"]["type"]) == (300, "MultiPolygon")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("370399001001002", ("grid", 2, "第二网格")),
        ("光明社区", ("area", 21, "光明社区")),
        ("光明社区第一", ("grid", 5, "第一网格")),
        ("人民路", ("road", 1, "人民路")),
        ("幸福小学", ("place", 1, "幸福小学")),
        ("school", ("place", 1, "幸福小学")),
        ("幸福路2号", ("building", 1, "幸福家园 1号楼")),
        ("370399002", ("area", 20, "东街街道")),
    ],
)
def test_what_is_called_exactly_so_is_found_first(
    signed_in: Callable[[str], TestClient], typed: str, first: tuple[str, int, str]
) -> None:
    found = signed_in("commander").get("/api/v1/search", params={"q": typed}).json()["items"]
    assert (found[0]["type"], found[0]["id"], found[0]["title"]) == first
    west, south, east, north = found[0]["bbox"]
    lon, lat = found[0]["centre"]
    assert west <= lon <= east
    assert south <= lat <= north


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "'; drop table grid; --", "\\"])
def test_searching_for_nothing_finds_nothing(
    signed_in: Callable[[str], TestClient], typed: str
) -> None:
    answer = signed_in("commander").get("/api/v1/search", params={"q": typed})
    assert (answer.status_code, answer.json()) == (200, {"items": []})


def test_search_keeps_to_the_grids_of_the_caller(
    signed_in: Callable[[str], TestClient],
) -> None:
    found = signed_in("commander.east").get("/api/v1/search", params={"q": "第一网格"}).json()
    assert {item["id"] for item in found["items"] if item["type"] == "grid"} == {5, 7}
