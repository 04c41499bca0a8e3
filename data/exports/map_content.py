"""What a one-file map of an area shows, read from the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import shapely
from sqlalchemy import Connection, TextClause, select, text

from casework.states import OPEN
from data.database import query
from data.exports.map_page import MapContent
from data.exports.map_words import WORDS, Language
from data.hotspots import find_run
from data.schema import Area, District

# More dots than this hide the map.
MOST_CASES: Final = 3_000
# With more communities than this their names no longer find room: streets are drawn.
MOST_COMMUNITIES: Final = 120

# What touches the area; `{columns}` and `{table}` are ours.
_TOUCHING = (
    "SELECT {columns}ST_AsBinary(t.geom) AS geometry FROM {table} AS t "
    "JOIN area AS a ON a.district_id = t.district_id AND a.id = :area_id "
    "WHERE t.district_id = :district_id AND ST_Intersects(t.geom, a.geom) ORDER BY t.id"
)


class MapError(ValueError):
    """A map cannot be made; says why in both languages."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en


@dataclass(frozen=True)
class _Shown:
    """The area of a map."""

    district_id: int
    id: int
    name: str
    level: str
    path: str
    time_zone: str


def read_map(
    connection: Connection,
    *,
    area_code: str | None,
    now: datetime,
    language: Language = "zh-CN",
    attribution: str | None = None,
) -> MapContent:
    """Read grids, status, open cases, the latest hotspots and the base map of an area.

    Parameters
    ----------
    connection
    area_code
        Code of the area; None: the district, where there is only one.
    now
        The moment of the map, with a time zone; grids in force on that day are drawn.
    language
        Of titles and of the categories' names.
    attribution
        Whose data the base map is; None: says that it was imported here.

    Returns
    -------
    MapContent

    Raises
    ------
    MapError
        If the area is unknown, not named although there are several districts, or has no
        grids in force.
    """
    shown = _find_area(connection, area_code)
    words = WORDS[language]
    as_of = now.astimezone(ZoneInfo(shown.time_zone))
    given: dict[str, Any] = {
        "district_id": shown.district_id,
        "area_id": shown.id,
        "path": shown.path,
        "day": as_of.date(),
    }
    grids = _frame(connection, query("map_grids"), given)
    if len(grids) == 0:
        raise MapError(
            f"{shown.name}今天没有生效的网格，请先划分并发布。",
            f"{shown.name} has no grids in force today: divide it and publish the plan first.",
        )
    cases = given | {
        "english": language == "en",
        "open_states": sorted(OPEN),
        "limit": MOST_CASES,
    }
    run = find_run(connection, shown.district_id, "h3")
    hotspots = None
    if run is not None:
        hotspots = _frame(connection, query("map_hotspots"), given | {"run_id": run.id})
    return MapContent(
        title=words["map_title"].format(area=shown.name),
        as_of=as_of,
        attribution=words["own_base_map"] if attribution is None else attribution,
        grids=grids,
        areas=_areas(connection, shown, given),
        roads=_frame(connection, _touching("road", "t.highway, "), given),
        water=_frame(connection, _touching("water"), given),
        buildings=_frame(connection, _touching("building"), given),
        places=_frame(connection, _touching("place", "t.name, "), given),
        cases=_frame(connection, query("map_cases"), cases),
        hotspots=hotspots,
        period=None if run is None else (run.period_from, run.period_to),
    )


def _find_area(connection: Connection, code: str | None) -> _Shown:
    asked = (
        select(Area.district_id, Area.id, Area.name, Area.level, Area.path, District.time_zone)
        .join(District, District.id == Area.district_id)
        .where(Area.level == "district" if code is None else Area.code == code)
        .order_by(Area.district_id)
    )
    found = connection.execute(asked).all()
    if len(found) == 1:
        return _Shown(*found[0])
    if code is not None:
        raise MapError(
            f"数据库中没有编码为 {code} 的区域，请先导入。",
            f"No area has the code {code} in the database: import it first.",
        )
    if not found:
        raise MapError(
            "数据库中还没有区域，请先导入。",
            "There are no areas in the database: import them first.",
        )
    names = "、".join(row.name for row in found)
    raise MapError(
        f"数据库中有多个区县（{names}），请用 --area 指明。",
        f"There are several districts ({names}): say which with --area.",
    )


def _areas(connection: Connection, shown: _Shown, given: dict[str, Any]) -> gpd.GeoDataFrame:
    """The communities of an area, or its streets where there are too many; or the area itself."""
    beneath = text(
        "SELECT name, ST_AsBinary(geom) AS geometry FROM area "
        "WHERE district_id = :district_id AND path <@ CAST(:path AS ltree) AND level = :level "
        "ORDER BY path"
    )
    areas = _frame(connection, beneath, given | {"level": "community"})
    if len(areas) > MOST_COMMUNITIES:
        streets = _frame(connection, beneath, given | {"level": "street"})
        areas = streets if len(streets) else areas
    return areas if len(areas) else _frame(connection, beneath, given | {"level": shown.level})


def _touching(table: str, columns: str = "") -> TextClause:
    return text(_TOUCHING.format(table=table, columns=columns))


def _frame(connection: Connection, sql: TextClause, given: dict[str, Any]) -> gpd.GeoDataFrame:
    result = connection.execute(sql, given)
    names = list(result.keys())
    rows = result.all()
    columns = {
        name: [row[at] for row in rows] for at, name in enumerate(names) if name != "geometry"
    }
    shapes = shapely.from_wkb([bytes(row.geometry) for row in rows])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
