"""Papers of cases 文书: issued under a number, kept as issued, proved by the signed scan.

A number is taken in the transaction that issues the paper: if that fails the number is free again,
so there is no gap. What is issued never changes; its digest stands in the ledger of the case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from data.case_lists import read_case, read_ledger
from data.database import query
from data.exports.case_columns import SEVERITIES, SOURCES, Telling
from data.exports.paper_forms import MARKS, NAMES, Kind, shipped_form
from data.exports.paper_writing import fill
from data.plan_papers import Paper
from data.schema import CasePaper, District, PaperNumber, PaperTemplate, Unit

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Order:
    """A paper that is to be issued.

    Parameters
    ----------
    demand
        What is asked of the unit, in words.
    """

    id: UUID
    case_id: UUID
    kind: Kind
    unit_id: int
    demand: str
    due_on: date | None
    issued_by: UUID
    issuer: str


@dataclass(frozen=True)
class Issued:
    """A paper that was issued: its number and what the ledger says of it."""

    number: str
    facts: dict[str, Any]


def issue_paper(
    connection: Connection, files: ObjectStore, district_id: int, order: Order, at: datetime
) -> Issued:
    """Number a paper, fill its template, and keep the file; the unit is known to be there.

    Raises
    ------
    TemplateError
        The office's template cannot be filled.
    """
    district = connection.execute(
        select(District.name, District.time_zone).where(District.id == district_id)
    ).one()
    telling = Telling("zh-CN", ZoneInfo(district.time_zone))
    today = at.astimezone(telling.zone).date()
    serial = _next_serial(connection, district_id, order.kind, today.year)
    number = f"{MARKS[order.kind]}〔{today.year}〕{serial}号"
    values = _values(connection, district_id, order, telling) | {
        "number": number,
        "office": district.name,
        "issued_on": _day(today),
    }
    body = fill(current_template(connection, files, district_id, order.kind)[0], values)
    sha256 = hashlib.sha256(body).digest()
    key = f"case-papers/{district_id}/{sha256.hex()[:2]}/{sha256.hex()}.docx"
    files.put(key, body)
    connection.execute(
        insert(CasePaper).values(
            district_id=district_id,
            id=order.id,
            case_id=order.case_id,
            kind=order.kind,
            year=today.year,
            serial=serial,
            number=number,
            unit_id=order.unit_id,
            due_on=order.due_on,
            key=key,
            sha256=sha256,
            size_bytes=len(body),
            issued_by=order.issued_by,
            issued_at=at,
        )
    )
    facts = {"kind": order.kind, "step": "issued", "number": number, "sha256": sha256.hex()}
    return Issued(number, facts | _acted_for(connection, district_id, order.unit_id))


def _next_serial(connection: Connection, district_id: int, kind: Kind, year: int) -> int:
    counted = pg_insert(PaperNumber).values(district_id=district_id, kind=kind, year=year, last=1)
    # Who comes second waits here until the first has issued his paper, or has failed to.
    taken: int = connection.execute(
        counted.on_conflict_do_update(
            index_elements=[PaperNumber.district_id, PaperNumber.kind, PaperNumber.year],
            set_={"last": PaperNumber.last + 1},
        ).returning(PaperNumber.last)
    ).scalar_one()
    return taken


def _values(
    connection: Connection, district_id: int, order: Order, telling: Telling
) -> dict[str, str]:
    row = read_case(connection, district_id, order.case_id)
    first = read_ledger(connection, district_id, order.case_id)[0]
    unit: str = connection.execute(
        select(Unit.name).where(Unit.district_id == district_id, Unit.id == order.unit_id)
    ).scalar_one()
    return {
        "kind": NAMES[order.kind][0],
        "unit": unit,
        "case_number": row.number,
        "external_number": row.external_number or "",
        "category": row.category_name,
        "severity": telling.word(SEVERITIES, row.severity),
        "source": telling.word(SOURCES, row.source),
        "address": row.address or "",
        "area": row.area_name or "",
        "grid": row.grid_name or "",
        "description": first.body or "",
        "received_at": _moment(telling, row.received_at),
        "deadline": _moment(telling, row.deadline_at),
        "demand": order.demand,
        "due_on": "" if order.due_on is None else _day(order.due_on),
        "issued_by": order.issuer,
    }


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(telling: Telling, at: datetime | None) -> str:
    local = telling.local(at)
    return "" if local is None else f"{_day(local.date())} {local:%H:%M}"


def _acted_for(connection: Connection, district_id: int, unit_id: int) -> dict[str, int]:
    """A unit whose people have no accounts cannot take a paper itself: it is acted for."""
    has_people = connection.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM account"
            " WHERE district_id = :district_id AND unit_id = :unit_id AND active)"
        ),
        {"district_id": district_id, "unit_id": unit_id},
    ).scalar_one()
    return {} if has_people else {"for_unit": unit_id}


def is_unit(connection: Connection, district_id: int, unit_id: int) -> bool:
    """Whether there is such a unit."""
    asked = select(Unit.id).where(Unit.district_id == district_id, Unit.id == unit_id)
    return connection.execute(asked).scalar() is not None


def store_scan(files: ObjectStore, district_id: int, scan: Paper) -> str:
    """Put the scan of a signed paper into the store; the key it lies under."""
    name = scan.sha256.hex()
    key = f"case-papers/{district_id}/{name[:2]}/{name}.{scan.suffix}"
    files.put(key, scan.body)
    return key


def sign_paper(
    connection: Connection,
    district_id: int,
    found: Row[Any],
    *,
    key: str,
    scan: Paper,
    signed_by: UUID,
    at: datetime,
) -> dict[str, Any]:
    """Keep the stored scan of an issued paper that came back; what the ledger says of it."""
    connection.execute(
        update(CasePaper)
        .where(CasePaper.district_id == district_id, CasePaper.id == found.id)
        .values(
            signed_key=key,
            signed_sha256=scan.sha256,
            signed_name=scan.name,
            signed_media_type=scan.media_type,
            signed_by=signed_by,
            signed_at=at,
        )
    )
    facts = {
        "kind": found.kind,
        "step": "signed",
        "number": found.number,
        "sha256": scan.sha256.hex(),
    }
    return facts | _acted_for(connection, district_id, found.unit_id)


def papers_of_case(connection: Connection, district_id: int, case_id: UUID) -> Sequence[Row[Any]]:
    """The papers of a case, oldest first, with the names of unit and people."""
    return connection.execute(
        query("papers_of_case"), {"district_id": district_id, "case_id": case_id}
    ).all()


def find_case_paper(
    connection: Connection, district_id: int, paper_id: UUID, *, lock: bool = False
) -> Row[Any] | None:
    """All columns of a paper, or None; with `lock` nobody else signs it meanwhile."""
    asked = select(*CasePaper.__table__.columns).where(
        CasePaper.district_id == district_id, CasePaper.id == paper_id
    )
    found: Row[Any] | None = connection.execute(
        asked.with_for_update() if lock else asked
    ).one_or_none()
    return found


def own_templates(connection: Connection, district_id: int) -> dict[str, Row[Any]]:
    """The office's own templates by kind."""
    rows = connection.execute(
        select(*PaperTemplate.__table__.columns).where(PaperTemplate.district_id == district_id)
    )
    return {row.kind: row for row in rows}


