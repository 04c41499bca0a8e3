"""The schema keeps the promises of its documentation."""

import datetime as dt

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from data.database import open_engine
from data.migrate import check, current_and_head
from data.schema import Base
from data.server import DatabaseUrls

PERSONAL = ("phone", "id_card", "id_number", "birth", "gender", "sex", "nation", "resident", "face")
SQUARE = "SRID=4326;MULTIPOLYGON(((118 36,118.01 36,118.01 36.01,118 36.01,118 36)))"


def test_migrations_build_what_the_models_say(shared_urls: DatabaseUrls) -> None:
    engine = open_engine(shared_urls.owner)
    try:
        check(engine)
        current, head = current_and_head(engine)
        assert current == head is not None
    finally:
        engine.dispose()


def test_places_only_no_column_describes_a_person() -> None:
    """The promise about residents' data: no table but `account` says who somebody is."""
    for table in Base.metadata.tables.values():
        for column in table.columns:
            assert not any(word in column.name for word in PERSONAL), column
        if table.name != "account":
            assert "display_name" not in table.columns, table
            assert "login" not in table.columns, table


def test_large_tables_can_be_spread_by_district(database: Connection) -> None:
    inspector = inspect(database)
    small = {"district", "session", "sign_in_attempt", "sign_in_code", "device_token"}
    small |= {"sign_in_identity", "sign_in_journey", "tracker_key"}
    for name, table in Base.metadata.tables.items():
        if name in small:
            continue
        for constraint in [
            inspector.get_pk_constraint(name)["constrained_columns"],
            *[u["column_names"] for u in inspector.get_unique_constraints(name)],
        ]:
            if constraint != ["login"]:  # a login is looked up before the district is known
                assert "district_id" in constraint, (table.name, constraint)


def test_run_time_role_owns_nothing_and_cannot_pass_row_security(database: Connection) -> None:
    row = database.execute(
        text("SELECT rolbypassrls, rolsuper FROM pg_roles WHERE rolname = current_user")
    ).one()
    assert tuple(row) == (False, False)
    owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    assert database.execute(text(owned)).scalar() == 0


def _district(connection: Connection) -> None:
    for statement in (
        "INSERT INTO district (id, code, name, created_at) VALUES (1, '379901', '试验区', now())",
        "INSERT INTO area (district_id, id, code, name, level, path, geom, updated_at)"
        " VALUES (1, 1, '379901', '试验区', 'district', '379901', '" + SQUARE + "', now())",
        "INSERT INTO plan (district_id, id, area_id, name, created_at)"
        " VALUES (1, 1, 1, '首次划分', now())",
        "INSERT INTO grid (district_id, id, community_id, created_at)"
        " VALUES (1, 1, 1, now()), (1, 2, 1, now())",
    ):
        connection.execute(text(statement))


def _version(connection: Connection, grid_id: int, code: str, validity: str | None) -> None:
    connection.execute(
        text(
            "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name,"
            " households, buildings, area_m2, geom, label, validity) VALUES (1, :grid, 1, '379901',"
            " :code, '第一网格', 300, 10, 1, :square, 'SRID=4326;POINT(118 36)',"
            " CAST(:validity AS daterange))"
        ),
        {"grid": grid_id, "code": code, "validity": validity, "square": SQUARE},
    )


def test_a_code_is_valid_for_one_grid_at_a_time(database: Connection) -> None:
    _district(database)
    _version(database, 1, "379901001001001", "[2026-01-01,2026-06-01)")
    with pytest.raises(IntegrityError, match="code_validity_excl"), database.begin_nested():
        _version(database, 2, "379901001001001", "[2026-05-31,)")


def test_days_of_a_code_may_touch_and_drafts_are_not_compared(database: Connection) -> None:
    _district(database)
    _version(database, 1, "379901001001001", "[2026-01-01,2026-06-01)")
    database.execute(
        text(
            "INSERT INTO plan (district_id, id, area_id, name, created_at)"
            " VALUES (1, 2, 1, '调整', now())"
        )
    )
    database.execute(text("UPDATE grid_version SET plan_id = 2"))
    _version(database, 2, "379901001001001", "[2026-06-01,)")
    database.execute(
        text(
            "INSERT INTO plan (district_id, id, area_id, name, created_at)"
            " VALUES (1, 3, 1, '草案', now())"
        )
    )
    database.execute(text("UPDATE grid_version SET plan_id = 3 WHERE grid_id = 2"))
    _version(database, 2, "379901001001001", None)
    assert database.execute(text("SELECT count(*) FROM grid_version")).scalar() == 3


def test_the_ledger_is_append_only_even_for_its_owner(fresh_urls: DatabaseUrls) -> None:
    for url, message in ((fresh_urls.app, "permission denied"), (fresh_urls.owner, "append-only")):
        engine = open_engine(url)
        try:
            for statement in ("DELETE FROM case_event", "UPDATE case_event SET action = 'x'"):
                with pytest.raises(DatabaseError, match=message), engine.connect() as connection:
                    connection.execute(text(statement))
        finally:
            engine.dispose()


def test_track_points_go_into_weeks_that_the_run_time_role_may_ask_for(
    database: Connection,
) -> None:
    week = dt.date(2026, 11, 22)
    for _ in range(2):
        database.execute(text("SELECT make_track_week(:day)"), {"day": week})
    names = inspect(database).get_table_names()
    assert [name for name in names if name.startswith("track_point_")] == ["track_point_2026w47"]
