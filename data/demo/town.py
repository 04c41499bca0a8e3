"""The demo town: one call, the same each time.

A made-up county town in a plain: it lies where no real one does, its codes belong to no county
(``379901`` is not in GB/T 2260), and its streets, compounds and people are invented.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from data.demo.addresses import write_addresses
from data.demo.building import build
from data.demo.ground import LOCAL_CRS, NODE_GRID_M, WGS84
from data.demo.layout import Layout, lay_out
from data.demo.names import UniqueNames
from data.demo.pieces import Pieces
from data.demo.territory import Area, draw_areas

FEWEST_HOUSEHOLDS = 3_000


@dataclass(frozen=True)
class Town:
    """A made-up town; all frames in EPSG:4326.

    Attributes
    ----------
    name, name_en : str
        Its name in Chinese and English.
    seed, households : int
        What it was made from; ``buildings.households`` sums to ``households``.
    areas : GeoDataFrame
        ``code, name, name_en, level`` (district, street, community), ``parent_code``, geometry.
        Each level tiles its parent. Codes have 6, 9 and 12 digits.
    buildings : GeoDataFrame
        ``code, name, compound, address, use, levels, households, area_code``, polygon.
    roads : GeoDataFrame
        ``name`` (empty when it has none), ``highway`` (OpenStreetMap class), line. Noded: roads
        meet in their end points.
    water : GeoDataFrame
        ``name, kind`` (river, stream, lake, pond), polygon.
    places : GeoDataFrame
        ``name, name_en, kind`` (compound, village, school, market, park, landmark, station),
        polygon.
    """

    name: str
    name_en: str
    seed: int
    households: int
    areas: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    places: gpd.GeoDataFrame


def make_town(seed: int = 300, households: int = 60_000) -> Town:
    """Make the demo town.

    Parameters
    ----------
    seed : int
        The same seed and size give the same town, byte for byte.
    households : int
        Size, at least 3,000.

    Raises
    ------
    ValueError
        When the town would be too small to be one.
    """
    if households < FEWEST_HOUSEHOLDS:
        raise ValueError(
            f"households is {households}: a town with a ring road and villages needs at least "
            f"{FEWEST_HOUSEHOLDS}"
        )
    unique = UniqueNames(seed)
    layout = lay_out(households, seed, unique)
    pieces = build(layout, seed, unique)
    areas = draw_areas(layout, pieces, seed)
    return Town(
        name=areas[0].name,
        name_en=areas[0].name_en,
        seed=seed,
        households=households,
        areas=_area_frame(areas),
        buildings=_building_frame(pieces, areas, layout),
        roads=_road_frame(pieces, layout),
        water=_frame(
            {
                "name": [pond.name for pond in pieces.ponds],
                "kind": [pond.kind for pond in pieces.ponds],
            },
            [pond.outline for pond in pieces.ponds],
        ),
        places=_frame(
            {
                "name": [place.name for place in pieces.places],
                "name_en": [place.name_en for place in pieces.places],
                "kind": [place.kind for place in pieces.places],
            },
            [place.outline for place in pieces.places],
        ),
    )


def _frame(columns: Mapping[str, Sequence[object]], geometry: Sequence[object]) -> gpd.GeoDataFrame:
    # Vertices a hair apart would swap sides when they are converted: whole centimetres do not.
    snapped = shapely.set_precision(np.asarray(geometry, dtype=object), NODE_GRID_M)
    frame = gpd.GeoDataFrame(columns, geometry=snapped, crs=LOCAL_CRS)
    return frame.to_crs(WGS84)


def _area_frame(areas: list[Area]) -> gpd.GeoDataFrame:
    return _frame(
        {
            "code": [area.code for area in areas],
            "name": [area.name for area in areas],
            "name_en": [area.name_en for area in areas],
            "level": [area.level for area in areas],
            "parent_code": [area.parent_code for area in areas],
        },
        [area.outline for area in areas],
    )


def _building_frame(pieces: Pieces, areas: list[Area], layout: Layout) -> gpd.GeoDataFrame:
    addresses = write_addresses(pieces)
    houses = pieces.houses
    community = {i: area.code for area in areas if area.level == "community" for i in area.faces}
    tree = shapely.STRtree([face.polygon for face in layout.faces])
    middle = [house.outline.representative_point() for house in houses]
    house, face = tree.query(middle, predicate="within")
    lies_in = dict(zip(house.tolist(), face.tolist(), strict=True))
    return _frame(
        {
            "code": [f"{areas[0].code}-B{number:05d}" for number in range(1, len(houses) + 1)],
            "name": [h.name for h in houses],
            "compound": [h.site for h in houses],
            "address": addresses,
            "use": [h.use for h in houses],
            "levels": [h.levels for h in houses],
            "households": [int(h.homes) for h in houses],
            "area_code": [community[lies_in[i]] for i in range(len(houses))],
        },
        [h.outline for h in houses],
    )


def _road_frame(pieces: Pieces, layout: Layout) -> gpd.GeoDataFrame:
    """Roads cut where they meet, so that one can walk from one to the next."""
    parts = [
        (part, road)
        for road in pieces.roads
        for part in shapely.get_parts(road.line.intersection(layout.district))
        if part.geom_type == "LineString" and part.length > 0.5
    ]
    lines = [part for part, _ in parts]
    noded = shapely.get_parts(shapely.union_all(lines, grid_size=NODE_GRID_M))
    noded = noded[shapely.length(noded) > 0.05]
    source = shapely.STRtree(lines).nearest(
        shapely.line_interpolate_point(noded, 0.5, normalized=True)
    )
    merged: dict[tuple[str, str], list[object]] = {}
    for line, index in zip(noded, source.tolist(), strict=True):
        merged.setdefault((parts[index][1].highway, parts[index][1].name), []).append(line)
    rows = [(cls, name, line) for (cls, name), own in merged.items() for line in own]
    return _frame(
        {"name": [name for _, name, _ in rows], "highway": [cls for cls, *_ in rows]},
        [line for *_, line in rows],
    )
