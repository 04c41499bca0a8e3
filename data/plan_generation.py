"""Making the grids of a draft: read, divide, store; all of them at once, or none."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import geopandas as gpd
from sqlalchemy import Connection, Engine

from data.draft_grids import store_draft
from data.exports.quality_content import find_divided_compounds
from data.jobs import defer
from data.layers import district_today
from data.plan_orders import (
    Order,
    PlanPlace,
    draw,
    identities,
    locked_codes,
    read_order,
    with_carried,
)
from data.plan_reports import ask_for_report
from data.plan_runs import (
    GenerationFailure,
    Progress,
    Run,
    RunKeeper,
    RunStoppedError,
    begin_run,
    find_run,
    finish_run,
    order_run,
)
from data.plan_steps import keep_step
from data.plan_wishes import PlanWishes
from data.shapes import store_grid_shapes
from geo.grids import GridError, score


def defer_run(connection: Connection, district_id: int, plan_id: int, run: int = 1) -> None:
    """Let the worker make a plan's grids once this transaction has been committed."""
    defer(
        connection,
        "generate_grids",
        {"district_id": district_id, "plan_id": plan_id, "run": run},
        lock=f"plan {district_id}/{plan_id}",
    )


def redraw_plan(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    households: int,
    wishes: PlanWishes,
    by: UUID,
    at: datetime,
) -> None:
    """Have the grids of a plan made anew by other wishes; its locked grids stay.

    A checked or approved plan becomes a draft. Until the new grids are there, or where they fail
    or are stopped, those of now stay.

    Raises
    ------
    PlanError
        `unknown`, `published`, or `generating`.
    """
    run = order_run(connection, district_id, plan_id, households=households, wishes=wishes)
    if run.status != "draft":
        keep_step(connection, district_id, plan_id, "edit", "draft", by=by, at=at)
    defer_run(connection, district_id, plan_id, run.number)


def generate_plan(
    engine: Engine,
    district_id: int,
    plan_id: int,
    *,
    now: datetime,
    run: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> GenerationFailure | None:
    """Generate the grids of a draft, keeping ``plan.generation`` up to date on the way.

    Reading, each step of progress and storing are short transactions of their own, so that a
    long generation holds no lock; the grids appear all at once, or not at all.

    Parameters
    ----------
    engine
        As the run-time role.
    now
        Our clock; grids in force on its day lend their identity to those that are like them.
    run
        Number of the run that was ordered; nothing is done when it was stopped or is done. None
        begins one.
    seed
        Goes before what the plan was asked for; only where a run is begun.
    progress
        Called as well as the plan's row is written.
    executor
        What divides the areas; None: threads of this process.

    Returns
    -------
    None, or what the input must be mended of; the plan's row says the same.
    """
    with engine.begin() as connection:
        if run is None:
            found: Run | None = begin_run(connection, district_id, plan_id, seed=seed)
        else:
            found = find_run(connection, district_id, plan_id, run)
    if found is None:
        return None
    keep = RunKeeper(engine, found, progress)
    try:
        return _make(engine, found, keep, now, executor)
    except RunStoppedError:
        return None
    except KeyboardInterrupt:
        keep.stop()
        raise


def _make(
    engine: Engine, run: Run, keep: RunKeeper, now: datetime, executor: Executor | None
) -> GenerationFailure | None:
    keep("read", 0)
    try:
        with engine.connect() as connection:
            on = district_today(connection, run.district_id, now)
            place = PlanPlace(run.district_id, run.plan_id, run.area_id, on)
            order = read_order(connection, place, run.households, run.wishes)
        drawn = draw(order, lambda done, _total, stage: keep(stage, round(done * 0.9)), executor)
    except GridError as error:
        failure = GenerationFailure(error.code, error.message_zh, error.message_en)
        keep.fail(failure)
        return failure
    keep("score", 90)
    grids = with_carried(order, drawn)
    quality = _quality(order, grids)
    with engine.begin() as connection:
        finish_run(connection, run, quality)
        _store(connection, run, order, grids, now)
    keep.tell_done()
    return None


def _quality(order: Order, grids: gpd.GeoDataFrame) -> dict[str, Any]:
    """How good the grids are, and what is to be said of how they came about."""
    town = order.town
    options = order.wishes.options(order.households)
    scored = score(
        grids.assign(locked=grids["code"].isin(locked_codes(order))),
        town.buildings,
        town.roads,
        town.areas,
        options.households,
        micro_households=options.micro_households,
    )
    told = {name: grids.attrs[name] for name in _TOLD if name in grids.attrs}
    split = [
        {"building_id": int(town.buildings["id"].iloc[part["row"]])} | part
        for part in grids.attrs.get("split_buildings", [])
    ]
    torn = find_divided_compounds(grids, town.buildings, order.compounds)
    if split:
        told["split_buildings"] = split
    if torn:
        told["divided_compounds"] = [one.model_dump() for one in torn]
    return asdict(scored) | told


_TOLD = (
    "households_outside",
    "households_moved",
    "households_compared",
    "ended",
    "not_revised",
)


def _store(
    connection: Connection, run: Run, order: Order, grids: gpd.GeoDataFrame, now: datetime
) -> None:
    store_draft(
        connection,
        run.district_id,
        run.plan_id,
        areas=order.town.areas,
        buildings=order.town.buildings,
        grids=grids,
        now=now,
        identities=identities(order, grids),
        locked=locked_codes(order),
    )
    store_grid_shapes(connection, run.district_id, run.plan_id)
    ask_for_report(connection, run.district_id, run.plan_id, now)
