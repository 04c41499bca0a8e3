"""Routing rules in the database, and where they sent each case when it was filed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, text, update

from casework.routing import Matter, Routed, Rule, route
from casework.states import OPEN
from data.database import query
from data.schema import Area, CaseRoute, Category, HazardCase, RoutingRule, Unit

MOST_RULES: Final = 200
COUNTED: Final = timedelta(days=30)
RuleRow = Row[*tuple[Any, ...]]


class RoutingError(Exception):
    """A rule cannot be kept as asked.

    Parameters
    ----------
    code
        `area`, `unit`, `category` (no such one), `many` (there are `MOST_RULES`), `order` (the
        rules named are not those there are) or `unknown` (no such rule).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NewRule:
    """A rule as it is to be kept; fields as of `casework.routing.Rule`."""

    name: str
    codes: tuple[str, ...] = ()
    area_id: int | None = None
    severities: tuple[str, ...] = ()
    owner: str | None = None
    unit_id: int | None = None
    queue: str | None = None
    active: bool = True


@dataclass(frozen=True)
class Filed:
    """A case that was filed just now and looks for its unit."""

    id: UUID
    category_id: int
    area_path: str
    severity: str
    owner: str | None = None


def list_rules(
    connection: Connection, district_id: int, at: datetime, *, rule_id: int | None = None
) -> Sequence[RuleRow]:
    """Rules in their order, as `routing_rules.sql` tells them."""
    return connection.execute(
        query("routing_rules"),
        {
            "district_id": district_id,
            "since": at - COUNTED,
            "open": sorted(OPEN),
            "id": rule_id,
            "limit": MOST_RULES,
        },
    ).all()


def rules_of(connection: Connection, district_id: int) -> list[Rule]:
    """The rules of a district in their order, to be asked."""
    path = text("CAST(area.path AS text) AS area_path")
    rows = connection.execute(
        select(RoutingRule, path)
        .join(
            Area,
            (Area.district_id == RoutingRule.district_id) & (Area.id == RoutingRule.area_id),
            isouter=True,
        )
        .where(RoutingRule.district_id == district_id)
        .order_by(RoutingRule.position)
        .limit(MOST_RULES)
    ).all()
    return [
        Rule(
            id=row.id,
            name=row.name,
            unit_id=row.unit_id,
            queue=row.queue,
            codes=tuple(row.codes),
            area_path=row.area_path,
            severities=tuple(row.severities),
            owner=row.owner,
            active=row.active,
        )
        for row in rows
    ]


def add_rule(
    connection: Connection, district_id: int, new: NewRule, *, by: UUID, at: datetime
) -> int:
    """Add a rule behind the others; its id.

    Raises
    ------
    RoutingError
        `area`, `unit`, `category`, `many`.
    """
    _hold(connection, district_id)
    _require_known(connection, district_id, new)
    there, last = connection.execute(
        select(func.count(), func.coalesce(func.max(RoutingRule.position), 0)).where(
            RoutingRule.district_id == district_id
        )
    ).one()
    if there >= MOST_RULES:
        raise RoutingError("many")
    values = _values(new) | {"position": last + 1, "changed_by": by, "changed_at": at}
    return connection.execute(
        insert(RoutingRule).values(district_id=district_id, **values).returning(RoutingRule.id)
    ).scalar_one()


def change_rule(
    connection: Connection, district_id: int, rule_id: int, new: NewRule, *, by: UUID, at: datetime
) -> None:
    """Keep a rule anew in its place; where it sent cases before stays as it was.

    Raises
    ------
    RoutingError
        `area`, `unit`, `category`, `unknown`.
    """
    _require_known(connection, district_id, new)
    changed = connection.execute(
        update(RoutingRule)
        .where(RoutingRule.district_id == district_id, RoutingRule.id == rule_id)
        .values(_values(new) | {"changed_by": by, "changed_at": at})
    )
    if changed.rowcount == 0:
        raise RoutingError("unknown")


def remove_rule(connection: Connection, district_id: int, rule_id: int) -> None:
    """Take a rule away; where it sent cases stays known, with its name.

    Raises
    ------
    RoutingError
        `unknown`.
    """
    gone = connection.execute(
        delete(RoutingRule).where(RoutingRule.district_id == district_id, RoutingRule.id == rule_id)
    )
    if gone.rowcount == 0:
        raise RoutingError("unknown")


def order_rules(connection: Connection, district_id: int, ids: Sequence[int]) -> None:
    """Put all rules into an order, the first first.

    Raises
    ------
    RoutingError
        `order`, when the ids are not those of all rules: somebody added or took one away.
    """
    _hold(connection, district_id)
    known = connection.execute(
        select(RoutingRule.id).where(RoutingRule.district_id == district_id)
    ).scalars()
    if sorted(known) != sorted(ids):
        raise RoutingError("order")
    connection.execute(
        text(
            "UPDATE routing_rule AS r SET position = o.position"
            " FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS o(id, position)"
            " WHERE r.district_id = :district_id AND r.id = o.id"
        ),
        {"district_id": district_id, "ids": list(ids)},
    )


