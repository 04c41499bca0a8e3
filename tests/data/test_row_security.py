"""Row-level security: it guards rows, leaks to nobody, and leaves maps and lists their indexes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_town
from grown_town import grow
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError
from statements import recorded

import data
from data.case_filter import CaseFilter
from data.case_lists import case_points, list_cases
from data.categories import seed_categories
from data.database import open_engine
from data.rights import GUARDED_TABLES, Sight, let_act, let_see
from data.scope import Scope
from data.server import DatabaseUrls
from data.tile_queries import query_tile

CASES = 12_000
OF_CASES = ("hazard_case", "case_event", "case_text", "case_candidates", "photo")
OF_SHIFTS = ("shift", "shift_grid", "track_point")
WEST_STREET, EAST_STREET = small_town.PATHS[10], small_town.PATHS[20]
BOX = (118.012, 36.825, 118.0125, 36.8255)
DISTRICT = Scope(1, (small_town.PATHS[1],), account_id=small_town.account_id("commander"))
STREET = Scope(1, (WEST_STREET,), account_id=small_town.account_id("commander"))
OFFICER = Scope(1, (), (1,), account_id=small_town.account_id("officer"))
REPORTER = Scope(1, account_id=small_town.account_id("officer"))
ELSEWHERE = Scope(1, (EAST_STREET,), account_id=small_town.account_id("commander.east"))
# As many in each grid, reported by an officer each day.
MANY_CASES = """
INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, source,
    area_path, grid_id, grid_id_filed, geom, datum_in, reported_by, occurred_at, received_at,
    deadline_at)
SELECT 1, gen_random_uuid(), 'M' || n, (SELECT min(id) FROM category), 'blue',
    CASE WHEN n % 20 = 0 THEN 'reported' ELSE 'closed' END, 1, 'patrol', g.area_path, g.grid_id,
    g.grid_id, ST_SetSRID(ST_MakePoint(
        ST_XMin(g.geom) + (ST_XMax(g.geom) - ST_XMin(g.geom)) * random(),
        ST_YMin(g.geom) + (ST_YMax(g.geom) - ST_YMin(g.geom)) * random()), 4326),
    'wgs84', gen_random_uuid(), at, at, at + interval '1 day'
