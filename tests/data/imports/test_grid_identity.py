"""Which grids of a file go on with the history of a grid: by code, then by shape."""

import geopandas as gpd
import pytest
import shapely
import small_town
from sqlalchemy import Connection, text

from data.imports.grid_identity import Continued, identities_by_code
from data.imports.store_grids import store_grids
from data.plans import PlanKey, TownFrames, create_plan, find_plan, load_town

COMMUNITY = "370399001001"
CODES = {grid: f"{COMMUNITY}00{grid}" for grid in (1, 2, 3)}
WEST, SOUTH, EAST, NORTH = small_town.BOXES[11]


@pytest.fixture
def plan(town: Connection) -> PlanKey:
    """An empty draft of community 11, whose grids 1 and 2 end at 118.01."""
    made = create_plan(
        town, 1, 11, name="导入", households=300, reason="", created_by=None, now=small_town.AT
    )
    found = find_plan(town, made)
    assert found is not None
    return found


def strips(codes: list[str], *ends: float) -> gpd.GeoDataFrame:
    """Grids from west to east, each as far as its end."""
    starts = [WEST, *ends[:-1]]
    shapes = [shapely.box(a, SOUTH, b, NORTH) for a, b in zip(starts, ends, strict=True)]
    return gpd.GeoDataFrame(
        {"code": codes, "name": codes, "area": COMMUNITY, "households": 300},
        geometry=shapes,
        crs=4326,
    )


def store(
    town: Connection, plan: PlanKey, grids: gpd.GeoDataFrame, own: set[str] | None = None
) -> tuple[Continued, list[int]]:
    """Take grids in; what continues what, and the identities from west to east."""
    area: TownFrames = load_town(town, 1, 11)
    own_codes = set(grids["code"]) if own is None else own
    told = store_grids(town, plan, area, grids, source={}, now=small_town.AT, own_codes=own_codes)
    rows = town.execute(
        text("SELECT grid_id FROM grid_version WHERE plan_id = :plan ORDER BY ST_XMin(geom)"),
        {"plan": plan.id},
    )
    return told, list(rows.scalars())


def test_a_code_in_the_file_says_which_grid_it_is(town: Connection, plan: PlanKey) -> None:
    """The western grid grew over most of its neighbour: by shape it would be the neighbour."""
    grids = strips([CODES[2], CODES[1]], 118.002, EAST)
    told, ids = store(town, plan, grids.assign(code=[CODES[3], CODES[1]]))
    assert (ids[1], told) == (1, Continued(by_code=1, by_shape=0, new=1))
    assert ids[0] not in {1, 2}


def test_codes_that_we_gave_say_nothing(town: Connection, plan: PlanKey) -> None:
    grids = strips([CODES[2], CODES[1]], 118.01, EAST)
    assert store(town, plan, grids)[1] == [1, 2], "codes swapped, no ground in common: by shape"
    told, ids = store(town, plan, strips([CODES[3], CODES[1]], 118.002, EAST), own=set())
    assert (ids[1], told) == (2, Continued(by_code=0, by_shape=1, new=1))


def test_a_merged_grid_keeps_the_one_whose_code_it_bears(town: Connection, plan: PlanKey) -> None:
    """Half of the union is not more than half: by shape alone it would be nobody's."""
    for number in (1, 2):
        told, ids = store(town, plan, strips([CODES[number]], EAST))
        assert (ids, told.by_code) == ([number], 1)


def test_the_codes_of_the_draft_go_before_those_in_force(town: Connection, plan: PlanKey) -> None:
    """A draft that was numbered anew comes back from a file as it was."""
    first = strips([CODES[1], CODES[2]], 118.01, EAST)
    store(town, plan, first)
    renumbered = {CODES[1]: CODES[2], CODES[2]: CODES[3]}
    for code, becomes in reversed(renumbered.items()):
        town.execute(
            text("UPDATE grid_version SET code = :now WHERE code = :was AND plan_id = :plan"),
            {"was": code, "now": becomes, "plan": plan.id},
        )
    wide = strips([CODES[2], CODES[3]], 118.0195, EAST)
    assert identities_by_code(town, plan, wide, set(wide["code"]), small_town.AT.date()) == {
        CODES[2]: 1,
        CODES[3]: 2,
    }
    told, ids = store(town, plan, wide)
    assert (ids, told) == ([1, 2], Continued(by_code=2, by_shape=0, new=0))


def test_a_grid_that_only_the_draft_had_is_new_again(town: Connection, plan: PlanKey) -> None:
    three = strips([CODES[1], CODES[3], CODES[2]], 118.009, 118.011, EAST)
    told, first = store(town, plan, three)
    assert told == Continued(by_code=2, by_shape=0, new=1)
    told, again = store(town, plan, three)
    assert told == Continued(by_code=2, by_shape=0, new=1)
    assert (again[0], again[2]) == (first[0], first[2]) == (1, 2)
