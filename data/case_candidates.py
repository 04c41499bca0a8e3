"""Where cases may lie whose address was not certain; kept until somebody places them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select

from casework.states import OPEN
from data.database import query
from data.grids import GridRow, grids_of_points
from data.schema import CaseCandidates
from data.scope import Scope, in_cases


@dataclass(frozen=True)
class Likely:
    """A place where a case may lie, with the grid that holds it today."""

    kind: str
    label: str
    lon: float
    lat: float
    score: float
    precision_m: float
    grid: GridRow | None


def forget_candidates(connection: Connection, district_id: int, case_id: UUID) -> None:
    """Forget where a case might lie: somebody has placed it."""
    connection.execute(
        delete(CaseCandidates).where(
            CaseCandidates.district_id == district_id, CaseCandidates.case_id == case_id
        )
    )


def count_waiting(connection: Connection, scope: Scope) -> int:
    """How many open cases in no grid somebody may see."""
    count: int = connection.execute(
        query("count_waiting", in_scope=in_cases("c")),
        {**scope.parameters(), "open_states": sorted(OPEN)},
    ).scalar_one()
    return count


def candidates_of(
    connection: Connection, district_id: int, case_ids: Sequence[UUID], on: date
) -> dict[UUID, list[Likely]]:
    """Where cases may lie, the likeliest first; only of those that have candidates.

    Parameters
    ----------
    on
        The day whose grids are told: they may have been redrawn since the places were found.
    """
    rows = connection.execute(
        select(CaseCandidates.case_id, CaseCandidates.candidates).where(
            CaseCandidates.district_id == district_id, CaseCandidates.case_id.in_(case_ids)
        )
    ).all()
    spots: list[dict[str, Any]] = [one for row in rows for one in row.candidates]
    grids = iter(
        grids_of_points(
            connection,
            district_id,
            on,
            [one["lon"] for one in spots],
            [one["lat"] for one in spots],
        )
        if spots
        else []
    )
    return {
        row.case_id: [Likely(**one, grid=next(grids)) for one in row.candidates] for row in rows
    }
