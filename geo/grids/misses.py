"""Why a grid misses its target: reasons that are checked from the geometry, never guessed.

The reasons are tried in the order of :data:`REASONS`; the first that holds is told.

``kept``
    The grid is locked: it came back as it was.
``largest_building``
    One building (or several that overlap, which count as one) has more households than the
    upper limit. Whatever grid it lies in is too large.
``island``
    The grid lies on one of several pieces of its area, and no number of grids on that piece
    has a mean within the tolerance. A grid is one piece, so some grid there must miss.
``barrier``
    The same, for a piece that barriers cut off.
``count``
    The piece of the area has so many grids that their mean is out of tolerance, and with another
    number it would be within. (Plans drawn by hand or by other tools.)
``remainder``
    Buildings beyond the upper limit stand in the same piece of the area; what is left beside
    them is too little for the grids that are left, even in the mean.
``neighbours_kept``
    No neighbour of the same area and kind may change: all are locked, or there is none.
``compound``
    Only whole compounds stand at the borders with neighbours, or buildings of at least twice
    the deviation; without the rule that keeps compounds whole a building would be light enough.
``indivisible``
    Every building at a border with a neighbour (on the side that would give) has at least
    twice as many households as the grid is off: giving it away, or taking it, brings the grid no
    nearer its target.
``neighbours``
    There are lighter buildings, but each single one would put the neighbour further off than
    the grid is now, or cut a grid in two. Several exchanges at once may still help.
``search``
    None of these: giving one building to a neighbour would help, and the search did not find it or
    held shape and roads to be worth more. The building is named; it can be given by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from geo.grids.cells import Town
from geo.grids.exchange import Exchange, Outlook, find_outlook
from geo.grids.faces import GeometryArray, IntArray
from geo.grids.inputs import bring_town
from geo.grids.options import GridOptions, locked_of
from geo.grids.pieces import Piece, find_pieces, fitting_counts
from geo.grids.standing import Standing, find_standing, texts_of

Reason = Literal[
    "kept",
    "largest_building",
    "island",
    "barrier",
    "count",
    "remainder",
    "neighbours_kept",
    "compound",
    "indivisible",
    "neighbours",
    "search",
]
REASONS: Final[tuple[Reason, ...]] = (
    "kept",
    "largest_building",
    "island",
    "barrier",
    "count",
    "remainder",
    "neighbours_kept",
    "compound",
    "indivisible",
    "neighbours",
    "search",
)

WHOLE_WITHIN_M: Final = 0.1
"""A building that sticks out of a grid by no more than this lies in it whole."""


@dataclass(frozen=True)
class Miss:
    """A grid that misses its target, and why.

    Attributes
    ----------
    grid
        Its position in the plan.
    code, name
        As the plan says.
    households, target, off_pct
        What it has, what it should have, and the deviation in per cent.
    reason
        See the module.
    params
        Numbers, names and places that put the reason into words; ``building`` is a mapping of
        ``row`` (as counted in the file), ``name``, ``households``, ``lon`` and ``lat`` (WGS 84).
    """

    grid: int
    code: str
    name: str
    households: int
    target: float
    off_pct: float
    reason: Reason
    params: Mapping[str, Any] = field(default_factory=dict)


def explain(
    grids: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    options: GridOptions | None = None,
    *,
    roads: gpd.GeoDataFrame | None = None,
    water: gpd.GeoDataFrame | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    compounds: gpd.GeoDataFrame | None = None,
    kept: gpd.GeoDataFrame | None = None,
    standing: Standing | None = None,
) -> tuple[Miss, ...]:
    """Say of each grid beyond its tolerance why it is.

    Parameters
    ----------
    grids
        A plan, made by any means: ``code``; ``name``, ``kind``, ``target`` and ``locked`` where
        they are there.
    buildings, roads, areas, water, barriers, compounds, kept
        What it was made from; see :func:`geo.grids.generate`.
    options
        Households wanted in a grid, and the tolerance.
    standing
        As :func:`geo.grids.standing.find_standing` gives it; found when None.

    Returns
    -------
    In the order of the grids.
    """
    options = options or GridOptions()
    standing = standing or find_standing(grids, buildings, areas, options, kept=kept)
    missed = standing.missed.tolist()
    if not missed:
        return ()
    if roads is None:
        roads = gpd.GeoDataFrame(geometry=gpd.GeoSeries([], crs=areas.crs))
    judge = _Judge(
        standing=standing,
        town=bring_town(buildings, roads, water, areas, standing.frame),
        buildings=buildings,
        grids=grids,
        walls=_brought(standing, barriers),
        compounds=_brought(standing, compounds),
        compound_names=_names(compounds),
        fixed=frozenset(np.flatnonzero(locked_of(grids, kept)).tolist()),
    )
    return tuple(judge.judge(at) for at in missed)


def _brought(standing: Standing, layer: gpd.GeoDataFrame | None) -> GeometryArray:
    if layer is None or len(layer) == 0:
        return np.empty(0, dtype=np.object_)
    return standing.frame.bring(layer)


def _names(layer: gpd.GeoDataFrame | None) -> list[str]:
    if layer is None or "name" not in layer.columns:
        return []
    return [str(name) if isinstance(name, str) else "" for name in layer["name"]]


class _Judge:
    """Finds the reason for one grid after another; the pieces of an area are found once."""

    def __init__(
        self,
        *,
        standing: Standing,
        town: Town,
        buildings: gpd.GeoDataFrame,
        grids: gpd.GeoDataFrame,
        walls: GeometryArray,
        compounds: GeometryArray,
        compound_names: list[str],
        fixed: frozenset[int],
    ) -> None:
        self._standing, self._town, self._buildings = standing, town, buildings
        self._walls, self._compounds, self._fixed = walls, compounds, fixed
        self._compound_names = compound_names
        self._codes = texts_of(grids, "code")
        self._names = texts_of(grids, "name")
        self._spots = shapely.point_on_surface(town.buildings)
        self._home = _homes(self._spots, town.buildings, standing.shapes)
        self._given = standing.frame.bring(buildings)
        self._tree = shapely.STRtree(self._given)
        self._to_degrees = Transformer.from_crs(standing.frame.crs, "EPSG:4326", always_xy=True)
        self._pieces: dict[int, list[Piece]] = {}

    def judge(self, grid: int) -> Miss:
        reason, params = self._reason(grid)
        standing = self._standing
        return Miss(
            grid=grid,
            code=self._codes[grid],
            name=self._names[grid],
            households=int(standing.households[grid]),
            target=round(float(standing.target[grid]), 2),
            off_pct=round(float(standing.off_pct[grid]), 2),
            reason=reason,
            params=params,
        )

    def _reason(self, grid: int) -> tuple[Reason, dict[str, Any]]:
        if grid in self._fixed:
            return "kept", {}
        return (
            self._largest_building(grid) or self._piece_reason(grid) or self._exchange_reason(grid)
        )

    def _largest_building(self, grid: int) -> tuple[Reason, dict[str, Any]] | None:
        own = np.flatnonzero(self._home == grid)
        high = self._standing.high[grid]
        if len(own) == 0 or self._standing.households[grid] <= high:
            return None
        largest = own[np.argmax(self._town.households[own])]
        if self._town.households[largest] <= high:
            return None
        return "largest_building", {"building": self._told(self._spots[largest], int(largest))}

    def _piece_reason(self, grid: int) -> tuple[Reason, dict[str, Any]] | None:
        piece = next((one for one in self._pieces_at(grid) if grid in one.grids), None)
        if piece is None or np.isnan(self._standing.target[grid]):
            return None
        low, high = float(self._standing.low[grid]), float(self._standing.high[grid])
        told: dict[str, Any] = {"households": piece.households, "grids": len(piece.grids)}
        fits = fitting_counts(piece.households, low, high)
        if piece.cut_by is not None and not fits:
            return piece.cut_by, told
        mean = piece.households / len(piece.grids)
        if fits and not low <= mean <= high:
            return "count", told | {"fits": fits[0]}
        return self._remainder(grid, piece, low, high)

    def _remainder(
        self, grid: int, piece: Piece, low: float, high: float
    ) -> tuple[Reason, dict[str, Any]] | None:
        heavy = np.flatnonzero(np.isin(self._home, piece.grids) & (self._town.households > high))
        rest = len(piece.grids) - len(heavy)
        left = piece.households - int(self._town.households[heavy].sum())
        if len(heavy) == 0 or rest <= 0 or left / rest >= low:
            return None
        if self._standing.households[grid] >= low:
            return None
        largest = heavy[np.argmax(self._town.households[heavy])]
        building = self._told(self._spots[largest], int(largest))
        return "remainder", {"building": building, "left": left, "grids": rest}

    def _pieces_at(self, grid: int) -> list[Piece]:
        area = int(self._standing.area[grid])
        if area < 0:
            return []
        if area not in self._pieces:
            self._pieces[area] = find_pieces(
                self._standing, area, self._walls, self._spots, self._town.households
            )
        return self._pieces[area]

    def _exchange_reason(self, grid: int) -> tuple[Reason, dict[str, Any]]:
        none: GeometryArray = np.empty(0, dtype=np.object_)
        seen = self._outlook(grid, self._compounds)
        off = abs(float(self._standing.households[grid] - self._standing.target[grid]))
        told: dict[str, Any] = {"partners": seen.partners, "twice_off": round(2 * off)}
        if seen.partners == 0:
            return "neighbours_kept", {}
        if seen.helps is not None:
            return "search", told | self._exchange_told(seen.helps)
        if seen.light_enough or seen.lightest is None:
            return "neighbours", told
        told |= self._exchange_told(seen.lightest)
        del told["after_pct"]
        if len(self._compounds) and self._outlook(grid, none).light_enough:
            return "compound", told
        return "indivisible", told

    def _outlook(self, grid: int, compounds: GeometryArray) -> Outlook:
        return find_outlook(
            self._standing,
            self._town,
            grid,
            fixed=self._fixed,
            compounds=compounds,
            walls=self._walls,
        )

    def _exchange_told(self, one: Exchange) -> dict[str, Any]:
        told = {
            "households": one.households,
            "from": self._codes[one.giver],
            "to": self._codes[one.taker],
            "from_name": self._names[one.giver],
            "to_name": self._names[one.taker],
            "after_pct": round(100 * one.after, 1),
        }
        if one.compound is not None and one.compound < len(self._compound_names):
            told["compound"] = self._compound_names[one.compound]
        return told | {"building": self._told(shapely.Point(one.x, one.y))}

    def _told(self, spot: shapely.Point, united: int | None = None) -> dict[str, Any]:
        """The building of the input that stands at a place, the heaviest where several do."""
        if united is None:
            found = self._tree.query(spot, predicate="intersects")
        else:
            inner = shapely.point_on_surface(self._given)
            near = self._tree.query(self._town.buildings[united], predicate="intersects")
            found = near[shapely.intersects(self._town.buildings[united], inner[near])]
        counts = self._buildings["households"].to_numpy()
        lon, lat = self._to_degrees.transform(
            spot.x + self._standing.frame.origin[0], spot.y + self._standing.frame.origin[1]
        )
        told: dict[str, Any] = {"lon": round(float(lon), 6), "lat": round(float(lat), 6)}
        if united is not None:
            told["households"] = int(self._town.households[united])
        if len(found) == 0:
            return told
        at = int(found[np.argmax(counts[found])])
        told.setdefault("households", int(counts[at]))
        told |= {"name": self._building_name(at), "united": len(found)}
        if "source_row" in self._buildings.columns:
            return told | {"row": int(self._buildings["source_row"].iloc[at])}
        # Buildings of a database have an id and no row that anybody could look up.
        return told if "id" in self._buildings.columns else told | {"row": at + 1}

    def _building_name(self, at: int) -> str:
        """Compound and name: 3号楼 alone is many."""
        parts = [self._buildings.get(column) for column in ("compound", "name")]
        words = [None if part is None else part.iloc[at] for part in parts]
        return "".join(word for word in words if isinstance(word, str))


def _homes(spots: GeometryArray, walls: GeometryArray, shapes: GeometryArray) -> IntArray:
    """The grid that each building lies in; -1 where there is none, or where grids share it."""
    home = np.full(len(spots), -1, dtype=np.int64)
    spot, grid = shapely.STRtree(shapes).query(spots, predicate="intersects")
    home[spot[::-1]] = grid[::-1]
    inside = np.flatnonzero(home >= 0)
    whole = shapely.covers(shapely.buffer(shapes, WHOLE_WITHIN_M)[home[inside]], walls[inside])
    home[inside[~whole]] = -1
    return home
