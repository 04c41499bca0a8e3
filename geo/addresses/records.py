"""What a gazetteer is made from: things with names and places."""

from dataclasses import dataclass
from typing import Literal

from shapely.geometry.base import BaseGeometry

Kind = Literal["building", "address", "place", "pole", "road", "area"]


@dataclass(frozen=True, slots=True)
class Record:
    """A thing that an address can mean.

    Parameters
    ----------
    kind
        building, address (an imported one), place or pole.
    id
        In its table.
    label
        What people are shown.
    lon, lat
        WGS 84 degrees, a point within it.
    radius_m
        Of a circle of its size; 0 for points.
    name, aliases
        Its names, a building's number in its compound among them: 3号楼.
    compound, address
        The compound or village it belongs to; its address.
    area_id
        The lowest area that holds it.
    building_id
        The building that is meant, where it is one.
    """

    kind: Kind
    id: int
    label: str
    lon: float
    lat: float
    radius_m: float = 0.0
    name: str | None = None
    aliases: tuple[str, ...] = ()
    compound: str | None = None
    address: str | None = None
    area_id: int | None = None
    building_id: int | None = None


@dataclass(frozen=True, slots=True)
class RoadLine:
    """A road or a piece of one; pieces of one name are one road.

    Parameters
    ----------
    line
        LineString or MultiLineString, WGS 84 degrees.
    """

    id: int
    name: str
    line: BaseGeometry


@dataclass(frozen=True, slots=True)
class AreaName:
    """An area from the district down to a community or village.

    Parameters
    ----------
    parent_id
        None for the district.
    lon, lat, radius_m
        As for `Record`.
    """

    id: int
    parent_id: int | None
    name: str
    level: str
    lon: float
    lat: float
    radius_m: float
