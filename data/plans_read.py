"""Plans as the API lists them."""

from typing import Any

from sqlalchemy import Connection, Row, text

from data.database import query
from data.scope import Scope

PlanRow = Row[*tuple[Any, ...]]


def plan_place(connection: Connection, district_id: int, plan_id: int) -> str | None:
    """Return the ltree path of the area a plan divides, or None where there is no such plan."""
    path: str | None = connection.execute(
        text(
            "SELECT CAST(a.path AS text) FROM plan AS p "
            "JOIN area AS a ON a.district_id = p.district_id AND a.id = p.area_id "
            "WHERE p.district_id = :district_id AND p.id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).scalar_one_or_none()
    return path


def problems_of(connection: Connection, district_id: int, plan_id: int) -> list[dict[str, Any]]:
    """Return what the last check of a plan found, as it was kept; empty before the first."""
    found: list[dict[str, Any]] | None = connection.execute(
        text(
            "SELECT findings -> 'problems' FROM plan "
            "WHERE district_id = :district_id AND id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).scalar_one()
    return found or []


def list_plans(
    connection: Connection,
    scope: Scope,
    *,
    status: str | None = None,
    area_id: int | None = None,
    plan_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[PlanRow]:
    """List plans of the scope, newest first; one row more than `limit` tells of a next page.

    Parameters
    ----------
    area_id
        Plans for this area or one below it.
    before_id
        Only plans older than this one.
    """
    return list(
        connection.execute(
            query("plans_in_scope"),
            scope.parameters()
            | {
                "status": status,
                "area_id": area_id,
                "plan_id": plan_id,
                "before_id": before_id,
                "limit": limit + 1,
            },
        ).all()
    )
