"""Editing a draft: each edit is kept with the grids before and after, so that it can be undone.

Edits of a plan stand in one line. Undoing takes the last one back, redoing does it again, and an
edit made after an undo takes the place of those that were undone. The plan has a revision that
grows with each of these; a grid bears the revision at which it was last touched, so an edit that
names the revisions it was made on is late exactly when one of its grids was touched since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import geopandas as gpd
from sqlalchemy import Connection, text

from data.database import query
from data.draft_changes import Change, change_draft, named_grids, rows_to_edit, snapshots
from data.plan_drafts import (
    DraftGrid,
    DraftPlan,
    GridProblem,
    communities_of,
    find_draft,
    look_over,
    read_ground,
    read_rows,
)
from data.plan_errors import PlanError
from data.plan_history import History, drop_undone, edit_in_turn, history_of
from data.plan_steps import reopen
from geo.redraw.edits import Edit, Lock, SetKind

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Edited:
    """What an edit, an undo or a redo did.

    Attributes
    ----------
    changed
        Grids that are new or different, as they are now.
    removed
        Ids of grids that are in the draft no more.
    problems
        What to tell the planner about the edit itself: `back-to-draft` when the plan had been
        checked or approved, `building-cut` for buildings that the drawn line cuts.
    """

    revision: int
    changed: list[DraftGrid]
    removed: list[int]
    history: History
    problems: list[GridProblem]


class DraftMovedOnError(Exception):
    """Somebody else edited the same grids meanwhile.

    Parameters
    ----------
    revision
        Of the plan now.
    grids
        The grids concerned as they are now.
    removed
        Those of them that are in the draft no more.
    """

    def __init__(self, revision: int, grids: list[DraftGrid], removed: list[int]) -> None:
        super().__init__("the draft moved on")
        self.revision = revision
        self.grids = grids
        self.removed = removed


def edit_draft(
    connection: Connection,
    district_id: int,
    plan_id: int,
    edit: Edit,
    *,
    asked: Mapping[str, Any],
    base: Mapping[int, int],
    by: UUID,
    at: datetime,
) -> Edited:
    """Carry out one edit of a draft and keep it for undoing.

    Parameters
    ----------
    asked
        The edit as the planner sent it, with its `kind`.
    base
        Grid id → revision of the grids that the edit was made on: at least those that it names
        and those that change their ground by it.

    Raises
    ------
    PlanError
        The plan is unknown, published, or has no grids yet.
    DraftMovedOnError
        One of the grids was changed by somebody else, or is gone.
    geo.redraw.errors.RedrawError
        The edit cannot be done; nothing has changed.
    """
    plan, reopened = _hold(connection, district_id, plan_id, by, at)
    rows = rows_to_edit(connection, plan, edit)
    _require_unchanged(connection, plan, rows, base, named_grids(edit))
    change = change_draft(connection, plan, rows, edit, at)
    _require_unchanged(connection, plan, rows, base, change.reshaped)
    drop_undone(connection, plan.district_id, plan.id)
    before = snapshots(rows, change.touched)
    last = edit_in_turn(connection, district_id, plan_id, undone=False)
    seq = 1 if last is None else last.seq + 1
    _keep(connection, plan, seq, asked, before, change, by, at)
    revision = _apply(connection, plan, change.after, change.removed)
    everything = isinstance(edit, SetKind | Lock)
    return _answer(connection, plan, revision, change, reopened=reopened, everything=everything)


def undo(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    revision: int,
    by: UUID,
    at: datetime,
) -> Edited:
    """Take back the last edit that is not undone yet.

    Parameters
    ----------
    revision
        Of the plan, as the planner sees it.

    Raises
    ------
    PlanError
        `nothing-to-undo`, or as `edit_draft`.
    DraftMovedOnError
        The draft was edited since.
    """
    return _step(connection, district_id, plan_id, revision, by, at, back=True)


def redo(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    revision: int,
    by: UUID,
    at: datetime,
) -> Edited:
    """Do again what was undone last; raises as `undo`, with `nothing-to-redo`."""
    return _step(connection, district_id, plan_id, revision, by, at, back=False)


def _hold(
    connection: Connection, district_id: int, plan_id: int, by: UUID, at: datetime
) -> tuple[DraftPlan, bool]:
    """Lock the plan's row and make the plan a draft again."""
    reopened = reopen(connection, district_id, plan_id, by=by, at=at)
    plan = find_draft(connection, district_id, plan_id)
    if plan is None:
        raise PlanError("unknown", "There is no such plan.")
    return plan, reopened


def _require_unchanged(
    connection: Connection,
    plan: DraftPlan,
    rows: gpd.GeoDataFrame,
    base: Mapping[int, int],
    needed: frozenset[int],
) -> None:
    """Refuse an edit made on other shapes than those of now."""
    now = {int(g): int(r) for g, r in zip(rows["grid_id"], rows["revision"], strict=True)}
    late = {grid_id for grid_id in needed if base.get(grid_id) != now.get(grid_id, -1)}
    late |= {g for g, revision in base.items() if g in now and now[g] != revision}
    if late:
        raise _moved_on(connection, plan, late)


