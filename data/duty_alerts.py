"""Telling whoever is on call of urgent cases that a unit was charged with and none has accepted.

The worker asks each minute, and a dispatch at once. However often that is, everybody is told once
of a charge: its row and its notice have keys of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, insert, select, text

from casework.rota import NOBODY, Called, Entry, next_call, on_call
from data.database import query
from data.duty_settings import duty_settings
from data.limits import limits_of
from data.notices import notify, notify_role
from data.rota import entries_at
from data.schema import DutyAlert

STILL_TOLD: Final = timedelta(hours=24)
"""A charge that nobody took on for a day is a matter of its deadline and of escalation."""
BATCH: Final = 500
MINUTES_OF_DAY: Final = 24 * 60


@dataclass(frozen=True)
class _Charge:
    """A case as a unit was charged with it."""

    district_id: int
    case_id: UUID
    number: str
    category: str
    unit_id: int
    area_path: str
    seq: int


def alert_on_call(engine: Engine, at: datetime) -> int:
    """Tell the next on call about every urgent case that waits for one; how many were told."""
    with engine.connect() as connection:
        waiting = connection.execute(
            text(
                "SELECT district_id, id FROM hazard_case WHERE state = 'dispatched'"
                " AND unit_id IS NOT NULL AND dispatched_at > :since"
                " ORDER BY dispatched_at LIMIT :limit"
            ),
            {"since": at - STILL_TOLD, "limit": BATCH},
        ).all()
    told = 0
    for row in waiting:
        with engine.begin() as connection:
            told += alert_case(connection, row.district_id, row.id, at)
    return told


def alert_case(connection: Connection, district_id: int, case_id: UUID, at: datetime) -> bool:
    """Tell the next on call about a case, if it is urgent and one is to be told now.

    Returns
    -------
    bool
        Whether somebody was told, or that there is nobody.
    """
    # Whoever else looks after this case right now does it.
    row = connection.execute(
        query("charged_case"), {"district_id": district_id, "case_id": case_id}
    ).one_or_none()
    if row is None or not _is_urgent(connection, district_id, row):
        return False
    charge = _Charge(
        district_id,
        case_id,
        row.number,
        row.category_name,
        row.unit_id,
        row.area_path,
        row.charged_seq,
    )
    before = connection.execute(
        select(DutyAlert.who, DutyAlert.at)
        .where(
            DutyAlert.district_id == district_id,
            DutyAlert.case_id == case_id,
            DutyAlert.charged_seq == charge.seq,
        )
        .order_by(DutyAlert.turn)
    ).all()
    there = on_call(
        entries_at(connection, district_id, at, unit_id=charge.unit_id), charge.unit_id, at
    )
    patience = duty_settings(connection, district_id).patience
    following = next_call(there, [Called(one.who, one.at) for one in before], at, patience)
    if following is None:
        return False
    entry = following if isinstance(following, Entry) else None
    _keep(connection, charge, entry, len(before) + 1, at)
    _tell(connection, charge, entry, at)
    return True


def list_alerts(
    connection: Connection, district_id: int, case_ids: Sequence[UUID]
) -> Sequence[Row[Any]]:
    """Who was told of these cases, first to last, with names: as `duty_alerts.sql` tells it."""
    return connection.execute(
        query("duty_alerts"), {"district_id": district_id, "ids": list(case_ids)}
    ).all()


def _is_urgent(connection: Connection, district_id: int, row: Row[Any]) -> bool:
    if row.severity in duty_settings(connection, district_id).urgent:
        return True
    # 紧急工作时: what has to be done within hours, nights included, is urgent whatever its colour.
    limit = limits_of(connection, district_id).handling(row.category_id, row.severity)
    return limit.clock == "continuous" and limit.amount <= MINUTES_OF_DAY


def _keep(
    connection: Connection, charge: _Charge, entry: Entry | None, turn: int, at: datetime
) -> None:
    connection.execute(
        insert(DutyAlert).values(
            district_id=charge.district_id,
            case_id=charge.case_id,
            charged_seq=charge.seq,
            turn=turn,
            unit_id=charge.unit_id,
            who=NOBODY if entry is None else entry.who,
            account_id=None if entry is None else entry.account_id,
            post=None if entry is None else entry.post,
            desk_number=None if entry is None else entry.desk_number,
            at=at,
        )
    )


def _tell(connection: Connection, charge: _Charge, entry: Entry | None, at: datetime) -> None:
    key = f"on-call:{charge.case_id}:{charge.seq}:{NOBODY if entry is None else entry.who}"
    facts: dict[str, Any] = {"number": charge.number, "category": charge.category}
    if entry is not None and entry.account_id is not None:
        notify(
            connection,
            charge.district_id,
            at=at,
            key=key,
            kind="on-call",
            case_id=charge.case_id,
            account_id=entry.account_id,
            facts=facts,
        )
        return
    if entry is not None:
        facts |= {"post": entry.post, "desk_number": entry.desk_number}
    # Where no account can be told somebody has to telephone: the command centre.
    notify_role(
        connection,
        charge.district_id,
        "commander",
        at=at,
        key=key,
        kind="on-call-nobody" if entry is None else "on-call-post",
        area_path=charge.area_path,
        case_id=charge.case_id,
        facts=facts,
    )
