"""What the parts of the town hand over while it is built: buildings, roads, places, waters."""

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from data.demo.layout import Road


@dataclass
class House:
    """A building as drawn, before it has a code and an address.

    Attributes
    ----------
    outline : Polygon
        Local metres.
    use : str
        flats, house, shop, mall, office, school, market, factory, public, hospital or station.
    levels : int
    homes : float
        Households, not yet rounded or fitted to the town's total.
    name : str
        ``3号楼``; empty where only the address tells.
    site : str
        Compound, village, school or works it belongs to; empty when none.
    lane : str
        Lane or village its number counts in; empty when it takes a street's.
    """

    outline: BaseGeometry
    use: str
    levels: int
    homes: float
    name: str = ""
    site: str = ""
    lane: str = ""


@dataclass(frozen=True)
class Place:
    """A named site with its outline in local metres; ``kind`` as in the town's places."""

    name: str
    name_en: str
    kind: str
    outline: BaseGeometry


@dataclass(frozen=True)
class Pond:
    """Still water."""

    name: str
    kind: str
    outline: BaseGeometry


@dataclass
class Pieces:
    """All that was drawn on some land."""

    houses: list[House] = field(default_factory=list)
    roads: list[Road] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    ponds: list[Pond] = field(default_factory=list)

    def add(self, other: "Pieces") -> None:
        """Take over what was drawn elsewhere."""
        self.houses += other.houses
        self.roads += other.roads
        self.places += other.places
        self.ponds += other.ponds
