"""Recorded tracks: cleaned, their stays and metres, and whether half the fixes say the same.

They have no truth beside them; what can be known is whether the answer holds when every second fix
is left out, and when noise is added. They lie outside the repository: `SANBAI_BENCH_TRACKS` names
their folder, CSV (`X;Y;trajectory_id;t`) and GPX.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import gpxpy
import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.result import Result
from geo.metric import local_crs, project
from geo.patrol.cleaning import CleaningLimits, Flag, clean
from geo.patrol.shift_track import walk_of_shift

FloatArray = npt.NDArray[np.float64]
FOLDER: Final = "SANBAI_BENCH_TRACKS"
NOISE_M: Final = 15.0
GAP_S: Final = CleaningLimits().gap_s
_NO_STREETS: Final = np.zeros(0, dtype=np.object_)


def run() -> list[Result]:
    """Measure every track of the folder; nothing where no folder is named."""
    folder = os.environ.get(FOLDER)
    if not folder:
        print(f"recorded tracks: not measured, {FOLDER} names no folder")
        return []
    files = sorted([*Path(folder).glob("*.csv"), *Path(folder).glob("*.gpx")])
    if not files:
        raise FileNotFoundError(f"{FOLDER}: no CSV or GPX file in it")
    return [one for file in files for one in _of_file(file)]


def _of_file(file: Path) -> Iterator[Result]:
    tracks = [*(_csv(file) if file.suffix == ".csv" else _gpx(file))]
    told = [_told(track) for track in tracks]
    fixes = sum(len(track) for track in tracks)
    note = f"{fixes} fixes, {len(tracks)} recordings; no streets: metres straight"

    def line(what: str, figure: float, unit: str, note: str = note) -> Result:
        return Result("patrols", f"{file.name}: {what}", figure, None, "", unit, "", note)

    km = sum(one["length_m"] for one in told) / 1000
    yield line(
        "way, cleaned",
        km,
        "km",
        f"{note}; {sum(one['raw_m'] for one in told) / 1000:.1f} km as told without gaps,"
        f" {sum(one['standing_s'] for one in told) / 60:.0f} min of standing",
    )
    yield line("fixes left out", 100 * sum(one["out"] for one in told) / fixes, "%")
    for key, what in (
        ("half", "way differs with every second fix"),
        ("noise", "way differs with 15 m of noise added and told"),
    ):
        yield line(what, 100 * fmean(abs(one[key] / one["length_m"] - 1) for one in told), "%")
    yield line(
        "throws of 3 km put in that are left out", 100 * fmean(one["caught"] for one in told), "%"
    )


def _told(track: FloatArray) -> dict[str, float]:
    """Seconds, degrees → what a shift would make of it, and of what is done to it."""
    rng = np.random.default_rng(0)
    time, lon, lat = track.T
    plane: Any = local_crs(lon, lat)
    xy = np.column_stack(project(lon, lat, plane))

    def way(of: FloatArray, time: FloatArray, accuracy_m: float = np.nan) -> Any:
        place = project(of[:, 0], of[:, 1], plane, back=True)
        return walk_of_shift(time, *place, np.full(len(of), accuracy_m), _NO_STREETS)

    whole = way(xy, time)
    error = rng.normal(0, NOISE_M, xy.shape)
    thrown, at = xy.copy(), np.arange(10, len(xy) - 10, 50)
    thrown[at] += (3_000, 0)
    # A vehicle is no patrol on foot, but it may do 60 km/h: only throws are looked for here.
    flags = clean(time, thrown, np.full(len(time), np.nan), CleaningLimits(speed_m_s=40))
    return {
        "length_m": whole.length_m,
        "raw_m": float(np.hypot(*np.diff(xy, axis=0).T)[np.diff(time) <= GAP_S].sum()),
        "standing_s": whole.standing_s,
        "out": float((whole.flags != Flag.GOOD).sum()),
        "half": way(xy[::2], time[::2]).length_m,
        "noise": way(xy + error, time, NOISE_M).length_m,
        "caught": float((flags[at] != Flag.GOOD).mean()),
    }


def _csv(file: Path) -> Iterator[FloatArray]:
    rows = pd.read_csv(file, sep=";")
    rows["s"] = pd.to_datetime(rows["t"], utc=True).map(lambda at: at.timestamp())
    for _, one in rows.groupby("trajectory_id"):
        yield one.sort_values("s")[["s", "X", "Y"]].to_numpy(dtype=np.float64)


def _gpx(file: Path) -> Iterator[FloatArray]:
    recorded = gpxpy.parse(file.read_text(encoding="utf-8"))
    for part in (part for track in recorded.tracks for part in track.segments):
        rows = [
            (one.time.timestamp(), one.longitude, one.latitude)
            for one in part.points
            if one.time is not None
        ]
        yield np.array(sorted(rows), dtype=np.float64)
