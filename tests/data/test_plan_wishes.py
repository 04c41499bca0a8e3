"""Wishes in the real database: kinds, some communities only, locked grids, barriers, compounds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
import pytest
import shapely
from fixtures.quarter import BLOCK_M, CRS, EAST, NORTH, make_quarter
from sqlalchemy import Engine, select, text

from data.database import open_engine
from data.imports.read import read_features
from data.imports.store import store_layer
from data.imports.store_areas import store_areas
from data.layers import district_today
from data.plan_drafts import find_draft, read_buildings, read_draft_grids
from data.plan_generation import generate_plan
from data.plan_layers import LayerRole, keep_layer, read_layer_file, read_layer_shapes
from data.plan_orders import PlanPlace, draw, read_order
from data.plan_preview import preview_plan
from data.plan_runs import order_run, stop_run
from data.plan_steps import approve, check, find_problems, read_standing
from data.plan_wishes import PlanWishes
from data.plans import create_plan, find_area, read_plan_grids
from data.publication import publish_plan
from data.schema import Plan
from data.server import DatabaseUrls

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STREET = "370303001"
WIDE, HIGH = BLOCK_M


@pytest.fixture
def engine(fresh_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Engine]:
    """Two communities of 768 households, side by side."""
    town = make_quarter().to("EPSG:4326")
    whole = shapely.union_all(town.areas.geometry.to_numpy())
    above = [("370303", "张店区", "district", None), (STREET, "车站街道", "street", "370303")]
    for code, name, level, parent in above:
        town.areas.loc[len(town.areas), ["code", "name", "level", "parent_code", "geometry"]] = [
            code, name, level, parent, whole,
        ]  # fmt: skip
    town.areas.loc[:1, ["level", "parent_code"]] = ["community", STREET]
    for layer in ("areas", "buildings", "roads"):
        getattr(town, layer).to_file(tmp_path / f"{layer}.gpkg")
    engine = open_engine(fresh_urls.app)
    with engine.begin() as connection:
        store_areas(connection, read_features(tmp_path / "areas.gpkg", "areas"), AT)
        for layer in ("buildings", "roads"):
            read = read_features(tmp_path / f"{layer}.gpkg", layer)
            store_layer(connection, read, AT, layer, district="370303")
    yield engine
    engine.dispose()


def draw_up(engine: Engine, **wishes: Any) -> int:
    """Draw up a draft for the street and have it made; its id."""
    with engine.begin() as connection:
        area = find_area(connection, STREET)
        assert area is not None
        plan_id = create_plan(
            connection,
            area.district_id,
            area.id,
            name="调整",
            households=300,
            reason="",
            created_by=None,
            now=AT,
            wishes=PlanWishes.model_validate(wishes),
        )
    make(engine, plan_id, run=1)
    return plan_id


def make(engine: Engine, plan_id: int, **more: Any) -> None:
    failure = generate_plan(engine, district(engine), plan_id, now=AT, **more)
    assert failure is None, failure


def district(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT id FROM district")).scalar_one())


def community(engine: Engine, number: int) -> int:
    """Id of the first or second community."""
    with engine.connect() as connection:
        area = find_area(connection, f"{STREET}00{number}")
    assert area is not None
    return area.id


def grids_of(engine: Engine, plan_id: int) -> gpd.GeoDataFrame:
    with engine.connect() as connection:
        return read_plan_grids(connection, district(engine), plan_id)


def versions(engine: Engine, plan_id: int) -> dict[str, Any]:
    """Code → row of a plan's grids."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT code, grid_id, kind, locked, households, CAST(geom AS text) AS geom "
                "FROM grid_version WHERE plan_id = :id"
            ),
            {"id": plan_id},
        ).all()
    return {row.code: row for row in rows}


def put_in_force(engine: Engine, plan_id: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE grid_version SET validity = '[2026-01-01,)' WHERE plan_id = :id"),
            {"id": plan_id},
        )


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


def test_a_run_stopped_while_it_works_stores_nothing(engine: Engine) -> None:
    plan_id = draw_up(engine)
    before = versions(engine, plan_id)
    with engine.begin() as connection:
        order_run(connection, district(engine), plan_id, households=150, wishes=PlanWishes())

    def stop_half_way(done: int, _total: int, _stage: str) -> None:
        if done:
            with engine.begin() as connection:
                if state(engine, plan_id) == "running":
                    stop_run(connection, district(engine), plan_id)

    make(engine, plan_id, run=2, progress=stop_half_way)
    assert state(engine, plan_id) == "stopped"
    assert versions(engine, plan_id) == before


