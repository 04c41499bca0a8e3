"""Addresses: the street a site faces and its number on it, then compound and building."""

from collections import defaultdict

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.demo.pieces import House, Pieces

METRES_PER_NUMBER = 9.0
LONGEST_WAY_TO_STREET_M = 400.0


class StreetNumbers:
    """House numbers along named streets: odd on one side, even on the other, none twice.

    Parameters
    ----------
    pieces : Pieces
        The built town; its named roads count, lanes do not.
    """

    def __init__(self, pieces: Pieces) -> None:
        lines: dict[str, list[BaseGeometry]] = defaultdict(list)
        for road in pieces.roads:
            if road.name and road.highway not in {"footway", "service"}:
                lines[road.name] += shapely.get_parts(road.line).tolist()
        self._names = [name for name, parts in lines.items() for _ in parts]
        self._parts = [part for parts in lines.values() for part in parts]
        self._tree = shapely.STRtree(self._parts)
        self._start = {name: shapely.union_all(parts).bounds for name, parts in lines.items()}
        self._taken: set[tuple[str, int]] = set()

    def address(self, outline: BaseGeometry) -> str:
        """Street and number of a site, such as ``人民东路88号``."""
        nearest = int(self._tree.nearest(outline))
        name, part = self._names[nearest], self._parts[nearest]
        west, south, _, _ = self._start[name]
        at = shapely.shortest_line(part, outline)
        foot, door = shapely.get_coordinates(at)
        if np.allclose(foot, door):
            door = np.array(outline.centroid.coords[0])
        number = int(np.hypot(foot[0] - west, foot[1] - south) / METRES_PER_NUMBER / 2) * 2 + 2
        ends = shapely.get_coordinates(part)[[0, -1]]
        way = ends[1] - ends[0]
        way = way if tuple(way) > (0, 0) else -way
        if way[0] * (door[1] - foot[1]) - way[1] * (door[0] - foot[0]) > 0:
            number -= 1
        while (name, number) in self._taken:
            number += 2
        self._taken.add((name, number))
        return f"{name}{number}号"


def write_addresses(pieces: Pieces) -> list[str]:
    """Address of each house, in the order of ``pieces.houses``.

    Compounds and other sites share one number; shops have their own; houses in old lanes and
    villages count along the lane or through the village, and are named by that number.
    """
    streets = StreetNumbers(pieces)
    outline = {place.name: place.outline for place in pieces.places}
    site_address: dict[str, str] = {}
    door: dict[str, int] = defaultdict(int)
    addresses = []
    for house in pieces.houses:
        if house.lane:
            door[house.lane] += 1
            house.name = house.name or f"{door[house.lane]}号"
            addresses.append(f"{house.lane}{door[house.lane]}号")
        elif house.site:
            if house.site not in site_address:
                known = outline.get(house.site, house.outline)
                site_address[house.site] = streets.address(known)
            addresses.append(_in_site(site_address[house.site], house))
        else:
            addresses.append(streets.address(house.outline) + house.name)
    return addresses


def _in_site(street: str, house: House) -> str:
    if house.name == house.site:
        return street + house.site
    return street + house.site + house.name
