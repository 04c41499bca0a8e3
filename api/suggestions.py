"""Where the rules send cases: as they said when each was filed, or, for others, as they are now."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from api.routing_views import Suggestion, Why, named, suggestion_told
from casework.routing import Matter, route
from data.case_types import StoredCase
from data.duty_page import routes_of
from data.routing import list_rules, rules_of


def suggestions_for(
    connection: Connection,
    district_id: int,
    cases: Mapping[UUID, StoredCase],
    codes: Mapping[UUID, str],
    at: datetime,
) -> dict[UUID, Suggestion | None]:
    """Where the rules send each case and why; None: nowhere. No more statements for many cases.

    Parameters
    ----------
    codes
        The code of each case's category.
    """
    rows = {row.case_id: row for row in routes_of(connection, district_id, list(cases))}
    told = {case_id: suggestion_told(rows.get(case_id)) for case_id in cases}
    rules = rules_of(connection, district_id)
    shown = {row.id: row for row in list_rules(connection, district_id, at)}
    for case_id, one in cases.items():
        if told[case_id] is not None:
            continue
        owner = rows[case_id].owner if case_id in rows else None
        matter = Matter(codes[case_id], one.area_path, one.case.severity, owner)
        routed = route(rules, matter)
        if routed is None:
            continue
        rule = shown[routed.rule_id]
        why = dict(routed.why)
        if "area" in why:
            why["area"] = rule.area_name
        told[case_id] = Suggestion(
            rule_id=rule.id,
            rule_name=rule.name,
            unit=named(rule.unit_id, rule.unit_name),
            queue=routed.queue,
            why=Why.model_validate(why),
        )
    return told
