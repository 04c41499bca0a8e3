"""What an address is made of, once it is taken apart."""

from dataclasses import dataclass, field
from typing import Final, Literal

Role = Literal["area", "road", "compound", "village", "place"]
RelationKind = Literal["near", "opposite", "offset", "side", "stretch"]

BEARINGS_DEG: Final = {
    "北": 0.0,
    "东北": 45.0,
    "东": 90.0,
    "东南": 135.0,
    "南": 180.0,
    "西南": 225.0,
    "西": 270.0,
    "西北": 315.0,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A house number.

    Parameters
    ----------
    main
        12 of 12号, 12-3号, 12号院, 甲12号.
    sub
        3 of 12-3号 and of 12号附3号; 甲 of 12号甲 and of 甲12号.
    """

    main: int
    sub: str = ""

    @property
    def key(self) -> str:
        """The number as one short text, for comparing."""
        return f"{self.main}-{self.sub}" if self.sub else str(self.main)


@dataclass(frozen=True, slots=True)
class Relation:
    """Where something lies as seen from a place: 旁, 对面, 往东50米, 东侧, 北段.

    Parameters
    ----------
    kind
        near 旁, 附近, 门口 · opposite 对面 · offset 往东50米 · side 东侧, 路北 · stretch 北段.
    bearing_deg
        Clockwise from north; None where no direction is said, and for the middle (中段).
    metres
        Of an offset.
    road_side_deg
        The side of the road on which it lies after an offset: 往东50米路北.
    """

    kind: RelationKind
    bearing_deg: float | None = None
    metres: float = 0.0
    road_side_deg: float | None = None


@dataclass(slots=True)
class Address:
    """An address taken apart; what it does not say is None or empty.

    Attributes
    ----------
    text
        As normalised (see `geo.addresses.normalise`).
    areas
        Province down to community or village, as written.
    road, crossing, until
        The road or lane; the road it crosses (交叉口); the far end of a stretch (A路至B路段).
    number
        House number on the road, lane or in the village.
    compound, section, building, unit
        阳光小区, 东区 or 2期, 3 of 3号楼, 2 of 2单元. Floors and rooms are read and forgotten.
    group
        3 of 3组, in villages.
    places
        Landmarks and other names, in the order in which they stand.
    pole
        17 of 17号杆.
    between
        Whether it lies between the two things named.
    relation
        How it lies to what is named before.
    in_village
        Whether `compound` is a village.
    then
        What is named after a relation: 阳光小区 of 县医院对面阳光小区.
    asides
        What stands in brackets.
    rest
        Length of what could not be understood.
    """

    text: str
    areas: list[str] = field(default_factory=list)
    road: str | None = None
    crossing: str | None = None
    until: str | None = None
    number: Number | None = None
    compound: str | None = None
    section: str | None = None
    building: str | None = None
    unit: str | None = None
    group: str | None = None
    places: list[str] = field(default_factory=list)
    pole: str | None = None
    pole_side: str | None = None
    between: bool = False
    relation: Relation | None = None
    in_village: bool = False
    then: "Address | None" = None
    asides: list[str] = field(default_factory=list)
    rest: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing that could be found."""
        return not (self.areas or self.road or self.compound or self.places)
