"""Who works in a big town: accounts and their roles, and the patrols of the last weeks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt
import psycopg

from api.demo.staff import DEMO_PASSWORD
from api.passwords import Passwords
from bench.copying import copy_rows
from bench.sizes import Size
from bench.town_cases import Staff, uuids7
from bench.town_ground import Ground, IntArray
from bench.town_ledgers import microseconds, utc_texts

UNITS = ("环卫中心", "市政养护", "城管执法", "园林绿化", "供水公司", "供电所", "消防救援", "街道办")
GRIDS_PER_OFFICER = 3
POINTS_PER_SHIFT = 10
POINT_EVERY_S = 600
# login → role within the whole district
DISTRICT_ROLES = {
    "admin": "administrator",
    "planner": "planner",
    "commander": "commander",
    "auditor": "auditor",
}
STREET_COMMANDER = "commander.street"


@dataclass(frozen=True)
class Person:
    """An account to be made, with one role: in an area, or on some grids."""

    login: str
    role: str
    area_id: int | None = None
    grid_ids: tuple[int, ...] = ()
    unit_id: int | None = None


def account_id(login: str) -> UUID:
    """The id of an account; the same in every town."""
    return uuid5(UUID(int=0), login)


def officer_login(number: int) -> str:
    """Login of an officer, counted from 1."""
    return f"officer{number:05d}"


def people_of(size: Size, first_street_id: int) -> list[Person]:
    """All accounts of a town."""
    people = [Person(login, role, area_id=1) for login, role in DISTRICT_ROLES.items()]
    people.append(Person(STREET_COMMANDER, "commander", area_id=first_street_id))
    for number, _ in enumerate(UNITS, start=1):
        people.append(Person(f"handler{number}", "handler", area_id=1, unit_id=number))
    for number in range(1, size.officers + 1):
        first = (number - 1) * GRIDS_PER_OFFICER
        grids = tuple((first + more) % size.grids + 1 for more in range(GRIDS_PER_OFFICER))
        people.append(Person(officer_login(number), "officer", grid_ids=grids))
    return people


def copy_people(connection: psycopg.Connection, people: list[Person], at: datetime) -> Staff:
    """Copy units, accounts and roles; the password of all is the demo's."""
    copy_rows(
        connection,
        "unit",
        "district_id, id, area_id, name",
        [(1, number, 1, name) for number, name in enumerate(UNITS, start=1)],
    )
    password = Passwords(1).hash(DEMO_PASSWORD)
    copy_rows(
        connection,
        "account",
        "district_id, id, login, display_name, password_hash, unit_id, created_at",
        [(1, account_id(p.login), p.login, p.login, password, p.unit_id, at) for p in people],
    )
    begin = f"[{at - timedelta(days=400):%Y-%m-%d},)"
    places = [
        (1, account_id(p.login), p.role, p.area_id, grid, begin)
        for p in people
        for grid in (p.grid_ids or (None,))
    ]
    columns = "district_id, account_id, role, area_id, grid_id, validity"
    copy_rows(connection, "assignment", columns, places)
    ids = {p.login: str(account_id(p.login)) for p in people}
    return Staff(
        officers=[ids[p.login] for p in people if p.role == "officer"],
        commander=ids["commander"],
        handlers=[ids[p.login] for p in people if p.role == "handler"],
        units=[p.unit_id for p in people if p.unit_id is not None],
    )


def copy_patrols(connection: psycopg.Connection, ground: Ground, size: Size, at: datetime) -> None:
    """Copy a shift a day and officer, its grids, and some points of its track."""
    draw = np.random.default_rng(7)
    for days in range(size.days, 0, -1):
        _copy_shifts(connection, ground, _draw_day(size, at - timedelta(days=days), draw), draw)


@dataclass(frozen=True)
class _Day:
    """The shifts of one day, a row each.

    Attributes
    ----------
    officers : array of shape (shifts,)
        Indices of officers.
    grids : array of shape (shifts, 3)
        Indices of the grids of each.
    times : array of shape (shifts, points)
        When each point was taken.
    """

    day: str
    ids: list[str]
    officers: IntArray
    grids: IntArray
    times: npt.NDArray[np.str_]


def _draw_day(size: Size, at: datetime, draw: np.random.Generator) -> _Day:
    # Two to six in the morning, UTC: the same day in the district's time zone.
    midnight_us = microseconds(at.replace(hour=0, minute=0, second=0, microsecond=0))
    begun_us = np.sort(midnight_us + draw.integers(2 * 3600, 6 * 3600, size.officers) * 1_000_000)
    officers = draw.permutation(size.officers)
    first = officers * GRIDS_PER_OFFICER % size.grids
    times_us = begun_us[:, None] + POINT_EVERY_S * 1_000_000 * np.arange(POINTS_PER_SHIFT)
    return _Day(
        day=f"{at:%Y-%m-%d}",
        ids=uuids7(begun_us, draw),
        officers=officers,
        grids=(first[:, None] + np.arange(GRIDS_PER_OFFICER)) % size.grids,
        times=utc_texts(times_us.ravel()).reshape(times_us.shape),
    )


def _copy_shifts(
    connection: psycopg.Connection, ground: Ground, day: _Day, draw: np.random.Generator
) -> None:
    own = (day.grids + 1).tolist()
    seconds = POINT_EVERY_S * (POINTS_PER_SHIFT - 1)
    begins, ends = day.times[:, 0].tolist(), day.times[:, -1].tolist()
    accounts = [account_id(officer_login(officer + 1)) for officer in day.officers.tolist()]
    copy_rows(
        connection,
        "shift",
        "district_id, shift_day, kind, tracked, source, points, seconds, metres, gap_seconds, "
        "id, account_id, grid_ids, started_at, ended_at, received_at",
        (
            (1, day.day, "patrol", "t", "phone", POINTS_PER_SHIFT, seconds, 2400, 0, *row)
            for row in zip(day.ids, accounts, map(_array, own), begins, ends, ends, strict=True)
        ),
    )
    share = (POINTS_PER_SHIFT // GRIDS_PER_OFFICER, seconds / GRIDS_PER_OFFICER, 800)
    copy_rows(
        connection,
        "shift_grid",
        "district_id, shift_day, shift_id, grid_id, points, seconds, metres, last_at",
        (
            (1, day.day, shift_id, grid, *share, end)
            for shift_id, grids, end in zip(day.ids, own, ends, strict=True)
            for grid in grids
        ),
    )
    _copy_points(connection, ground, day, draw)


def _copy_points(
    connection: psycopg.Connection, ground: Ground, day: _Day, draw: np.random.Generator
) -> None:
    where = day.grids[:, np.arange(POINTS_PER_SHIFT) % GRIDS_PER_OFFICER]
    spots = ground.points(where.ravel(), draw).tolist()
    shifts = [shift_id for shift_id in day.ids for _ in range(POINTS_PER_SHIFT)]
    turns = list(range(1, POINTS_PER_SHIFT + 1)) * len(day.ids)
    times = day.times.ravel().tolist()
    connection.execute("SELECT make_track_week(CAST(%s AS date))", [day.day])
    copy_rows(
        connection,
        "track_point",
        "district_id, shift_day, accuracy_m, shift_id, seq, occurred_at, received_at, geom, "
        "grid_id",
        (
            (1, day.day, 8, shift_id, seq, at, at, f"SRID=4326;POINT({lon!r} {lat!r})", grid + 1)
            for shift_id, seq, at, (lon, lat), grid in zip(
                shifts, turns, times, spots, where.ravel().tolist(), strict=True
            )
        ),
    )


def _array(numbers: list[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
