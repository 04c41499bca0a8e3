"""The cases of a big town: what a year of reports leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import psycopg

from bench.copying import copy_text
from bench.town_ground import FloatArray, Ground, IntArray
from bench.town_ledgers import (
    CASE_COLUMNS,
    EVENT_COLUMNS,
    PHOTO_COLUMNS,
    TEXT_COLUMNS,
    Filed,
    case_row,
    ledger_rows,
    microseconds,
    photo_row,
    utc_texts,
)

CHUNK: Final = 50_000
YEAR_US: Final = 365 * 86_400_000_000
DAY_US: Final = 86_400_000_000
# What is still open was reported in the last tenth of the year.
OLD: Final = 0.9
TRIAGE_SHARE: Final = 0.001
PHOTO_SHARE: Final = 0.1

# A course: its share among old and among recent cases, and (action, state) of each line.
_REPORT, _DISPATCH, _HANDLE = (
    ("report", "reported"),
    ("dispatch", "dispatched"),
    ("handle", "handled"),
)
_VERIFY, _CLOSE, _REWORK = ("verify", "verified"), ("close", "closed"), ("rework", "dispatched")
COURSES: Final = (
    (0.54, 0.15, (_REPORT, _DISPATCH, _HANDLE, _VERIFY, _CLOSE)),
    (0.40, 0.10, (_REPORT, _HANDLE, _VERIFY, _CLOSE)),
    (0.03, 0.01, (_REPORT, _DISPATCH, _HANDLE, _REWORK, _HANDLE, _VERIFY, _CLOSE)),
    (0.03, 0.02, (_REPORT, ("void", "void"))),
    (0.0, 0.17, (_REPORT, _DISPATCH, _HANDLE)),
    (0.0, 0.05, (_REPORT, _DISPATCH, _HANDLE, _VERIFY)),
    (0.0, 0.30, (_REPORT, _DISPATCH)),
    (0.0, 0.20, (_REPORT,)),
)
LAST_STATES: Final = tuple(course[-1][1] for _, _, course in COURSES)
_SAYINGS = ("垃圾成堆", "井盖破损", "路灯不亮", "占道堆物", "墙面乱贴", "污水外溢", "护栏松动")


@dataclass(frozen=True)
class Staff:
    """Who acts on cases, and what they are charged with: ids as text."""

    officers: Sequence[str]
    commander: str
    handlers: Sequence[str]
    units: Sequence[int]


@dataclass(frozen=True)
class Kinds:
    """Categories: ids, severities, limits in minutes."""

    ids: IntArray
    severities: Sequence[str]
    limits: IntArray


@dataclass
class Tallies:
    """What the cases come to in each grid; arrays of shape (grids,)."""

    open: IntArray
    overdue: IntArray
    handled: IntArray
    closed: IntArray
    last_at_us: IntArray


@dataclass(frozen=True)
class Reports:
    """When, where and what was reported, by time; arrays of shape (cases,)."""

    ids: list[str]
    grid: IntArray
    at_us: IntArray
    kind: IntArray
    course: IntArray
    points: FloatArray


def draw_reports(
    ground: Ground, kinds: Kinds, cases: int, at: datetime, draw: np.random.Generator
) -> Reports:
    """Draw a year of reports: some grids have many, most few."""
    now_us = microseconds(at)
    at_us = np.sort(draw.integers(now_us - YEAR_US, now_us - 60_000_000, cases))
    weights = draw.gamma(0.6, size=len(ground.shapes))
    grid = draw.choice(len(ground.shapes), cases, p=weights / weights.sum())
    old = at_us < now_us - YEAR_US * (1 - OLD)
    shares = np.array([[first, second] for first, second, _ in COURSES])
    course = np.where(
        old,
        draw.choice(len(COURSES), cases, p=shares[:, 0]),
        draw.choice(len(COURSES), cases, p=shares[:, 1] / shares[:, 1].sum()),
    )
    points = ground.points(grid, draw)
    # Those outside all grids wait in triage.
    lost = draw.random(cases) < TRIAGE_SHARE
    points[lost] -= (1.0, 0.0)
    kind = draw.integers(0, len(kinds.ids), cases)
    ids = uuids7(at_us, draw)
    return Reports(ids, np.where(lost, -1, grid), at_us, kind, course, points)


def uuids7(at_us: IntArray, draw: np.random.Generator) -> list[str]:
    """Ids that sort by time, as clients make them."""
    ids = []
    high = (at_us // 1000).tolist()
    low = draw.integers(0, 1 << 62, (len(at_us), 2)).tolist()
    for milliseconds, (first, second) in zip(high, low, strict=True):
        text = f"{milliseconds:012x}7{first & 0xFFF:03x}{second | 1 << 63:016x}"
        ids.append(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
    return ids


def tally(reports: Reports, kinds: Kinds, grids: int, at: datetime) -> Tallies:
    """Count the cases of each grid as `data.status` would have."""
    placed = reports.grid >= 0
    due = reports.at_us + kinds.limits[reports.kind] * 60_000_000
    state = np.array(LAST_STATES)[reports.course]
    waits = np.isin(state, ["reported", "dispatched"])
    put_right = np.isin(state, ["handled", "verified"])

    def count(chosen: npt.NDArray[np.bool_]) -> IntArray:
        return np.bincount(reports.grid[chosen & placed], minlength=grids)

    last = np.zeros(grids, dtype=np.int64)
    np.maximum.at(last, reports.grid[placed], reports.at_us[placed])
    return Tallies(
        open=count(waits | put_right),
        overdue=count(waits & (due < microseconds(at))),
        handled=count(put_right),
        closed=count(state == "closed"),
        last_at_us=last,
    )


def copy_cases(
    connection: psycopg.Connection,
    ground: Ground,
    kinds: Kinds,
    staff: Staff,
    *,
    reports: Reports,
    at: datetime,
) -> None:
    """Copy cases, ledgers, texts and photos, so many at a time."""
    writer = _Writer(ground, kinds, staff, reports, at)
    for begin in range(0, len(reports.ids), CHUNK):
        cases, events, texts, photos = writer.chunk(begin, min(begin + CHUNK, len(reports.ids)))
        copy_text(connection, "hazard_case", CASE_COLUMNS, cases)
        copy_text(connection, "case_event", EVENT_COLUMNS, events)
        copy_text(connection, "case_text", TEXT_COLUMNS, texts)
        copy_text(connection, "photo", PHOTO_COLUMNS, photos)


class _Writer:
    """Writes chunks of cases as text for COPY."""

    def __init__(
        self, ground: Ground, kinds: Kinds, staff: Staff, reports: Reports, at: datetime
    ) -> None:
        self._kinds, self._staff, self._reports = kinds, staff, reports
        self._paths = [ground.community_paths[one] for one in ground.community]
        self._root = self._paths[0].split(".", 1)[0]
        self._now_us = microseconds(at)

    def chunk(self, begin: int, end: int) -> list[str]:
        """Lines of `hazard_case`, `case_event`, `case_text` and `photo`."""
        draw = np.random.default_rng(begin)
        at_us = self._reports.at_us[begin:end]
        due_us = at_us + self._kinds.limits[self._reports.kind[begin:end]] * 60_000_000
        # Up to seven lines: the first at the report, the others by and by, none in the future.
        steps = draw.exponential(4 * 3600e6, (end - begin, 6)).cumsum(axis=1)
        room = (self._now_us - at_us)[:, None] * (np.arange(1, 7) / 7)
        later = at_us[:, None] + np.minimum(steps, room).astype(np.int64)
        times = np.concatenate([at_us[:, None], later], axis=1)
        moments = utc_texts(times.ravel()).reshape(times.shape)
        due, late = utc_texts(due_us), due_us < self._now_us
        photographed = draw.random(end - begin) < PHOTO_SHARE
        parts: tuple[list[str], ...] = ([], [], [], [])
        for row, index in enumerate(range(begin, end)):
            filed = self._filed(index, moments[row].tolist(), str(due[row]))
            parts[0].append(case_row(filed, late=bool(late[row])))
            event_lines, text_line = ledger_rows(filed)
            parts[1].append(event_lines)
            parts[2].append(text_line)
            if photographed[row]:
                parts[3].append(photo_row(filed))
        return ["".join(part) for part in parts]

    def _filed(self, index: int, moments: list[str], due: str) -> Filed:
        reports, staff = self._reports, self._staff
        grid, kind = int(reports.grid[index]), int(reports.kind[index])
        course = COURSES[reports.course[index]][2]
        handler = index % len(staff.handlers)
        officer = staff.officers[index % len(staff.officers)]
        at_once = len(course) > 1 and course[1] == _HANDLE
        return Filed(
            id=reports.ids[index],
            number=f"{moments[0][:4]}{index + 1:07d}",
            course=course,
            moments=moments,
            grid_id=grid + 1 if grid >= 0 else None,
            area_path=self._paths[grid] if grid >= 0 else self._root,
            lon=float(reports.points[index, 0]),
            lat=float(reports.points[index, 1]),
            category_id=int(self._kinds.ids[kind]),
            severity=self._kinds.severities[kind],
            due=due,
            officer=officer,
            commander=staff.commander,
            handler=officer if at_once else staff.handlers[handler],
            unit_id=staff.units[handler],
            body=_SAYINGS[index % len(_SAYINGS)],
        )
