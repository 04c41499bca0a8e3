"""Buildings too large for a grid, divided by their units.

A building is never cut, but one of more than half as many households again as a grid should have
leaves no choice. It is divided across its long axis into strips of equal size, one for each of
its units (单元, staircases) or as many as it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.cells import Town
from geo.grids.faces import FloatArray, GeometryArray, IntArray, node_lines, polygonize
from geo.grids.local import local_frame

TOO_LARGE = 1.5
"""A building of more than so many times a grid's households is divided."""
SPECK_M2 = 0.01
_HALVINGS = 60


@dataclass(frozen=True)
class SplitBuilding:
    """One building that was divided.

    Attributes
    ----------
    row
        Its position in the layer of buildings, from 0.
    households
        In all of it.
    units
        Parts that it was divided into.
    """

    row: int
    households: int
    units: int


def split_towers(town: Town, wanted: int) -> tuple[Town, list[SplitBuilding]]:
    """Divide the buildings that are too large for a grid.

    Parameters
    ----------
    town
        One area. A building is divided where its inner point lies in the area; only what of it
        lies there.
    wanted
        Households in a grid.

    Returns
    -------
    The town with the parts in place of the buildings, and what was divided.
    """
    area = town.areas[0]
    large = np.flatnonzero(town.households > TOO_LARGE * wanted)
    inner = shapely.point_on_surface(town.buildings[large])
    large = large[shapely.intersects(area, inner)]
    if len(large) == 0:
        return town, []
    split, parts, shares = [], [], []
    for at in large.tolist():
        households = int(town.households[at])
        count = _parts(households, int(town.units[at]), wanted)
        strips = cut_in_strips(shapely.intersection(town.buildings[at], area), count)
        split.append(SplitBuilding(int(town.rows[at]), households, count))
        parts.append(strips)
        shares.append(spread(households, shapely.area(strips)))
    stay = np.ones(len(town.buildings), dtype=bool)
    stay[large] = False
    sizes = [len(strips) for strips in parts]
    divided = replace(
        town,
        buildings=np.concatenate([town.buildings[stay], *parts]),
        households=np.concatenate([town.households[stay], *shares]),
        units=np.concatenate([town.units[stay], np.ones(sum(sizes), dtype=np.int64)]),
        rows=np.concatenate([town.rows[stay], np.repeat(town.rows[large], sizes)]),
    )
    return divided, split


