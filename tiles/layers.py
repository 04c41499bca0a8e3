"""The map's layers: what each tells of a feature, and what of it shows at which zoom."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casework.course import OPEN, STATES


@dataclass(frozen=True)
class Layer:
    """A layer of vector tiles.

    Parameters
    ----------
    name
        Of the layer, its tiles' MVT layer, and its query `tile_<name>.sql`.
    title
        What the layer shows, Chinese first.
    fields
        Properties of a feature → their type, as TileJSON names it.
    minzoom, maxzoom
        Below `minzoom` tiles are empty; beyond `maxzoom` nothing new is seen.
    permission
        What a caller must be allowed to do; the scope it holds in filters scoped layers.
    scoped
        Whether features are filtered by the caller's scope. Shapes and base map are not: they
        are the same for all who are signed in, and so may be cached.
    kinds
        (zoom, kinds) in rising order: from that zoom on these kinds show; None is all of them.
    """

    name: str
    title: str
    fields: Mapping[str, str]
    minzoom: int
    maxzoom: int = 16
    permission: str = "map:read"
    scoped: bool = False
    kinds: tuple[tuple[int, tuple[str, ...] | None], ...] = ((0, None),)

    def kinds_at(self, zoom: int) -> list[str] | None:
        """The kinds that show at a zoom; None: all."""
        shown: tuple[str, ...] | None = ()
        for first, kinds in self.kinds:
            if zoom >= first:
                shown = kinds
        return None if shown is None else list(shown)


_THROUGH = ("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link")
_BETWEEN = (*_THROUGH, "secondary", "secondary_link")
_LOCAL = (*_BETWEEN, "tertiary", "tertiary_link")
_STREETS = (*_LOCAL, "residential", "unclassified", "living_street", "pedestrian", "road")

_LEVELS = ("district", "street")
_ALL_LEVELS = (*_LEVELS, "zone", "community")

_TOWNS = ("city", "town")
_VILLAGES = (*_TOWNS, "suburb", "village")

NOT_STRUCK_OFF = tuple(state for state in STATES if state in OPEN)

_ALL = (
    Layer(
        "grids",
        "网格 Grids",
        {"code": "String", "name": "String", "kind": "String"},
        minzoom=11,
    ),
    Layer(
        "temporary",
        "临时网格 Temporary grids",
        {
            "name": "String",
            "kind": "String",
            "last_day": "String",
            "begins": "String",
            "ends": "String",
        },
        minzoom=11,
    ),
    Layer(
        "areas",
        "区域 Areas",
        {"code": "String", "level": "String", "name": "String", "name_en": "String"},
        minzoom=0,
        kinds=((0, _LEVELS), (8, _ALL_LEVELS)),
    ),
    Layer(
        "roads",
        "道路 Roads",
        {"name": "String", "highway": "String"},
        minzoom=8,
        kinds=((0, _THROUGH), (10, _BETWEEN), (12, _LOCAL), (13, _STREETS), (14, None)),
    ),
    Layer(
        "buildings",
        "楼栋 Buildings",
        {"name": "String", "use": "String", "levels": "Number", "compound": "String"},
        minzoom=13,
    ),
    Layer("water", "水系 Water", {"name": "String", "kind": "String"}, minzoom=6),
    Layer(
        "places",
        "地名 Place names",
        {"name": "String", "name_en": "String", "kind": "String"},
        minzoom=8,
        kinds=((0, _TOWNS), (11, _VILLAGES), (13, None)),
    ),
    Layer(
        "cases",
        "问题 Cases",
        {"id": "String", "state": "String", "severity": "String", "overdue": "Boolean"},
        minzoom=8,
        permission="case:read",
        scoped=True,
        kinds=((0, NOT_STRUCK_OFF),),
    ),
    Layer(
        "hexagons",
        "热点 Hotspots",
        {"key": "String", "verdict": "String", "cases": "Number"},
        minzoom=8,
        permission="case:read",
        scoped=True,
    ),
)

LAYERS: Mapping[str, Layer] = MappingProxyType({layer.name: layer for layer in _ALL})
