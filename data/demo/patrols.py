"""Ninety days of patrols: who walked when in which grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from data.demo.courses import TIME_ZONE
from data.demo.staff import Officer
from data.demo.walks import Streets, Walk

SLOTS = (time(8, 10), time(9, 25), time(13, 50), time(15, 5), time(16, 20), time(19, 0))
SLOT_WEIGHTS = (0.27, 0.17, 0.22, 0.18, 0.08, 0.08)
MINUTES = (30.0, 58.0)
WEEKEND_SHARE = 0.35
# Extra rounds a day and grid where the patrol is heavier than anywhere else.
EXTRA_ROUNDS = 0.75


@dataclass(frozen=True)
class Patrol:
    """One shift on duty: its officer, its grid, its start (UTC) and the walk."""

    officer: Officer
    grid: str
    started_at: datetime
    walk: Walk

    @property
    def ended_at(self) -> datetime:
        """End of duty, half a minute after the last fix."""
        return self.started_at + timedelta(seconds=float(self.walk.seconds[-1]) + 30)


def walk_patrols(
    officers: Sequence[Officer],
    streets: Streets,
    days: Sequence[date],
    heavy: frozenset[str],
    seed: int,
) -> list[Patrol]:
    """All patrols in order of their start.

    Parameters
    ----------
    officers : sequence of Officer
        Each walks more or less eagerly, and some of his grids more than others.
    streets : Streets
        Where one can walk.
    days : sequence of date
        Local days.
    heavy : frozenset of str
        Codes of grids that are patrolled far more than others.
    seed : int
        Seed.
    """
    patrols = []
    for number, officer in enumerate(officers):
        rng = np.random.default_rng([seed, 51, number])
        liking = rng.dirichlet(np.full(len(officer.grids), 2.0))
        for day in days:
            share = WEEKEND_SHARE if day.weekday() >= 5 else 1.0
            usual = rng.poisson(officer.rounds_per_day * share)
            own = [str(code) for code in rng.choice(officer.grids, usual, p=liking)]
            own += [
                grid for grid in officer.grids
                if grid in heavy and rng.random() < EXTRA_ROUNDS * share
            ]  # fmt: skip
            slots = rng.choice(len(SLOTS), min(len(own), len(SLOTS)), False, SLOT_WEIGHTS)
            for grid, slot in zip(own, sorted(slots), strict=False):
                started = datetime.combine(day, SLOTS[slot], TIME_ZONE)
                started += timedelta(seconds=int(rng.integers(0, 720)))
                walk = streets.walk(grid, float(rng.uniform(*MINUTES)), rng)
                patrols.append(Patrol(officer, grid, started.astimezone(UTC), walk))
    patrols.sort(key=lambda patrol: (patrol.started_at, patrol.officer.login))
    return patrols
