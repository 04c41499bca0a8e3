"""What a planner may ask of a draft: one small record for each kind of edit.

Places are EPSG:4326, longitude first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LonLat = tuple[float, float]
GridKind = Literal["general", "micro", "site"]


@dataclass(frozen=True)
class Move:
    """Move vertices; every grid that shares one follows.

    Attributes
    ----------
    vertices
        Pairs of a vertex and where it goes. One that is put on another becomes one with it.
    inserted
        An edge, by its two ends, and where the new vertex goes that is put into it.
    """

    vertices: tuple[tuple[LonLat, LonLat], ...]
    inserted: tuple[tuple[tuple[LonLat, LonLat], LonLat], ...] = ()


@dataclass(frozen=True)
class Split:
    """Divide a grid along a drawn line."""

    grid_id: int
    line: tuple[LonLat, ...]


@dataclass(frozen=True)
class Merge:
    """Make one grid of several that hang together."""

    grid_ids: tuple[int, ...]


@dataclass(frozen=True)
class GiveBuilding:
    """Give a building with the ground around it to a neighbour.

    Attributes
    ----------
    from_grid_id
        Of a building that is divided among grids only what this one holds; None: all of it.
    """

    building_id: int
    to_grid_id: int
    from_grid_id: int | None = None


@dataclass(frozen=True)
class GiveBlock:
    """Give the part of a grid that roads enclose around a point to a neighbour."""

    point: LonLat
    to_grid_id: int


@dataclass(frozen=True)
class Snap:
    """Lay the boundary between two grids on roads and banks no further away than a tolerance."""

    grid_ids: tuple[int, int]
    tolerance_m: float


@dataclass(frozen=True)
class EvenOut:
    """Draw the boundaries between neighbouring grids anew so that their households are alike."""

    grid_ids: tuple[int, ...]


@dataclass(frozen=True)
class Lock:
    """Lock grids against every edit, or unlock them."""

    grid_ids: tuple[int, ...]
    locked: bool


@dataclass(frozen=True)
class Rename:
    """Give a grid another name."""

    grid_id: int
    name: str


@dataclass(frozen=True)
class SetKind:
    """Make a grid 综合 (general), 微网格 (micro) or 专属 (site)."""

    grid_id: int
    kind: GridKind


@dataclass(frozen=True)
class Renumber:
    """Number all grids of the plan anew, in reading order; locked ones keep their numbers."""


ShapeEdit = Move | Split | Merge | GiveBuilding | GiveBlock | Snap | EvenOut
LabelEdit = Lock | Rename | SetKind | Renumber
Edit = ShapeEdit | LabelEdit
