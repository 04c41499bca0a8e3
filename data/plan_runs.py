"""How far the making of a draft's grids is: one run after another, each of which can be stopped.

`plan.generation` holds the state of the last run, its number, and what it was asked for. A run
writes only while it is the last one and nobody stopped it, so a stopped run leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, text

from data.plan_errors import PlanError
from data.plan_wishes import PlanWishes

Progress = Callable[[int, int, str], None]
RunState = Literal["waiting", "running", "done", "failed", "stopped"]
UNDER_WAY: Final = frozenset({"waiting", "running"})


class RunStoppedError(Exception):
    """Somebody stopped this run, or the plan is gone."""


@dataclass(frozen=True)
class GenerationFailure:
    """Why a plan has no grids; in the words of :class:`geo.grids.GridError`."""

    code: str
    message_zh: str
    message_en: str


BROKEN: Final = GenerationFailure(
    "internal",
    "系统出错，已经记录；请再划一次，仍不行请告诉管理员。",
    "Something failed on our side and was logged: divide again, or tell the administrator.",
)


@dataclass(frozen=True)
class Run:
    """One run of a plan's generation, and what it was asked for."""

    district_id: int
    plan_id: int
    number: int
    area_id: int
    status: str
    households: int
    wishes: PlanWishes


def waiting(number: int, households: int, wishes: PlanWishes) -> dict[str, Any]:
    """State of a run that has not begun, as `plan.generation` keeps it."""
    asked = {
        "households": households,
        "wishes": wishes.model_dump(mode="json", exclude_defaults=True),
    }
    return _state("waiting", 0, "") | {"run": number, "asked": asked}


def begin_run(
    connection: Connection, district_id: int, plan_id: int, *, seed: int | None = None
) -> Run:
    """Begin a run of what the plan was asked for last, even when a run is done or under way.

    Parameters
    ----------
    seed
        Goes before the seed that was asked for.

    Raises
    ------
    PlanError
        `unknown`.
    """
    row = _locked(connection, district_id, plan_id)
    asked = _asked(row)
    wishes = PlanWishes.model_validate(asked["wishes"])
    if seed is not None:
        wishes = wishes.model_copy(update={"seed": seed})
    return _begin(connection, row, asked["households"], wishes)


def order_run(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    households: int,
    wishes: PlanWishes,
) -> Run:
    """Ask for a plan's grids to be made anew; the plan's row stays locked.

    Raises
    ------
    PlanError
        `unknown`, `published`, or `generating` while a run is under way.
    """
    row = _locked(connection, district_id, plan_id)
    if row.status == "published":
        raise PlanError("published", "The plan is published already.", status="published")
    if row.generation is not None and row.generation["state"] in UNDER_WAY:
        raise PlanError("generating", "Its grids are being made; stop that first.")
    return _begin(connection, row, households, wishes)


def stop_run(connection: Connection, district_id: int, plan_id: int) -> None:
    """Stop the run of a plan: what it makes is not kept, and grids of before stay.

    Raises
    ------
    PlanError
        `unknown`, or `not-generating` where no run is under way.
    """
    row = _locked(connection, district_id, plan_id)
    if row.generation is None or row.generation["state"] not in UNDER_WAY:
        raise PlanError("not-generating", "Its grids are not being made now.")
    state = _state("stopped", row.generation["done"], row.generation["message"])
    _write(connection, district_id, plan_id, row.generation | state)


