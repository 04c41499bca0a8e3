"""The edits of a plan in their line: what is undone or redone next, and when it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from data.database import query


@dataclass(frozen=True)
class History:
    """Kind of the edit that would be undone next, and of the one that would be redone."""

    undo: str | None
    redo: str | None


def history_of(connection: Connection, district_id: int, plan_id: int) -> History:
    """Read which edits would be undone and redone next."""
    last = edit_in_turn(connection, district_id, plan_id, undone=False)
    first = edit_in_turn(connection, district_id, plan_id, undone=True)
    return History(
        undo=None if last is None else last.kind, redo=None if first is None else first.kind
    )


def edit_in_turn(connection: Connection, district_id: int, plan_id: int, *, undone: bool) -> Any:
    """The first edit that is undone, or the last that is not: `seq`, `kind`, `before`, `after`.

    None where there is none.
    """
    return connection.execute(
        text(
            "SELECT seq, kind, before, after FROM plan_edit "
            "WHERE district_id = :district_id AND plan_id = :plan_id "
            "AND (undone_at IS NOT NULL) = :undone "
            "ORDER BY CASE WHEN :undone THEN seq ELSE -seq END LIMIT 1"
        ),
        {"district_id": district_id, "plan_id": plan_id, "undone": undone},
    ).one_or_none()


def drop_undone(connection: Connection, district_id: int, plan_id: int) -> None:
    """Forget the edits that are undone: another edit takes their place."""
    _forget(connection, district_id, plan_id, undone=True)


def forget_edits(connection: Connection, district_id: int, plan_id: int) -> None:
    """Forget all edits of a plan, and the identities that only they used.

    To be called when a plan is discarded or its grids are made anew, after its grids are gone or
    the new ones are there.
    """
    _forget(connection, district_id, plan_id, undone=False)


def begin_anew(connection: Connection, district_id: int, plan_id: int) -> int:
    """Forget the edits of a plan whose grids are made anew; returns its new revision.

    With it, edits and checks that were made on the grids of before come too late.
    """
    forget_edits(connection, district_id, plan_id)
    return int(
        connection.execute(
            text(
                "UPDATE plan SET revision = revision + 1 "
                "WHERE district_id = :district_id AND id = :plan_id RETURNING revision"
            ),
            {"district_id": district_id, "plan_id": plan_id},
        ).scalar_one()
    )


def _forget(connection: Connection, district_id: int, plan_id: int, *, undone: bool) -> None:
    touched = connection.execute(
        query("forget_edits"),
        {"district_id": district_id, "plan_id": plan_id, "undone": undone},
    ).scalars()
    _drop_identities(connection, district_id, touched)


def _drop_identities(connection: Connection, district_id: int, grid_ids: Iterable[int]) -> None:
    """Delete identities that no plan draws any more."""
    connection.execute(
        text(
            "DELETE FROM grid AS g WHERE g.district_id = :district_id "
            "AND g.id = ANY(:grid_ids) AND NOT EXISTS (SELECT 1 FROM grid_version AS v "
            "WHERE v.district_id = g.district_id AND v.grid_id = g.id)"
        ),
        {"district_id": district_id, "grid_ids": sorted(set(grid_ids))},
    )
