"""The plan that is there: check it, and bring its grids into local metres."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.grids.errors import GridInputError
from geo.grids.faces import BoolArray, GeometryArray, IntArray
from geo.grids.local import LocalFrame
from geo.grids.options import KINDS

_POLYGONS = (3, 6)


@dataclass(frozen=True)
class Present:
    """Grids of a present plan.

    Attributes
    ----------
    shapes
        Local metres, on the node grid.
    given
        As they came, in the CRS of the areas.
    area
        Position of the area that each belongs to, or -1.
    code, name, kind
        Of each.
    """

    shapes: GeometryArray
    given: gpd.GeoDataFrame
    area: IntArray
    code: list[str]
    name: list[str]
    kind: list[str | None]

    def stays(self, near: IntArray, area_kind: str, locked: Collection[str]) -> BoolArray:
        """Whether each of some grids stays as it is: it is locked, or a site of its own."""
        kept = [
            self.code[at] in locked or (self.kind[at] == "site" and area_kind != "site")
            for at in near.tolist()
        ]
        return np.array(kept, dtype=bool)


def bring_present(
    present: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    codes: list[str],
    outlines: GeometryArray,
    frame: LocalFrame,
) -> Present:
    """Check present grids and bring them into local metres.

    Parameters
    ----------
    present
        ``code``, ``name``, polygons; ``area`` and ``kind`` where they have them.
    areas, codes, outlines
        Areas, their codes, and the areas in local metres.
    frame
        The local system.

    Raises
    ------
    GridInputError
        Names the row and what to mend.
    """
    _check(present)
    flat = shapely.force_2d(present.geometry.to_numpy())
    given = gpd.GeoDataFrame(geometry=flat, crs=present.crs).to_crs(areas.crs)
    shapes = frame.bring_kept(given)
    code = [str(value) for value in present["code"]]
    return Present(
        shapes=shapes,
        given=given,
        area=_area_of(present, codes, shapes, outlines),
        code=code,
        name=_words(present, "name", code),
        kind=_kinds(present),
    )


def _check(present: gpd.GeoDataFrame) -> None:
    if len(present) == 0 or "code" not in present.columns or present["code"].isna().any():
        raise GridInputError(
            "present_codes",
            "现有网格图层是空的，或有网格没有编码（code 列）。",
            "The layer of present grids is empty, or has a grid without a code (column code).",
        )
    if present.crs is None:
        raise GridInputError(
            "crs_missing",
            "现有网格图层没有坐标系，请在文件中注明（如 EPSG:4326）。",
            "The layer of present grids has no coordinate system: state it (as EPSG:4326).",
        )
    twice = present["code"].astype(str).duplicated()
    if twice.any():
        code = present["code"][twice].iloc[0]
        raise GridInputError(
            "present_code_twice",
            f"现有网格中编码 {code} 出现了两次，每个网格的编码只能用一次。",
            f"Two present grids have the code {code}: each needs its own.",
        )
    shapes = present.geometry.to_numpy()
    good = np.isin(shapely.get_type_id(shapes), _POLYGONS) & shapely.is_valid(shapes)
    good &= ~shapely.is_empty(shapes)
    if not good.all():
        position = int(np.flatnonzero(~good)[0])
        code = present["code"].iloc[position]
        raise GridInputError(
            "present_shape",
            f"现有网格 {code} 的图形为空、无效或不是多边形，请修正后再试。",
            f"The shape of the present grid {code} is empty, not valid or no polygon: mend it.",
        )


def _area_of(
    present: gpd.GeoDataFrame, codes: list[str], shapes: GeometryArray, outlines: GeometryArray
) -> IntArray:
    """Position of the area that is named; else of the one that most of the grid lies in."""
    grid, area = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(shapes[grid], outlines[area]))
    found = np.full(len(shapes), -1, dtype=np.int64)
    order = np.argsort(shared_m2, kind="stable")
    order = order[shared_m2[order] > 0]
    found[grid[order]] = area[order]
    if "area" in present.columns:
        place = {code: at for at, code in enumerate(codes)}
        named = present["area"].astype(str).map(place)
        known = named.notna().to_numpy()
        found[known] = named[known].astype(np.int64)
    return found


def _words(present: gpd.GeoDataFrame, column: str, other: list[str]) -> list[str]:
    if column not in present.columns:
        return other
    values = present[column]
    return [str(v) if pd.notna(v) else o for v, o in zip(values, other, strict=True)]


def _kinds(present: gpd.GeoDataFrame) -> list[str | None]:
    if "kind" not in present.columns:
        return [None] * len(present)
    kinds = [None if pd.isna(kind) or kind == "" else str(kind) for kind in present["kind"]]
    for code, kind in zip(present["code"], kinds, strict=True):
        if kind is not None and kind not in KINDS:
            raise GridInputError(
                "present_kind",
                f"现有网格 {code} 的类型“{kind}”不对，只能是 general（综合）、micro（微网格）"
                "或 site（专属网格）。",
                f"Present grid {code}: “{kind}” is no kind of grid: general, micro or site.",
            )
    return kinds
