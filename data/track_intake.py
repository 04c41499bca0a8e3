"""Track points of many officers at once: one transaction, one statement, one commit for all.

What becomes of a batch is what `data.patrols.add_points` would do with it alone; the tests hold
the two against each other.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row

from data.arrays import column, let_send_columns
from data.database import query
from data.grid_memory import KeptGrids, grids_of_day
from data.patrols import (
    CLOCK_AHEAD,
    LONGEST_SHIFT,
    Fix,
    NotTrackedError,
    PatrolError,
    RefusalReason,
    Taken,
    add_points,
    far_from,
)
from geo.locate import IdArray

FloatArray = npt.NDArray[np.float64]
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotOwnShiftError(PatrolError):
    """The account has no such shift."""


class OperationReusedError(PatrolError):
    """The operation's id was given to another command before."""


@dataclass(frozen=True)
class Batch:
    """Points that an officer sends of a shift, columns of the same length.

    Parameters
    ----------
    operation_id, digest
        The command that brings them, and what was sent.
    received_at
        By our clock.
    seq, occurred_us, lon, lat, accuracy_m
        The phone's count, microseconds since 1970, WGS 84 degrees, metres (NaN: not known).
    remembered
        Whether its answer is kept for when it comes again. A tracker's is not: its fixes are told
        apart by their time, and there are too many of them.
    """

    account_id: UUID
    shift_id: UUID
    operation_id: UUID
    digest: bytes
    received_at: datetime
    seq: npt.NDArray[np.int64]
    occurred_us: npt.NDArray[np.int64]
    lon: FloatArray
    lat: FloatArray
    accuracy_m: FloatArray
    remembered: bool = True

    @property
    def key(self) -> tuple[UUID, UUID]:
        """Which command it is."""
        return self.account_id, self.operation_id


@dataclass(frozen=True)
class Answered:
    """What a command is answered, now or when it came before."""

    answer: dict[str, Any]
    status: int = 200
    replayed: bool = False


Outcome = Answered | PatrolError
Render = Callable[[Taken], dict[str, Any]]


@dataclass(frozen=True)
class _Track:
    """A batch with its shift, and what is refused of it."""

    batch: Batch
    shift: Row[Any]
    grid_ids: IdArray
    reasons: npt.NDArray[np.object_]

    @property
    def taken(self) -> npt.NDArray[np.bool_]:
        taken: npt.NDArray[np.bool_] = self.reasons == ""
        return taken

    @property
    def refused(self) -> tuple[tuple[int, RefusalReason], ...]:
        wrong = np.flatnonzero(self.reasons != "")
        return tuple((int(self.batch.seq[i]), self.reasons[i]) for i in wrong)


def take_batches(
    connection: Connection, district_id: int, batches: Sequence[Batch], render: Render
) -> list[Outcome]:
    """Store batches of a district, each of another shift, and the answers they are given.

    Nothing may be told to anybody before the caller's transaction is committed. A batch that is
    refused leaves the others alone.

    Parameters
    ----------
    render
        Writes what became of a batch as the answer that is stored and given.

    Raises
    ------
    ValueError
        If two batches are of one shift: in one statement they could not be told apart.
    """
    if len({batch.shift_id for batch in batches}) < len(batches):
        raise ValueError("two batches of one shift")
    # The shifts first: a copy of a command waits here for the first one and finds its answer.
    shifts = _lock_shifts(connection, district_id, batches)
    outcomes: dict[tuple[UUID, UUID], Outcome] = _done_before(connection, district_id, batches)
    running: list[tuple[Batch, Row[Any]]] = []
    kept: list[tuple[Batch, Taken]] = []
    for batch in batches:
        shift = shifts.get(batch.shift_id)
        if batch.key in outcomes:
            continue
        if shift is None or shift.account_id != batch.account_id:
            outcomes[batch.key] = NotOwnShiftError(str(batch.shift_id))
        elif not shift.tracked:
            outcomes[batch.key] = NotTrackedError(str(batch.shift_id))
        elif shift.ended_at is not None or shift.track_kept != "whole":
            kept.append((batch, add_points(connection, shift, _fixes(batch), batch.received_at)))
        else:
            running.append((batch, shift))
    kept += _store(connection, district_id, _judge(connection, district_id, running))
    for batch, taken in kept:
        outcomes[batch.key] = Answered(render(taken))
    _keep_answers(connection, district_id, [batch for batch, _ in kept], outcomes)
    return [outcomes[batch.key] for batch in batches]


def _lock_shifts(
    connection: Connection, district_id: int, batches: Sequence[Batch]
) -> dict[UUID, Row[Any]]:
    asked = {"district_id": district_id, "ids": [batch.shift_id for batch in batches]}
    return {row.id: row for row in connection.execute(query("lock_shifts"), asked)}


def _done_before(
    connection: Connection, district_id: int, batches: Sequence[Batch]
) -> dict[tuple[UUID, UUID], Outcome]:
    digests = {batch.key: batch.digest for batch in batches}
    rows = connection.execute(
        query("operations_done"),
        {
            "district_id": district_id,
            "accounts": [batch.account_id for batch in batches],
            "ids": [batch.operation_id for batch in batches],
        },
    )
    return {
        (row.account_id, row.id): Answered(row.answer, row.status, replayed=True)
        if row.body_digest == digests[row.account_id, row.id]
        else OperationReusedError(str(row.id))
        for row in rows
    }


