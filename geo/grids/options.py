"""What kind of grids are wanted: for all areas, and for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.grids.errors import GridInputError
from geo.grids.faces import BoolArray, FloatArray, IntArray

KINDS = ("general", "micro", "site")
"""综合 about 300 households; 微网格 50–80; 专属网格 a whole site, whatever the count."""
SMALLEST, LARGEST = 10, 100_000


@dataclass(frozen=True)
class GridOptions:
    """What kind of grids are wanted.

    Attributes
    ----------
    households
        Households in a grid, 10 … 100,000; the field's rule is 300.
    micro_households
        Households in a grid of an area of kind ``micro``; the field's rule is 50–80.
    micro_range
        A micro-grid of no fewer and no more households than these is as it should be.
    tolerance
        How far off its fair target a grid may be, as a share of it, above 0 … 0.5.
    seed
        Same input, same seed: same grids.
    block_share
        A block with more than this share of a grid's households may be divided between its
        buildings, 0 … 1. Smaller: better balance; larger: more whole blocks.
    """

    households: int = 300
    micro_households: int = 65
    micro_range: tuple[int, int] = (50, 80)
    tolerance: float = 0.05
    seed: int = 0
    block_share: float = 0.1

    def __post_init__(self) -> None:
        sizes = (self.households, self.micro_households)
        if not all(SMALLEST <= size <= LARGEST for size in sizes):
            raise GridInputError(
                "households_option",
                "每网格户数须在 10 到 100000 之间。",
                "Households in a grid must lie between 10 and 100,000.",
            )
        if not 0 <= self.micro_range[0] <= self.micro_range[1]:
            raise GridInputError(
                "micro_range_option",
                "微网格户数范围的下限不能大于上限，也不能为负数。",
                "The range of households in a micro-grid must go up from 0 or more.",
            )
        if not 0 < self.tolerance <= 0.5:
            raise GridInputError(
                "tolerance_option",
                "允许偏差须大于 0，不超过 50 %。",
                "The tolerance must lie above 0 and up to 50 %.",
            )
        if not 0 < self.block_share <= 1 or self.seed < 0:
            raise GridInputError(
                "option_range",
                "block_share 须大于 0 且不超过 1，seed 不能为负数。",
                "block_share must lie above 0 and up to 1, and seed may not be negative.",
            )


def kinds_of(areas: gpd.GeoDataFrame) -> list[str]:
    """Kind of the grids of each area: its ``kind``, or ``general`` where it has none.

    Raises
    ------
    GridInputError
        Names the row whose kind is none of ``KINDS``.
    """
    if "kind" not in areas.columns:
        return ["general"] * len(areas)
    kinds = ["general" if pd.isna(kind) or kind == "" else str(kind) for kind in areas["kind"]]
    for position, kind in enumerate(kinds):
        if kind not in KINDS:
            raise GridInputError(
                "area_kind",
                f"区域第 {position + 1} 行的网格类型“{kind}”不对，只能是 general（综合）、"
                "micro（微网格）或 site（专属网格）。",
                f"Area row {position + 1}: “{kind}” is no kind of grid: general, micro or site.",
            )
    return kinds


def households_wanted(areas: gpd.GeoDataFrame, options: GridOptions) -> IntArray:
    """Households that a grid of each area should have, before they are made to come out even.

    Parameters
    ----------
    areas
        With ``kind`` and ``target`` where they are wanted; ``target`` goes before the kind.
    options
        What the kinds come to.

    Raises
    ------
    GridInputError
        Names the row whose target is not a whole number from 10 up.
    """
    usual = {"micro": options.micro_households}
    wanted = np.array(
        [usual.get(kind, options.households) for kind in kinds_of(areas)], dtype=np.int64
    )
    if "target" not in areas.columns:
        return wanted
    given = pd.to_numeric(areas["target"], errors="coerce").to_numpy(dtype=float)
    said = areas["target"].notna().to_numpy()
    wrong = said & ~((given >= SMALLEST) & (given <= LARGEST) & (given == np.floor(given)))
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        value = areas["target"].iloc[position]
        raise GridInputError(
            "area_target",
            f"区域第 {position + 1} 行的目标户数“{value}”须是 10 到 100000 的整数。",
            f"Area row {position + 1}: the target “{value}” must be a whole number between 10 and "
            "100,000.",
        )
    wanted[said] = given[said].astype(np.int64)
    return wanted


def fair_targets(totals: FloatArray | IntArray, wanted: IntArray) -> FloatArray:
    """Households of a grid when those of an area come out even: H / round(H / wanted)."""
    return np.asarray(totals / np.maximum(1, np.round(totals / wanted)), dtype=np.float64)


def grid_targets(
    area: IntArray, kind: Sequence[str], locked: BoolArray, households: IntArray, wanted: IntArray
) -> FloatArray:
    """Households that each grid of a plan should have; the one rule for all who ask.

    The grids of one kind in one area share their households evenly. A locked grid is not shared
    with: it should have what was wanted, and the others share what remains beside it.

    Parameters
    ----------
    area
        Position or id of each grid's area.
    kind
        Of each grid, one of ``KINDS``.
    locked
        Whether each stays as it is.
    households, wanted
        What each has, and what was wanted of it.

    Returns
    -------
    One value a grid; NaN for a whole site.
    """
    kinds = np.array(kind, dtype=np.str_)
    target = np.where(kinds == "site", np.nan, wanted.astype(np.float64))
    for at in np.unique(area).tolist():
        for one in ("general", "micro"):
            mine = (area == at) & (kinds == one) & ~locked
            if mine.any():
                target[mine] = fair_targets(households[mine].sum(keepdims=True), wanted[mine][:1])
    return target


def locked_of(grids: gpd.GeoDataFrame, kept: gpd.GeoDataFrame | None = None) -> BoolArray:
    """Which grids are locked: by their column ``locked``, or by a code of the ``kept`` ones."""
    locked = np.zeros(len(grids), dtype=np.bool_)
    if "locked" in grids.columns:
        locked |= np.array([value is not None and bool(value) for value in grids["locked"]], bool)
    if kept is not None and {"code"} <= set(kept.columns) & set(grids.columns):
        locked |= grids["code"].isin(kept["code"].dropna()).to_numpy()
    return locked
