"""A track that another app or a watch recorded, added to one's own shift as a file."""

import tempfile
from datetime import UTC, datetime
from math import isnan
from pathlib import Path, PurePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response, UploadFile
from pydantic import BaseModel, Field

from api.errors import Problem, problem_responses
from api.operations import CurrentCommand
from api.routes.shifts import own_shift
from data.imports.problems import ImportFileError
from data.imports.tracks.fixes import TrackFile
from data.imports.tracks.loggers import is_fit, read_fit_fixes, read_gpx_fixes
from data.patrols import Fix, add_points, seq_of_moment
from geo.datum import Datum

router = APIRouter(prefix="/api/v1/shifts", tags=["shifts"], responses=problem_responses(401, 403))

MOST_FIXES = 100_000
"""More than one a second over the longest shift."""


class TrackFileTaken(BaseModel):
    """What became of the fixes of a file."""

    accepted: int
    duplicates: int = Field(description="Known before, by this file or by a tracker.")
    outside_shift: int = Field(description="Before its begin, after its end, or too old: not kept.")
    far_from_duty: int = Field(description="Farther than 200 m from its grids: not kept.")
    unreadable: int = Field(description="Without a time, or nowhere on earth.")


@router.post(
    "/{shift_id}/track-file",
    response_model=TrackFileTaken,
    responses=problem_responses(404, 409, 413, 422),
)
def add_track_file(
    shift_id: UUID,
    command: CurrentCommand,
    file: UploadFile,
    datum: Annotated[
        Datum, Form(description="Some phone apps write GCJ-02 against the standard.")
    ] = "wgs84",
) -> Response:
    """Add a GPX or FIT file to the caller's own shift; the same file again changes nothing.

    What lies outside the shift or far from its grids is not kept, only counted.
    """
    shift = own_shift(command, shift_id)
    read = _read(file, datum)
    times = [datetime.fromtimestamp(second, UTC) for second in read.fixes.time_s.tolist()]
    known = [None if isnan(metres) else metres for metres in read.fixes.accuracy_m.tolist()]
    places = zip(times, read.fixes.lon.tolist(), read.fixes.lat.tolist(), known, strict=True)
    # What lies before the shift has no number in it.
    fixes = [
        Fix(seq_of_moment(at, shift.started_at), at, lon, lat, accuracy_m)
        for at, lon, lat, accuracy_m in places
        if at >= shift.started_at
    ]
    taken = add_points(command.tx, shift, fixes, command.at)
    far = sum(reason == "far-from-duty" for _, reason in taken.refused)
    told = TrackFileTaken(
        accepted=taken.accepted,
        duplicates=taken.duplicates,
        outside_shift=len(times) - len(fixes) + len(taken.refused) - far,
        far_from_duty=far,
        unreadable=read.bad.count,
    )
    return command.keep(told)


def _read(file: UploadFile, datum: Datum) -> TrackFile:
    name = PurePath((file.filename or "track.gpx").replace("\\", "/")).name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track"
        path.write_bytes(file.file.read())
        try:
            read = (read_fit_fixes if is_fit(path) else read_gpx_fixes)(path, datum=datum)
        except ImportFileError as error:
            told = {"message_zh": error.message_zh, "message_en": error.message_en, "file": name}
            raise Problem(422, "unreadable-file", error.message_en, params=told) from error
    if len(read.fixes) > MOST_FIXES:
        raise Problem(
            413,
            "track-too-long",
            f"A file has at most {MOST_FIXES} fixes: divide it.",
            params={"most": MOST_FIXES},
        )
    return read
