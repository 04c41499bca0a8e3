"""Cases and their ledgers as lines for COPY.

A million cases have four million lines; written one by one through the application they would
take hours. The digests are those of `casework.ledger`, whose canonical JSON is spelled out here
for speed; every load verifies the first of its ledgers by `casework.ledger` itself.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from casework.ledger import GENESIS, SALT_BYTES

IntArray = npt.NDArray[np.int64]

CASE_COLUMNS: Final = (
    "district_id, id, number, category_id, severity, state, seq, source, area_path, grid_id, "
    "grid_id_filed, geom, datum_in, accuracy_m, address, unit_id, reported_by, handled_by, "
    "occurred_at, received_at, deadline_at, filed_at, dispatched_at, handled_at, verified_at, "
    "closed_at, overdue, reworks, standing"
)
EVENT_COLUMNS: Final = (
    "district_id, case_id, seq, action, state, actor_id, occurred_at, received_at, facts, "
    "previous, digest"
)
TEXT_COLUMNS: Final = "district_id, case_id, seq, body, salt"
PHOTO_COLUMNS: Final = (
    "district_id, id, case_id, seq, role, key, sha256, media_type, size_bytes, width_px, "
    "height_px, added_by, received_at"
)
ACCURACY_M: Final = 8


@dataclass(frozen=True, slots=True)
class Filed:
    """A case as it was filed and what became of it; `course` is (action, state) of each line."""

    id: str
    number: str
    course: tuple[tuple[str, str], ...]
    moments: list[str]
    grid_id: int | None
    area_path: str
    lon: float
    lat: float
    category_id: int
    severity: str
    due: str
    officer: str
    commander: str
    handler: str
    unit_id: int
    body: str

    def actor_of(self, action: str) -> str:
        """Who does this to the case: nobody checks what he put right himself."""
        if action in {"report", "rework"}:
            return self.officer
        if action == "handle":
            return self.handler
        if action == "verify" and self.handler != self.officer:
            return self.officer
        return self.commander


def case_row(filed: Filed, *, late: bool) -> str:
    """The line of `hazard_case`: the present state, as the ledger comes to it."""
    when: dict[str, str] = {}
    reworks, before, standing = 0, "", "{}"
    steps = zip(filed.course, filed.moments, strict=False)
    for seq, ((action, after), at) in enumerate(steps, start=1):
        when[action] = at
        if action == "rework":
            reworks += 1
            standing = f'{{"proof_from":{seq}}}'
        if action == "handle":
            so_far = standing[1:-1] and f",{standing[1:-1]}"
            standing = f'{{"handled_from":"{before}"{so_far}}}'
        before = after
    state = filed.course[-1][1]
    grid = _or_null(filed.grid_id)
    cells = (
        f"1\t{filed.id}\t{filed.number}\t{filed.category_id}\t{filed.severity}\t{state}",
        f"{len(filed.course)}\tpatrol\t{filed.area_path}\t{grid}\t{grid}",
        f"SRID=4326;POINT({filed.lon!r} {filed.lat!r})\twgs84\t{ACCURACY_M}\t\\N",
        f"{_or_null(filed.unit_id if 'dispatch' in when else None)}\t{filed.officer}",
        _or_null(filed.handler if "handle" in when else None),
        f"{filed.moments[0]}\t{filed.moments[0]}\t{filed.due}\t{_or_null(_filed_at(filed))}",
        _or_null(when.get("dispatch")),
        f"{_or_null(when.get('handle'))}\t{_or_null(when.get('verify'))}",
        _or_null(when.get("close") or when.get("void")),
        f"{late and state in {'reported', 'dispatched'}}\t{reworks}\t{standing}\n",
    )
    return "\t".join(cells)


def _filed_at(filed: Filed) -> str | None:
    """When somebody first did something about it."""
    for (action, _), at in zip(filed.course, filed.moments, strict=False):
        if action in {"dispatch", "handle"}:
            return at
    return None


def ledger_rows(filed: Filed) -> tuple[str, str]:
    """The lines of `case_event`, and the one of `case_text`."""
    salt = os.urandom(SALT_BYTES)
    text_digest = hashlib.sha256(salt + filed.body.encode()).hexdigest()
    previous, rows = GENESIS, []
    steps = zip(filed.course, filed.moments, strict=False)
    for seq, ((action, state), at) in enumerate(steps, start=1):
        facts = "{}"
        if action == "report":
            facts = _report_facts(filed, text_digest)
        elif action == "dispatch":
            facts = f'{{"unit_id":{filed.unit_id}}}'
        actor = filed.actor_of(action)
        line = (
            f'{{"action":"{action}","actor_id":"{actor}","case_id":"{filed.id}","facts":{facts},'
            f'"occurred_at":"{at}","received_at":"{at}","seq":{seq},"state":"{state}"}}'
        )
        digest = hashlib.sha256(previous + line.encode()).digest()
        rows.append(
            f"1\t{filed.id}\t{seq}\t{action}\t{state}\t{actor}\t{at}\t{at}\t{facts}\t"
            f"\\\\x{previous.hex()}\t\\\\x{digest.hex()}\n"
        )
        previous = digest
    return "".join(rows), f"1\t{filed.id}\t1\t{filed.body}\t\\\\x{salt.hex()}\n"


def _report_facts(filed: Filed, text_digest: str) -> str:
    grid = "null" if filed.grid_id is None else filed.grid_id
    return (
        f'{{"accuracy_m":{ACCURACY_M},"area_path":"{filed.area_path}",'
        f'"category_id":{filed.category_id},"datum":"wgs84","deadline_at":"{filed.due}",'
        f'"external_number":null,"grid_id":{grid},"lat":{filed.lat!r},'
        f'"lon":{filed.lon!r},"severity":"{filed.severity}","source":"patrol",'
        f'"text_digest":"{text_digest}"}}'
    )


def photo_row(filed: Filed) -> str:
    """A line of `photo`; its bytes are in no store."""
    photo_id = f"{filed.id[:-1]}{(int(filed.id[-1], 16) + 1) % 16:x}"
    return (
        f"1\t{photo_id}\t{filed.id}\t{len(filed.course)}\tbefore\tphotos/{photo_id}.jpg\t"
        f"\\\\x{hashlib.sha256(photo_id.encode()).hexdigest()}\timage/jpeg\t200000\t1600\t1200\t"
        f"{filed.officer}\t{filed.moments[0]}\n"
    )


def _or_null(value: str | int | None) -> str:
    return "\\N" if value is None else str(value)


def microseconds(at: datetime) -> int:
    """A moment in microseconds since 1970."""
    return round(at.timestamp() * 1_000_000)


def utc_texts(at_us: IntArray) -> npt.NDArray[np.str_]:
    """Moments as the ledger writes them: RFC 3339 in UTC with microseconds."""
    texts: npt.NDArray[np.str_] = np.char.add(
        np.datetime_as_string(at_us.astype("datetime64[us]")), "Z"
    )
    return texts
