"""The quality report of a plan: asked for, made by the worker, kept until the plan is edited.

A report costs seconds for a town and minutes for a city, so no request waits for one. Its map is
drawn by the worker too, once as wide as a page and once as a panel, and kept beside the report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import geopandas as gpd
from sqlalchemy import Connection, Engine, text

from data.exports.quality_content import (
    QualityReport,
    areas_not_revised,
    find_divided_compounds,
    make_report,
)
from data.exports.quality_report import ReportGround, draw_report_map
from data.jobs import defer
from data.layers import district_today
from data.plan_drafts import find_draft, read_rows
from data.plan_orders import Order, PlanPlace, read_order
from data.plan_wishes import PlanWishes
from geo.grids import GridError
from geo.grids.quality import assess

ReportState = Literal["none", "waiting", "done", "failed"]
MapKind = Literal["page", "screen"]
SCREEN_MAP_MM: Final = 104.0
"""Drawings in a panel are narrower than a page, so that their letters can be read there."""


@dataclass(frozen=True)
class KeptReport:
    """What is known of a plan's report.

    Attributes
    ----------
    state
        Of the last report that was asked for; "none" where none ever was.
    current
        Whether `content` is of the plan as it is now.
    content
        The last one that was made.
    failure
        ``code``, ``message_zh``, ``message_en`` of a failed attempt.
    """

    state: ReportState
    current: bool
    content: QualityReport | None
    failure: dict[str, str] | None


@dataclass(frozen=True)
class ReportMap:
    """The map of a report as SVG, and when the report was made."""

    svg: str
    made_at: str


def ask_for_report(connection: Connection, district_id: int, plan_id: int, at: datetime) -> None:
    """Let the worker make a plan's report once this transaction has been committed."""
    asked = connection.execute(
        text(
            "INSERT INTO plan_report AS known (district_id, plan_id, state, asked_at) "
            "VALUES (:district_id, :plan_id, 'waiting', :at) "
            "ON CONFLICT (district_id, plan_id) DO UPDATE "
            "SET state = 'waiting', asked_at = :at, failure = NULL "
            "WHERE known.state <> 'waiting' RETURNING 1"
        ),
        {"district_id": district_id, "plan_id": plan_id, "at": at},
    ).one_or_none()
    if asked is not None:
        arguments = {"district_id": district_id, "plan_id": plan_id}
        defer(connection, "report_plan", arguments, lock=f"report {district_id}/{plan_id}")


