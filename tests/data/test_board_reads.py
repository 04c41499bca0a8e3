"""The board by state, the desk and the counts read what they show, not all that is open."""

from collections.abc import Iterator
from typing import Any

import pytest
import small_town
from sqlalchemy import Connection, Engine, text
from statements import recorded

from data.case_counts import MOST_COUNTED, count_cases
from data.case_filter import CaseFilter, Turn, tagged
from data.case_lists import list_cases
from data.categories import create_unit, seed_categories
from data.database import open_engine
from data.rights import Sight, let_see
from data.scope import Scope
from data.server import DatabaseUrls

CASES = 20_000
SHOWN = 20
DISTRICT = Scope(1, (small_town.PATHS[1],), account_id=small_town.account_id("commander"))
# Few are accepted, and fewer verified.
STATES = ("reported", "filed", "dispatched", "handled")
OPEN_CASES = """
INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, source,
    area_path, grid_id, grid_id_filed, unit_id, geom, datum_in, reported_by, occurred_at,
    received_at, deadline_at, overdue)
SELECT 1, gen_random_uuid(), 'M' || n, (SELECT min(id) FROM category), 'blue',
    CASE WHEN n % 500 = 0 THEN 'accepted' WHEN n % 501 = 0 THEN 'verified'
         ELSE (CAST(:states AS text[]))[n % 4 + 1] END, 1, 'patrol', g.area_path, g.grid_id,
    g.grid_id, CASE WHEN n % 500 = 0 THEN (SELECT min(id) FROM unit) END, ST_SetSRID(ST_MakePoint(
        118 + random() * 0.04, 36.8 + random() * 0.04), 4326),
    'wgs84', gen_random_uuid(), at, at, at + interval '1 day', n % 3 = 0
FROM generate_series(1, :cases) AS n
CROSS JOIN LATERAL (SELECT CAST(:at AS timestamptz) - n * interval '1 min' AS at) AS moment
JOIN grid_version AS g ON g.plan_id = 1 AND g.grid_id = n % 8 + 1
"""


@pytest.fixture(scope="module")
def guarded(cluster: Any, template: str) -> Iterator[Engine]:
    """The small town with thousands of open cases, as requests read it."""
    name = f"board_{id(cluster)}"
    cluster.create_database(name, template=template)
    urls = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    owner = open_engine(urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, small_town.DISTRICT)
        create_unit(connection, 1, 1, "环卫所", None)
        values = {"cases": CASES, "at": small_town.AT, "states": list(STATES)}
        connection.execute(text(OPEN_CASES), values)
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    owner.dispose()
    engine = open_engine(urls.app, pool_size=1, guarded=True)
    yield engine
    engine.dispose()
    cluster.drop_database(name)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def read_by(engine: Engine, work: Any) -> tuple[set[str], int]:
    """Indexes of cases that the last statement of some work goes by, and the rows it looks at."""
    with engine.begin() as connection:
        let_see(connection, DISTRICT, Sight())
        with recorded(engine) as sent:
            work(connection)
        statement, values = sent[-1]
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT json) {statement}", values)
        found = [
            node
            for node in nodes(cursor.fetchone()[0][0]["Plan"])
            if "hazard_case" in f"{node.get('Relation Name')} {node.get('Index Name')}"
        ]
    used = {node["Index Name"] for node in found if "Index Name" in node}
    looked_at = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in found
        if node.get("Relation Name") == "hazard_case"
    )
    return used, looked_at


@pytest.mark.parametrize("state", ["reported", "accepted", "verified"])
def test_a_column_of_the_board_reads_its_first_cases(guarded: Engine, state: str) -> None:
    def column(connection: Connection) -> None:
        asked = CaseFilter(states=[state])
        assert len(list_cases(connection, DISTRICT, asked, sort="deadline", limit=SHOWN)) == SHOWN

    used, looked_at = read_by(guarded, column)
    assert "hazard_case_board_idx" in used
    assert looked_at <= 3 * SHOWN


def test_counts_stop_where_nobody_goes_by_them(guarded: Engine) -> None:
    filters = [
        CaseFilter(states=["reported"]),
        CaseFilter(states=["accepted"]),
        CaseFilter(overdue=True),
        CaseFilter(unowned=True),
    ]

    def counts(connection: Connection) -> None:
        told = count_cases(connection, DISTRICT, filters)
        assert [(one.count, one.more) for one in told] == [
            (MOST_COUNTED, True),
            (CASES // 500, False),
            (MOST_COUNTED, True),
            (MOST_COUNTED, True),
        ]

    _, looked_at = read_by(guarded, counts)
    assert looked_at <= 4 * (MOST_COUNTED + 1) + CASES // 10


def test_no_filters_are_counted_without_a_question(guarded: Engine) -> None:
    with guarded.connect() as connection:
        assert count_cases(connection, DISTRICT, []) == []


def test_parameters_of_several_filters_do_not_meet() -> None:
    condition, values = tagged(
        "c.state = :state AND c.at < CAST('infinity' AS timestamptz) AND x = 'a'::text"
        " AND c.district_id = :district_id",
        {"state": "filed"},
        "_7",
    )
    assert condition.count(":state_7") == 1
    assert "'a'::text" in condition
    assert ":district_id" in condition
    assert values == {"state_7": "filed"}


def test_whose_turn_it_is_where_nobody_has_one_finds_nothing(guarded: Engine) -> None:
    turn = Turn(1, small_town.account_id("auditor"))
    with guarded.begin() as connection:
        let_see(connection, DISTRICT, Sight())
        asked = CaseFilter(turn=turn)
        assert list_cases(connection, DISTRICT, asked, sort="deadline", limit=5) == []
