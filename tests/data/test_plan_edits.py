"""Edits of a draft in the database: identities, codes, undo to the last bit, no leavings."""

import random
from typing import Any

import pytest
import shapely
import small_town
from sqlalchemy import Connection, text

from data.draft_changes import measure
from data.draft_grids import store_draft
from data.plan_drafts import find_draft, read_draft_grids, read_rows
from data.plan_edits import DraftMovedOnError, Edited, edit_draft, redo, undo
from data.plan_errors import PlanError
from data.plans import load_town, read_plan_grids
from data.publication import discard_draft
from geo.redraw import edits
from geo.redraw.errors import RedrawError

PLANNER = small_town.account_id("planner")
PLAN = 2
EDITS = 40
ACROSS = ((117.999, 36.834), (118.012, 36.8341))


@pytest.fixture
def draft(town: Connection) -> Connection:
    """Plan 2: a draft of street 10, its grids as those in force."""
    town.execute(
        text(
            "INSERT INTO plan (district_id, id, area_id, name, generation, created_at) "
            "VALUES (1, 2, 10, '调整', jsonb_build_object('state', 'done'), :at)"
        ),
        {"at": small_town.AT},
    )
    town.execute(
        text(
            "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
            "households, buildings, area_m2, geom, label) SELECT district_id, grid_id, 2, "
            "area_path, code, name, households, buildings, area_m2, geom, label "
            "FROM grid_version WHERE plan_id = 1 AND grid_id <= 4"
        )
    )
    return town


def revisions(town: Connection) -> dict[int, int]:
    rows = town.execute(text("SELECT grid_id, revision FROM grid_version WHERE plan_id = 2"))
    return {row.grid_id: row.revision for row in rows}


def do(town: Connection, edit: edits.Edit, base: dict[int, int] | None = None) -> Edited:
    return edit_draft(
        town,
        1,
        PLAN,
        edit,
        asked={"kind": type(edit).__name__.lower()},
        base=revisions(town) if base is None else base,
        by=PLANNER,
        at=small_town.AT,
    )


def state(town: Connection) -> list[Any]:
    """All of a draft but its revisions, to the last bit."""
    rows = town.execute(
        text(
            "SELECT grid_id, CAST(area_path AS text), code, name, kind, locked, households, "
            "buildings, area_m2, CAST(geom AS text), CAST(label AS text) "
            "FROM grid_version WHERE plan_id = 2 ORDER BY grid_id"
        )
    )
    return [tuple(row) for row in rows]


def attempt(town: Connection, edit: edits.Edit) -> bool:
    try:
        do(town, edit)
    except RedrawError:
        return False
    return True


def any_edit(town: Connection, draw: random.Random) -> edits.Edit:
    """Some edit of the northern community, as the draft is now."""
    plan = find_draft(town, 1, PLAN)
    assert plan is not None
    grids = [grid for grid in read_draft_grids(town, plan) if grid.area_id == 11]
    grid, other = draw.choice(grids), draw.choice(grids)
    west, south, east, north = grid.shape.bounds
    x, y = draw.uniform(west, east), draw.uniform(south, north)
    return draw.choice(
        [
            edits.Split(grid.grid_id, ((west - 0.01, y), (east + 0.01, y + 0.0004))),
            edits.Split(grid.grid_id, ((x, south - 0.01), (x + 0.0004, north + 0.01))),
            edits.Merge((grid.grid_id, other.grid_id)),
            edits.Rename(grid.grid_id, f"网格{draw.randrange(100)}"),
            edits.SetKind(grid.grid_id, draw.choice(["general", "micro", "site"])),
            edits.Renumber(),
        ]
    )


def test_undoing_every_edit_returns_to_the_very_start(draft: Connection) -> None:
    draw, start = random.Random(300), state(draft)  # noqa: S311 - to be repeated
    done, states = 0, []
    while done < EDITS:
        before = state(draft)
        if attempt(draft, any_edit(draft, draw)):
            states.append(before)
            done += 1
    end = state(draft)
    revision = EDITS
    for was in reversed(states):
        undo(draft, 1, PLAN, revision=revision, by=PLANNER, at=small_town.AT)
        revision += 1
        assert state(draft) == was
    assert state(draft) == start
    with pytest.raises(PlanError, match="nothing to undo"):
        undo(draft, 1, PLAN, revision=revision, by=PLANNER, at=small_town.AT)
    for _ in range(EDITS):
        redo(draft, 1, PLAN, revision=revision, by=PLANNER, at=small_town.AT)
        revision += 1
    assert state(draft) == end


def test_the_heavier_part_keeps_the_identity_and_codes_go_with_it(draft: Connection) -> None:
    done = do(draft, edits.Split(1, ACROSS))
    parts = {grid.grid_id: grid for grid in done.changed}
    new = max(parts)
    assert (parts[1].households, parts[new].households) == (300, 0)
    assert (parts[1].code[-3:], parts[new].code[-3:]) == ("001", "003")
    again = do(draft, edits.Split(2, ((118.009, 36.836), (118.021, 36.836))))
    assert max(grid.code for grid in again.changed)[-3:] == "004"
    merged = do(draft, edits.Merge((new, 2)))
    assert (merged.removed, [grid.code[-3:] for grid in merged.changed]) == ([new], ["002"])
    community = draft.execute(text("SELECT community_id FROM grid WHERE id = :id"), {"id": new})
    assert community.scalar_one() == 11


