"""Wishes in the real database: kinds, some communities only, locked grids, barriers, compounds."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
import pytest
import shapely
from fixtures.quarter import BLOCK_M, CRS, EAST, NORTH
from quarter_plans import (
    AT,
    STREET,
    community,
    district,
    draw_up,
    grids_of,
    make,
    put_in_force,
    state,
    versions,
)
from sqlalchemy import Engine, select, text

from data.plan_generation import generate_plan
from data.plan_layers import LayerRole, keep_layer, read_layer_file, read_layer_shapes
from data.plan_reports import make_plan_report
from data.plan_runs import order_run
from data.plan_wishes import PlanWishes
from data.plans import find_area
from data.schema import Plan
from geo.grids import revise

WIDE, HIGH = BLOCK_M


def local(*points: tuple[float, float]) -> shapely.LineString:
    """A line through points in metres from the quarter's corner, in EPSG:4326."""
    line = shapely.LineString([(EAST + x, NORTH + y) for x, y in points])
    return gpd.GeoSeries([line], crs=CRS).to_crs(4326).iloc[0]


def give(engine: Engine, role: LayerRole, *shapes: Any) -> int:
    frame = gpd.GeoDataFrame({"name": [None] * len(shapes)}, geometry=list(shapes), crs=4326)
    with engine.begin() as connection:
        area = find_area(connection, STREET)
        assert area is not None
        return keep_layer(
            connection, area.district_id, area.id, frame, role=role, name=role, by=uuid4(), at=AT
        )


def test_each_community_gets_the_kind_it_was_asked_for(engine: Engine) -> None:
    first, second = community(engine, 1), community(engine, 2)
    plan_id = draw_up(
        engine, areas=[{"area_id": first, "kind": "site"}, {"area_id": second, "households": 192}]
    )
    drawn = versions(engine, plan_id)
    assert [row.kind for code, row in drawn.items() if code.startswith(f"{STREET}001")] == ["site"]
    assert len([code for code in drawn if code.startswith(f"{STREET}002")]) == 4


def test_communities_that_are_not_divided_keep_their_grids(engine: Engine) -> None:
    first = draw_up(engine)
    put_in_force(engine, first)
    plan_id = draw_up(engine, only=[community(engine, 2)], seed=3)
    before, after = versions(engine, first), versions(engine, plan_id)
    kept = {code: row for code, row in before.items() if code.startswith(f"{STREET}001")}
    assert len(kept) >= 2
    for code, row in kept.items():
        assert (after[code].grid_id, after[code].geom) == (row.grid_id, row.geom)
    assert sum(row.households for row in after.values()) == 1536


def test_locked_grids_stay_when_a_draft_is_drawn_again(engine: Engine) -> None:
    plan_id = draw_up(engine)
    before = versions(engine, plan_id)
    code = min(before)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE grid_version SET locked = true WHERE code = :code"), {"code": code}
        )
        order_run(connection, district(engine), plan_id, households=150, wishes=PlanWishes())
    make(engine, plan_id, run=2)
    after = versions(engine, plan_id)
    assert len(after) > len(before)
    assert after[code].grid_id == before[code].grid_id
    assert after[code].locked
    was, now = (
        shapely.get_coordinates(shapely.from_wkb(bytes.fromhex(row[code].geom)))
        for row in (before, after)
    )
    # A new boundary may end on one of its edges: a point is put there, and no other moves.
    assert {tuple(point) for point in was} <= {tuple(point) for point in now}
    assert sum(row.locked for row in after.values()) == 1
    with engine.connect() as connection:
        plan = connection.execute(select(Plan).where(Plan.id == plan_id)).one()
    assert (plan.target_households, plan.revision) == (150, 1)


def test_locked_grids_of_the_plan_in_force_can_be_kept(engine: Engine) -> None:
    first = draw_up(engine)
    put_in_force(engine, first)
    code = max(versions(engine, first))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE grid_version SET locked = true WHERE code = :code"), {"code": code}
        )
    kept = versions(engine, draw_up(engine, locked_of="in-force", seed=9))
    assert kept[code].grid_id == versions(engine, first)[code].grid_id
    assert kept[code].locked
    assert not any(row.locked for row in versions(engine, draw_up(engine, seed=9)).values())


def test_no_grid_lies_across_a_barrier_that_was_given(engine: Engine) -> None:
    across = (HIGH * 2.5, HIGH * 2.5)
    wall = local((-10, across[0]), (WIDE * 8 + 10, across[1]))
    plan_id = draw_up(engine, barriers={"layers": [give(engine, "barriers", wall)]})
    grids = grids_of(engine, plan_id).to_crs(CRS)
    line = gpd.GeoSeries([wall], crs=4326).to_crs(CRS).iloc[0]
    inner = shapely.buffer(grids.geometry.to_numpy(), -0.5)
    assert shapely.length(shapely.intersection(inner, line)).sum() < 1