def test_a_run_broken_off_from_the_keyboard_is_stopped_and_can_be_made_again(
    engine: Engine,
) -> None:
    plan_id = draw_up(engine)
    before = versions(engine, plan_id)

    def interrupt(done: int, _total: int, _stage: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_plan(engine, district(engine), plan_id, now=AT, progress=interrupt)
    assert state(engine, plan_id) == "stopped"
    assert versions(engine, plan_id) == before
    make(engine, plan_id)
    assert state(engine, plan_id) == "done"

    def interrupt_late(done: int, _total: int, _stage: str) -> None:
        if done == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_plan(engine, district(engine), plan_id, now=AT, progress=interrupt_late)
    assert state(engine, plan_id) == "done", "all was stored already"


def state(engine: Engine, plan_id: int) -> str:
    with engine.connect() as connection:
        kept = connection.execute(select(Plan.generation).where(Plan.id == plan_id)).scalar_one()
    assert kept is not None
    return str(kept["state"])


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


def test_a_tower_of_more_than_a_grid_is_divided_by_its_units(engine: Engine) -> None:
    with engine.begin() as connection:
        tower = connection.execute(
            text(
                "UPDATE building SET households = 900, units = 3 "
                "WHERE id = (SELECT min(id) FROM building) RETURNING id"
            )
        ).scalar_one()
    plan_id = draw_up(engine)
    with engine.connect() as connection:
        quality = connection.execute(select(Plan.quality).where(Plan.id == plan_id)).scalar_one()
    assert quality is not None
    (split,) = quality["split_buildings"]
    assert (split["building_id"], split["households"], split["units"]) == (tower, 900, 3)
    stored = versions(engine, plan_id)
    assert sum(row.households for row in stored.values()) == 1536 + 894
    counted = {code: row.households for code, row in stored.items()}
    with engine.connect() as connection:
        plan = find_draft(connection, district(engine), plan_id)
        assert plan is not None
        looked = read_draft_grids(connection, plan)
        seen = read_buildings(connection, plan)
        standing = read_standing(connection, plan.district_id, plan_id)
        told = find_problems(connection, plan.district_id, plan_id, standing, AT.date())
        previewed = preview_plan(connection, plan.district_id, plan_id, on=None, at=AT)
    # The editor, the browser's own counts, the check and the preview go by the tower's parts.
    assert {grid.code: grid.households for grid in looked} == counted
    assert sum(grid.buildings for grid in looked) == 256
    assert sorted(seen["households"][seen["id"] == tower]) == [300, 300, 300]
    assert not [one for one in told if one.code in {"households-changed", "building-cut"}]
    begun = {one.after.code: one.after.load for one in previewed.grids if one.after is not None}
    assert {code: load.households for code, load in begun.items()} == counted
    assert sum(load.buildings for load in begun.values()) == 256
    parts = seen[seen["id"] == tower].geometry
    holding = {grid.code for grid in looked for part in parts if grid.shape.contains(part)}
    assert len(holding) > 1, "the tower lies in several grids"
    publish(engine, plan_id)
    with engine.connect() as connection:
        in_force = connection.execute(
            text("SELECT code, households FROM grid_version WHERE upper_inf(validity)")
        ).all()
    assert {row.code: row.households for row in in_force} == counted


def publish(engine: Engine, plan_id: int) -> None:
    """Check and approve a plan, and put it into force today."""
    here = district(engine)
    planner = uuid4()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (district_id, id, login, display_name, password_hash, "
                "created_at) VALUES (:here, :id, 'planner', '规划', 'none', :at)"
            ),
            {"here": here, "id": planner, "at": AT},
        )
        assert check(connection, here, plan_id, by=planner, at=AT)
        approve(connection, here, plan_id, by=planner, at=AT)
        day = district_today(connection, here, AT)
        publish_plan(
            connection, here, plan_id, effective_on=day, reason=None, published_by=planner, at=AT
        )


