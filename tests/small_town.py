"""A town small enough to know by heart, for tests: two streets, four communities, eight grids.

Seen from above, with the ids of the grids; each is 0.01° wide and 0.02° high:

    36.84 +----+----+----+----+
          |  1 |  2 |  5 |  6 |     communities 11 (1, 2)  21 (5, 6)   northern
    36.82 +----+----+----+----+
          |  3 |  4 |  7 |  8 |     communities 12 (3, 4)  22 (7, 8)   southern
    36.80 +----+----+----+----+
       118.00     118.02     118.04
          street 10   street 20
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Connection, text

from casework.states import Actor
from data.accounts import open_session
from data.case_types import NewCase, Point
from data.cases import create_case
from data.layers import LAYERS, touch_layer
from data.shapes import store_area_shapes, store_grid_shapes

DISTRICT = 1
PLAN = 1
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FIRST_DAY = "2026-01-01"
PATHS = {
    1: "370399",
    10: "370399.370399001",
    20: "370399.370399002",
    11: "370399.370399001.370399001001",
    12: "370399.370399001.370399001002",
    21: "370399.370399002.370399002001",
    22: "370399.370399002.370399002002",
}
NAMES = {
    1: "试验区",
    10: "西街街道",
    20: "东街街道",
    11: "幸福社区",
    12: "和平社区",
    21: "光明社区",
    22: "胜利社区",
}
BOXES = {
    1: (118.0, 36.80, 118.04, 36.84),
    10: (118.0, 36.80, 118.02, 36.84),
    20: (118.02, 36.80, 118.04, 36.84),
    11: (118.0, 36.82, 118.02, 36.84),
    12: (118.0, 36.80, 118.02, 36.82),
    21: (118.02, 36.82, 118.04, 36.84),
    22: (118.02, 36.80, 118.04, 36.82),
}
# grid → its community; the first of the two lies in the west.
GRIDS = {1: 11, 2: 11, 3: 12, 4: 12, 5: 21, 6: 21, 7: 22, 8: 22}
ACCOUNTS = {
    "officer": ("officer", None, 1),
    "planner": ("planner", 1, None),
    "commander": ("commander", 1, None),
    "commander.east": ("commander", 20, None),
    "administrator": ("administrator", 1, None),
    "auditor": ("auditor", 1, None),
}


def box_of_grid(grid_id: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a grid."""
    west, south, east, north = BOXES[GRIDS[grid_id]]
    middle = round((west + east) / 2, 6)
    return (west, south, middle, north) if grid_id % 2 else (middle, south, east, north)


def ewkt(box: tuple[float, float, float, float]) -> str:
    """A box as a multipolygon whose edges meet its neighbours' at every corner of the town."""
    west, south, east, north = box
    return (
        f"SRID=4326;MULTIPOLYGON((({west} {south},{east} {south},{east} {north},"
        f"{west} {north},{west} {south})))"
    )


def account_id(login: str) -> UUID:
    """The id of an account; the same in every run."""
    return uuid5(UUID(int=0), login)


def build(connection: Connection) -> None:
    """Fill an empty database with the town, published and drawn."""
    _areas(connection)
    _grids(connection)
    _ground(connection)
    _accounts(connection)
    for layer in LAYERS:
        touch_layer(connection, DISTRICT, layer, AT)
    store_area_shapes(connection, DISTRICT)
    store_grid_shapes(connection, DISTRICT, PLAN)


def sign_in(connection: Connection, login: str) -> str:
    """Open a session and return its token."""
    return open_session(connection, DISTRICT, account_id(login), AT - timedelta(hours=1), 1000)


def file_case(connection: Connection, lon: float, lat: float, occurred_at: datetime = AT) -> UUID:
    """Report a hazard, of a kind that is to be put right within an hour."""
    connection.execute(
        text(
            "INSERT INTO time_limit (district_id, step, clock, amount)"
            " VALUES (1, 'handle', 'continuous', 60) ON CONFLICT DO NOTHING"
        )
    )
    connection.execute(
        text(
            "INSERT INTO category (district_id, id, standard, kind, code, name, name_en, severity)"
            " VALUES (1, 1, 'T', 'matter', '1', '垃圾', 'rubbish', 'blue')"
            " ON CONFLICT DO NOTHING"
        )
    )
    new = NewCase(uuid4(), 1, Point(lon, lat), "路口有垃圾", occurred_at, "patrol")
    create_case(connection, DISTRICT, new, Actor(account_id("officer"), frozenset({"officer"})), AT)
    return new.id


