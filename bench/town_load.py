"""Fill an empty, migrated database with a big town, by COPY."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import numpy as np
import psycopg
import shapely
from sqlalchemy import Engine, text

from bench.copying import copy_rows
from bench.sizes import Size
from bench.town_cases import Kinds, Tallies, copy_cases, draw_reports, tally
from bench.town_ground import DISTRICT_CODE, Ground, hex_shapes, lay_ground, name_of
from bench.town_people import copy_patrols, copy_people, people_of
from data.categories import seed_categories
from data.layers import LAYERS, touch_layer
from data.recount import check_ledgers
from data.shapes import store_area_shapes, store_grid_shapes
from data.status import refresh_patrol_counters

DISTRICT: Final = 1
PLAN: Final = 1
SEED: Final = 300
METRES_A_DEGREE: Final = 111_320.0
# Large tables whose indexes COPY would fill row by row; they are made afterwards, in one go each.
LARGE_TABLES: Final = ("hazard_case", "building", "grid_version", "hotspot_unit")
VERIFIED_LEDGERS: Final = 500


def load_town(superuser: psycopg.Connection, owner: Engine, size: Size, at: datetime) -> None:
    """Load the town of a size as it stands at a moment.

    Parameters
    ----------
    superuser
        Session on the new database, not autocommitting; foreign keys are not checked row by row.
    owner
        Engine of the schema's owner.
    """
    draw = np.random.default_rng(SEED)
    ground = lay_ground(size, draw)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("SET maintenance_work_mem = '1GB'")
    kinds = _categories(owner, at)
    reports = draw_reports(ground, kinds, size.cases, at, draw)
    with _without_indexes(superuser):
        _copy_areas(superuser, ground, at)
        _copy_grids(superuser, ground, at)
        _copy_buildings(superuser, ground, size, at)
        staff = copy_people(superuser, people_of(size, first_street_id=2), at)
        copy_cases(superuser, ground, kinds, staff, reports=reports, at=at)
    _copy_status(superuser, ground, tally(reports, kinds, size.grids, at))
    copy_patrols(superuser, ground, size, at)
    _copy_hotspots(superuser, ground, at, draw)
    _set_sequences(superuser, size)
    superuser.commit()
    _draw_and_count(owner, at)
    superuser.autocommit = True
    superuser.execute("VACUUM ANALYZE")


def _copy_areas(connection: psycopg.Connection, ground: Ground, at: datetime) -> None:
    district = shapely.coverage_union_all(ground.streets)
    whole = shapely.multipolygons(shapely.get_parts(district))
    streets, communities = ground.street_codes, ground.community_codes
    parents = [None, *[1] * len(streets), *(ground.street_of + 2).tolist()]
    paths = [
        DISTRICT_CODE,
        *(f"{DISTRICT_CODE}.{code}" for code in streets),
        *ground.community_paths,
    ]
    levels = ["district", *["street"] * len(streets), *["community"] * len(communities)]
    names = [
        "大镇",
        *(name_of(number) + "街道" for number in range(len(streets))),
        *(f"{name_of(number)}社区" for number in range(len(communities))),
    ]
    shapes = hex_shapes(np.concatenate([[whole], ground.streets, ground.communities]))
    codes = [DISTRICT_CODE, *streets, *communities]
    rows = zip(parents, codes, names, levels, paths, shapes, strict=True)
    copy_rows(
        connection,
        "area",
        "district_id, id, parent_id, code, name, level, path, geom, updated_at",
        [(1, number, *row, at) for number, row in enumerate(rows, start=1)],
    )
    copy_rows(
        connection,
        "area_version",
        "district_id, area_id, area_path, version",
        [(1, number, path, 1) for number, path in enumerate(paths, start=1)],
    )


def _copy_grids(connection: psycopg.Connection, ground: Ground, at: datetime) -> None:
    published = at - timedelta(days=400)
    connection.execute(
        "INSERT INTO plan (district_id, id, area_id, name, status, effective_on, created_at,"
        " published_at) VALUES (1, %s, 1, '首次划分', 'published', %s, %s, %s)",
        [PLAN, published.date(), published, published],
    )
    first_community = 2 + len(ground.street_codes)
    communities = (ground.community + first_community).tolist()
    copy_rows(
        connection,
        "grid",
        "district_id, id, community_id, created_at",
        [(1, number, where, published) for number, where in enumerate(communities, start=1)],
    )
    centres = ground.corners.mean(axis=1)
    area_m2 = shapely.area(ground.shapes) * METRES_A_DEGREE**2 * np.cos(np.radians(centres[:, 1]))
    households = np.random.default_rng(1).integers(270, 331, len(ground.shapes)).tolist()
    validity = f"[{published:%Y-%m-%d},)"
    columns = (
        [ground.community_paths[one] for one in ground.community],
        ground.grid_codes,
        [f"第{int(code[-3:])}网格" for code in ground.grid_codes],
        households,
        area_m2.round().tolist(),
        hex_shapes(ground.shapes),
        hex_shapes(shapely.points(centres)),
    )
    copy_rows(
        connection,
        "grid_version",
        "district_id, plan_id, buildings, validity, id, grid_id, area_path, code, name, "
        "households, area_m2, geom, label",
        (
            (1, PLAN, 4, validity, number, number, *row)
            for number, row in enumerate(zip(*columns, strict=True), start=1)
        ),
    )


def _copy_buildings(
    connection: psycopg.Connection, ground: Ground, size: Size, at: datetime
) -> None:
    """Houses in a row along the middle of each grid, named after its community."""
    count = size.buildings_per_grid
    grid = np.repeat(np.arange(size.grids), count)
    turn = np.tile(np.arange(count), size.grids)
    west, south = (ground.corners.mean(axis=1)[grid] + (-0.0008, -0.0001)).T
    west += turn * 0.0004
    shapes = shapely.box(west, south, west + 0.00025, south + 0.00015)
    first_community = 2 + len(ground.street_codes)
    community = ground.community[grid].tolist()
    drawn = hex_shapes(shapely.multipolygons(shapes[:, None]))
    rows = zip(community, turn.tolist(), grid.tolist(), drawn, strict=True)
    copy_rows(
        connection,
        "building",
        "district_id, id, external_id, area_id, name, compound, address, use, levels, units, "
        "households, households_basis, geom, updated_at",
        (
            (
                *(1, number, f"b{number}", where + first_community, f"{turn + 1}号楼"),
                f"{name_of(where)}{grid % 25 + 1}区",
                f"{name_of(where)}路{grid % 25 * 8 + turn * 2 + 1}号{turn + 1}号楼",
                *("flats", 6, 3, 75, "registered", shape, at),
            )
            for number, (where, turn, grid, shape) in enumerate(rows, start=1)
        ),
    )


def _categories(owner: Engine, at: datetime) -> Kinds:
    """Make the district, with the categories that ship."""
    with owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO district (id, code, name, created_at) VALUES (1, :code, '大镇', :at)"
            ),
            {"code": DISTRICT_CODE, "at": at},
        )
        seed_categories(connection, DISTRICT)
        rows = connection.execute(
            text(
                "SELECT c.id, c.severity,"
                " CASE l.clock WHEN 'working-days' THEN l.amount * 1440 ELSE l.amount END"
                " FROM category AS c JOIN time_limit AS l"
                " ON l.district_id = c.district_id AND l.category_id = c.id AND l.step = 'handle'"
                " ORDER BY c.id"
            )
        ).all()
    ids, severities, limits = zip(*rows, strict=True)
    return Kinds(np.array(ids), severities, np.array(limits))


@contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    made = connection.execute(
        "SELECT CAST(i.indexrelid AS regclass)::text, pg_get_indexdef(i.indexrelid)"
        " FROM pg_index AS i WHERE i.indrelid = ANY(CAST(%s AS regclass[])) AND NOT i.indisunique"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)",
        [list(LARGE_TABLES)],
    ).fetchall()
    for name, _ in made:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, definition in made:
        connection.execute(definition)


def _copy_status(connection: psycopg.Connection, ground: Ground, tallies: Tallies) -> None:
    last = [
        None if us == 0 else datetime.fromtimestamp(us / 1e6).astimezone()
        for us in tallies.last_at_us.tolist()
    ]
    paths = [ground.community_paths[one] for one in ground.community]
    counts = (tallies.open, tallies.overdue, tallies.handled, tallies.closed)
    rows = zip(paths, *(count.tolist() for count in counts), last, strict=True)
    copy_rows(
        connection,
        "grid_status",
        "district_id, grid_id, area_path, open_cases, overdue_cases, handled_cases, "
        "closed_cases, last_case_at",
        ((1, number, *row) for number, row in enumerate(rows, start=1)),
    )


def _copy_hotspots(
    connection: psycopg.Connection, ground: Ground, at: datetime, draw: np.random.Generator
) -> None:
    """A run of hotspots on the grids; made-up figures, for what is measured is reading them."""
    connection.execute(
        "INSERT INTO hotspot_run (district_id, id, unit, period_from, period_to, cases, settings,"
        " computed_at) VALUES (1, 1, 'grid', %s, %s, 1000, '{}', %s)",
        [(at - timedelta(days=30)).date(), at.date(), at],
    )
    z = draw.normal(size=len(ground.shapes)).round(3)
    p = np.clip(1 - np.abs(z) / 4, 0.001, 1).round(4)
    verdict = np.where(z > 2, "more", np.where(z < -2, "fewer", "usual"))
    shapes = hex_shapes(shapely.get_geometry(ground.shapes, 0))
    paths = [ground.community_paths[one] for one in ground.community]
    rows = zip(paths, z.tolist(), p.tolist(), verdict.tolist(), shapes, strict=True)
    copy_rows(
        connection,
        "hotspot_unit",
        "district_id, run_id, unit_key, area_path, cases, expected, z, p, q, verdict, geom",
        (
            (1, 1, number, path, 3, 2.5, one_z, one_p, one_p, hot, shape)
            for number, (path, one_z, one_p, hot, shape) in enumerate(rows, start=1)
        ),
    )


def _set_sequences(connection: psycopg.Connection, size: Size) -> None:
    for table in ("area", "plan", "grid", "grid_version", "building", "unit", "hotspot_run"):
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608 (our names)
        )
    connection.execute("SELECT setval('case_number', %s)", [size.cases])


def _draw_and_count(owner: Engine, at: datetime) -> None:
    """Shapes for tiles, versions of layers, patrol counters; and that the ledgers hold."""
    with owner.begin() as connection:
        for layer in LAYERS:
            touch_layer(connection, DISTRICT, layer, at)
        store_area_shapes(connection, DISTRICT)
        store_grid_shapes(connection, DISTRICT, PLAN)
        refresh_patrol_counters(connection, at, district_id=DISTRICT)
    with owner.connect() as connection:
        faults = [
            one for one in islice(check_ledgers(connection, DISTRICT), VERIFIED_LEDGERS) if one
        ]
    assert not faults, faults[:3]
