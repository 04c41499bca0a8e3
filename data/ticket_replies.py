"""Answers to another office about its tickets: each end of a case told once, and its verdict.

What was told is remembered by the line of the ledger that ended the case: closed again after it was
opened again, a case has a new answer. What the office says to an answer counts once: the same file
again changes nothing.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from casework.private_words import clear
from casework.states import Actor
from data.case_types import RefusedError, Step, StoredCase
from data.cases import act, find_case
from data.database import query
from data.exports.map_words import Language
from data.exports.ticket_sheet import Answer, write_answers
from data.schema import District, ExportLog, TicketReply
from data.scope import Scope, in_cases

Outcome = Literal["accepted", "refused"]
MOST_REPLIES: Final = 5_000
_STATES: Final = {
    "closed": ("已办结", "Done"),
    "void": ("不予受理", "Not taken up"),
    "merged": ("与其他工单合并办理", "Handled with another ticket"),
}
_MERGED: Final = {"zh-CN": "与工单 {number} 合并办理。", "en": "Handled with ticket {number}."}
_PHOTO: Final = {"zh-CN": "{number}-整改后-{n}.jpg", "en": "{number}-after-{n}.jpg"}
_COLUMNS: Final = ("external_number", "number", "category", "state", "description", "unit")
_SAID: Final[dict[Outcome, str]] = {
    "accepted": "答复已发“{source}”，工单 {number}，对方采纳。",
    "refused": "“{source}”退回工单 {number} 的答复：{remark}",
}
_NO_REMARK: Final = "未说明原因"


@dataclass(frozen=True)
class Told:
    """A file of answers that was written and logged."""

    id: UUID
    name: str
    rows: int
    capped: bool
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True)
class Teller:
    """Who answers: an account, what it may see, and the smallest area that holds all of that."""

    account_id: UUID
    name: str
    scope: Scope
    area_path: str


@dataclass(frozen=True)
class Verdict:
    """What an office says to an answer, as it stands in a row of its file."""

    row: int
    external_number: str
    outcome: Outcome
    remark: str


@dataclass
class Settled:
    """What became of an office's verdicts.

    Attributes
    ----------
    known
        Said before: nothing was changed.
    unknown
        Rows whose ticket was never answered, or is not here.
    differs
        Rows that say something else than what the office said before.
    not_possible
        Rows whose case has moved on since: it is open again already.
    """

    accepted: int = 0
    refused: int = 0
    known: int = 0
    unknown: list[int] = field(default_factory=list)
    differs: list[int] = field(default_factory=list)
    not_possible: list[int] = field(default_factory=list)


def list_sources(connection: Connection, scope: Scope) -> Sequence[Row[Any]]:
    """Offices whose tickets are cases in a scope, as `ticket_sources.sql` tells it."""
    return connection.execute(
        query("ticket_sources", where=in_cases("c", scope)), scope.parameters()
    ).all()


def replies(
    connection: Connection,
    scope: Scope,
    source: str,
    *,
    again: bool,
    limit: int = MOST_REPLIES,
    numbers: Sequence[str] | None = None,
) -> Sequence[Row[Any]]:
    """Answers to an office, as `ticket_replies.sql` tells it.

    Parameters
    ----------
    again
        Those that were told before too.
    numbers
        Only those of these tickets that were told, wherever their cases stand by now.
    """
    return connection.execute(
        query("ticket_replies", where=in_cases("c", scope)),
        {
            **scope.parameters(),
            "source": source,
            "again": again,
            "numbers": None if numbers is None else list(numbers),
            "limit": limit,
        },
    ).all()


def tell_office(
    connection: Connection,
    files: ObjectStore,
    export_id: UUID,
    source: str,
    *,
    teller: Teller,
    again: bool,
    purpose: str,
    language: Language,
    at: datetime,
) -> Told:
    """Write the answers to an office into a workbook, remember them as told, and log the file."""
    district_id = teller.scope.district_id
    rows = replies(connection, teller.scope, source, again=again, limit=MOST_REPLIES + 1)
    capped, rows = len(rows) > MOST_REPLIES, rows[:MOST_REPLIES]
    zone = ZoneInfo(
        connection.execute(
            select(District.time_zone).where(District.id == district_id)
        ).scalar_one()
    )
    now = at.astimezone(zone)
    said = (source, teller.name, f"{now:%Y-%m-%d %H:%M}", purpose, str(len(rows)))
    notes = _notes(language, said)
    body = write_answers([_answer(row, language, zone) for row in rows], language, notes)
    told = Told(
        export_id,
        f"{source}_答复_{now:%Y%m%d_%H%M}.xlsx".replace("/", "_"),
        len(rows),
        capped,
        len(body),
        hashlib.sha256(body).digest(),
    )
    key = f"exports/{district_id}/{export_id}.xlsx"
    files.put(key, body)
    _log(connection, told, teller, {"replies": source, "again": again}, purpose, key=key, at=at)
    _remember(connection, district_id, source, rows, at)
    return told


def _notes(language: Language, said: Sequence[str]) -> list[tuple[str, str]]:
    names = (
        ("来文单位", "答复人", "时间", "用途", "条数")
        if language == "zh-CN"
        else ("Office", "Answered by", "At", "Purpose", "Rows")
    )
    return list(zip(names, said, strict=True))


def _answer(row: Row[Any], language: Language, zone: ZoneInfo) -> Answer:
    chinese = language == "zh-CN"
    merged = row.state == "void" and row.merged_number is not None
    state = _STATES["merged" if merged else row.state]
    # What was said of a case may name who reported it: that stays here.
    done = clear(row.body or "").text
    if merged:
        done = _MERGED[language].format(number=row.merged_number)
    over = row.closed_at or row.ended_at
    return Answer(
        external_number=row.external_number,
        number=row.number,
        category=row.category_name,
        state=state[0 if chinese else 1],
        done=done,
        over_at=over.astimezone(zone),
        unit=row.unit_name or "",
        photos=[
            _PHOTO[language].format(number=row.external_number, n=n + 1) for n in range(row.photos)
        ],
    )


def _log(
    connection: Connection,
    told: Told,
    teller: Teller,
    asked: dict[str, Any],
    purpose: str,
    *,
    key: str,
    at: datetime,
) -> None:
    connection.execute(
        insert(ExportLog).values(
            district_id=teller.scope.district_id,
            id=told.id,
            account_id=teller.account_id,
            area_path=teller.area_path,
            at=at,
            format="xlsx",
            columns=list(_COLUMNS),
            asked=asked,
            rows=told.rows,
            capped=told.capped,
            purpose=purpose,
            name=told.name,
            key=key,
            size_bytes=told.size_bytes,
            sha256=told.sha256,
        )
    )


def _remember(
    connection: Connection, district_id: int, source: str, rows: Sequence[Row[Any]], at: datetime
) -> None:
    if not rows:
        return
    new = pg_insert(TicketReply).values(
        [
            {
                "district_id": district_id,
                "case_id": row.id,
                "seq": row.seq,
                "source": source,
                "state": row.state,
                "told_at": at,
                "times": 1,
            }
            for row in rows
        ]
    )
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["district_id", "case_id", "seq"],
            set_={"told_at": at, "times": TicketReply.times + 1},
        )
    )


def hold_verdicts(connection: Connection, district_id: int, source: str) -> None:
    """Let nobody else take in what this office says until the transaction ends."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"ticket verdicts {district_id}/{source}"},
    )


