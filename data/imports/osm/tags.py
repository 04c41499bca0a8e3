"""What the tags of OpenStreetMap mean to us: one function a question, no file and no database."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

Tags = Mapping[str, str]

METRES_PER_LEVEL: Final = 3.0
MOST_LEVELS: Final = 200
_MOST_TEXT: Final = 200
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
_METRES: Final = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(?:m|metres?|meters?|米)?\s*$", re.IGNORECASE)
_LEVELS: Final = re.compile(r"^[\d.,;/\-~–—+\s]*\d[\d.,;/\-~–—+\s]*[层levls]*$", re.IGNORECASE)
_DIGITS: Final = re.compile(r"^\d+$")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")

_ROADS: Final = """
    motorway motorway_link trunk trunk_link primary primary_link secondary secondary_link
    tertiary tertiary_link unclassified residential living_street pedestrian service track
    footway path cycleway bridleway steps road busway bus_guideway
"""
_LANDUSES: Final = """
    residential industrial commercial retail railway military construction education
    institutional religious depot port quarry farmyard greenhouse_horticulture garages
"""
ROADS: Final = frozenset(_ROADS.split())
LANDUSES: Final = frozenset(_LANDUSES.split())
RAILS: Final = frozenset({"rail", "light_rail", "tram", "narrow_gauge", "monorail", "subway"})
_WATER_LINES: Final = frozenset({"river", "canal", "stream", "drain", "ditch"})
_WATER_AREAS: Final = {
    "river": "river",
    "canal": "canal",
    "stream": "stream",
    "lake": "lake",
    "lagoon": "lake",
    "oxbow": "lake",
    "reservoir": "reservoir",
    "basin": "pond",
    "pond": "pond",
    "fishpond": "pond",
    "ditch": "canal",
    "moat": "canal",
}
_SETTLEMENTS: Final = {
    "city": "city",
    "town": "town",
    "suburb": "suburb",
    "quarter": "suburb",
    "village": "village",
    "hamlet": "village",
    "isolated_dwelling": "village",
    "neighbourhood": "neighbourhood",
}
_SIGHTS: Final = {
    "amenity": {
        "school": "school",
        "kindergarten": "school",
        "college": "school",
        "university": "school",
        "marketplace": "market",
        "hospital": "landmark",
        "townhall": "landmark",
        "bus_station": "station",
    },
    "shop": {"mall": "market", "supermarket": "market"},
    "leisure": {"park": "park", "garden": "park", "stadium": "landmark"},
    "railway": {"station": "station", "halt": "station"},
    "tourism": {"attraction": "landmark", "museum": "landmark"},
    "historic": {"monument": "landmark", "memorial": "landmark"},
}
_USES: Final = {
    "shop": "retail",
    "office": "office",
    "amenity": "public",
    "healthcare": "hospital",
    "tourism": "hotel",
    "leisure": "sports_hall",
    "industrial": "industrial",
}
# Values that say more than their key.
_NAMED_USES: Final = {
    "school": "school",
    "kindergarten": "kindergarten",
    "college": "college",
    "university": "university",
    "hospital": "hospital",
    "place_of_worship": "religious",
    "parking": "parking",
    "marketplace": "market",
    "fire_station": "fire_station",
    "restaurant": "restaurant",
    "museum": "museum",
}


def text_of(value: str | None) -> str | None:
    """Return a text trimmed and of a length that is believed, None for nothing."""
    if value is None:
        return None
    text = " ".join(value.replace("\0", "").split())
    return text[:_MOST_TEXT] or None


def name_of(tags: Tags) -> str | None:
    """Return the name as people on the spot write it."""
    return text_of(tags.get("name") or tags.get("name:zh"))


def levels_of(tags: Tags) -> tuple[int | None, str | None]:
    """Tell a building's storeys above ground.

    ``building:levels`` decides, else ``height`` at three metres a storey. A range or a list
    (``3-5``, ``6;7``) counts as its highest; half storeys are rounded up.

    Returns
    -------
    levels, unreadable
        None where nothing is known; the tag that cannot be read, if there is one.
    """
    said = tags.get("building:levels")
    if said is not None:
        if said.isdecimal() and said.isascii() and 0 < int(said) <= MOST_LEVELS:
            return int(said), None
        levels = _highest(unicodedata.normalize("NFKC", said).strip())
        if levels is not None:
            return levels, None
    high = tags.get("height") or tags.get("building:height")
    if high is not None:
        match = _METRES.match(unicodedata.normalize("NFKC", high))
        metres = 0.0 if match is None else float(match[1].replace(",", "."))
        if 0 < metres <= MOST_LEVELS * METRES_PER_LEVEL:
            return max(1, round(metres / METRES_PER_LEVEL)), None
    if said is not None:
        return None, "building:levels"
    return None, "height" if high is not None else None


def _highest(said: str) -> int | None:
    if _LEVELS.match(said) is None:
        return None
    highest = max(float(number.replace(",", ".")) for number in _NUMBER.findall(said))
    levels = int(-(-highest // 1))
    return max(1, levels) if levels <= MOST_LEVELS else None


def flats_of(tags: Tags) -> int | None:
    """Return the households that a building's own tag counts, where it is a plain number."""
    said = tags.get("building:flats", "")
    return int(said) if _DIGITS.match(said) and int(said) <= 10_000 else None