def find_run(connection: Connection, district_id: int, plan_id: int, number: int) -> Run | None:
    """Find a run that is to be done; None when it was stopped, is done, or the plan is gone."""
    row = connection.execute(
        text(
            "SELECT area_id, status, generation, target_households, wishes FROM plan "
            "WHERE district_id = :district_id AND id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).one_or_none()
    if row is None or row.generation is None or row.generation["state"] not in UNDER_WAY:
        return None
    if row.generation.get("run", 1) != number:
        return None
    asked = _asked(row)
    wishes = PlanWishes.model_validate(asked["wishes"])
    return Run(district_id, plan_id, number, row.area_id, row.status, asked["households"], wishes)


def fail_run(engine: Engine, district_id: int, plan_id: int, number: int) -> None:
    """Say that a run failed on our side, if it is still under way."""
    with engine.begin() as connection:
        run = find_run(connection, district_id, plan_id, number)
        if run is not None:
            state = _state("failed", 0, BROKEN.code) | asdict(BROKEN)
            keep_state(connection, run, state)


class RunKeeper:
    """Writes a run's progress into the plan's row, once for each per cent.

    Each call is a transaction of its own, so that a long generation holds no lock.

    Raises
    ------
    RunStoppedError
        From any call, when the run was stopped meanwhile.
    """

    def __init__(self, engine: Engine, run: Run, told: Progress | None) -> None:
        self._engine, self._run, self._told = engine, run, told
        self._last: tuple[str, int] | None = None

    def __call__(self, stage: str, done: int) -> None:
        """Say that a stage has come so far, in per cent of all."""
        if (stage, done) == self._last:
            return
        self._last = (stage, done)
        with self._engine.begin() as connection:
            keep_state(connection, self._run, _state("running", done, stage))
        if self._told is not None:
            self._told(done, 100, stage)

    def stop(self) -> None:
        """Say that the run was broken off; what is done, or stopped already, stays so."""
        stage, done = self._last or ("", 0)
        with (
            contextlib.suppress(RunStoppedError),
            self._engine.begin() as connection,
        ):
            keep_state(connection, self._run, _state("stopped", done, stage))

    def tell_done(self) -> None:
        """Tell that all is stored; the plan's row says so already."""
        if self._told is not None:
            self._told(100, 100, "done")

    def fail(self, failure: GenerationFailure) -> None:
        """Say what must be mended."""
        done = self._last[1] if self._last is not None else 0
        state = _state("failed", done, failure.code) | asdict(failure)
        with self._engine.begin() as connection:
            keep_state(connection, self._run, state)


def finish_run(connection: Connection, run: Run, quality: Mapping[str, Any]) -> None:
    """Say that a run is done: what was asked for is from now on what the plan was drawn by.

    To be called first in the transaction that stores its grids: it locks the plan's row.

    Raises
    ------
    RunStoppedError
    """
    keep_state(connection, run, _state("done", 100, "done") | {"seed": run.wishes.seed})
    connection.execute(
        text(
            "UPDATE plan SET generation = generation - 'asked', target_households = :households, "
            "wishes = CAST(:wishes AS jsonb), quality = CAST(:quality AS jsonb) "
            "WHERE district_id = :district_id AND id = :plan_id"
        ),
        {
            "district_id": run.district_id,
            "plan_id": run.plan_id,
            "households": run.households,
            "wishes": run.wishes.model_dump_json(exclude_defaults=True),
            "quality": json.dumps(quality),
        },
    )


def keep_state(connection: Connection, run: Run, state: Mapping[str, Any]) -> None:
    """Write the state of a run that goes on.

    Raises
    ------
    RunStoppedError
    """
    written = connection.execute(
        text(
            "UPDATE plan SET generation = generation || CAST(:state AS jsonb) "
            "WHERE district_id = :district_id AND id = :plan_id "
            "AND coalesce(CAST(generation ->> 'run' AS integer), 1) = :run "
            "AND generation ->> 'state' IN ('waiting', 'running')"
        ),
        {
            "district_id": run.district_id,
            "plan_id": run.plan_id,
            "run": run.number,
            "state": json.dumps(state),
        },
    )
    if written.rowcount == 0:
        raise RunStoppedError


def _locked(connection: Connection, district_id: int, plan_id: int) -> Any:
    row = connection.execute(
        text(
            "SELECT district_id, id, area_id, status, generation, target_households, wishes "
            "FROM plan WHERE district_id = :district_id AND id = :plan_id FOR UPDATE"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).one_or_none()
    if row is None:
        raise PlanError("unknown", "There is no such plan.")
    return row


def _asked(row: Any) -> dict[str, Any]:
    """What was asked for last, whether or not it came to grids."""
    drawn_by = {"households": row.target_households, "wishes": row.wishes}
    asked: dict[str, Any] = (row.generation or {}).get("asked", drawn_by)
    return asked


def _begin(connection: Connection, row: Any, households: int, wishes: PlanWishes) -> Run:
    number = (row.generation or {}).get("run", 0) + 1
    _write(connection, row.district_id, row.id, waiting(number, households, wishes))
    return Run(row.district_id, row.id, number, row.area_id, row.status, households, wishes)


def _write(connection: Connection, district_id: int, plan_id: int, state: Any) -> None:
    connection.execute(
        text(
            "UPDATE plan SET generation = CAST(:state AS jsonb) "
            "WHERE district_id = :district_id AND id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id, "state": json.dumps(state)},
    )


def _state(state: RunState, done: int, stage: str) -> dict[str, Any]:
    return {"state": state, "done": done, "total": 100, "message": stage}