def read_report(connection: Connection, district_id: int, plan_id: int) -> KeptReport:
    """Read what is known of a plan's report."""
    row = connection.execute(
        text(
            "SELECT report.state, report.content, report.failure, "
            "report.revision = plan.revision AS current FROM plan_report AS report "
            "JOIN plan ON plan.district_id = report.district_id AND plan.id = report.plan_id "
            "WHERE report.district_id = :district_id AND report.plan_id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).one_or_none()
    if row is None:
        return KeptReport("none", current=False, content=None, failure=None)
    content = None if row.content is None else QualityReport.model_validate(row.content)
    return KeptReport(row.state, bool(row.current), content, row.failure)


def read_report_map(
    connection: Connection, district_id: int, plan_id: int, kind: MapKind
) -> ReportMap | None:
    """Read the map of a plan's report; None unless the report is of the plan as it is now."""
    row = connection.execute(
        text(
            "SELECT CASE WHEN :page THEN report.page_map ELSE report.screen_map END AS svg, "
            "report.content ->> 'made_at' AS made_at FROM plan_report AS report "
            "JOIN plan ON plan.district_id = report.district_id AND plan.id = report.plan_id "
            "AND plan.revision = report.revision "
            "WHERE report.district_id = :district_id AND report.plan_id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id, "page": kind == "page"},
    ).one_or_none()
    return None if row is None else ReportMap(row.svg, row.made_at)


def make_plan_report(engine: Engine, district_id: int, plan_id: int, at: datetime) -> None:
    """Make the report of a plan as it is now; nothing is done when the plan is gone.

    Reading and storing are transactions of their own: nobody waits for what lies between.
    """
    try:
        with engine.connect() as connection:
            found = _read(connection, district_id, plan_id, at)
        if found is None:
            return
        revision, head, order, grids = found
        content = _content(head, order, grids)
        ground = _ground(order, grids)
        page_map = draw_report_map(content, ground).svg
        screen_map = draw_report_map(content, ground, SCREEN_MAP_MM).svg
    except GridError as error:
        told = {"code": error.code, "message_zh": error.message_zh, "message_en": error.message_en}
        with engine.begin() as connection:
            _keep(connection, district_id, plan_id, state="failed", failure=json.dumps(told))
        return
    with engine.begin() as connection:
        _keep(
            connection,
            district_id,
            plan_id,
            state="done",
            revision=revision,
            content=content.model_dump_json(),
            page_map=page_map,
            screen_map=screen_map,
        )


def _ground(order: Order, grids: gpd.GeoDataFrame) -> ReportGround:
    """What the map is drawn from; grids in the report's order."""
    town = order.town
    return ReportGround(grids=grids, areas=town.areas, roads=town.roads, water=town.water)


@dataclass(frozen=True)
class _Head:
    """Of the plan: its area's name, the seed where nobody edited it, the moment, areas left."""

    title: str
    seed: int | None
    at: datetime
    not_revised: Sequence[Mapping[str, str]]


def _read(
    connection: Connection, district_id: int, plan_id: int, at: datetime
) -> tuple[int, _Head, Order, gpd.GeoDataFrame] | None:
    row = connection.execute(
        text(
            "SELECT plan.area_id, plan.revision, plan.target_households, plan.wishes, "
            "plan.generation ->> 'seed' AS seed, area.name, district.time_zone, "
            "plan.quality -> 'not_revised' AS not_revised, "
            "EXISTS (SELECT 1 FROM plan_edit "
            "WHERE district_id = plan.district_id AND plan_id = plan.id) AS edited "
            "FROM plan JOIN district ON district.id = plan.district_id JOIN area "
            "ON area.district_id = plan.district_id AND area.id = plan.area_id "
            "WHERE plan.district_id = :district_id AND plan.id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).one_or_none()
    if row is None:
        return None
    grids = _grids(connection, district_id, plan_id)
    if len(grids) == 0:
        return None
    place = PlanPlace(
        district_id, plan_id, row.area_id, district_today(connection, district_id, at)
    )
    # The grids are there: what they were changed from, and which were left, is not asked again.
    wishes = PlanWishes.model_validate(row.wishes).model_copy(update={"way": "anew", "only": None})
    seed = None if row.seed is None or row.edited else int(row.seed)
    order = read_order(connection, place, row.target_households, wishes)
    local = at.astimezone(ZoneInfo(row.time_zone))
    return row.revision, _Head(row.name, seed, local, row.not_revised or ()), order, grids


def _grids(connection: Connection, district_id: int, plan_id: int) -> gpd.GeoDataFrame:
    plan = find_draft(connection, district_id, plan_id)
    if plan is None:
        return gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")
    rows = read_rows(connection, plan)
    return rows.sort_values("code", ignore_index=True)[
        ["code", "name", "kind", "locked", "geometry"]
    ]


def _content(head: _Head, order: Order, grids: gpd.GeoDataFrame) -> QualityReport:
    town, options = order.town, order.wishes.options(order.households)
    quality = assess(
        grids,
        town.buildings,
        town.roads,
        town.areas,
        options,
        water=town.water,
        barriers=order.barriers,
        compounds=order.compounds,
    )
    return make_report(
        quality,
        town.areas,
        options,
        made_at=head.at,
        title=head.title,
        seed=head.seed,
        compounds=find_divided_compounds(grids, town.buildings, order.compounds),
        not_revised=areas_not_revised(head.not_revised, town.areas),
    )


def _keep(connection: Connection, district_id: int, plan_id: int, **values: Any) -> None:
    columns = ", ".join(
        f"{name} = CAST(:{name} AS jsonb)"
        if name in {"content", "failure"}
        else f"{name} = :{name}"
        for name in values
    )
    connection.execute(
        text(
            f"UPDATE plan_report SET {columns} "  # noqa: S608 (names of our own)
            "WHERE district_id = :district_id AND plan_id = :plan_id"
        ),
        values | {"district_id": district_id, "plan_id": plan_id},
    )
