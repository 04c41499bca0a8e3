"""Straight through SQL, as the run-time role: each role sees its own street's rows and no others.

Nothing of the application filters here: only row-level security does, and the walk fails without.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import walked_town
from sqlalchemy import Connection, Engine, text
from walked_town import DISTRICT, OWN, PLACES, STREET, Place

from api.context import say_rights
from api.permissions import as_caller
from data.accounts import callers_of_sessions
from data.database import open_engine
from data.rights import GUARDED_TABLES
from data.schema import Base
from data.schema.accounts import ROLES
from data.server import DatabaseUrls

# A table's row of a place, where it is not found by `:case`; none: the district knows it.
_KEYS = {
    "hazard_case": "id = :case",
    "photo": "id = :photo",
    "shift": "id = :shift",
    "shift_grid": "shift_id = :shift",
    "track_point": "shift_id = :shift",
    "street_walk": "shift_id = :shift",
    **dict.fromkeys(("shift_gap", "track_look"), "shift_id = :shift"),
    "tracker_discard": "device_id = :device",
    "checkpoint": "id = :checkpoint",
    "round_plan": "id = :round",
    "planned_round": "id = :round",
    "account": "id = :account",
    "assignment": "account_id = :account",
    "operation": "account_id = :account",
    "post_handover": "account_id = :account",
    "device": "id = :device",
    **dict.fromkeys(
        ("device_holding", "second_factor", "recovery_code", "account_event"),
        "account_id = :account",
    ),
    "plan": "id = :plan",
    **dict.fromkeys(
        ("plan_step", "plan_edit", "plan_signature", "plan_backdrop", "plan_report"),
        "plan_id = :plan",
    ),
    "plan_layer": "id = :layer",
    "handover": "area_id = :community",
    "photo_upload": "id = :upload",
    "export_log": "id = :export",
    "notice": "id = :notice",
    "saved_filter": "id = :filter",
    "notice_read": "notice_id = :notice",
    "notice_channel": "id = :notice",
    "notice_delivery": "notice_id = :notice",
    "report_list": "id = :list",
    "report_layout": "district_id = :district",
    "report_word": "district_id = :district",
}
_BY_CASE = "case_id = :case"
_PLANNING = frozenset({"planner", "commander", "administrator", "auditor"})
_WATCHING = frozenset({"commander", "auditor"})
_TAKING_LISTS = frozenset({"commander"})
# table → roles that see what lies where they work; where it is not everybody.
_WHO = {
    **dict.fromkeys(("shift", "shift_grid", "track_point", "street_walk"), _WATCHING),
    **dict.fromkeys(("shift_gap", "track_look"), _WATCHING),
    "tracker_discard": frozenset(),
    **dict.fromkeys(("operation", "notice", "notice_read", "saved_filter"), frozenset()),
    **dict.fromkeys(("device", "device_holding", "account_event"), frozenset()),
    **dict.fromkeys(("second_factor", "recovery_code"), frozenset()),
    **dict.fromkeys(
        ("handover", "export_log", "notice_channel", "notice_delivery"),
        frozenset(ROLES) - {"officer"},
    ),
    **dict.fromkeys(
        ("plan", "plan_step", "plan_edit", "plan_signature", "plan_backdrop", "plan_report"),
        _PLANNING,
    ),
    "plan_layer": _PLANNING,
    **dict.fromkeys(("report_list", "report_layout", "report_word"), _TAKING_LISTS),
}
# What shows in the whole district, by design: names beside what was done, and how lists look.
_OF_DISTRICT = {"account", "report_layout", "report_word"}
# Tables with a district and without a policy, each with the reason.
OPEN_TABLES = {
    **dict.fromkeys(
        ("area", "building", "road", "water", "place", "address", "area_shape", "layer_version"),
        "the ground, on everybody's map",
    ),
    **dict.fromkeys(
        ("street_part", "street_part_grid", "street_state"), "streets, on everybody's map"
    ),
    **dict.fromkeys(
        ("grid", "grid_version", "grid_shape", "temporary_grid", "temporary_grid_change"),
        "shapes of grids, read by maps through scope and box",
    ),
    **dict.fromkeys(
        ("grid_status", "area_version", "hotspot_run", "hotspot_unit"),
        "counts, read by maps through the scope",
    ),
    **dict.fromkeys(("category", "unit", "case_rules"), "words of the whole district"),
    **dict.fromkeys(
        ("routing_rule", "duty_setting", "rota_entry"), "who is to do what, in the whole district"
    ),
    **dict.fromkeys(
        ("calendar_year", "calendar_day", "work_hours", "time_limit"), "days of the whole district"
    ),
    **dict.fromkeys(("paper_template", "paper_number"), "forms of the whole district"),
    "forgotten_file": "keys of files, for the worker",
    "sign_in_code": "digests of codes: asked before anybody is known",
    "session": "digests of tokens: asked before anybody is known",
    "sign_in_identity": "digests of identities: asked before anybody is known",
    "device_token": "digests of tokens: asked before anybody is known",
    "tracker_key": "digests of trackers' secrets: asked before anybody is known",
}


@pytest.fixture(scope="module")
def urls(cluster: Any, template: str) -> Iterator[DatabaseUrls]:
    """A scratch database with one of everything in three places."""
    name = f"row_walk_{id(cluster)}"
    cluster.create_database(name, template=template)
    made = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    owner = open_engine(made.owner)
    with owner.begin() as connection:
        walked_town.build(connection)
    owner.dispose()
    yield made
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def guarded(urls: DatabaseUrls) -> Iterator[Engine]:
    """An engine as requests have it."""
    engine = open_engine(urls.app, pool_size=1, guarded=True)
    yield engine
    engine.dispose()


def shows(connection: Connection, table: str, place: Place) -> bool:
    """Whether a table's row of a place shows."""
    where = _KEYS.get(table, _BY_CASE)
    asked = text(f"SELECT count(*) FROM {table} WHERE {where}")
    rows: int = connection.execute(asked, walked_town.values_of(place)).scalar_one()
    return rows > 0