def settle(
    connection: Connection,
    scope: Scope,
    source: str,
    verdicts: Sequence[Verdict],
    *,
    actor_in: Callable[[StoredCase], Actor | None],
    at: datetime,
    apply: bool,
) -> Settled:
    """Take in what an office says to answers.

    An answer that was accepted is written into the case's ledger as given; one that was refused is
    an appeal, which a commander upholds or dismisses.

    Parameters
    ----------
    apply
        False: only tell what would become of them.
    """
    numbers = [one.external_number for one in verdicts]
    told = {
        row.external_number: row
        for row in replies(connection, scope, source, again=True, numbers=numbers)
    }
    done = Settled()
    for verdict in verdicts:
        row = told.pop(verdict.external_number, None)
        if row is None:
            done.unknown.append(verdict.row)
        elif row.outcome is not None:
            if row.outcome == verdict.outcome:
                done.known += 1
            else:
                done.differs.append(verdict.row)
        elif not apply or _write(connection, scope.district_id, source, row, verdict, actor_in, at):
            setattr(done, verdict.outcome, getattr(done, verdict.outcome) + 1)
        else:
            done.not_possible.append(verdict.row)
    return done


def _write(  # noqa: PLR0917 (what one verdict takes)
    connection: Connection,
    district_id: int,
    source: str,
    row: Row[Any],
    verdict: Verdict,
    actor_in: Callable[[StoredCase], Actor | None],
    at: datetime,
) -> bool:
    """Write a verdict into the ledger of its case, where its course allows that now."""
    stored = find_case(connection, district_id, row.id, lock=True)
    actor = None if stored is None else actor_in(stored)
    if stored is None or actor is None:
        return False
    remark = clear(verdict.remark).text or _NO_REMARK
    words = _SAID[verdict.outcome].format(
        source=source, number=verdict.external_number, remark=remark
    )
    if verdict.outcome == "accepted":
        step = Step("answer", stored.case.seq, text=words, facts={"how": "message"})
    else:
        step = Step("appeal", stored.case.seq, text=words)
    try:
        act(connection, stored, step, actor, at)
    except RefusedError:
        return False
    connection.execute(
        update(TicketReply)
        .where(
            TicketReply.district_id == district_id,
            TicketReply.case_id == row.id,
            TicketReply.seq == row.seq,
        )
        .values(outcome=verdict.outcome, outcome_at=at)
    )
    return True