def _moved_on(connection: Connection, plan: DraftPlan, late: set[int]) -> DraftMovedOnError:
    rows = read_rows(connection, plan)
    there = {int(grid_id) for grid_id in rows["grid_id"]}
    looked = _look_over(connection, plan, rows)
    return DraftMovedOnError(
        plan.revision, [grid for grid in looked if grid.grid_id in late], sorted(late - there)
    )


def _look_over(connection: Connection, plan: DraftPlan, rows: gpd.GeoDataFrame) -> list[DraftGrid]:
    if len(rows) == 0:
        return []
    ground = read_ground(connection, plan, communities_of(rows), lines=None)
    return look_over(rows, ground, plan.limits)


def _keep(  # noqa: PLR0917 (the columns of a row, in their order)
    connection: Connection,
    plan: DraftPlan,
    seq: int,
    asked: Mapping[str, Any],
    before: list[Snapshot],
    change: Change,
    by: UUID,
    at: datetime,
) -> None:
    connection.execute(
        text(
            "INSERT INTO plan_edit (district_id, plan_id, seq, kind, asked, before, after, "
            "edited_by, edited_at) VALUES (:district_id, :plan_id, :seq, :kind, "
            "CAST(:asked AS jsonb), CAST(:before AS jsonb), CAST(:after AS jsonb), :by, :at)"
        ),
        {
            "district_id": plan.district_id,
            "plan_id": plan.id,
            "seq": seq,
            "kind": asked["kind"],
            "asked": json.dumps(asked),
            "before": json.dumps(before),
            "after": json.dumps(change.after),
            "by": by,
            "at": at,
        },
    )


def _apply(connection: Connection, plan: DraftPlan, put: list[Snapshot], removed: list[int]) -> int:
    """Put grids and take others away; returns the plan's new revision."""
    of_plan = {"district_id": plan.district_id, "plan_id": plan.id}
    revision = plan.revision + 1
    connection.execute(
        text(
            "DELETE FROM grid_version WHERE district_id = :district_id AND plan_id = :plan_id "
            "AND grid_id = ANY(:removed) AND validity IS NULL"
        ),
        of_plan | {"removed": removed},
    )
    connection.execute(
        query("put_draft_grids"), of_plan | {"revision": revision, "grids": json.dumps(put)}
    )
    connection.execute(
        text(
            "UPDATE plan SET revision = :revision "
            "WHERE district_id = :district_id AND id = :plan_id"
        ),
        of_plan | {"revision": revision},
    )
    return revision


def _step(  # noqa: PLR0917 (whose plan, seen at which revision, by whom and when)
    connection: Connection,
    district_id: int,
    plan_id: int,
    revision: int,
    by: UUID,
    at: datetime,
    *,
    back: bool,
) -> Edited:
    plan, reopened = _hold(connection, district_id, plan_id, by, at)
    if plan.revision != revision:
        rows = read_rows(connection, plan)
        changed = rows["grid_id"][rows["revision"] > revision]
        raise _moved_on(connection, plan, {int(grid_id) for grid_id in changed})
    row = edit_in_turn(connection, plan.district_id, plan.id, undone=not back)
    if row is None:
        code = "nothing-to-undo" if back else "nothing-to-redo"
        raise PlanError(code, "There is nothing to undo." if back else "There is nothing to redo.")
    put, gone = (row.before, row.after) if back else (row.after, row.before)
    kept = {grid["grid_id"] for grid in put}
    removed = [grid["grid_id"] for grid in gone if grid["grid_id"] not in kept]
    new = _apply(connection, plan, put, removed)
    connection.execute(
        text(
            "UPDATE plan_edit SET undone_at = :at "
            "WHERE district_id = :district_id AND plan_id = :plan_id AND seq = :seq"
        ),
        {
            "district_id": district_id,
            "plan_id": plan_id,
            "seq": row.seq,
            "at": at if back else None,
        },
    )
    change = Change(after=put, removed=removed, reshaped=frozenset(), problems=[])
    everything = row.kind in {"kind", "lock", "unlock"}
    return _answer(connection, plan, new, change, reopened=reopened, everything=everything)


def _answer(
    connection: Connection,
    plan: DraftPlan,
    revision: int,
    change: Change,
    *,
    reopened: bool,
    everything: bool,
) -> Edited:
    """Look over what changed; another kind, or a lock, moves the target of a whole community."""
    put = {int(grid["grid_id"]) for grid in change.after}
    places = sorted({int(grid["area_id"]) for grid in change.after})
    looked = _look_over(connection, plan, read_rows(connection, plan, places))
    problems = list(change.problems)
    if reopened:
        problems.append(GridProblem("back-to-draft"))
    return Edited(
        revision=revision,
        changed=[grid for grid in looked if everything or grid.grid_id in put],
        removed=change.removed,
        history=history_of(connection, plan.district_id, plan.id),
        problems=problems,
    )