def _parts(households: int, units: int, wanted: int) -> int:
    """As many as it has units, or a multiple of them while a unit is itself too large."""
    units = max(units, 1)
    if units > 1 and households <= TOO_LARGE * wanted * units:
        return units
    return units * -(-households // (units * wanted))


def count_in_parts(
    buildings: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, wanted: Sequence[int | None]
) -> gpd.GeoDataFrame:
    """Put the parts of buildings that are too large for a grid in their place.

    Parameters
    ----------
    buildings
        ``households``, and ``units`` where they are known.
    areas
        Polygons or multipolygons.
    wanted
        Households in a grid of each area; None where nothing is divided.

    Returns
    -------
    The same columns and order, and ``part``: 0, and from 1 up for the other parts of a building
    that is divided, which follow its first. Each part has its own households and shape.
    """
    whole = buildings.assign(part=0)
    least = min((by for by in wanted if by is not None), default=None)
    homes = buildings["households"].to_numpy(dtype=np.int64)
    if least is None or not (homes > TOO_LARGE * least).any():
        return whole
    frame = local_frame(areas)
    outlines = frame.bring_areas(areas)
    candidates = np.flatnonzero(homes > TOO_LARGE * least)
    walls = np.array([_largest(wall) for wall in frame.bring(buildings.iloc[candidates])])
    units = np.zeros(len(homes), dtype=np.int64)
    if "units" in buildings.columns:
        units = buildings["units"].fillna(0).to_numpy(dtype=np.int64)
    divided: dict[int, tuple[GeometryArray, IntArray]] = {}
    wall, area = shapely.STRtree(outlines).query(shapely.point_on_surface(walls), "intersects")
    for one, at in zip(wall.tolist(), area.tolist(), strict=True):
        row, by = int(candidates[one]), wanted[at]
        if by is None or homes[row] <= TOO_LARGE * by or row in divided:
            continue
        count = _parts(int(homes[row]), int(units[row]), by)
        strips = cut_in_strips(shapely.intersection(walls[one], outlines[at]), count)
        # The one that holds the inner point of the whole is its first.
        inner = shapely.point_on_surface(walls[one])
        strips = strips[np.argsort(shapely.distance(strips, inner), kind="stable")]
        placed = shapely.transform(strips, lambda points: points + frame.origin)
        back = gpd.GeoSeries(placed, crs=frame.crs).to_crs(buildings.crs).to_numpy()
        divided[row] = back, spread(int(homes[row]), shapely.area(strips))
    return _replaced(whole, divided) if divided else whole


def _largest(wall: BaseGeometry) -> BaseGeometry:
    """The largest piece of a building, which has its households."""
    largest: BaseGeometry = max(shapely.get_parts(wall), key=shapely.area)
    return largest


def _replaced(
    whole: gpd.GeoDataFrame, divided: dict[int, tuple[GeometryArray, IntArray]]
) -> gpd.GeoDataFrame:
    counts = np.ones(len(whole), dtype=np.int64)
    for row, (strips, _) in divided.items():
        counts[row] = len(strips)
    begin = np.cumsum(counts) - counts
    of = np.repeat(np.arange(len(whole)), counts)
    shapes = whole.geometry.to_numpy()[of]
    homes = whole["households"].to_numpy(dtype=np.int64)[of]
    for row, (strips, held) in divided.items():
        own = slice(begin[row], begin[row] + counts[row])
        shapes[own], homes[own] = strips, held
    part = np.arange(len(of)) - begin[of]
    parts = whole.iloc[of].reset_index(drop=True).assign(households=homes, part=part)
    return parts.set_geometry(gpd.GeoSeries(shapes, crs=whole.crs))


def cut_in_strips(footprint: BaseGeometry, count: int) -> GeometryArray:
    """Cut a footprint across its long axis into strips of equal size.

    Parameters
    ----------
    footprint
        Polygon or multipolygon, metres; its vertices on the node grid.
    count
        Strips wanted. A strip of a footprint with a yard or wings may be of several pieces, each
        of which is returned.

    Returns
    -------
    Polygons that share their edges and together are the footprint.
    """
    solid = [part for part in shapely.get_parts(footprint) if part.area > SPECK_M2]
    whole = shapely.multipolygons([part for part in solid if part.geom_type == "Polygon"])
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(whole))
    sides = np.diff(corners[:3], axis=0)
    length_m = np.hypot(*sides.T)
    long = int(np.argmax(length_m))
    axis = sides[long] / length_m[long]
    along = shapely.get_coordinates(whole) @ axis
    cuts = [_cut(whole, axis, _reach(whole, axis, along, at / count)) for at in range(1, count)]
    lines = np.array([shapely.boundary(whole), *cuts], dtype=np.object_)
    faces = polygonize(node_lines(lines))
    inside = shapely.intersects(whole, shapely.point_on_surface(faces))
    return np.asarray(faces[inside], dtype=np.object_)


def _reach(whole: BaseGeometry, axis: FloatArray, along: FloatArray, share: float) -> float:
    """How far along the axis a share of the footprint lies, by halving."""
    low, high = float(along.min()), float(along.max())
    size_m2 = whole.area
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if high - low < 1e-6:
            break
        if _before(whole, axis, middle).area < share * size_m2:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _before(whole: BaseGeometry, axis: FloatArray, where: float) -> BaseGeometry:
    across = np.array([-axis[1], axis[0]])
    far = 2 * float(np.abs(shapely.get_coordinates(whole)).max()) + 1000
    corners = [where * axis + far * across, where * axis - far * across]
    back = (where - far) * axis
    half = shapely.Polygon([*corners, back - far * across, back + far * across])
    part: BaseGeometry = shapely.intersection(whole, half)
    return part


def _cut(whole: BaseGeometry, axis: FloatArray, where: float) -> BaseGeometry:
    across = np.array([-axis[1], axis[0]])
    middle = shapely.get_coordinates(whole.centroid)[0]
    foot = middle + (where - middle @ axis) * axis
    far = 2 * float(np.hypot(*(np.array(whole.bounds[2:]) - whole.bounds[:2])))
    return shapely.LineString([foot - far * across, foot + far * across])


def spread(households: int, size_m2: FloatArray) -> IntArray:
    """Spread households over parts by their size, whole ones, with an exact sum.

    Parameters
    ----------
    households
        In all.
    size_m2
        Of each part, above 0.
    """
    exact = households * size_m2 / size_m2.sum()
    share: IntArray = np.floor(exact).astype(np.int64)
    rest = households - int(share.sum())
    # Parts that are alike to a millimetre get the remainder in their order.
    order = np.argsort(-np.round(exact - share, 6), kind="stable")
    share[order[:rest]] += 1
    return share