def test_a_locked_grid_holds_its_part_of_a_tower_and_no_more(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE building SET households = 900, units = 3 "
                "WHERE id = (SELECT min(id) FROM building)"
            )
        )
    first = draw_up(engine)
    with engine.begin() as connection:
        locked = connection.execute(
            text(
                "UPDATE grid_version AS v SET locked = true FROM building AS b "
                "WHERE v.plan_id = :id AND b.households = 900 "
                "AND ST_Contains(v.geom, ST_PointOnSurface(b.geom)) RETURNING v.code"
            ),
            {"id": first},
        ).scalar_one()
    plan_id = draw_up(engine, locked_of=first)
    before, after = versions(engine, first), versions(engine, plan_id)
    assert before[locked].households < 900
    assert after[locked].households == before[locked].households
    assert sum(row.households for row in after.values()) == 1536 + 894
    with engine.connect() as connection:
        plan = find_draft(connection, district(engine), plan_id)
        assert plan is not None
        looked = read_draft_grids(connection, plan)
    assert {grid.code: grid.households for grid in looked} == {
        code: row.households for code, row in after.items()
    }


def test_beside_a_locked_grid_the_rest_is_the_target_for_all_who_ask(engine: Engine) -> None:
    halves = draw_up(engine)
    with engine.begin() as connection:
        order_run(connection, district(engine), halves, households=400, wishes=PlanWishes())
    make(engine, halves, run=2)
    locked = f"{STREET}001001"
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE grid_version SET locked = true WHERE plan_id = :id AND code = :code"),
            {"id": halves, "code": locked},
        )
    plan_id = draw_up(engine, locked_of=halves)
    with engine.connect() as connection:
        plan = find_draft(connection, district(engine), plan_id)
        assert plan is not None
        place = PlanPlace(plan.district_id, plan_id, plan.area_id, AT.date())
        drawn = draw(read_order(connection, place, 300, PlanWishes()), lambda *_: None, None)
        looked = {grid.code: grid for grid in read_draft_grids(connection, plan)}
        standing = read_standing(connection, plan.district_id, plan_id)
        told = find_problems(connection, plan.district_id, plan_id, standing, AT.date())
        quality = connection.execute(select(Plan.quality).where(Plan.id == plan_id)).scalar_one()
    # Half of 768 households is locked: the other half is one grid, not one and a third of 256.
    assert {code: grid.households for code, grid in looked.items()}[locked] == 384
    for row in drawn.itertuples():
        grid = looked[row.code]
        assert grid.off_pct == pytest.approx(100 * (grid.households / row.target - 1))
    beside = [grid for grid in looked.values() if grid.area_code == locked[:12]]
    assert sorted(grid.off_pct for grid in beside) == pytest.approx([0.0, 28.0])
    (problem,) = [one for one in told if one.code == "households"]
    assert (problem.grids, problem.params["fair"]) == ((locked,), 300)
    assert quality is not None
    assert quality["adj5_pct"] == pytest.approx(80.0)


def test_the_range_of_micro_grids_is_the_plans_own() -> None:
    asked = PlanWishes.model_validate({"micro": {"least": 90, "most": 120}})
    assert asked.options(300).micro_range == (90, 120)


def test_least_change_moves_few_and_grids_stay_who_they_are(engine: Engine) -> None:
    first = draw_up(engine)
    put_in_force(engine, first)
    before = versions(engine, first)
    with engine.begin() as connection:
        # One house is pulled down for a tower: only the grids about it have to change.
        connection.execute(
            text(
                "UPDATE building SET households = 120 WHERE id = (SELECT b.id FROM building AS b "
                "JOIN grid_version AS v ON ST_Within(b.geom, v.geom) "
                "WHERE v.code = :code ORDER BY b.id LIMIT 1)"
            ),
            {"code": min(before)},
        )
    plan_id = draw_up(engine, way="least-change")
    after = versions(engine, plan_id)
    with engine.connect() as connection:
        quality = connection.execute(select(Plan.quality).where(Plan.id == plan_id)).scalar_one()
    assert quality is not None
    assert 0 < quality["households_moved"] < 0.25 * quality["households_compared"]
    assert {row.grid_id for row in after.values()} >= {row.grid_id for row in before.values()}
    far = [code for code in before if code.startswith(f"{STREET}002")]
    assert all(after[code].geom == before[code].geom for code in far)
    assert sum(row.households for row in after.values()) == 1536 + 114


def test_least_change_needs_grids_in_force(engine: Engine) -> None:
    with engine.begin() as connection:
        area = find_area(connection, STREET)
        assert area is not None
        plan_id = create_plan(
            connection,
            area.district_id,
            area.id,
            name="调整",
            households=300,
            reason="",
            created_by=None,
            now=AT,
            wishes=PlanWishes(way="least-change"),
        )
    failure = generate_plan(engine, area.district_id, plan_id, now=AT, run=1)
    assert failure is not None
    assert failure.code == "nothing_in_force"
