"""Replaying ninety days: every report, step and patrol by the account that made it, day by day."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from api.demo.office import Person, repeatable_id
from data.demo import History
from data.demo.courses import TIME_ZONE

AT_ONCE = 1
POINTS_A_BATCH = 1_000


@dataclass(frozen=True)
class Command:
    """A request to come: who sends what where at which moment.

    The body is written when it is sent: those of all patrols at once would fill the memory.
    All of it can be handed to another process.
    """

    at: datetime
    login: str
    path: str
    body: Callable[[], dict[str, Any]]
    operation: UUID


@dataclass(frozen=True)
class Ids:
    """What the database calls things: categories by code, units by login, grids by code."""

    categories: Mapping[str, int]
    units: Mapping[str, int]
    grids: Mapping[str, int]


# What belongs together and keeps its order: the commands on one case or of one shift.
Chain = list[Command]


def plan_days(history: History, ids: Ids) -> dict[date, list[Chain]]:
    """All commands of a history by local day; chains in order of their first command."""
    days: dict[date, dict[str, Chain]] = defaultdict(lambda: defaultdict(list))
    for key, chain in [*_case_chains(history, ids), *_shift_chains(history, ids)]:
        for command in chain:
            days[command.at.astimezone(TIME_ZONE).date()][key].append(command)
    return {
        day: sorted(days[day].values(), key=lambda chain: (chain[0].at, chain[0].path))
        for day in sorted(days)
    }


async def replay_chains(chains: list[Chain], people: Mapping[str, Person]) -> None:
    """Send commands, several chains side by side."""
    waiting = iter(chains)

    async def work() -> None:
        for chain in waiting:
            for command in chain:
                person = people[command.login]
                await person.do(command.path, command.body(), command.at, command.operation)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())


def _case_chains(history: History, ids: Ids) -> list[tuple[str, Chain]]:
    steps = dict(list(history.steps.groupby("case")))
    points = history.cases.geometry
    chains = []
    for case, lon, lat in zip(
        history.cases.itertuples(index=False), points.x, points.y, strict=True
    ):
        at = case.occurred_at.to_pydatetime()
        case_id = repeatable_id(at, "case", case.case)
        report = {
            "id": str(case_id),
            "category_id": ids.categories[case.category],
            "severity": case.severity or None,
            "lon": lon,
            "lat": lat,
            "accuracy_m": case.accuracy_m,
            "address": case.address,
            "description": case.description,
            "occurred_at": at.isoformat(),
            "source": case.source,
        }
        operation = repeatable_id(at, "report", case_id)
        chain = [Command(at, case.reporter, "cases", partial(dict, report), operation)]
        if case.case in steps:
            chain += [_step(case_id, step, ids) for step in steps[case.case].itertuples()]
        chains.append((f"case {case.case}", chain))
    return chains


def _step(case_id: UUID, step: Any, ids: Ids) -> Command:
    at = step.at.to_pydatetime()
    body = {
        "action": step.action,
        "seq": int(step.seq) - 1,
        "text": step.text or None,
        "unit_id": ids.units[step.unit] if step.unit else None,
        "occurred_at": at.isoformat(),
    }
    operation = repeatable_id(at, "step", case_id, step.seq)
    return Command(at, step.actor, f"cases/{case_id}/actions", partial(dict, body), operation)


def _shift_chains(history: History, ids: Ids) -> list[tuple[str, Chain]]:
    first = np.searchsorted(history.fixes["shift"], history.shifts["shift"])
    last = np.searchsorted(history.fixes["shift"], history.shifts["shift"], side="right")
    shifts: Iterable[Any] = history.shifts.itertuples(index=False)
    chains = []
    for shift, start, stop in zip(shifts, first.tolist(), last.tolist(), strict=True):
        shift_id = repeatable_id(shift.started_at.to_pydatetime(), "shift", shift.shift)
        chain = _duty(shift, shift_id, ids)
        points = [
            Command(
                chain[-1].at,
                shift.officer,
                f"shifts/{shift_id}/points",
                partial(_points, history.fixes.iloc[at : min(at + POINTS_A_BATCH, stop)]),
                repeatable_id(chain[-1].at, "points", shift_id, at - start),
            )
            for at in range(start, stop, POINTS_A_BATCH)
        ]
        chains.append((f"shift {shift.shift}", [chain[0], *points, chain[1]]))
    return chains


def _duty(shift: Any, shift_id: UUID, ids: Ids) -> Chain:
    """Begin and end of a shift."""
    began, ended = shift.started_at.to_pydatetime(), shift.ended_at.to_pydatetime()
    begin = {
        "id": str(shift_id),
        "kind": "patrol",
        "grid_ids": [ids.grids[shift.grid]],
        "tracked": True,
        "started_at": began.isoformat(),
    }
    end = {"ended_at": ended.isoformat()}
    return [
        Command(
            began, shift.officer, "shifts", partial(dict, begin),
            repeatable_id(began, "begin", shift_id),
        ),
        Command(
            ended, shift.officer, f"shifts/{shift_id}/end", partial(dict, end),
            repeatable_id(ended, "end", shift_id),
        ),
    ]  # fmt: skip


def _points(batch: pd.DataFrame) -> dict[str, Any]:
    """The body of one batch of a track."""
    columns = ("seq", "at", "lon", "lat", "accuracy_m")
    return {
        "points": [
            {"seq": seq, "occurred_at": at.isoformat(), "lon": lon, "lat": lat, "accuracy_m": near}
            for seq, at, lon, lat, near in zip(
                *(batch[column].tolist() for column in columns), strict=True
            )
        ]
    }
