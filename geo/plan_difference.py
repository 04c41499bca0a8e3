"""What a plan changes: which ground, buildings and cases go from which grid to which.

A grid is known by its identity: one that is redrawn under the same identity gives and takes at
its edges only; one that ends gives all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.locate import OUTSIDE, GridIndex, IdArray

SLIVER_M2: Final = 1.0
"""Ground smaller than this has not changed hands: shapes differ by rounding."""
_SPECK_DEG2: Final = 1e-11
"""About a tenth of a square metre, far above the rounding of a sum of shares."""
_LEAST_DEG2: Final = SLIVER_M2 / 1.25e10
"""A square degree is nowhere larger than 12,500 square kilometres: less is a sliver anywhere."""

_GEOD: Final = Geod(ellps="WGS84")


@dataclass(frozen=True)
class PlanSides:
    """Grids before and after a plan, in EPSG:4326, each with ``grid_id``.

    Attributes
    ----------
    before, after
        Of the communities that the plan divides.
    around
        Grids next to them, which stay as they are.
    """

    before: gpd.GeoDataFrame
    after: gpd.GeoDataFrame
    around: gpd.GeoDataFrame

    def locate(self, lon: Any, lat: Any, *, after: bool) -> IdArray:
        """Find the grid of each point before or after; `OUTSIDE` where there is none."""
        own = self.after if after else self.before
        ids = [*own["grid_id"], *self.around["grid_id"]]
        shapes = [*own.geometry, *self.around.geometry]
        if not ids:
            return np.full(len(lon), OUTSIDE, dtype=np.int64)
        return GridIndex(ids, shapes).locate(lon, lat)


@dataclass
class Move:
    """What goes from one grid to another; OUTSIDE (-1) stands for no grid.

    A building of which only a part goes counts as one, with the households of that part.
    """

    from_id: int
    to_id: int
    buildings: int = 0
    households: int = 0
    open_cases: int = 0
    area_m2: float = 0.0
    shape: BaseGeometry | None = None


@dataclass(frozen=True)
class PlanDifference:
    """All that a plan changes.

    Attributes
    ----------
    building_from, building_to
        Grid of each building before and after, in their order.
    case_to
        Grid of each case afterwards, in their order.
    moves
        One for each pair of grids between which something moves: the most households first.
    successors
        Grid that ends → the grid that takes most of it.
    """

    building_from: IdArray
    building_to: IdArray
    case_to: IdArray
    moves: list[Move]
    successors: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CasePlaces:
    """Open cases: where they lie in WGS 84 degrees, and the grid they are in now or OUTSIDE."""

    lon: Sequence[float]
    lat: Sequence[float]
    grid_id: IdArray


def plan_difference(
    sides: PlanSides, buildings: gpd.GeoDataFrame, cases: CasePlaces
) -> PlanDifference:
    """Find all that a plan changes.

    Parameters
    ----------
    buildings
        ``households``; a building belongs to the grid that holds its inner point. Of one that is
        divided each part is a row, and ``part`` is 0 for the first only.
    """
    inner = shapely.point_on_surface(buildings.geometry.to_numpy())
    lon, lat = shapely.get_x(inner), shapely.get_y(inner)
    was = sides.locate(lon, lat, after=False)
    # Of both at once, so that the grids are indexed once.
    both = sides.locate([*lon, *cases.lon], [*lat, *cases.lat], after=True)
    becomes, case_to = both[: len(lon)], both[len(lon) :]
    moves: dict[tuple[int, int], Move] = {}

    def between(pair: tuple[int, int]) -> Move:
        return moves.setdefault(pair, Move(*pair))

    homes = buildings["households"].to_numpy(dtype=np.int64)
    moved = np.flatnonzero(was != becomes)
    pairs, of = np.unique(np.stack([was[moved], becomes[moved]]), axis=1, return_inverse=True)
    households = np.bincount(of, homes[moved], minlength=pairs.shape[1]).astype(np.int64)
    # Parts of a building that go the same way are one building.
    whole = np.unique(np.stack([of, building_numbers(buildings)[moved]]), axis=1)[0]
    counts = np.bincount(whole, minlength=pairs.shape[1])
    for (one, other), total, count in zip(
        pairs.T.tolist(), households.tolist(), counts.tolist(), strict=True
    ):
        move = between((one, other))
        move.households, move.buildings = total, count
    for at in np.flatnonzero(cases.grid_id != case_to).tolist():
        between((int(cases.grid_id[at]), int(case_to[at]))).open_cases += 1
    for pair, shape in _ground(sides).items():
        move = between(pair)
        move.shape, move.area_m2 = shape, _area_m2(shape)
    listed = sorted(
        moves.values(), key=lambda m: (-m.households, -m.open_cases, -m.area_m2, m.from_id, m.to_id)
    )
    ended = _successors(sides, was, becomes, homes)
    return PlanDifference(was, becomes, case_to, listed, ended)


def building_numbers(buildings: gpd.GeoDataFrame) -> IdArray:
    """Number the buildings from 1; the parts of one that is divided bear the same number."""
    if "part" not in buildings.columns:
        return np.arange(1, len(buildings) + 1)
    return np.cumsum((buildings["part"] == 0).to_numpy(), dtype=np.int64)


def _ground(sides: PlanSides) -> dict[tuple[int, int], BaseGeometry]:
    """Ground that changes hands, by pair of grids; new ground comes from OUTSIDE."""
    old, new = sides.before.geometry.to_numpy(), sides.after.geometry.to_numpy()
    old_ids, new_ids = sides.before["grid_id"].to_numpy(), sides.after["grid_id"].to_numpy()
    found: dict[tuple[int, int], BaseGeometry] = {}
    at, was = shapely.STRtree(old).query(new, predicate="intersects")
    overlap = shapely.intersection(new[at], old[was])
    # Neighbours touch: most of what they share is no ground at all.
    some = shapely.area(overlap) > _LEAST_DEG2
    moves = np.flatnonzero((new_ids[at] != old_ids[was]) & some)
    for pair in moves.tolist():
        shared = _polygons(overlap[pair])
        if shared is not None:
            found[int(old_ids[was[pair]]), int(new_ids[at[pair]])] = shared
    # Only where the shares do not add up is there new ground to be worked out.
    covered = np.bincount(at, shapely.area(overlap), minlength=len(new))
    lacking_deg2 = shapely.area(new) - covered
    for new_at in np.flatnonzero(np.abs(lacking_deg2) > _SPECK_DEG2).tolist():
        rest = _polygons(shapely.difference(new[new_at], shapely.union_all(old[was[at == new_at]])))
        if rest is not None:
            found[OUTSIDE, int(new_ids[new_at])] = rest
    return found


def _polygons(shape: BaseGeometry) -> BaseGeometry | None:
    """The polygons of a shape that are more than slivers, or None."""
    parts = [
        part
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon" and _area_m2(part) >= SLIVER_M2
    ]
    return shapely.multipolygons(parts) if parts else None


def _area_m2(shape: BaseGeometry) -> float:
    return abs(float(_GEOD.geometry_area_perimeter(shape)[0]))


def _successors(sides: PlanSides, was: IdArray, becomes: IdArray, homes: IdArray) -> dict[int, int]:
    """Grid that ends → the one that takes most of its households; of its ground where none."""
    staying = {int(grid_id) for grid_id in sides.after["grid_id"]}
    ended = sides.before[~sides.before["grid_id"].isin(staying)]
    ended_ids = ended["grid_id"].to_numpy(dtype=np.int64)
    taken: dict[tuple[int, int], int] = defaultdict(int)
    of_ended = np.isin(was, ended_ids)
    for one, other, count in zip(
        was[of_ended].tolist(), becomes[of_ended].tolist(), homes[of_ended].tolist(), strict=True
    ):
        taken[one, other] += count
    shares: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
    heirs, shapes = sides.after["grid_id"].to_numpy(), sides.after.geometry.to_numpy()
    old, new = shapely.STRtree(shapes).query(ended.geometry.to_numpy(), predicate="intersects")
    ground = shapely.area(shapely.intersection(ended.geometry.to_numpy()[old], shapes[new]))
    for at, heir, area in zip(old.tolist(), heirs[new].tolist(), ground.tolist(), strict=True):
        grid_id = int(ended_ids[at])
        # Of equal shares the smallest id, so that it is the same one each time.
        shares[grid_id].append((taken[grid_id, int(heir)], area, -int(heir)))
    return {grid_id: -max(held)[2] for grid_id, held in shares.items()}
