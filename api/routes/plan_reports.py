"""The quality report of a plan: as content, as a page to print, as PDF and as a workbook."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.caching import PRIVATE, answer_with_etag, etag_of, is_current
from api.context import AppContext, CurrentCaller, Tx
from api.errors import Problem, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from api.plan_views import require_plan
from data.exports.grid_file import GridFileError
from data.exports.quality_content import QualityReport, ReportGrid, ReportMiss
from data.exports.quality_figures import histogram
from data.exports.quality_report import DrawnMap, write_report
from data.exports.quality_words import why_and_advice
from data.plan_reports import (
    SCREEN_MAP_MM,
    KeptReport,
    ReportState,
    ask_for_report,
    read_report,
    read_report_map,
)

router = APIRouter(prefix="/api/v1/plans/{plan_id}", tags=["plans"])
ReportLanguage = Literal["zh", "en"]
MOST_GRIDS_AS_PDF: Final = 2_000
"""Setting a longer table takes longer than anybody waits for an answer."""
_MEDIA: Final = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Whatever the names on it say, the page runs nothing and loads nothing.
_NOTHING_ELSE: Final = "default-src 'none'; style-src 'unsafe-inline'"


class ExplainedMiss(ReportMiss):
    """A grid beyond its tolerance, with the reason in words."""

    why_zh: str
    why_en: str
    advice_zh: str
    advice_en: str


class PlanReport(BaseModel):
    """The quality report of a plan, and how far the next one is."""

    state: ReportState = Field(description="Of the one asked for last.")
    current: bool = Field(description="False: the plan was edited since the report was made.")
    failure: dict[str, str] | None = Field(description="code, message_zh and message_en.")
    made_at: datetime | None
    report: QualityReport | None = Field(description="Without its misses; they are below.")
    misses: list[ExplainedMiss]


class ReportAsked(BaseModel):
    """The worker was asked for a report."""

    state: ReportState


@router.get("/report", response_model=PlanReport, responses=problem_responses(404))
def plan_report(plan_id: int, request: Request, caller: CurrentCaller, tx: Tx) -> Response:
    """Show the quality report of a plan, the last one that was made."""
    require_plan(tx, caller, plan_id, "plan:read")
    kept = read_report(tx, caller.district_id, plan_id)
    answer = PlanReport(
        state=kept.state,
        current=kept.current,
        failure=kept.failure,
        made_at=None if kept.content is None else kept.content.made_at,
        report=None if kept.content is None else kept.content.model_copy(update={"misses": []}),
        misses=[] if kept.content is None else _explained(kept.content),
    )
    return answer_with_etag(request, answer)


@router.post(
    "/report", status_code=202, response_model=ReportAsked, responses=problem_responses(404)
)
def make_report(plan_id: int, command: CurrentCommand) -> JSONResponse:
    """Have the quality report of a plan made anew; the worker does it."""
    require_plan(command.tx, command.caller, plan_id, "plan:read")
    ask_for_report(command.tx, command.caller.district_id, plan_id, command.at)
    return command.keep(ReportAsked(state="waiting"), 202)


@router.get(
    "/report.{form}",
    response_class=Response,
    responses={
        200: {"content": {media: {} for media in _MEDIA.values()}},
        **problem_responses(404, 409),
    },
)
def plan_report_file(
    *,
    plan_id: int,
    form: Literal["html", "pdf", "xlsx"],
    caller: CurrentCaller,
    tx: Tx,
    parts: AppContext,
    lang: ReportLanguage = "zh",
) -> Response:
    """Give the report as a page that prints, as PDF or as a workbook."""
    content = _present(tx, caller, plan_id)
    drawn = read_report_map(tx, caller.district_id, plan_id, "page")
    if drawn is None:
        raise _not_current()
    if form == "pdf" and len(content.grids) > MOST_GRIDS_AS_PDF:
        raise Problem(
            409,
            "report-too-long",
            "A PDF of so many grids takes too long: print the page, or take the workbook.",
            params={"grids": len(content.grids), "most": MOST_GRIDS_AS_PDF},
        )
    page_map = DrawnMap(drawn.svg, parts.settings.attribution)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{form}"
        try:
            write_report(path, content, page_map, lang)
        except GridFileError as error:
            told = {"message_zh": error.message_zh, "message_en": error.message_en}
            raise Problem(409, "plan-input", error.message_en, params=told) from error
        body = path.read_bytes()
    shown = "inline" if form == "html" else "attachment"
    headers = {
        "Cache-Control": PRIVATE,
        "Vary": "Cookie",
        "Content-Disposition": f'{shown}; filename="quality-{plan_id}.{form}"',
        "Content-Security-Policy": _NOTHING_ELSE,
    }
    return Response(body, media_type=_MEDIA[form], headers=headers)


@router.get(
    "/report/{figure}.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **problem_responses(404, 409)},
)
def plan_report_figure(
    *,
    plan_id: int,
    figure: Literal["histogram", "map"],
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    lang: ReportLanguage = "zh",
) -> Response:
    """Give the histogram or the map of the report."""
    require_plan(tx, caller, plan_id, "plan:read")
    drawn = read_report_map(tx, caller.district_id, plan_id, "screen")
    if drawn is None:
        raise _not_current()
    headers = {
        "ETag": etag_of(figure, lang, drawn.made_at),
        "Cache-Control": PRIVATE,
        "Vary": "Cookie",
        "Content-Security-Policy": _NOTHING_ELSE,
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    svg = drawn.svg
    if figure == "histogram":
        content = _present(tx, caller, plan_id)
        svg = histogram(_general(content), content.wanted, lang, SCREEN_MAP_MM)
    return Response(svg, media_type="image/svg+xml", headers=headers)


def _general(content: QualityReport) -> list[ReportGrid]:
    """The general grids; all where there are none."""
    return [grid for grid in content.grids if grid.kind == "general"] or content.grids


def _explained(content: QualityReport) -> list[ExplainedMiss]:
    told = []
    for miss in content.misses:
        why_zh, advice_zh = why_and_advice(miss, content.tolerance_pct, "zh")
        why_en, advice_en = why_and_advice(miss, content.tolerance_pct, "en")
        told.append(
            ExplainedMiss(
                **miss.model_dump(),
                why_zh=why_zh,
                why_en=why_en,
                advice_zh=advice_zh,
                advice_en=advice_en,
            )
        )
    return told


def _present(tx: Connection, caller: Caller, plan_id: int) -> QualityReport:
    """The report of the plan as it is now: only then do its map and table belong together."""
    require_plan(tx, caller, plan_id, "plan:read")
    kept: KeptReport = read_report(tx, caller.district_id, plan_id)
    if kept.content is None or not kept.current:
        raise _not_current()
    return kept.content


def _not_current() -> Problem:
    return Problem(
        409, "report-not-current", "No report of the plan as it is now: have it made first."
    )
