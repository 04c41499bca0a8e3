"""Tiles hold what lies in them, in one layer, at the zooms where it shows."""

import gzip
import math
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import small_town
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from data.scope import Scope
from data.tile_queries import tile_query
from tiles.address import NoSuchTileError, Tile
from tiles.draw import View, draw_tile, pack
from tiles.layers import LAYERS

TODAY = date(2026, 11, 20)
WHOLE = Scope(1, ("370399",))


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """The tile of a zoom that holds a point."""
    sine = math.sin(math.radians(lat))
    x = (lon / 360 + 0.5) * 2**z
    y = (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * 2**z
    return Tile(z, int(x), int(y))


def decoded(tile: Tile, drawn: bytes, folder: Path) -> gpd.GeoDataFrame:
    """Read a tile as GDAL does, in EPSG:3857."""
    path = folder / f"{tile.z}-{tile.x}-{tile.y}.pbf"
    path.write_bytes(drawn)
    return gpd.read_file(path, engine="pyogrio", X=tile.x, Y=tile.y, Z=tile.z, CLIP="NO")


def draw(town: Connection, layer: str, tile: Tile, scope: Scope = WHOLE, **seen: object) -> bytes:
    return draw_tile(town, LAYERS[layer], tile, scope, View(TODAY, **seen))


def test_grids_of_a_tile_carry_their_ids_codes_and_names(town: Connection, tmp_path: Path) -> None:
    tile = tile_at(118.02, 36.821, 13)
    grids = decoded(tile, draw(town, "grids", tile), tmp_path)
    assert sorted(grids["mvt_id"]) == list(range(1, 9))
    assert set(grids.columns) == {"mvt_id", "code", "name", "kind", "geometry"}
    first = grids.set_index("mvt_id").loc[1]
    assert (first["code"], first["name"]) == ("370399001001001", "第一网格")
    shape = gpd.GeoSeries([first.geometry], crs=3857).to_crs(4326).iloc[0]
    assert shape.bounds == pytest.approx(small_town.box_of_grid(1), abs=2e-5)


@pytest.mark.parametrize("layer", ["areas", "roads", "buildings", "water", "places"])
def test_every_layer_of_shapes_draws_what_the_town_has(
    town: Connection, tmp_path: Path, layer: str
) -> None:
    tile = tile_at(118.02, 36.8055 if layer == "water" else 36.821, 13)
    drawn = decoded(tile, draw(town, layer, tile), tmp_path)
    table = {"areas": "area", "roads": "road", "buildings": "building", "places": "place"}
    count = town.execute(text(f"SELECT count(*) FROM {table.get(layer, layer)}")).scalar_one()
    shown = {"roads": 1, "buildings": 8}.get(layer, count)  # the lane comes at 14
    assert len(drawn) == shown
    assert set(drawn.columns) <= {"mvt_id", "geometry", *LAYERS[layer].fields}


def test_lanes_show_from_fourteen_and_grids_from_eleven(town: Connection, tmp_path: Path) -> None:
    close = tile_at(118.005, 36.831, 14)
    lanes = decoded(close, draw(town, "roads", close), tmp_path)
    assert "幸福胡同" in set(lanes["name"])
    assert draw(town, "grids", tile_at(118.02, 36.82, 10)) == b""
    assert draw(town, "grids", tile_at(118.02, 36.821, 11)) != b""
    assert draw(town, "areas", tile_at(118.02, 36.82, 6)) != b""


def test_where_nothing_lies_there_are_no_bytes(town: Connection) -> None:
    for layer in LAYERS:
        assert draw(town, layer, tile_at(100.0, 30.0, 14), run_id=1) == b""


def test_another_district_sees_nothing(town: Connection) -> None:
    stranger = Scope(2, ("370399",))
    for layer in ("grids", "areas", "roads", "buildings", "water", "places", "cases"):
        assert draw(town, layer, tile_at(118.013, 36.835, 14), stranger) == b""


def test_a_draft_shows_only_when_it_is_asked_for(town: Connection, tmp_path: Path) -> None:
    statements = (
        "INSERT INTO plan (district_id, id, area_id, name, created_at) "
        "VALUES (1, 2, 11, '草案', now())",
        "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
        "households, buildings, area_m2, geom, label) SELECT 1, 1, 2, area_path, code, '新网格', "
        "300, 1, 1, geom, label FROM grid_version WHERE grid_id = 1",
        "INSERT INTO grid_shape SELECT 1, v.id, s.min_zoom, s.geom FROM grid_shape s "
        "JOIN grid_version o ON o.id = s.grid_version_id AND o.grid_id = 1, grid_version v "
        "WHERE v.plan_id = 2",
    )
    for statement in statements:
        town.execute(text(statement))
    tile = tile_at(118.005, 36.83, 14)
    published = decoded(tile, draw(town, "grids", tile), tmp_path)
    draft = decoded(tile, draw(town, "grids", tile, plan_id=2), tmp_path)
    assert "新网格" not in set(published["name"])
    assert list(draft["name"]) == ["新网格"]


def test_grids_are_those_of_the_day(town: Connection) -> None:
    tile = tile_at(118.005, 36.83, 14)
    before = View(date(2025, 12, 31))
    assert draw_tile(town, LAYERS["grids"], tile, WHOLE, before) == b""


def _case(town: Connection, at: tuple[float, float], path: str, grid: int, state: str) -> None:
    town.execute(
        text(
            "INSERT INTO category (district_id, id, standard, kind, code, name, name_en, severity)"
            " VALUES (1, 1, 'T', 'matter', '1', '垃圾', 'rubbish', 'blue')"
            " ON CONFLICT DO NOTHING"
        )
    )
    town.execute(
        text(
            "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq,"
            " source, area_path, grid_id, geom, datum_in, reported_by, occurred_at, received_at,"
            " deadline_at) VALUES (1, gen_random_uuid(), gen_random_uuid()::text, 1, 'blue',"
            " :state, 1, 'patrol', CAST(:path AS ltree), :grid,"
            " ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 'wgs84', gen_random_uuid(), now(),"
            " now(), now())"
        ),
        {"lon": at[0], "lat": at[1], "path": path, "grid": grid, "state": state},
    )


def test_cases_are_filtered_by_scope_and_by_state(town: Connection, tmp_path: Path) -> None:
    _case(town, (118.005, 36.83), small_town.PATHS[11], 1, "reported")
    _case(town, (118.015, 36.83), small_town.PATHS[11], 2, "dispatched")
    _case(town, (118.035, 36.83), small_town.PATHS[21], 6, "closed")
    tile = tile_at(118.02, 36.821, 13)

    def states(scope: Scope, **seen: object) -> list[str]:
        drawn = draw(town, "cases", tile, scope, **seen)
        return sorted(decoded(tile, drawn, tmp_path)["state"]) if drawn else []

    assert states(WHOLE) == ["dispatched", "reported"]
    assert states(WHOLE, kinds=("reported", "closed")) == ["closed", "reported"]
    assert states(Scope(1, grid_ids=(1,))) == ["reported"]
    assert states(Scope(1, (small_town.PATHS[20],))) == []


@pytest.mark.parametrize(
    ("layer", "index"),
    [
        ("grids", "grid_shape_geom_idx"),
        ("buildings", "building_geom_idx"),
        ("roads", "road_geom_idx"),
        ("hexagons", "hotspot_unit_geom_idx"),
    ],
)
def test_a_tile_is_found_by_the_spatial_index(town: Connection, layer: str, index: str) -> None:
    # A table this small is read through whole unless that is forbidden: what is pinned is that
    # the condition can use the index at all, and is not hidden from the planner.
    for kind in ("seqscan", "bitmapscan"):
        town.execute(text(f"SET LOCAL enable_{kind} = off"))
    tile = tile_at(118.02, 36.821, 16)
    values = {
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        "band": 16,
        "on": TODAY,
        "plan_id": None,
        "run_id": 1,
        "kinds": ["reported"],
        "tolerance_3857": 0.0,
        "least_deg": 0.0,
    }
    plan = town.execute(
        text(f"EXPLAIN {tile_query(layer, WHOLE).text}"), WHOLE.parameters() | values
    ).scalars()
    assert index in "\n".join(plan)


@given(st.integers(-2, 24), st.integers(-2, 2**23), st.integers(-2, 2**23))
def test_an_address_is_within_the_pyramid_or_refused(z: int, x: int, y: int) -> None:
    if 0 <= z <= 22 and 0 <= x < 2**z and 0 <= y < 2**z:
        assert Tile(z, x, y).z == z
    else:
        with pytest.raises(NoSuchTileError):
            Tile(z, x, y)


def test_packing_is_repeatable_and_can_be_undone() -> None:
    drawn = bytes(range(256)) * 10
    assert pack(drawn) == pack(drawn)
    assert gzip.decompress(pack(drawn)) == drawn


def test_neighbours_in_a_tile_still_share_their_edges(town: Connection, tmp_path: Path) -> None:
    tile = tile_at(118.02, 36.821, 13)
    grids = decoded(tile, draw(town, "grids", tile), tmp_path)
    shapes = shapely.get_parts(grids.geometry.to_numpy())
    assert shapely.coverage_is_valid(shapes)
