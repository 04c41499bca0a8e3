"""Around a shift's track: its gaps with the officer's reasons, and who looked at it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection, Row

from api.case_views import ActorRef
from api.context import CurrentCaller, Tx
from api.errors import invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from api.routes.shifts import own_shift, seen_shift
from data import patrols
from data.track_looks import (
    Gap,
    explain_gaps,
    gaps_explained,
    looks_of_others,
)
from geo.locate import GridIndex
from geo.tracks import TrackLimits

router = APIRouter(prefix="/api/v1/shifts", tags=["shifts"], responses=problem_responses(401, 403))

MOST_GAPS = 100
Reason = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class GapIn(BaseModel):
    """A while, and why nobody knows where one was; an empty reason takes back what was said."""

    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime
    reason: Reason = Field(examples=["进楼入户，没有信号"])


class GapsIn(BaseModel):
    """Reasons for gaps of a track."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gaps": [
                        {
                            "from": "2026-11-22T01:10:00Z",
                            "to": "2026-11-22T01:25:00Z",
                            "reason": "进楼入户，没有信号",
                        }
                    ]
                }
            ]
        }
    )

    gaps: list[GapIn] = Field(min_length=1, max_length=MOST_GAPS)


class ShiftGap(BaseModel):
    """A while for which nobody knows where the officer was."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime
    reason: str | None = Field(description="The officer's own; null: none given.")


class ShiftGaps(BaseModel):
    """All gaps of a shift, by time."""

    gaps: list[ShiftGap]


class TrackLooked(BaseModel):
    """Somebody who looked at a track on a day."""

    who: ActorRef
    day: date
    times: int
    last_at: AwareDatetime


class TrackLooks(BaseModel):
    """Who else looked at a track, the latest first."""

    looks: list[TrackLooked]


@router.get("/{shift_id}/gaps", responses=problem_responses(404))
def shift_gaps(shift_id: UUID, caller: CurrentCaller, tx: Tx) -> ShiftGaps:
    """Tell the gaps of a shift, each with the officer's reason where he gave one."""
    return _gaps(tx, _shift(tx, caller, shift_id))


@router.post("/{shift_id}/gaps", response_model=ShiftGaps, responses=problem_responses(404, 422))
def explain_shift_gaps(shift_id: UUID, body: GapsIn, command: CurrentCommand) -> Response:
    """Say why nobody knows where one was for a while, during one's own shift."""
    shift = own_shift(command, shift_id)
    last = shift.ended_at or shift.started_at + patrols.LONGEST_SHIFT
    for number, gap in enumerate(body.gaps):
        if not shift.started_at <= gap.from_ < gap.to <= last:
            raise invalid(
                f"/gaps/{number}", "time", "A gap lies within the shift and ends after it began."
            )
    said = [Gap(gap.from_, gap.to, gap.reason) for gap in body.gaps]
    explain_gaps(command.tx, shift, said, command.at)
    return command.keep(_gaps(command.tx, shift))


@router.get("/{shift_id}/looks", responses=problem_responses(404))
def shift_looks(shift_id: UUID, caller: CurrentCaller, tx: Tx) -> TrackLooks:
    """Tell who else looked at a track: the officer sees it, and whoever may look himself."""
    rows = looks_of_others(tx, _shift(tx, caller, shift_id))
    return TrackLooks(
        looks=[
            TrackLooked(
                who=ActorRef(id=row.account_id, display_name=row.display_name),
                day=row.day,
                times=row.times,
                last_at=row.last_at,
            )
            for row in rows
        ]
    )


def _shift(tx: Connection, caller: Caller, shift_id: UUID) -> Row[Any]:
    row = seen_shift(tx, caller, shift_id)
    found = patrols.find_shift(tx, caller.district_id, row.id)
    if found is None:
        raise not_found("shift")
    return found


def _gaps(tx: Connection, shift: Row[Any]) -> ShiftGaps:
    explained = gaps_explained(tx, shift)
    found = [
        gap
        for gap in _silences(tx, shift)
        if not any(said.from_at < gap.to_at and gap.from_at < said.to_at for said in explained)
    ]
    told = sorted([*explained, *found], key=lambda gap: gap.from_at)
    return ShiftGaps(
        gaps=[ShiftGap(from_=gap.from_at, to=gap.to_at, reason=gap.reason) for gap in told]
    )


def _silences(tx: Connection, shift: Row[Any]) -> list[Gap]:
    """Whiles of a track that was not thinned in which no fix came, ends of the shift among them."""
    points = patrols.read_track(tx, shift) if shift.track_kept == "whole" else []
    if not points:
        return []
    kept = patrols.measure(points, GridIndex([], [])).kept_fixes
    moments = [float(points[i].time_s) for i in np.sort(kept)]
    ends = [] if shift.ended_at is None else [shift.ended_at.timestamp()]
    times = [shift.started_at.timestamp(), *moments, *ends]
    longest = timedelta(seconds=TrackLimits().gap_s)
    whiles = [
        Gap(datetime.fromtimestamp(before, UTC), datetime.fromtimestamp(after, UTC))
        for before, after in pairwise(times)
    ]
    return [one for one in whiles if one.to_at - one.from_at > longest]