def test_roads_of_a_kind_are_barriers_when_asked(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO road (district_id, external_id, highway, geom, updated_at) VALUES "
                "(:district, 'expressway', 'motorway', ST_Multi(ST_GeomFromText(:line, 4326)), :at)"
            ),
            {
                "district": district(engine),
                "line": local((-10, HIGH * 1.4), (WIDE * 8 + 10, HIGH * 1.4)).wkt,
                "at": AT,
            },
        )
    plan_id = draw_up(engine, barriers={"town": ["motorway"]})
    grids = grids_of(engine, plan_id).to_crs(CRS)
    low = shapely.box(EAST, NORTH, EAST + WIDE * 8, NORTH + HIGH * 1.4)
    shares = shapely.area(shapely.intersection(grids.geometry.to_numpy(), low)) / grids.area
    assert all(share < 0.01 or share > 0.99 for share in shares)


def test_compounds_stay_whole(engine: Engine) -> None:
    box = shapely.box(EAST + WIDE * 1.5, NORTH + HIGH * 0.5, EAST + WIDE * 2.5, NORTH + HIGH * 2.5)
    compound = gpd.GeoSeries([box], crs=CRS).to_crs(4326).iloc[0]
    layer = give(engine, "compounds", compound)
    grids = grids_of(engine, draw_up(engine, compounds={"layers": [layer]})).to_crs(CRS)
    shares = shapely.area(shapely.intersection(grids.geometry.to_numpy(), box)) / box.area
    assert max(shares) > 0.97


def test_the_same_wishes_give_the_same_grids(engine: Engine) -> None:
    layer = give(engine, "preferred", local((0, HIGH * 1.5), (WIDE * 8, HIGH * 1.5)))
    wishes = {"seed": 5, "preferred": {"layers": [layer]}, "tolerance_pct": 8}
    one, other = draw_up(engine, **wishes), draw_up(engine, **wishes)
    assert {c: r.geom for c, r in versions(engine, one).items()} == {
        c: r.geom for c, r in versions(engine, other).items()
    }


def test_a_layer_keeps_every_digit(engine: Engine, tmp_path: Path) -> None:
    line = local((0.123456789, 1 / 3), (100 / 7, 55.5))
    gpd.GeoDataFrame({"name": ["墙"]}, geometry=[line], crs=4326).to_file(tmp_path / "a.gpkg")
    read = read_layer_file(tmp_path / "a.gpkg", "barriers").geometry.iloc[0]
    layer = give(engine, "barriers", read)
    with engine.connect() as connection:
        kept = read_layer_shapes(connection, district(engine), layer)
    assert kept is not None
    assert shapely.equals_exact(kept.geometry.iloc[0], read, 0)


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"only": [10**9]}, "wish_area_gone"),
        ({"compounds": {"layers": [10**9]}}, "wish_layer_gone"),
    ],
)
def test_what_is_gone_meanwhile_is_said(engine: Engine, wishes: Any, code: str) -> None:
    plan_id = draw_up(engine)
    with engine.begin() as connection:
        asked = PlanWishes.model_validate(wishes)
        order_run(connection, district(engine), plan_id, households=300, wishes=asked)
    failure = generate_plan(engine, district(engine), plan_id, now=AT, run=2)
    assert failure is not None
    assert failure.code == code
    assert state(engine, plan_id) == "failed"
    assert len(versions(engine, plan_id)) == 6


def test_the_range_of_micro_grids_is_the_plans_own() -> None:
    asked = PlanWishes.model_validate({"micro": {"least": 90, "most": 120}})
    assert asked.options(300).micro_range == (90, 120)


def test_a_community_that_cannot_be_revised_is_named_in_the_drafts_report(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = draw_up(engine)
    put_in_force(engine, first)
    before = versions(engine, first)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE building SET households = 14 FROM grid_version AS v "
                "WHERE ST_Within(building.geom, v.geom) AND v.code = ANY(:codes)"
            ),
            {"codes": [f"{STREET}001002", f"{STREET}002002"]},
        )

    def with_numbers_used_up(*given: Any, **asked: Any) -> gpd.GeoDataFrame:
        return revise(*given, **asked | {"used": [f"{STREET}002999"]})

    monkeypatch.setattr("data.plan_orders.revise", with_numbers_used_up)
    plan_id = draw_up(engine, way="least-change")
    after = versions(engine, plan_id)
    kept = {code: row.grid_id for code, row in before.items() if code.startswith(f"{STREET}002")}
    drawn = {code: row.grid_id for code, row in after.items() if code.startswith(f"{STREET}002")}
    assert kept == drawn
    assert len(after) > len(before)
    make_plan_report(engine, district(engine), plan_id, AT)
    with engine.connect() as connection:
        quality = connection.execute(select(Plan.quality).where(Plan.id == plan_id)).scalar_one()
        content = connection.execute(
            text("SELECT content FROM plan_report WHERE plan_id = :plan_id"), {"plan_id": plan_id}
        ).scalar_one()
    assert quality is not None
    (told,) = quality["not_revised"]
    assert (told["area"], told["code"]) == (f"{STREET}002", "codes_used_up")
    (left,) = content["not_revised"]
    assert left["area"] == "幸福社区"
    assert "999" in left["message_zh"]
    assert "number its grids anew" in left["message_en"]