def _areas(connection: Connection) -> None:
    connection.execute(
        text("INSERT INTO district (id, code, name, created_at) VALUES (1, '370399', :name, :at)"),
        {"name": NAMES[1], "at": AT},
    )
    levels = {1: "district", 2: "street", 3: "community"}
    for area_id, path in PATHS.items():
        parent = None if area_id == 1 else 1 if area_id % 10 == 0 else area_id // 10 * 10
        connection.execute(
            text(
                "INSERT INTO area (district_id, id, parent_id, code, name, level, path, geom, "
                "updated_at) VALUES (1, :id, :parent, :code, :name, :level, CAST(:path AS ltree), "
                ":geom, :at)"
            ),
            {
                "id": area_id,
                "parent": parent,
                "code": path.split(".")[-1],
                "name": NAMES[area_id],
                "level": levels[path.count(".") + 1],
                "path": path,
                "geom": ewkt(BOXES[area_id]),
                "at": AT,
            },
        )


def _grids(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO plan (district_id, id, area_id, name, status, effective_on, created_at, "
            "published_at) VALUES (1, 1, 1, '首次划分', 'published', :day, :at, :at)"
        ),
        {"day": FIRST_DAY, "at": AT},
    )
    for grid_id, community in GRIDS.items():
        west, south, east, north = box_of_grid(grid_id)
        code = PATHS[community].split(".")[-1] + ("001" if grid_id % 2 else "002")
        connection.execute(
            text(
                "INSERT INTO grid (district_id, id, community_id, created_at) "
                "VALUES (1, :id, :community, :at)"
            ),
            {"id": grid_id, "community": community, "at": AT},
        )
        connection.execute(
            text(
                "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
                "households, buildings, area_m2, geom, label, validity) VALUES (1, :id, 1, "
                "CAST(:path AS ltree), :code, :name, 300, 1, 1980000, :geom, "
                "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), daterange(:day, NULL))"
            ),
            {
                "id": grid_id,
                "path": PATHS[community],
                "code": code,
                "name": "第一网格" if grid_id % 2 else "第二网格",
                "geom": ewkt((west, south, east, north)),
                "lon": (west + east) / 2,
                "lat": (south + north) / 2,
                "day": FIRST_DAY,
            },
        )
        connection.execute(
            text(
                "INSERT INTO grid_status (district_id, grid_id, area_path) "
                "VALUES (1, :id, CAST(:path AS ltree))"
            ),
            {"id": grid_id, "path": PATHS[community]},
        )
    connection.execute(text("SELECT setval(pg_get_serial_sequence('grid', 'id'), 100)"))
    connection.execute(text("SELECT setval(pg_get_serial_sequence('plan', 'id'), 100)"))
    connection.execute(text("SELECT setval(pg_get_serial_sequence('area', 'id'), 100)"))


def _ground(connection: Connection) -> None:
    """One building in the middle of each grid, one main road, one lane, a river, a school."""
    for grid_id, community in GRIDS.items():
        west, south, east, north = box_of_grid(grid_id)
        lon, lat = (west + east) / 2, (south + north) / 2
        connection.execute(
            text(
                "INSERT INTO building (district_id, id, external_id, area_id, name, compound, "
                "address, use, levels, households, geom, updated_at) VALUES (1, :id, :id_text, "
                ":area, :name, :compound, :address, 'flats', 6, 300, :geom, :at)"
            ),
            {
                "id": grid_id,
                "id_text": str(grid_id),
                "area": community,
                "name": f"{grid_id}号楼",
                "compound": f"{NAMES[community][:2]}家园",
                "address": f"{NAMES[community][:2]}路{grid_id * 2}号",
                "geom": ewkt((lon - 0.0002, lat - 0.0001, lon + 0.0002, lat + 0.0001)),
                "at": AT,
            },
        )
    for statement in (
        "INSERT INTO road (district_id, external_id, name, highway, geom, updated_at) VALUES "
        "(1, 'main', '人民路', 'primary', "
        "'SRID=4326;MULTILINESTRING((118 36.82,118.04 36.82))', :at), "
        "(1, 'lane', '幸福胡同', 'service', "
        "'SRID=4326;MULTILINESTRING((118.004 36.831,118.006 36.831))', :at)",
        "INSERT INTO water (district_id, external_id, name, kind, geom, updated_at) VALUES "
        "(1, 'river', '孝妇河', 'river', '" + ewkt((118.0, 36.805, 118.04, 36.806)) + "', :at)",
        "INSERT INTO place (district_id, external_id, name, name_en, kind, geom, updated_at) "
        "VALUES (1, 'school', '幸福小学', 'Xingfu School', 'school', "
        "'SRID=4326;POINT(118.013 36.835)', :at)",
    ):
        connection.execute(text(statement), {"at": AT})


def _accounts(connection: Connection) -> None:
    for login, (role, area, grid) in ACCOUNTS.items():
        connection.execute(
            text(
                "INSERT INTO account (district_id, id, login, display_name, password_hash, "
                "created_at) VALUES (1, :id, :login, :login, 'none', :at)"
            ),
            {"id": account_id(login), "login": login, "at": AT},
        )
        connection.execute(
            text(
                "INSERT INTO assignment (district_id, account_id, role, area_id, grid_id, "
                "validity) VALUES (1, :id, :role, :area, :grid, daterange('2026-01-01', NULL))"
            ),
            {"id": account_id(login), "role": role, "area": area, "grid": grid},
        )