def test_a_neighbour_takes_in_the_end_of_a_line_and_keeps_its_ground(draft: Connection) -> None:
    before = {row.grid_id: row.geometry for row in _rows(draft)}
    done = do(draft, edits.Split(1, ACROSS), base={1: 0})
    after = {row.grid_id: row.geometry for row in _rows(draft)}
    assert {grid.grid_id for grid in done.changed} == {1, 2, max(after)}
    assert len(shapely.get_coordinates(after[2])) == len(shapely.get_coordinates(before[2])) + 1
    assert shapely.symmetric_difference(after[2], before[2]).area < 1e-15
    corners = set(map(tuple, shapely.get_coordinates(before[2]).tolist()))
    assert corners < set(map(tuple, shapely.get_coordinates(after[2]).tolist()))


def _rows(town: Connection) -> Any:
    plan = find_draft(town, 1, PLAN)
    assert plan is not None
    return list(read_rows(town, plan).itertuples(index=False))


def test_an_edit_on_older_shapes_is_late_and_told_what_is_there(draft: Connection) -> None:
    do(draft, edits.Split(1, ACROSS), base={1: 0})
    with pytest.raises(DraftMovedOnError) as late:
        do(draft, edits.Merge((1, 2)), base={1: 0, 2: 0})
    assert [(grid.grid_id, grid.revision) for grid in late.value.grids] == [(1, 1), (2, 1)]
    with pytest.raises(DraftMovedOnError) as gone:
        do(draft, edits.Merge((1, 77)), base={1: 1, 77: 0})
    assert gone.value.removed == [77]
    with pytest.raises(DraftMovedOnError) as unnamed:  # an edit names all whose ground it changes
        do(draft, edits.Merge((1, 2)), base={1: 1})
    assert [grid.grid_id for grid in unnamed.value.grids] == [2]


def test_a_locked_grid_is_left_alone(draft: Connection) -> None:
    looked = do(draft, edits.Lock((1,), locked=True))
    assert {grid.grid_id for grid in looked.changed} == set(_community_of(draft, 1))
    for edit in (
        edits.Split(1, ACROSS),
        edits.Merge((1, 2)),
        edits.Rename(1, "x"),
        edits.SetKind(1, "site"),
        edits.EvenOut((1, 2)),
        edits.Snap((1, 2), 10),
        edits.GiveBlock((118.005, 36.83), 2),
        edits.GiveBuilding(2, 1),
        edits.Move((), ((((118.01, 36.82), (118.01, 36.84)), (118.011, 36.83)),)),
    ):
        with pytest.raises(RedrawError) as refused:
            do(draft, edit)
        assert refused.value.code == "locked", edit
    do(draft, edits.Lock((1,), locked=False))
    assert attempt(draft, edits.Split(1, ACROSS))


def _community_of(town: Connection, grid_id: int) -> list[int]:
    """Grids of the draft beside one: a lock moves the target of all of them."""
    rows = _rows(town)
    (here,) = {row.area_id for row in rows if row.grid_id == grid_id}
    return [int(row.grid_id) for row in rows if row.area_id == here]


def test_only_drafts_with_grids_are_edited(draft: Connection) -> None:
    for plan_id, code in ((1, "published"), (99, "unknown")):
        with pytest.raises(PlanError) as refused:
            edit_draft(
                draft,
                1,
                plan_id,
                edits.Renumber(),
                asked={"kind": "renumber"},
                base={},
                by=PLANNER,
                at=small_town.AT,
            )
        assert refused.value.code == code


def test_a_new_edit_takes_the_place_of_what_was_undone(draft: Connection) -> None:
    done = do(draft, edits.Split(1, ACROSS))
    new = max(grid.grid_id for grid in done.changed)
    undo(draft, 1, PLAN, revision=1, by=PLANNER, at=small_town.AT)
    assert _identities(draft, new) == 1  # it may be wanted again
    do(draft, edits.Rename(1, "甲"))
    assert _identities(draft, new) == 0
    assert draft.execute(text("SELECT count(*) FROM plan_edit")).scalar_one() == 1


def _identities(town: Connection, grid_id: int) -> int:
    counted = town.execute(text("SELECT count(*) FROM grid WHERE id = :id"), {"id": grid_id})
    return int(counted.scalar_one())


def test_a_discarded_draft_leaves_no_edit_and_no_identity(draft: Connection) -> None:
    done = do(draft, edits.Split(1, ACROSS))
    new = max(grid.grid_id for grid in done.changed)
    do(draft, edits.Merge((1, new)))
    discard_draft(draft, 1, PLAN)
    assert draft.execute(text("SELECT count(*) FROM plan_edit")).scalar_one() == 0
    assert _identities(draft, new) == 0
    assert _identities(draft, 1) == 1


def test_grids_made_anew_forget_the_edits_of_before(draft: Connection) -> None:
    do(draft, edits.Rename(1, "甲"))
    town, grids = load_town(draft, 1, 10), read_plan_grids(draft, 1, PLAN)
    store_draft(
        draft, 1, PLAN, areas=town.areas, buildings=town.buildings, grids=grids, now=small_town.AT
    )
    assert set(revisions(draft).values()) == {2}
    with pytest.raises(PlanError, match="nothing to undo"):
        undo(draft, 1, PLAN, revision=2, by=PLANNER, at=small_town.AT)
    with pytest.raises(DraftMovedOnError):
        do(draft, edits.Rename(1, "乙"), base={1: 0})


def test_measures_are_on_the_ellipsoid() -> None:
    box = shapely.box(*small_town.box_of_grid(1))
    measured = measure(box)
    assert measured["area_m2"] == pytest.approx(1_979_000, rel=0.01)
    assert shapely.get_srid(shapely.from_wkb(measured["geom"])) == 4326
