"""An address asked of the API: candidates with their grids, and none of somebody else's area."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import small_town
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data.server import DatabaseUrls

Ask = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def ask(
    town_urls: DatabaseUrls, town_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ask]:
    """Ask for an address in the small town under one of its logins."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=town_urls.app, pool_size=4
    )
    with TestClient(create_app(settings, clock=lambda: small_town.AT)) as client:

        def asked(login: str, text: str) -> dict[str, Any]:
            with town_engine.begin() as connection:
                client.cookies.set("sanbai_session", small_town.sign_in(connection, login))
            answer = client.get("/api/v1/addresses", params={"q": text})
            assert answer.status_code == 200, answer.text
            return dict(answer.json())

        yield asked


def test_a_full_address_leads_to_its_building_and_grid(ask: Ask) -> None:
    found = ask("commander", "光明路10号 光明家园5号楼")
    assert found["certain"]
    first = found["candidates"][0]
    assert (first["kind"], first["building_id"], first["score"]) == ("building", 5, 1.0)
    assert first["grid"] == {"id": 5, "code": "370399002001001", "name": "第一网格"}
    assert first["centre"] == pytest.approx([118.025, 36.83])


@pytest.mark.parametrize(("login", "sees"), [("commander.east", True), ("officer", False)])
def test_someone_elses_area_is_not_shown(ask: Ask, login: str, sees: bool) -> None:
    found = ask(login, "光明家园5号楼")
    assert bool(found["candidates"]) is sees
    assert found["certain"] is sees
    own = ask("officer", "幸福家园1号楼")
    assert own["candidates"][0]["grid"]["id"] == 1


def test_nothing_is_found_for_nothing(ask: Ask) -> None:
    assert ask("auditor", "")["candidates"] == []
    assert ask("auditor", "不存在的地方")["score"] == 0


def test_what_lies_outside_all_grids_shows_to_those_who_see_the_district(ask: Ask) -> None:
    words = "光明家园6号楼往东5公里"
    assert ask("planner", words)["candidates"][0]["grid"] is None
    assert ask("commander.east", words)["candidates"] == []
