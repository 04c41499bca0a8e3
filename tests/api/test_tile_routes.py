"""Tiles over HTTP: where they are, how they are kept, and who gets which."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
import small_town
from people import Clock, Person
from sqlalchemy import Engine, text

from data.layers import touch_layer
from data.publication import publish_plan
from data.shapes import store_grid_shapes
from tiles.layers import LAYERS

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
# The tile that holds the middle of the town's north.
TILE = "13/6781/3193"


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_tilejson_says_where_tiles_are_and_what_they_hold(person: People, layer: str) -> None:
    described = person("commander").read(f"/tiles/{layer}.json")
    assert described["tilejson"] == "3.0.0"
    assert described["tiles"][0].startswith(f"/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt")
    assert described["bounds"] == [118.0, 36.8, 118.04, 36.84]
    (held,) = described["vector_layers"]
    assert held["id"] == layer
    assert held["fields"] == dict(LAYERS[layer].fields)
    # The version is in the address exactly where a tile is the same for everybody.
    assert ("v=" in described["tiles"][0]) is not LAYERS[layer].scoped


def test_a_tile_at_its_version_may_be_kept_for_good(person: People) -> None:
    planner = person("planner")
    (url,) = planner.read("/tiles/grids.json")["tiles"]
    z, x, y = TILE.split("/")
    path, _, version = url.format(z=z, x=x, y=y).partition("?v=")
    tile = planner.get(path, v=version)
    assert tile.status_code == 200
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert tile.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert tile.headers["content-encoding"] == "gzip"
    for other in ({}, {"v": "370399-0"}):
        unversioned = planner.get(path, **other)
        assert unversioned.content == tile.content
        assert unversioned.headers["cache-control"] == "private, no-cache"


def test_who_does_not_take_gzip_is_given_the_tile_as_it_is(person: People) -> None:
    planner = person("planner")
    path = f"/tiles/grids/{TILE}.mvt"
    packed = planner.get(path)
    plain = planner.client.get(path, headers={**planner.cookies, "Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content  # the client unpacks what says it is packed
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(plain.content)


def test_a_tile_known_already_is_not_sent_again_until_the_layer_changes(
    person: People, engine: Engine
) -> None:
    planner = person("planner")
    path = f"/tiles/roads/{TILE}.mvt"
    etag = planner.get(path).headers["etag"]
    known = {**planner.cookies, "If-None-Match": f'"other", W/{etag}'}
    again = planner.client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    with engine.begin() as connection:
        touch_layer(connection, 1, "roads", small_town.AT)
    assert planner.client.get(path, headers=known).status_code == 200


def test_grids_are_asked_for_anew_when_a_plan_takes_effect(
    person: People, engine: Engine, clock: Clock
) -> None:
    planner = person("planner")
    with engine.begin() as connection:
        for table in ("plan", "grid_version"):
            connection.execute(text(_COPIES[table]))
        publish_plan(
            connection,
            1,
            2,
            effective_on=small_town.AT.date().replace(day=21),
            reason=None,
            published_by=planner.account_id,
            at=small_town.AT,
        )
    before = planner.read("/tiles/grids.json")["tiles"][0]
    clock.forward(days=1)
    after = planner.read("/tiles/grids.json")["tiles"][0]
    assert before != after


_COPIES = {
    "plan": "INSERT INTO plan (district_id, id, area_id, name, status, created_at) "
    "VALUES (1, 2, 11, '调整', 'approved', now())",
    "grid_version": "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, "
    "name, households, buildings, area_m2, geom, label) SELECT 1, grid_id, 2, area_path, code, "
    "'新网格', 300, 1, 1, geom, label FROM grid_version WHERE grid_id IN (1, 2)",
}


@pytest.mark.parametrize("path", ["13/6781/8192", "23/0/0", "-1/0/0", "2/4/0", "0/0/-1"])
def test_outside_the_pyramid_there_is_no_tile(person: People, path: str) -> None:
    answer = person("planner").get(f"/tiles/grids/{path}.mvt")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_layer_there_is_not_is_not_found(person: People) -> None:
    for path in ("/tiles/people.json", f"/tiles/people/{TILE}.mvt"):
        assert person("planner").get(path).json()["code"] == "not-found"


def test_where_nothing_lies_there_is_no_content(person: People) -> None:
    planner = person("planner")
    for path in ("/tiles/grids/10/847/399.mvt", "/tiles/buildings/14/1/1.mvt"):
        answer = planner.get(path)
        assert (answer.status_code, answer.content) == (204, b"")


def test_cases_on_the_map_are_the_callers_own_and_never_shared(
    person: People, report: Report
) -> None:
    person("officer").do("/api/v1/cases", report())
    path = f"/tiles/cases/{TILE}.mvt"
    everything = person("commander").get(path)
    assert everything.status_code == 200
    assert everything.headers["cache-control"] == "private, no-cache"
    assert "Cookie" in everything.headers["vary"]
    assert person("commander.east").get(path).status_code == 204
    own = person("officer").get(path)
    assert own.content == everything.content
    # The same picture for two scopes has two names: none is taken for the other.
    assert own.headers["etag"] != everything.headers["etag"]
    known = {**person("officer").cookies, "If-None-Match": own.headers["etag"]}
    assert person("officer").client.get(path, headers=known).status_code == 304


def test_a_draft_is_shown_to_planners_of_its_area_only(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        for table in ("plan", "grid_version"):
            connection.execute(text(_COPIES[table]))
    path = f"/tiles/grids/{TILE}.mvt"
    assert person("planner").get(path, plan=2).status_code == 204  # not drawn yet
    with engine.begin() as connection:
        store_grid_shapes(connection, 1, 2)
    assert person("planner").get(path, plan=2).status_code == 200
    for login in ("commander.east", "officer"):
        assert person(login).get(path, plan=2).json()["code"] == "not-found"
    assert person("planner").get(path, plan=99).json()["code"] == "not-found"


def test_without_a_hotspot_run_there_are_no_hexagons(person: People) -> None:
    assert person("commander").get(f"/tiles/hexagons/{TILE}.mvt").status_code == 204