def route_case(connection: Connection, district_id: int, asked: UUID | Matter) -> Routed | None:
    """Ask the rules as they are now; None when none fits, or there is no such case."""
    if isinstance(asked, Matter):
        return route(rules_of(connection, district_id), asked)
    row = connection.execute(
        select(
            HazardCase.category_id,
            HazardCase.severity,
            text("CAST(hazard_case.area_path AS text) AS area_path"),
            CaseRoute.owner,
        )
        .join(
            CaseRoute,
            (CaseRoute.district_id == HazardCase.district_id)
            & (CaseRoute.case_id == HazardCase.id),
            isouter=True,
        )
        .where(HazardCase.district_id == district_id, HazardCase.id == asked)
    ).one_or_none()
    if row is None:
        return None
    codes = codes_of(connection, district_id, {row.category_id})
    matter = Matter(codes[row.category_id], row.area_path, row.severity, row.owner)
    return route(rules_of(connection, district_id), matter)


def route_new_cases(
    connection: Connection, district_id: int, filed: Sequence[Filed], at: datetime
) -> dict[UUID, Routed]:
    """Suggest a unit or a queue for cases that were filed just now, and keep it with them.

    Returns
    -------
    Where each goes; those that no rule fits are left out.
    """
    rules = rules_of(connection, district_id)
    if not rules and all(case.owner is None for case in filed):
        return {}
    codes = codes_of(connection, district_id, {case.category_id for case in filed})
    names = {rule.id: rule.name for rule in rules}
    found: dict[UUID, Routed] = {}
    rows: list[dict[str, Any]] = []
    for case in filed:
        matter = Matter(codes[case.category_id], case.area_path, case.severity, case.owner)
        routed = route(rules, matter)
        if routed is not None:
            found[case.id] = routed
        if routed is not None or case.owner is not None:
            rows.append(_kept(case, routed, names))
    if rows:
        connection.execute(
            query("route_cases"),
            {"district_id": district_id, "at": at, "rows": json.dumps(rows)},
        )
    return found


def _kept(case: Filed, routed: Routed | None, names: Mapping[int, str]) -> dict[str, Any]:
    row: dict[str, Any] = {"case_id": str(case.id), "owner": case.owner, "why": {}}
    if routed is None:
        return row
    return row | {
        "rule_id": routed.rule_id,
        "rule_name": names[routed.rule_id],
        "unit_id": routed.unit_id,
        "queue": routed.queue,
        "why": dict(routed.why),
    }


def read_route(connection: Connection, district_id: int, case_id: UUID) -> Row[Any] | None:
    """Where the rules sent a case and why: `rule_id, rule_name, unit_id, unit_name, queue, why`.

    With `owner`, and `area_name` of the area that the rule asks for.
    """
    return connection.execute(
        text(
            "SELECT t.owner, t.rule_id, t.rule_name, t.unit_id, u.name AS unit_name, t.queue,"
            " t.why, t.routed_at, a.name AS area_name FROM case_route AS t"
            " LEFT JOIN unit AS u ON u.district_id = t.district_id AND u.id = t.unit_id"
            " LEFT JOIN area AS a ON a.district_id = t.district_id"
            " AND a.path = CAST(t.why ->> 'area' AS ltree)"
            " WHERE t.district_id = :district_id AND t.case_id = :case_id"
        ),
        {"district_id": district_id, "case_id": case_id},
    ).one_or_none()


def list_queues(connection: Connection, district_id: int) -> Sequence[Row[Any]]:
    """Queues of matters nobody owns: `queue`, and how many `cases` wait there without a unit.

    Those that a rule names are told even when nothing waits there.
    """
    return connection.execute(
        text(
            "SELECT q.queue, count(c.id) AS cases, min(c.received_at) AS oldest_at FROM ("
            " SELECT queue FROM routing_rule WHERE district_id = :district_id"
            " UNION SELECT queue FROM case_route WHERE district_id = :district_id) AS q"
            " LEFT JOIN case_route AS t ON t.district_id = :district_id AND t.queue = q.queue"
            " LEFT JOIN case_in_scope AS c ON c.district_id = t.district_id AND c.id = t.case_id"
            " AND c.unit_id IS NULL AND c.state = ANY(:open)"
            " WHERE q.queue IS NOT NULL GROUP BY q.queue ORDER BY q.queue LIMIT :limit"
        ),
        {"district_id": district_id, "open": sorted(OPEN), "limit": MOST_RULES},
    ).all()


def codes_of(connection: Connection, district_id: int, ids: set[int]) -> dict[int, str]:
    """Codes of categories by their ids, in use or not."""
    rows = connection.execute(
        select(Category.id, Category.code).where(
            Category.district_id == district_id, Category.id.in_(ids)
        )
    )
    return {row.id: row.code for row in rows}


def _hold(connection: Connection, district_id: int) -> None:
    """One at a time changes which rules there are and their order."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"routing rules {district_id}"},
    )


def _require_known(connection: Connection, district_id: int, new: NewRule) -> None:
    asked: tuple[tuple[str, Any, int | None], ...] = (
        ("area", Area, new.area_id),
        ("unit", Unit, new.unit_id),
    )
    for code, table, thing_id in asked:
        known = select(table.id).where(table.district_id == district_id, table.id == thing_id)
        if thing_id is not None and connection.execute(known).scalar() is None:
            raise RoutingError(code)
    fitting = select(Category.id).where(Category.district_id == district_id).limit(1)
    for code in new.codes:
        begins = code.removesuffix("*")
        same = Category.code.startswith(begins, autoescape=True)
        wanted = same if code.endswith("*") else Category.code == code
        if connection.execute(fitting.where(wanted)).scalar() is None:
            raise RoutingError("category")


def _values(new: NewRule) -> dict[str, Any]:
    return {
        "name": new.name,
        "codes": list(new.codes),
        "area_id": new.area_id,
        "severities": list(new.severities),
        "owner": new.owner,
        "unit_id": new.unit_id,
        "queue": new.queue,
        "active": new.active,
    }