def _judge(
    connection: Connection, district_id: int, running: Sequence[tuple[Batch, Row[Any]]]
) -> list[_Track]:
    """Find the grid of each point, all of one day at once, and what is to be refused."""
    tracks = []
    for day in sorted({shift.shift_day for _, shift in running}):
        of_day = [(batch, shift) for batch, shift in running if shift.shift_day == day]
        grids = grids_of_day(connection, district_id, day, hold=True)
        located = grids.locate(
            np.concatenate([batch.lon for batch, _ in of_day]),
            np.concatenate([batch.lat for batch, _ in of_day]),
        )
        ends = np.cumsum([len(batch.seq) for batch, _ in of_day])
        for (batch, shift), grid_ids in zip(of_day, np.split(located, ends[:-1]), strict=True):
            reasons = _untimely(batch, shift)
            reasons[(reasons == "") & _away(grids, grid_ids, batch, shift)] = "far-from-duty"
            tracks.append(_Track(batch, shift, grid_ids, reasons))
    return tracks


def _untimely(batch: Batch, shift: Row[Any]) -> npt.NDArray[np.object_]:
    reasons = np.full(len(batch.seq), "", dtype=object)
    # The last one said holds.
    reasons[batch.occurred_us > _microseconds(batch.received_at + CLOCK_AHEAD)] = "in-future"
    reasons[batch.occurred_us > _microseconds(shift.started_at + LONGEST_SHIFT)] = "after-end"
    reasons[batch.occurred_us < _microseconds(shift.started_at)] = "before-start"
    return reasons


def _away(
    grids: KeptGrids, grid_ids: IdArray, batch: Batch, shift: Row[Any]
) -> npt.NDArray[np.bool_]:
    inside = np.isin(grid_ids, shift.grid_ids)
    if inside.all():
        return ~inside
    away: npt.NDArray[np.bool_] = far_from(grids.shapes_of(shift.grid_ids), batch.lon, batch.lat)
    return away


def _store(
    connection: Connection, district_id: int, tracks: Sequence[_Track]
) -> list[tuple[Batch, Taken]]:
    if not tracks:
        return []
    counts = [int(track.taken.sum()) for track in tracks]
    let_send_columns(connection)
    rows = connection.execute(
        query("take_track_points"),
        {
            "district_id": district_id,
            "days": [track.shift.shift_day for track in tracks],
            "shifts": [track.shift.id for track in tracks],
            "received": [track.batch.received_at for track in tracks],
            "tracks": column("int4", np.repeat(np.arange(len(tracks)), counts)),
            "seqs": column("int4", _joined(tracks, "seq")),
            "times": column("timestamptz", _joined(tracks, "occurred_us")),
            "lons": column("float8", _joined(tracks, "lon")),
            "lats": column("float8", _joined(tracks, "lat")),
            "accuracies": column("float8", _joined(tracks, "accuracy_m")),
            "grids": column("int8", np.concatenate([t.grid_ids[t.taken] for t in tracks])),
        },
    )
    added = {row.shift_id: int(row.points) for row in rows}
    return [
        (track.batch, Taken(accepted, count - accepted, track.refused))
        for track, count in zip(tracks, counts, strict=True)
        for accepted in (added.get(track.shift.id, 0),)
    ]


def _joined(tracks: Sequence[_Track], name: str) -> npt.NDArray[Any]:
    return np.concatenate([getattr(track.batch, name)[track.taken] for track in tracks])


def _keep_answers(
    connection: Connection,
    district_id: int,
    batches: Sequence[Batch],
    outcomes: dict[tuple[UUID, UUID], Outcome],
) -> None:
    rows = []
    for batch in batches:
        outcome = outcomes[batch.key]
        if isinstance(outcome, Answered) and batch.remembered:
            rows.append(
                {
                    "account_id": str(batch.account_id),
                    "id": str(batch.operation_id),
                    "body_digest": batch.digest.hex(),
                    "status": outcome.status,
                    "answer": outcome.answer,
                    "received_at": batch.received_at.isoformat(),
                }
            )
    if rows:
        connection.execute(
            query("keep_operations"), {"district_id": district_id, "rows": json.dumps(rows)}
        )


def _fixes(batch: Batch) -> list[Fix]:
    """The same points as `add_points` takes them."""
    known = [None if np.isnan(metres) else metres for metres in batch.accuracy_m.tolist()]
    times = [_EPOCH + us * _MICROSECOND for us in batch.occurred_us.tolist()]
    rows = zip(
        batch.seq.tolist(), times, batch.lon.tolist(), batch.lat.tolist(), known, strict=True
    )
    return [Fix(*row) for row in rows]


def microseconds(moments: Sequence[datetime]) -> npt.NDArray[np.int64]:
    """Moments as microseconds since 1970, exactly."""
    return np.array([_microseconds(moment) for moment in moments], dtype=np.int64)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