def units_of(tags: Tags) -> int | None:
    """Return the number of staircases 单元, where it is a plain number."""
    said = tags.get("building:units", "")
    return int(said) if _DIGITS.match(said) and 0 < int(said) <= MOST_LEVELS else None


def is_building(tags: Tags) -> bool:
    """Tell whether something is a building that stands."""
    return tags.get("building", "no") not in {"no", "entrance", "demolished", "proposed"}


def use_of(tags: Tags) -> str | None:
    """Return what a building is used for, in the values of ``building=*``.

    A ``building=yes`` that is tagged as a shop, an office, a school … is taken for one; None
    where OpenStreetMap says no more than "yes".
    """
    kind = tags["building"].strip()
    if kind != "yes":
        return text_of(kind)
    for key, use in _USES.items():
        if key in tags:
            return _NAMED_USES.get(tags[key], use)
    return None


def road_class(tags: Tags) -> str | None:
    """Return the class of a road or of rails above ground; None for what divides nothing.

    Left out: what lies in a tunnel or is not built, areas, and lines inside of buildings.
    """
    if tags.get("tunnel", "no") not in {"no", "building_passage"} or tags.get("area") == "yes":
        return None
    if tags.get("indoor", "no") != "no":
        return None
    highway, railway = tags.get("highway"), tags.get("railway")
    if highway in ROADS:
        return highway
    return railway if railway in RAILS else None


def waterway_kind(tags: Tags) -> str | None:
    """Return the kind of a watercourse that is drawn as a line and runs in the open."""
    if tags.get("tunnel", "no") != "no":
        return None
    kind = tags.get("waterway")
    return kind if kind in _WATER_LINES else None


def water_kind(tags: Tags) -> str | None:
    """Return the kind of a sheet of water."""
    if tags.get("natural") == "water":
        return _WATER_AREAS.get(tags.get("water", ""), "water")
    if tags.get("waterway") == "riverbank":
        return "river"
    if tags.get("landuse") in {"reservoir", "basin"}:
        return "reservoir" if tags["landuse"] == "reservoir" else "pond"
    return None


def place_kind(tags: Tags) -> str | None:
    """Return what kind of place people mean by a name; None where it is none of ours."""
    if tags.get("place") in _SETTLEMENTS:
        return _SETTLEMENTS[tags["place"]]
    if tags.get("landuse") == "residential":
        return "compound"
    for key, kinds in _SIGHTS.items():
        if key in tags and tags[key] in kinds:
            return kinds[tags[key]]
    return None


def has_address(tags: Tags) -> bool:
    """Tell whether something carries a door number or a whole address."""
    return "addr:housenumber" in tags or "addr:full" in tags


def address_of(tags: Tags) -> str | None:
    """Write an address in one line, in the order of its country.

    Chinese runs from the large to the small without spaces, a bare number gets 号; elsewhere the
    street comes before the number.
    """
    if "addr:full" in tags:
        return text_of(tags["addr:full"])
    number = text_of(tags.get("addr:housenumber"))
    street = text_of(tags.get("addr:street") or tags.get("addr:place"))
    if number is None and street is None:
        return None
    if street is None or _HAN.search(street) is None:
        return " ".join(part for part in (street, number) if part is not None)
    return f"{street}{_chinese_number(number)}{_chinese_unit(text_of(tags.get('addr:unit')))}"


def _chinese_number(number: str | None) -> str:
    return "" if number is None else f"{number}号" if _DIGITS.match(number) else number


def _chinese_unit(unit: str | None) -> str:
    return "" if unit is None else f"{unit}单元" if _DIGITS.match(unit) else unit
