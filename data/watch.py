"""The watch: carrying out, once each, what `casework.watch` finds due on the cases of a district.

Every step is claimed by its key in the transaction that carries it out, with the case locked: two
watches at the same moment, or one that looks a day late, do each thing once. Which cases there are
to look at is kept in `case_watch`; a case it has not seen at its present `seq` is looked at anew,
so nobody who writes to a ledger has to think of the watch. Whoever watches on remembers up to which
change he has seen (`Seen`): then only what is due or changed since is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, select, text, update
from sqlalchemy.dialects.postgresql import insert

from casework.limits import DeadlineRules
from casework.moments import utc_text
from casework.states import LEVELS
from casework.watch import Watched, WatchStep, due_steps, next_at
from data.case_clock import take_by_clock
from data.case_standing import DERIVED, case_of
from data.case_types import Step, StoredCase
from data.cases import find_case
from data.database import query
from data.housekeeping import district_ids
from data.limits import rules_of
from data.notices import notify, notify_role
from data.schema import CaseWatch
from data.schema import WatchStep as Done
from data.snapshot import Snapshot

BATCH: Final = 500


@dataclass
class Seen:
    """Up to which change somebody who watches on has looked at each district."""

    snapshots: dict[int, Snapshot] = field(default_factory=dict)

    def forget(self) -> None:
        """Look at everything anew at the next turn."""
        self.snapshots.clear()


@dataclass(frozen=True)
class Turn:
    """One turn of the watch: the district, what its deadlines come from, and the moment."""

    district_id: int
    rules: DeadlineRules
    at: datetime


@dataclass(frozen=True)
class Look:
    """A case that the watch looks at, and what it takes to carry out what is due."""

    case_id: UUID
    area_path: str
    watched: Watched

    @property
    def seq(self) -> int:
        """The line of the ledger it was seen at."""
        return self.watched.case.seq


def watch_all(engine: Engine, at: datetime, seen: Seen | None = None) -> int:
    """Carry out what is due in every district; how many steps were taken."""
    with engine.connect() as connection:
        districts = district_ids(connection)
    return sum(watch_district(engine, district_id, at, seen) for district_id in districts)


def watch_district(engine: Engine, district_id: int, at: datetime, seen: Seen | None = None) -> int:
    """Carry out what is due in a district, a case in a transaction; how many steps were taken."""
    taken = 0
    seen = seen or Seen()
    with engine.connect() as connection:
        turn = Turn(district_id, rules_of(connection, district_id), at)
        # Taken first: what changes while it looks is looked at in the next turn.
        now = Snapshot.parse(connection.execute(text(_SNAPSHOT)).scalar_one())
        found = _found(connection, turn, seen.snapshots.get(district_id))
    for first in range(0, len(found), BATCH):
        ids = found[first : first + BATCH]
        with engine.begin() as connection:
            looks = _looks(connection, turn, ids)
            _let_rest(connection, turn, set(ids) - {look.case_id for look in looks})
            due = _due(connection, turn, looks)
            _remember(connection, turn, [look for look in looks if look.case_id not in due])
        for look in looks:
            if look.case_id in due:
                with engine.begin() as connection:
                    taken += _take(connection, turn, look, due[look.case_id])
    seen.snapshots[district_id] = now
    return taken


def look_again(connection: Connection, district_id: int) -> None:
    """Have the watch look at every open case anew: limits, hours or days were changed."""
    connection.execute(
        update(CaseWatch)
        .where(CaseWatch.district_id == district_id)
        .values(next_at=text("'epoch'::timestamptz"))
    )


_SNAPSHOT: Final = "SELECT CAST(pg_current_snapshot() AS text)"


def _found(connection: Connection, turn: Turn, since: Snapshot | None) -> Sequence[UUID]:
    """Ids of the cases to look at; since a snapshot, those due or changed."""
    asked = {"district_id": turn.district_id, "at": turn.at}
    if since is None:
        return connection.execute(query("cases_unseen_by_watch"), asked).scalars().all()
    fence = {"oldest": str(since.oldest), "known": str(since)}
    return connection.execute(query("cases_due_or_changed"), asked | fence).scalars().all()


def _looks(connection: Connection, turn: Turn, ids: Sequence[UUID]) -> list[Look]:
    rows = connection.execute(
        query("cases_to_watch", derived=", ".join(f"c.{name}" for name in DERIVED)),
        {"district_id": turn.district_id, "at": turn.at, "ids": list(ids)},
    )
    return [_look(row) for row in rows]


def _look(row: Row[Any]) -> Look:
    fields = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)
    watched = Watched(case_of(dict(fields)), row.category_id, row.level_since, row.has_zone)
    return Look(row.id, row.path, watched)


def _due(connection: Connection, turn: Turn, looks: Sequence[Look]) -> dict[UUID, list[WatchStep]]:
    """What is due and not done, by case; cases of which nothing is left out."""
    rows = connection.execute(
        select(Done.case_id, Done.key).where(
            Done.district_id == turn.district_id,
            Done.case_id.in_([look.case_id for look in looks]),
        )
    )
    done = {(row.case_id, row.key) for row in rows}
    found = {
        look.case_id: [
            step
            for step in due_steps(look.watched, turn.rules, turn.at)
            if (look.case_id, step.key) not in done
        ]
        for look in looks
    }
    return {case_id: steps for case_id, steps in found.items() if steps}


def _remember(connection: Connection, turn: Turn, looks: Sequence[Look]) -> None:
    if not looks:
        return
    rows = insert(CaseWatch).values(
        [
            {
                "district_id": turn.district_id,
                "case_id": look.case_id,
                "seq": look.seq,
                "next_at": next_at(look.watched, turn.rules, turn.at),
            }
            for look in looks
        ]
    )
    connection.execute(
        rows.on_conflict_do_update(
            index_elements=["district_id", "case_id"],
            set_={"seq": rows.excluded.seq, "next_at": rows.excluded.next_at},
        )
    )


def _let_rest(connection: Connection, turn: Turn, over: set[UUID]) -> None:
    """Ask no more for cases that are over, until they change."""
    if not over:
        return
    connection.execute(
        update(CaseWatch)
        .where(
            CaseWatch.district_id == turn.district_id,
            CaseWatch.case_id.in_(over),
            CaseWatch.next_at <= turn.at,
        )
        .values(next_at=None)
    )


def _look_again_at(connection: Connection, turn: Turn, look: Look) -> None:
    values = {"district_id": turn.district_id, "case_id": look.case_id, "seq": look.seq}
    row = insert(CaseWatch).values(next_at=turn.at, **values)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["district_id", "case_id"], set_={"next_at": turn.at}
        )
    )


def _take(connection: Connection, turn: Turn, look: Look, steps: Sequence[WatchStep]) -> int:
    """Carry out the steps of one case, as long as it stands as it was seen; how many."""
    stored = find_case(connection, turn.district_id, look.case_id, lock=True)
    if stored is None or stored.case.seq != look.seq:
        return 0
    taken = 0
    for step in steps:
        if not _claim(connection, turn, look, step):
            continue
        taken += 1
        writes = _EVENTS.get(step.name)
        if writes is not None:
            # The case moves on: what else is due is asked anew at its next line, or in a minute.
            _look_again_at(connection, turn, look)
            writes(connection, turn, stored)
            return taken
        _tell(connection, turn, look, step)
    _remember(connection, turn, [look])
    return taken


def _claim(connection: Connection, turn: Turn, look: Look, step: WatchStep) -> bool:
    claimed = connection.execute(
        insert(Done)
        .values(district_id=turn.district_id, case_id=look.case_id, key=step.key, done_at=turn.at)
        .on_conflict_do_nothing()
        .returning(Done.key)
    )
    return claimed.scalar() is not None


def _tell(connection: Connection, turn: Turn, look: Look, step: WatchStep) -> None:
    """Tell the unit charged with it, and the commander where there is none or it is late."""
    case = look.watched.case
    facts: dict[str, Any] = {"due": utc_text(step.due)}
    if case.deadline_at is not None:
        facts["deadline_at"] = utc_text(case.deadline_at)
    key = f"{step.key}:{look.case_id}"
    told: dict[str, Any] = {
        "at": turn.at,
        "kind": step.name,
        "case_id": look.case_id,
        "facts": facts,
    }
    of_unit = step.name in {"half-time", "soon-due", "overdue", "accept-late"}
    if of_unit and case.unit_id is not None:
        notify(connection, turn.district_id, key=f"{key}:unit", unit_id=case.unit_id, **told)
    if not of_unit or case.unit_id is None or step.name in {"overdue", "accept-late"}:
        notify_role(
            connection, turn.district_id, "commander", key=key, area_path=look.area_path, **told
        )


def _escalate(connection: Connection, turn: Turn, stored: StoredCase) -> None:
    level = LEVELS[stored.case.level + 1]
    step = Step("escalate", stored.case.seq, facts={"level": stored.case.level + 1})
    if not take_by_clock(connection, turn.district_id, stored.id, step, turn.at):
        return
    notify_role(
        connection,
        turn.district_id,
        "commander",
        at=turn.at,
        key=f"escalated:{level}:{stored.id}:{stored.case.seq}",
        kind="escalated",
        area_path=_path_at(connection, stored, level),
        case_id=stored.id,
        facts={"level": level},
    )


def _path_at(connection: Connection, stored: StoredCase, level: str) -> str:
    """The area around a case at a level; its own where there is none."""
    path: str | None = connection.execute(
        text(
            "SELECT CAST(path AS text) FROM area WHERE district_id = :district_id"
            " AND level = :level AND path @> CAST(:path AS ltree)"
        ),
        {"district_id": stored.district_id, "level": level, "path": stored.area_path},
    ).scalar()
    return stored.area_path if path is None else path


def _resume(connection: Connection, turn: Turn, stored: StoredCase) -> None:
    step = Step("resume", stored.case.seq)
    if not take_by_clock(connection, turn.district_id, stored.id, step, turn.at):
        return
    told: dict[str, Any] = {"at": turn.at, "kind": "resumed", "case_id": stored.id}
    key, unit_id = f"resumed:{stored.id}:{stored.case.seq}", stored.case.unit_id
    if unit_id is not None:
        notify(connection, turn.district_id, key=f"{key}:unit", unit_id=unit_id, **told)
    notify_role(
        connection, turn.district_id, "commander", key=key, area_path=stored.area_path, **told
    )


def _set_deadline(connection: Connection, turn: Turn, stored: StoredCase) -> None:
    """Give a case its deadline, once the days that it reaches were entered."""
    case = stored.case
    if case.received_at is None:
        return
    paused = case.standing.paused
    deadline = turn.rules.due(stored.category_id, case.severity, case.received_at, paused=paused)
    step = Step("set-deadline", case.seq, facts={"deadline_at": utc_text(deadline)})
    take_by_clock(connection, turn.district_id, stored.id, step, turn.at)


_EVENTS: Final[Mapping[str, Callable[[Connection, Turn, StoredCase], None]]] = {
    "escalate": _escalate,
    "resume": _resume,
    "set-deadline": _set_deadline,
}