FROM generate_series(1, :cases) AS n
CROSS JOIN LATERAL (SELECT CAST(:at AS timestamptz) - n * interval '10 min' AS at) AS moment
JOIN grid_version AS g ON g.plan_id = 1 AND g.grid_id = n % 8 + 1
"""


@pytest.fixture(scope="module")
def urls(cluster: Any, template: str) -> Iterator[DatabaseUrls]:
    """The small town with thousands of cases, as the planner of queries knows them."""
    name = f"guarded_{id(cluster)}"
    cluster.create_database(name, template=template)
    made = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    owner = open_engine(made.owner)
    with owner.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, small_town.DISTRICT)
        grow(connection, 1, 5)
        connection.execute(text(MANY_CASES), {"cases": CASES, "at": small_town.AT})
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    owner.dispose()
    yield made
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def guarded(urls: DatabaseUrls) -> Iterator[Engine]:
    """An engine as requests have it, with one connection for all."""
    engine = open_engine(urls.app, pool_size=1, guarded=True)
    yield engine
    engine.dispose()


def sight_of(*paths: str) -> Sight:
    """All that can be seen below some areas."""
    return Sight(paths, paths, paths, paths)


def seen(connection: Connection, table: str) -> int:
    """Rows of a table as they show."""
    rows: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return rows


def test_who_says_nothing_sees_nothing(guarded: Engine) -> None:
    with guarded.connect() as connection:
        assert {table: seen(connection, table) for table in GUARDED_TABLES} == dict.fromkeys(
            GUARDED_TABLES, 0
        )


def test_everything_shows_within_the_district_and_nothing_of_it_in_another(
    guarded: Engine,
) -> None:
    with guarded.begin() as connection:
        let_act(connection, DISTRICT)
        assert all(seen(connection, table) > 0 for table in OF_CASES + OF_SHIFTS)
    with guarded.begin() as connection:
        let_act(connection, Scope(2, ("1",)))
        assert not any(seen(connection, table) for table in GUARDED_TABLES)


def test_a_scope_shows_its_own_and_what_hangs_on_it(guarded: Engine) -> None:
    with guarded.begin() as connection:
        let_see(connection, STREET, sight_of(WEST_STREET))
        assert all(seen(connection, table) > 0 for table in OF_CASES + OF_SHIFTS)
        paths = connection.execute(
            text("SELECT count(*) FROM hazard_case WHERE NOT area_path <@ CAST(:p AS ltree)"),
            {"p": WEST_STREET},
        ).scalar_one()
        assert paths == 0
    with guarded.begin() as connection:
        let_see(connection, ELSEWHERE, sight_of(EAST_STREET))
        assert seen(connection, "hazard_case") == CASES / 2
        hanging = [table for table in OF_CASES + OF_SHIFTS if table != "hazard_case"]
        assert not any(seen(connection, table) for table in hanging)


def test_an_officer_sees_his_grids_and_his_own_but_no_tracks_of_others(guarded: Engine) -> None:
    with guarded.begin() as connection:
        let_see(connection, OFFICER, Sight())
        rows = connection.execute(text("SELECT grid_id, reported_by FROM hazard_case")).all()
        assert {row.grid_id for row in rows if row.reported_by != OFFICER.account_id} == {1}
        assert seen(connection, "track_point") > 0
    with guarded.begin() as connection:
        let_see(
            connection, Scope(1, (), (5,), account_id=small_town.account_id("planner")), Sight()
        )
        assert not seen(connection, "track_point")
        assert not seen(connection, "shift_in_scope")


def test_a_unit_sees_what_it_is_charged_with(guarded: Engine, urls: DatabaseUrls) -> None:
    owner = open_engine(urls.owner)
    with owner.begin() as connection:
        unit_id = connection.execute(
            text("INSERT INTO unit (district_id, area_id, name) VALUES (1, 1, '园林') RETURNING id")
        ).scalar_one()
        connection.execute(
            text("UPDATE hazard_case SET unit_id = :unit WHERE number = 'M1'"), {"unit": unit_id}
        )
    owner.dispose()
    with guarded.begin() as connection:
        let_see(connection, Scope(1, unit_id=unit_id, account_id=DISTRICT.account_id), Sight())
        assert connection.execute(text("SELECT number FROM hazard_case")).scalars().all() == ["M1"]


@pytest.mark.parametrize("ends", ["commits", "rolls back", "breaks off"])
def test_the_next_on_a_pooled_connection_takes_nothing_along(guarded: Engine, ends: str) -> None:
    with guarded.connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        connection.rollback()
        let_see(connection, DISTRICT, sight_of(small_town.PATHS[1]))
        assert seen(connection, "hazard_case") > CASES
        if ends == "commits":
            connection.commit()
        elif ends == "rolls back":
            connection.rollback()
        else:
            with pytest.raises(ProgrammingError):
                connection.execute(text("SELECT no_such_column"))
    with guarded.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == backend
        assert not seen(connection, "hazard_case")
        assert not seen(connection, "case_in_scope")
        assert not seen(connection, "shift_in_scope")


def test_the_views_show_every_column_and_take_no_rows(guarded: Engine) -> None:
    columns = text(
        "SELECT column_name FROM information_schema.columns WHERE table_name = :name"
        " ORDER BY ordinal_position"
    )
    pairs = {"hazard_case": "case_in_scope", "shift": "shift_in_scope"}
    for table, view in pairs.items():
        with guarded.connect() as connection:
            assert (
                connection.execute(columns, {"name": view}).all()
                == connection.execute(columns, {"name": table}).all()
            )
            for command in (f"DELETE FROM {view}", f"UPDATE {view} SET district_id = 1"):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    connection.execute(text(command))
                connection.rollback()


def test_a_partition_shows_nothing_past_its_table(guarded: Engine) -> None:
    with guarded.connect() as connection:
        let_act(connection, DISTRICT)
        name = connection.execute(
            text(
                "SELECT CAST(inhrelid AS regclass) FROM pg_inherits JOIN pg_class AS p"
                " ON p.oid = inhparent WHERE p.relname = 'track_point' LIMIT 1"
            )
        ).scalar_one()
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(f"SELECT count(*) FROM {name}"))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def indexes(connection: Connection, statement: str, values: Any) -> set[str]:
    """Names of the indexes a statement goes by; `scan` where it reads all cases or shifts."""
    cursor = connection.connection.cursor()
    cursor.execute(f"EXPLAIN (FORMAT json) {statement}", values)
    found = list(nodes(cursor.fetchone()[0][0]["Plan"]))
    used = {node["Index Name"] for node in found if "Index Name" in node}
    scanned = {node["Relation Name"] for node in found if node["Node Type"] == "Seq Scan"}
    return used | ({"scan"} if scanned & {"hazard_case", "shift"} else set())


def sent_by(engine: Engine, scope: Scope, tracks: list[str], work: Any) -> set[str]:
    """Indexes of the last statement that some work sends, under the rights of a scope."""
    with engine.begin() as connection:
        let_see(connection, scope, sight_of(*tracks))
        with recorded(engine) as sent:
            work(connection, scope)
        return indexes(connection, *sent[-1])


def in_box(connection: Connection, scope: Scope) -> None:
    list_cases(connection, scope, CaseFilter(bbox=BOX), sort="-received", limit=51)


def points_in_box(connection: Connection, scope: Scope) -> None:
    case_points(connection, scope, CaseFilter(bbox=BOX))


def tile(connection: Connection, scope: Scope) -> None:
    where = {"z": 17, "x": 108499, "y": 51210, "kinds": ["reported", "closed"]}
    query_tile(connection, "cases", scope, where)


@pytest.mark.parametrize("work", [in_box, points_in_box, tile])
@pytest.mark.parametrize("scope", [DISTRICT, STREET])
def test_a_box_is_read_by_the_spatial_index_under_row_security(
    guarded: Engine, work: Any, scope: Scope
) -> None:
    used = sent_by(guarded, scope, list(scope.area_paths), work)
    assert "hazard_case_geom_idx" in used
    assert "scan" not in used


def newest(connection: Connection, scope: Scope) -> None:
    list_cases(connection, scope, CaseFilter(), sort="-received", limit=51)


def by_number(connection: Connection, scope: Scope) -> None:
    list_cases(connection, scope, CaseFilter(words="M117"), sort="-received", limit=51)


def by_deadline(connection: Connection, scope: Scope) -> None:
    states = ("reported", "dispatched", "handled", "verified")
    list_cases(connection, scope, CaseFilter(states=states), sort="deadline", limit=51)


@pytest.mark.parametrize(
    ("scope", "work", "index"),
    [
        (DISTRICT, newest, "hazard_case_reported_idx"),
        (STREET, newest, "hazard_case_reported_idx"),
        (REPORTER, newest, "hazard_case_reporter_idx"),
        (DISTRICT, by_number, "hazard_case_number_idx"),
        (DISTRICT, by_deadline, "hazard_case_deadline_idx"),
    ],
)
def test_lists_go_by_an_index_under_row_security(
    guarded: Engine, scope: Scope, work: Any, index: str
) -> None:
    used = sent_by(guarded, scope, list(scope.area_paths), work)
    assert index in used
    assert "scan" not in used


def test_why_there_are_views_a_policy_takes_the_spatial_index_away(guarded: Engine) -> None:
    ask = "SELECT id FROM {} WHERE geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
    with guarded.begin() as connection:
        let_see(connection, DISTRICT, Sight())
        table = indexes(connection, ask.format("hazard_case"), BOX)
        view = indexes(connection, ask.format("case_in_scope"), BOX)
    assert "hazard_case_geom_idx" not in table
    assert "hazard_case_geom_idx" in view


def test_lists_and_maps_read_cases_and_shifts_through_the_views() -> None:
    folder = Path(data.__file__).parent / "sql"
    scoped = re.compile(r"\{(in_scope|where|seen|cases_in_scope)\}")
    for path in sorted(folder.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        if scoped.search(sql):
            assert not re.search(r"\b(FROM|JOIN) (hazard_case|shift)\b", sql), path.name