def current_template(
    connection: Connection, files: ObjectStore, district_id: int, kind: Kind
) -> tuple[bytes, str]:
    """The template that is used now, and its name: the office's own, or the shipped one."""
    own = own_templates(connection, district_id).get(kind)
    if own is None:
        return shipped_form(kind), f"{NAMES[kind][0]}.docx"
    return bytes(files.get(own.key).bytes()), own.name


def keep_template(
    connection: Connection,
    files: ObjectStore,
    district_id: int,
    kind: Kind,
    *,
    raw: bytes,
    name: str,
    fields: Sequence[str],
    account_id: UUID,
    at: datetime,
) -> None:
    """Use a checked template from now on; what was issued stays as it is."""
    sha256 = hashlib.sha256(raw).digest()
    key = f"paper-templates/{district_id}/{sha256.hex()}.docx"
    files.put(key, raw)
    values = {
        "name": name,
        "key": key,
        "sha256": sha256,
        "size_bytes": len(raw),
        "fields": list(fields),
        "account_id": account_id,
        "at": at,
    }
    connection.execute(
        pg_insert(PaperTemplate)
        .values(district_id=district_id, kind=kind, **values)
        .on_conflict_do_update(
            index_elements=[PaperTemplate.district_id, PaperTemplate.kind], set_=values
        )
    )


def drop_template(connection: Connection, district_id: int, kind: Kind) -> None:
    """Use the shipped form of a kind again."""
    connection.execute(
        delete(PaperTemplate).where(
            PaperTemplate.district_id == district_id, PaperTemplate.kind == kind
        )
    )
