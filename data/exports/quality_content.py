"""What a quality report says, as one object: pages, workbooks and the API are made from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import BaseModel, Field

from geo.grids.constraints import divided_compounds
from geo.grids.inputs import check_areas
from geo.grids.misses import Miss, Reason
from geo.grids.options import GridOptions, households_wanted, kinds_of
from geo.grids.quality import Quality
from geo.grids.standing import texts_of

NAMED_AREAS: Final = 3


class ReportFigures(BaseModel):
    """The quality of the whole; see `geo.grids.GridScore` for what each figure means."""

    grids: int
    areas: int
    households: int
    households_outside: int
    within_5_pct: float
    within_10_pct: float
    contiguous_pct: float
    gaps: int
    overlaps: int
    compactness: float
    road5_pct: float
    cut_pct: float
    households_min: int
    households_mean: float
    households_max: int


class ReportGrid(BaseModel):
    """One grid."""

    code: str
    name: str
    area: str = Field(description="Name of the community; its code where it has none.")
    kind: str = Field(description="general, micro or site.")
    households: int
    target: float | None = Field(description="Fair target; null for a whole site.")
    off_pct: float | None
    compactness: float = Field(description="Polsby–Popper, 4πA/P².")
    road5_pct: float | None = Field(description="Null where it borders on no grid of its area.")
    size_m2: float


class ReportMiss(BaseModel):
    """A grid beyond its tolerance, and why."""

    grid: int = Field(description="Its position among the grids of the report, from 0.")
    code: str
    name: str
    area: str
    households: int
    target: float
    off_pct: float
    reason: Reason
    params: dict[str, Any]


class ReportArea(BaseModel):
    """An area whose fair target is itself off what was wanted, or that nobody lives in."""

    code: str
    name: str
    households: int
    grids: int
    wanted: int
    target: float


class ReportTower(BaseModel):
    """A building that was too large for one grid, and was divided."""

    row: int = Field(description="As counted in the file, from 1.")
    name: str
    households: int
    units: int = Field(description="Parts that it was divided into.")


class ReportCompound(BaseModel):
    """A compound that was to be kept whole, and lies in several grids."""

    row: int = Field(description="As counted in its layers, from 1.")
    name: str
    households: int
    grids: int = Field(description="Grids that its households are divided among.")


class ReportLeftArea(BaseModel):
    """An area that a least change could not revise: its grids are what they were."""

    area: str = Field(description="Name of the community; its code where it has none.")
    code: str
    message_zh: str = Field(description="Why.")
    message_en: str


class QualityReport(BaseModel):
    """All that a report says of a plan.

    `misses` and `areas` are in the order of the grids and of the areas.
    """

    title: str | None = Field(description="The place; null: the areas tell it.")
    places: list[str] = Field(description="Names of the areas, three at most.")
    made_at: datetime
    wanted: int = Field(description="Households wanted in a grid.")
    wanted_micro: int = Field(description="Households wanted in a micro-grid.")
    tolerance_pct: float
    seed: int | None = Field(description="Null where the grids were not generated here.")
    versions: dict[str, str]
    sources: list[str]
    figures: ReportFigures
    grids: list[ReportGrid]
    misses: list[ReportMiss]
    areas: list[ReportArea]
    towers: list[ReportTower]
    compounds: list[ReportCompound] = []
    not_revised: list[ReportLeftArea] = []


def make_report(
    quality: Quality,
    areas: gpd.GeoDataFrame,
    options: GridOptions,
    *,
    made_at: datetime,
    title: str | None = None,
    seed: int | None = None,
    sources: Sequence[str] = (),
    households_outside: int = 0,
    towers: Sequence[ReportTower] = (),
    compounds: Sequence[ReportCompound] = (),
    not_revised: Sequence[ReportLeftArea] = (),
) -> QualityReport:
    """Put a report together.

    Parameters
    ----------
    quality
        As :func:`geo.grids.quality.assess` finds it.
    areas
        The areas that were divided.
    options
        What was asked for.
    made_at
        With a time zone.
    title
        The place; None: the areas tell it.
    seed
        Of the generation; None where the grids were made by other means.
    sources
        Names of the files it was made from.
    households_outside
        Households that lie in none of the areas.
    towers
        As :func:`divided_towers` tells them.
    compounds
        As :func:`find_divided_compounds` tells them.
    not_revised
        As :func:`areas_not_revised` tells them.
    """
    grids = [_grid(row) for row in quality.grids.to_dict("records")]
    return QualityReport(
        title=title,
        places=[name for name in texts_of(areas, "name") if name][:NAMED_AREAS],
        made_at=made_at,
        wanted=options.households,
        wanted_micro=options.micro_households,
        tolerance_pct=100 * options.tolerance,
        seed=seed,
        versions=versions(),
        sources=list(sources),
        figures=_figures(quality, households_outside),
        grids=grids,
        misses=[_miss(miss, grids) for miss in quality.misses],
        areas=_odd_areas(quality.grids, areas, options),
        towers=list(towers),
        compounds=list(compounds),
        not_revised=list(not_revised),
    )


def divided_towers(grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> list[ReportTower]:
    """The buildings that a generation divided, from what it said with its grids."""
    rows = buildings.get("source_row")
    names = buildings.get("name")
    found = []
    for split in grids.attrs.get("split_buildings", ()):
        at = int(split["row"])
        name = None if names is None else names.iloc[at]
        found.append(
            ReportTower(
                row=at + 1 if rows is None else int(rows.iloc[at]),
                name=name if isinstance(name, str) else "",
                households=split["households"],
                units=split["units"],
            )
        )
    return found


def areas_not_revised(
    told: Sequence[Mapping[str, str]], areas: gpd.GeoDataFrame
) -> list[ReportLeftArea]:
    """The areas that a least change left as they are, by name; ``told``: what `revise` said."""
    names = dict(zip(check_areas(areas), texts_of(areas, "name"), strict=True))
    return [
        ReportLeftArea(
            area=names.get(one["area"]) or one["area"],
            code=one["area"],
            message_zh=one["message_zh"],
            message_en=one["message_en"],
        )
        for one in told
    ]


def find_divided_compounds(
    grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame | None
) -> list[ReportCompound]:
    """Find the compounds of a layer whose households lie in several grids, as they are now."""
    if compounds is None or len(compounds) == 0:
        return []
    names = texts_of(compounds, "name")
    found = divided_compounds(
        compounds.geometry.to_crs(grids.crs).to_numpy(),
        grids.geometry.to_numpy(),
        shapely.point_on_surface(buildings.geometry.to_crs(grids.crs).to_numpy()),
        buildings["households"].to_numpy(dtype=np.int64),
    )
    return [
        ReportCompound(
            row=one["row"] + 1,
            name=names[one["row"]],
            households=one["households"],
            grids=one["grids"],
        )
        for one in found
    ]


def versions() -> dict[str, str]:
    """What it was computed with."""
    return {name: version(name) for name in ("sanbai", "shapely", "numpy")}


def _grid(row: dict[Any, Any]) -> ReportGrid:
    return ReportGrid(
        code=row["code"],
        name=row["name"],
        area=row["area_name"] or row["area"],
        kind=row["kind"],
        households=row["households"],
        target=_number(row["target"], 1),
        off_pct=_number(row["off_pct"], 2),
        compactness=round(row["compactness"], 3),
        road5_pct=_number(row["road5_pct"], 1),
        size_m2=round(row["size_m2"]),
    )


def _number(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None


def _miss(miss: Miss, grids: list[ReportGrid]) -> ReportMiss:
    return ReportMiss(
        grid=miss.grid,
        code=miss.code,
        name=miss.name,
        area=grids[miss.grid].area,
        households=miss.households,
        target=round(miss.target, 1),
        off_pct=miss.off_pct,
        reason=miss.reason,
        params=dict(miss.params),
    )


def _figures(quality: Quality, outside: int) -> ReportFigures:
    score = quality.score
    return ReportFigures(
        grids=score.grids,
        areas=quality.grids["area"].nunique(),
        households=int(quality.grids["households"].sum()),
        households_outside=outside,
        within_5_pct=score.adj5_pct,
        within_10_pct=score.adj10_pct,
        contiguous_pct=score.contiguous_pct,
        gaps=score.gaps,
        overlaps=score.overlaps,
        compactness=score.compactness,
        road5_pct=score.road5_pct,
        cut_pct=score.cut_pct,
        households_min=score.households_min,
        households_mean=score.households_mean,
        households_max=score.households_max,
    )


def _odd_areas(
    grids: pd.DataFrame, areas: gpd.GeoDataFrame, options: GridOptions
) -> list[ReportArea]:
    """Areas that no division brings to what was wanted, so that it is not held against one."""
    codes = check_areas(areas)
    kinds, wanted = kinds_of(areas), households_wanted(areas, options)
    held = {str(code): own for code, own in grids.groupby("area")}
    found = []
    for at, (code, name) in enumerate(zip(codes, texts_of(areas, "name"), strict=True)):
        own = held.get(code)
        if kinds[at] == "site" or own is None:
            continue
        target = float(own["target"].median())
        if np.isfinite(target) and abs(target / wanted[at] - 1) > options.tolerance:
            found.append(
                ReportArea(
                    code=code,
                    name=name or code,
                    households=int(own["households"].sum()),
                    grids=len(own),
                    wanted=int(wanted[at]),
                    target=round(target, 1),
                )
            )
    return found