def expected(role: str, table: str, place: Place) -> bool:
    """Whether a role is to see a table's row of a place, reading."""
    if role not in _WHO.get(table, ROLES):
        return False
    if table in _OF_DISTRICT:
        return place.district == OWN.district
    return place is OWN


def walk(
    engine: Engine, tables: Iterable[str] = GUARDED_TABLES, *, writes: bool = False
) -> dict[tuple[str, str, int], bool]:
    """What shows: role, table, place → whether; each role signed in by a token of its own."""
    found = {}
    for role in ROLES:
        with engine.begin() as connection:
            token = walked_town.sign_in(connection, role)
            held = callers_of_sessions(connection, [token], walked_town.small_town.AT)[token]
            say_rights(connection, as_caller(held), writes=writes)
            for table in tables:
                for place in PLACES:
                    found[role, table, place.number] = shows(connection, table, place)
    return found


def wrong(found: dict[tuple[str, str, int], bool]) -> list[tuple[str, str, int]]:
    """Where it differs from what it should be, while reading."""
    places = {place.number: place for place in PLACES}
    return [
        (role, table, number)
        for (role, table, number), seen in found.items()
        if seen != expected(role, table, places[number])
    ]


def test_each_role_sees_its_own_street_and_no_other(guarded: Engine) -> None:
    assert wrong(walk(guarded)) == []


def test_a_command_touches_its_district_and_no_other(guarded: Engine) -> None:
    found = walk(guarded, writes=True)
    for (_, table, number), seen in found.items():
        assert seen == (number != DISTRICT.number), (table, number)


def test_the_walk_fails_where_row_security_is_switched_off(
    guarded: Engine, urls: DatabaseUrls
) -> None:
    owner = open_engine(urls.owner)
    try:
        for table in GUARDED_TABLES:
            with owner.begin() as connection:
                connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
            missed = {(name, number) for _, name, number in wrong(walk(guarded, [table]))}
            assert (table, DISTRICT.number) in missed, f"{table} is not guarded by its policy"
            assert table in _OF_DISTRICT or (table, STREET.number) in missed, table
            with owner.begin() as connection:
                connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    finally:
        owner.dispose()
    assert wrong(walk(guarded)) == []


def test_nobody_writes_into_another_district(guarded: Engine) -> None:
    with guarded.begin() as connection:
        token = walked_town.sign_in(connection, "administrator")
        held = callers_of_sessions(connection, [token], walked_town.small_town.AT)[token]
        say_rights(connection, as_caller(held), writes=True)
        changed = connection.execute(
            text("UPDATE account SET active = false WHERE id = :account"),
            walked_town.values_of(DISTRICT),
        )
        assert changed.rowcount == 0


def test_every_table_of_a_district_is_guarded_or_says_why_not() -> None:
    tables = {
        name for name, table in Base.metadata.tables.items() if "district_id" in table.columns
    }
    assert tables == {*GUARDED_TABLES, *OPEN_TABLES}
