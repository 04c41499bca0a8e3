"""What would happen if a plan took effect on a day; nothing is written.

The grids are held as they are while this is read (`data.cases.hold_grids`), and every table is
read by one statement, so that the tables fit each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection, Row, text

from data.cases import hold_grids
from data.counted_buildings import in_parts
from data.database import query
from data.frames import read_frame
from data.layers import district_today
from data.plan_errors import PlanError
from data.plan_officers import read_sides
from data.plan_steps import read_standing
from data.publication import require_day
from geo.locate import OUTSIDE
from geo.plan_difference import (
    CasePlaces,
    PlanDifference,
    PlanSides,
    building_numbers,
    plan_difference,
)

Change = Literal["ended", "begun", "changed"]


@dataclass(frozen=True)
class Load:
    """What a grid holds, or an officer has in all his grids."""

    households: int = 0
    buildings: int = 0
    open_cases: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(
            self.households + other.households,
            self.buildings + other.buildings,
            self.open_cases + other.open_cases,
        )


@dataclass(frozen=True)
class GridFacts:
    """A grid on one side of a plan."""

    code: str
    name: str
    area_m2: float
    load: Load


@dataclass(frozen=True)
class GridChange:
    """A grid that ends, begins or changes."""

    grid_id: int
    change: Change
    before: GridFacts | None
    after: GridFacts | None
    successor: int | None


@dataclass(frozen=True)
class OfficerChange:
    """An officer with a grid that the plan redraws: his grids and their load on both sides."""

    account_id: UUID
    display_name: str
    grids_before: tuple[int, ...]
    grids_after: tuple[int, ...]
    before: Load
    after: Load


@dataclass(frozen=True)
class Preview:
    """All that a plan would do.

    Attributes
    ----------
    obstacle
        Why it could not take effect on this day; None when it could.
    names
        Grid id → code and name, of every grid that is named.
    cases
        Open cases looked at: `id`, in the order of `difference.case_to`.
    """

    on: date
    obstacle: PlanError | None
    names: Mapping[int, tuple[str, str]]
    difference: PlanDifference
    buildings: gpd.GeoDataFrame
    cases: Sequence[Row[Any]]
    grids: list[GridChange]
    officers: list[OfficerChange]
    grids_before: int
    grids_after: int
    without_officer: list[int]


def preview_plan(
    connection: Connection, district_id: int, plan_id: int, *, on: date | None, at: datetime
) -> Preview:
    """Find out what a plan would do on a day; None: today.

    Raises
    ------
    PlanError
        `unknown`, `not-generated`, `published` (what is done has no preview), or `not-checked`
        when a grid is no valid polygon.
    """
    standing = read_standing(connection, district_id, plan_id)
    if standing.status == "published":
        raise PlanError("published", "The plan is published already.", status="published")
    hold_grids(connection, district_id)
    today = district_today(connection, district_id, at)
    day = on or today
    sides = read_sides(connection, district_id, plan_id, day)
    if not shapely.is_valid(sides.after.geometry.to_numpy()).all():
        raise PlanError("not-checked", "Some grids are no valid polygons: check the plan first.")
    place = {"district_id": district_id, "area_id": standing.area_id}
    buildings = in_parts(
        read_frame(connection, "buildings_to_divide", place),
        read_frame(connection, "communities_to_divide", place),
        standing.limits,
    )
    cases = connection.execute(
        query("open_cases_of_plan"), {"district_id": district_id, "plan_id": plan_id}
    ).all()
    found = plan_difference(sides, buildings, _places(cases))
    loads = _Loads(found, buildings, cases)
    officers = _officers(connection, district_id, sides, found, loads, day)
    staffed = {grid_id for officer in officers for grid_id in officer.grids_after}
    after = [int(grid_id) for grid_id in sides.after["grid_id"]]
    return Preview(
        on=day,
        obstacle=_obstacle(connection, district_id, plan_id, day, today),
        names=_names(sides),
        difference=found,
        buildings=buildings,
        cases=cases,
        grids=_grids(sides, found, loads),
        officers=officers,
        grids_before=len(sides.before),
        grids_after=len(after),
        without_officer=[grid_id for grid_id in after if grid_id not in staffed],
    )


def moving_cases(
    connection: Connection, district_id: int, preview: Preview, chosen: Sequence[int]
) -> list[Row[Any]]:
    """Tell of some of the open cases, by their place in `preview.cases`; in that order."""
    ids = [preview.cases[at].id for at in chosen]
    rows = connection.execute(
        text(
            "SELECT c.id, c.number, c.state, c.severity, k.name AS category, "
            "k.name_en AS category_en FROM hazard_case AS c JOIN category AS k "
            "ON k.district_id = c.district_id AND k.id = c.category_id "
            "WHERE c.district_id = :district_id AND c.id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"district_id": district_id, "ids": ids},
    ).all()
    by_id = {row.id: row for row in rows}
    return [by_id[case_id] for case_id in ids]


def moving_buildings(
    connection: Connection, district_id: int, preview: Preview, chosen: Sequence[int]
) -> list[Row[Any]]:
    """Tell of some of the buildings, by their place in `preview.buildings`; in that order."""
    ids = [int(preview.buildings["id"].iloc[at]) for at in chosen]
    rows = connection.execute(
        text(
            "SELECT id, name, compound, address, households FROM building "
            "WHERE district_id = :district_id AND id = ANY(CAST(:ids AS bigint[]))"
        ),
        {"district_id": district_id, "ids": ids},
    ).all()
    by_id = {row.id: row for row in rows}
    return [by_id[building_id] for building_id in ids]


def cases_between(
    preview: Preview, from_id: int | None, to_id: int | None
) -> list[tuple[int, int, int]]:
    """Place in `preview.cases`, grid before and after, of each case that moves.

    Parameters
    ----------
    from_id, to_id
        Only from or to this grid; None: any.
    """
    return _between(_places(preview.cases).grid_id, preview.difference.case_to, from_id, to_id)


def buildings_between(
    preview: Preview, from_id: int | None, to_id: int | None
) -> list[tuple[int, int, int]]:
    """As `cases_between`, of buildings, each once for a pair of grids however many parts go."""
    found = preview.difference
    numbers = building_numbers(preview.buildings)
    first: dict[tuple[int, int, int], int] = {}
    for at, was, becomes in _between(found.building_from, found.building_to, from_id, to_id):
        first.setdefault((int(numbers[at]), was, becomes), at)
    return [(at, was, becomes) for (_, was, becomes), at in first.items()]


def households_along(preview: Preview, at: int) -> int:
    """Households that move between the same grids as one part of a building, in all its parts."""
    found, numbers = preview.difference, building_numbers(preview.buildings)
    along = (
        (numbers == numbers[at])
        & (found.building_from == found.building_from[at])
        & (found.building_to == found.building_to[at])
    )
    return int(preview.buildings["households"].to_numpy(dtype=np.int64)[along].sum())


def buildings_that_move(preview: Preview) -> int:
    """How many buildings go to another grid, whole or in part."""
    found = preview.difference
    moves = found.building_from != found.building_to
    return len(np.unique(building_numbers(preview.buildings)[moves]))


def _between(
    was: Any, becomes: Any, from_id: int | None, to_id: int | None
) -> list[tuple[int, int, int]]:
    moves = was != becomes
    if from_id is not None:
        moves &= was == from_id
    if to_id is not None:
        moves &= becomes == to_id
    return [(at, int(was[at]), int(becomes[at])) for at in np.flatnonzero(moves).tolist()]


def _places(cases: Sequence[Row[Any]]) -> CasePlaces:
    return CasePlaces(
        [case.lon for case in cases],
        [case.lat for case in cases],
        np.array(
            [OUTSIDE if case.grid_id is None else case.grid_id for case in cases], dtype=np.int64
        ),
    )


class _Loads:
    """What each grid holds before and after, counted the same way on both sides."""

    def __init__(
        self, found: PlanDifference, buildings: gpd.GeoDataFrame, cases: Sequence[Row[Any]]
    ) -> None:
        homes = buildings["households"].to_numpy(dtype=np.int64)
        whole = (buildings["part"] == 0).to_numpy(dtype=np.int64)
        self.before = self._count(found.building_from, homes, whole, _places(cases).grid_id)
        self.after = self._count(found.building_to, homes, whole, found.case_to)

    @staticmethod
    def _count(of_building: Any, homes: Any, whole: Any, of_case: Any) -> Mapping[int, Load]:
        held: dict[int, Load] = defaultdict(Load)
        ids, grid = np.unique(of_building, return_inverse=True)
        households, count = np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=np.int64)
        np.add.at(households, grid, homes)
        np.add.at(count, grid, whole)
        for grid_id, total, buildings in zip(
            ids.tolist(), households.tolist(), count.tolist(), strict=True
        ):
            held[grid_id] = Load(households=total, buildings=buildings)
        for grid_id, cases in zip(
            *(column.tolist() for column in np.unique(of_case, return_counts=True)), strict=True
        ):
            held[grid_id] += Load(open_cases=cases)
        return held


def _grids(sides: PlanSides, found: PlanDifference, loads: _Loads) -> list[GridChange]:
    before = _facts(sides.before, loads.before)
    after = _facts(sides.after, loads.after)
    touched = {grid_id for move in found.moves for grid_id in (move.from_id, move.to_id)}
    changes = []
    for grid_id in sorted(before.keys() | after.keys()):
        was, becomes = before.get(grid_id), after.get(grid_id)
        change = _change(was, becomes, redrawn=grid_id in touched)
        if change is not None:
            heir = found.successors.get(grid_id)
            changes.append(GridChange(grid_id, change, was, becomes, heir))
    return changes


def _change(was: GridFacts | None, becomes: GridFacts | None, *, redrawn: bool) -> Change | None:
    if was is None:
        return "begun"
    if becomes is None:
        return "ended"
    renamed = (was.code, was.name) != (becomes.code, becomes.name)
    return "changed" if redrawn or renamed else None


def _facts(grids: gpd.GeoDataFrame, loads: Mapping[int, Load]) -> dict[int, GridFacts]:
    return {
        int(row.grid_id): GridFacts(
            row.code, row.name, float(row.area_m2), loads.get(int(row.grid_id), Load())
        )
        for row in grids.itertuples(index=False, name="GridRow")
    }


def _names(sides: PlanSides) -> dict[int, tuple[str, str]]:
    # The new name last: what stays is called as it will be.
    return {
        int(row.grid_id): (row.code, row.name)
        for side in (sides.around, sides.before, sides.after)
        for row in side.itertuples(index=False, name="GridRow")
    }


def _officers(  # noqa: PLR0917 (all that their load comes from)
    connection: Connection,
    district_id: int,
    sides: PlanSides,
    found: PlanDifference,
    loads: _Loads,
    day: date,
) -> list[OfficerChange]:
    before = {int(grid_id) for grid_id in sides.before["grid_id"]}
    rows = connection.execute(
        query("officers_of_grids"),
        {"district_id": district_id, "grid_ids": sorted(before), "day": day},
    ).all()
    elsewhere = {
        row.grid_id: Load(row.households or 0, row.buildings or 0, row.open_cases)
        for row in rows
        if row.grid_id not in before
    }
    held: dict[tuple[UUID, str], set[int]] = defaultdict(set)
    for row in rows:
        held[row.account_id, row.display_name].add(row.grid_id)
    return [
        OfficerChange(
            account_id=account_id,
            display_name=name,
            grids_before=tuple(sorted(own)),
            grids_after=(heirs := _heirs(own, found.successors)),
            before=_sum(own, elsewhere, loads.before),
            after=_sum(heirs, elsewhere, loads.after),
        )
        for (account_id, name), own in held.items()
    ]


def _heirs(own: Iterable[int], successors: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(sorted({successors.get(grid_id, grid_id) for grid_id in own}))


def _sum(grids: Iterable[int], elsewhere: Mapping[int, Load], here: Mapping[int, Load]) -> Load:
    total = Load()
    for grid_id in grids:
        total += elsewhere.get(grid_id) or here.get(grid_id, Load())
    return total


def _obstacle(
    connection: Connection, district_id: int, plan_id: int, day: date, today: date
) -> PlanError | None:
    try:
        require_day(connection, district_id, plan_id, day, today)
    except PlanError as error:
        return error
    return None
