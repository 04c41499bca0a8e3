"""The ground of a big town: a mesh of grids that is a valid coverage, and the areas above it.

Lattice corners are moved about and every edge has ten corners of its own between them, so that a
grid has some 44 corners, as those drawn along streets have, and neighbours share each of them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from bench.sizes import Size

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

WEST_DEG, SOUTH_DEG = 117.0, 36.0
CELL_LON_DEG, CELL_LAT_DEG = 0.0028, 0.00225  # some 250 m each way
EDGE_CORNERS = 10
# Grids across a community, communities across a street; fewer at the far edges.
COMMUNITY, STREET = 5, 5
DISTRICT_CODE = "379999"
_WORDS = "幸福和平人民建设文化解放新华光明东风胜利友谊团结民主自由朝阳长江"


@dataclass(frozen=True)
class Ground:
    """Grids in the order of their ids (1, 2, …), communities and streets in the order of theirs.

    Attributes
    ----------
    corners : array of shape (grids, 4, 2)
        Longitude, latitude of the four lattice corners, anticlockwise.
    shapes : array of MultiPolygon, WGS 84
    community : array of shape (grids,)
        Index into the communities.
    street_of : array of shape (communities,)
        Index into the streets.
    """

    corners: FloatArray
    shapes: npt.NDArray[np.object_]
    community: IntArray
    street_of: IntArray

    @cached_property
    def street_codes(self) -> list[str]:
        """Nine digits each."""
        return [f"{DISTRICT_CODE}{one + 1:03d}" for one in range(int(self.street_of.max()) + 1)]

    @cached_property
    def community_codes(self) -> list[str]:
        """Twelve digits each, counted within the street."""
        turns = turns_within(self.street_of)
        streets = zip(turns, self.street_of, strict=True)
        return [f"{self.street_codes[street]}{turn + 1:03d}" for turn, street in streets]

    @cached_property
    def community_paths(self) -> list[str]:
        """District, street and community."""
        return [f"{DISTRICT_CODE}.{code[:9]}.{code}" for code in self.community_codes]

    @cached_property
    def grid_codes(self) -> list[str]:
        """Fifteen digits each, counted within the community."""
        turns = turns_within(self.community)
        communities = zip(turns, self.community, strict=True)
        return [f"{self.community_codes[which]}{turn + 1:03d}" for turn, which in communities]

    @cached_property
    def communities(self) -> npt.NDArray[np.object_]:
        """Shapes of the communities."""
        return _unions(self.shapes, self.community)

    @cached_property
    def streets(self) -> npt.NDArray[np.object_]:
        """Shapes of the streets."""
        return _unions(self.communities, self.street_of)

    def points(self, grids: IntArray, draw: np.random.Generator) -> FloatArray:
        """Draw a point within each of these grids (indices); longitude, latitude."""
        u, v = draw.uniform(0.12, 0.88, (2, len(grids), 1))
        a, b, c, d = self.corners[grids].transpose(1, 0, 2)
        inside = (1 - u) * (1 - v) * a + u * (1 - v) * b + u * v * c + (1 - u) * v * d
        rounded: FloatArray = np.round(inside, 7)
        return rounded


def lay_ground(size: Size, draw: np.random.Generator) -> Ground:
    """Lay the mesh of a size."""
    across, down = size.across, size.down
    corners = np.stack(np.meshgrid(np.arange(across + 1.0), np.arange(down + 1.0)), axis=-1)
    corners += draw.uniform(-0.25, 0.25, corners.shape)
    flat = _edges(corners[:, :-1], corners[:, 1:], draw)
    upright = _edges(corners[:-1], corners[1:], draw)
    rings = np.concatenate(
        [
            flat[:-1, :, :-1],
            upright[:, 1:, :-1],
            flat[1:, :, :0:-1],
            upright[:, :-1, :0:-1],
            flat[:-1, :, :1],
        ],
        axis=2,
    )
    four = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], 2)
    row, column = np.divmod(np.arange(across * down), across)
    wide = -(-across // COMMUNITY)
    community_row, community_column = row // COMMUNITY, column // COMMUNITY
    street = community_row // STREET * (-(-wide // STREET)) + community_column // STREET
    community = community_row * wide + community_column
    order = np.lexsort([np.arange(across * down), community, street])
    # Communities by street: in this order both sort alike.
    keys = street[order] * (community.max() + 1) + community[order]
    _, first, dense = np.unique(keys, return_index=True, return_inverse=True)
    degrees = _degrees(rings).reshape(across * down, -1, 2)[order]
    polygons = shapely.polygons(shapely.linearrings(degrees))
    return Ground(
        corners=_degrees(four).reshape(-1, 4, 2)[order],
        shapes=shapely.multipolygons(polygons[:, None]),
        community=dense.astype(np.int64),
        street_of=street[order][first],
    )


def _edges(begin: FloatArray, end: FloatArray, draw: np.random.Generator) -> FloatArray:
    """Corners along edges, both ends included, in units of a cell."""
    along = np.linspace(0, 1, EDGE_CORNERS + 2)[:, None]
    points = begin[:, :, None] * (1 - along) + end[:, :, None] * along
    points[:, :, 1:-1] += draw.uniform(-0.015, 0.015, points[:, :, 1:-1].shape)
    return points


def _degrees(cells: FloatArray) -> FloatArray:
    rounded: FloatArray = np.round(cells * (CELL_LON_DEG, CELL_LAT_DEG) + (WEST_DEG, SOUTH_DEG), 7)
    return rounded


def _unions(shapes: npt.NDArray[np.object_], group: IntArray) -> npt.NDArray[np.object_]:
    parts = np.split(shapes, np.flatnonzero(np.diff(group)) + 1)
    unions = [shapely.coverage_union_all(part) for part in parts]
    return np.array([shapely.multipolygons(shapely.get_parts(one)) for one in unions])


def turns_within(group: IntArray) -> IntArray:
    """Count from 0 within each run of equal values of a sorted array."""
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    turns: IntArray = np.arange(len(group)) - np.repeat(
        begins, np.diff(np.append(begins, len(group)))
    )
    return turns


def name_of(number: int) -> str:
    """A Chinese name of two characters; repeats after a thousand."""
    count = len(_WORDS)
    return _WORDS[number % count] + _WORDS[(number // count * 7 + number + 5) % count]


def hex_shapes(shapes: Any) -> list[str]:
    """Shapes as COPY takes them: hexadecimal EWKB in EPSG:4326."""
    return list(shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True))
