"""What a file of grids would change in a plan, grid by grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import FloatArray, GeometryArray
from geo.grids.local import local_frame
from geo.mend import compare_shapes

Match = Literal["code", "shape"]
DifferenceKind = Literal["same", "changed", "new", "gone"]
SAME_M = 0.01
"""A border that moved by less has not moved."""
_LIKE = 0.5


@dataclass(frozen=True)
class GridDifference:
    """One grid before and after.

    Attributes
    ----------
    code, name
        As they would be; of a grid that goes, as they were.
    kind
        ``same``, ``changed`` (shape, code or name), ``new``, ``gone``.
    code_before
        Another code that it had before, else None.
    households_before, households_after
        None where there is no such side.
    area_m2_before, area_m2_after
        In a local metric system; None likewise.
    moved_m
        How far its border moved at the most; None for what is new or gone.
    matched
        By what it was found to be the same grid: ``code`` or ``shape``; None likewise.
    """

    code: str
    name: str
    kind: DifferenceKind
    code_before: str | None
    households_before: int | None
    households_after: int | None
    area_m2_before: float | None
    area_m2_after: float | None
    moved_m: float | None
    matched: Match | None = None


def compare_plans(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> list[GridDifference]:
    """Match grids by code, else by shape (more than half of the union shared), and compare them.

    Parameters
    ----------
    before, after
        Grids with ``code``, ``name``, ``households`` and geometry, in one CRS.

    Returns
    -------
    One for each grid after, in order of code; then those that go.
    """
    frame = local_frame(before)
    old, new = frame.bring(before), frame.bring(after)
    partner = _partners(before, after, old, new)
    found = []
    for at in range(len(after)):
        former = partner.get(at)
        if former is None:
            found.append(_new(after.iloc[at], new[at]))
        else:
            moved_m = compare_shapes(old[[former]], new[[at]])[0].moved_m
            sizes = float(old[former].area), float(new[at].area)
            found.append(_both(before.iloc[former], after.iloc[at], sizes, moved_m))
    gone = sorted(set(range(len(before))) - set(partner.values()))
    return found + [_gone(before.iloc[at], old[at]) for at in gone]


def _partners(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, old: GeometryArray, new: GeometryArray
) -> dict[int, int]:
    """Position of a grid after → of the same grid before."""
    by_code = {code: at for at, code in enumerate(before["code"])}
    partner = {at: by_code[code] for at, code in enumerate(after["code"]) if code in by_code}
    taken = set(partner.values())
    one, other = shapely.STRtree(old).query(new, predicate="intersects")
    shared: FloatArray = shapely.area(shapely.intersection(new[one], old[other]))
    union = shapely.area(new[one]) + shapely.area(old[other]) - shared
    for at in np.argsort(-shared).tolist():
        fresh, former = int(one[at]), int(other[at])
        if shared[at] > _LIKE * union[at] and fresh not in partner and former not in taken:
            partner[fresh] = former
            taken.add(former)
    return partner


def _new(row: pd.Series, shape: BaseGeometry) -> GridDifference:
    return GridDifference(
        code=str(row["code"]),
        name=str(row["name"]),
        kind="new",
        code_before=None,
        households_before=None,
        households_after=int(row["households"]),
        area_m2_before=None,
        area_m2_after=float(shape.area),
        moved_m=None,
    )


def _both(
    was: pd.Series, row: pd.Series, sizes: tuple[float, float], moved_m: float
) -> GridDifference:
    named = was["code"] == row["code"] and was["name"] == row["name"]
    same = named and moved_m < SAME_M and was["households"] == row["households"]
    return GridDifference(
        code=str(row["code"]),
        name=str(row["name"]),
        kind="same" if same else "changed",
        code_before=None if was["code"] == row["code"] else str(was["code"]),
        households_before=int(was["households"]),
        households_after=int(row["households"]),
        area_m2_before=sizes[0],
        area_m2_after=sizes[1],
        moved_m=moved_m,
        matched="code" if was["code"] == row["code"] else "shape",
    )


def _gone(row: pd.Series, shape: BaseGeometry) -> GridDifference:
    return GridDifference(
        code=str(row["code"]),
        name=str(row["name"]),
        kind="gone",
        code_before=None,
        households_before=int(row["households"]),
        households_after=None,
        area_m2_before=float(shape.area),
        area_m2_after=None,
        moved_m=None,
    )
