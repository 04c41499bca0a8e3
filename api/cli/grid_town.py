"""The files of a town, as they are given on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import typer

from data.imports.read import read_features

LAYERS = ("buildings", "roads", "areas", "water")

Input = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, readable=True)]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="LAYER.OURS=THEIRS",
        help="指定字段，如 buildings.households=户数。Name a column of a file.",
    ),
]


@dataclass(frozen=True)
class Town:
    """What the files hold."""

    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    water: gpd.GeoDataFrame | None


@dataclass(frozen=True)
class TownFiles:
    """The files of one town, as given on the command line."""

    buildings: Path | None
    roads: Path | None
    areas: Path | None
    water: Path | None
    columns: list[str]

    @property
    def none(self) -> bool:
        """Whether no file was given."""
        return all(path is None for path in (self.buildings, self.roads, self.areas, self.water))

    def _named(self) -> list[tuple[str, str, str]]:
        """What ``--column`` says, as layer, our name, theirs."""
        named = []
        for word in self.columns:
            ours, equals, theirs = word.partition("=")
            layer, dot, name = ours.partition(".")
            if not equals or not dot or layer not in LAYERS:
                raise typer.BadParameter(
                    f"“{word}” 应写成 图层.字段=文件字段，如 buildings.households=户数。"
                    f"Write LAYER.OURS=THEIRS; layers: {', '.join(LAYERS)}."
                )
            named.append((layer, name, theirs))
        return named

    def names(self) -> tuple[str, ...]:
        """Names of the files that were given."""
        given = (self.buildings, self.roads, self.areas, self.water)
        return tuple(path.name for path in given if path is not None)

    def require(self) -> tuple[Path, Path, Path]:
        """Buildings, roads and areas; refuse the command when one is missing or ill named."""
        self._named()
        if self.buildings is None or self.roads is None or self.areas is None:
            raise typer.BadParameter(
                "需要 --buildings、--roads 和 --areas；数据库中的用 --area 或 --plan。"
                "Give --buildings, --roads and --areas; or --area or --plan for the database."
            )
        return self.buildings, self.roads, self.areas

    def read(self) -> Town:
        """Read them all; the areas keep their own coordinate system."""
        buildings, roads, areas = self.require()
        return Town(
            buildings=self._layer(buildings, "buildings"),
            roads=self._layer(roads, "roads"),
            areas=_communities(self._layer(areas, "areas")),
            water=None if self.water is None else self._layer(self.water, "water"),
        )

    def read_buildings(self, path: Path) -> gpd.GeoDataFrame:
        """Read another file of buildings, its columns named as those of ``--buildings``."""
        return self._layer(path, "buildings")

    def _layer(self, path: Path, kind: str) -> gpd.GeoDataFrame:
        columns = {ours: theirs for layer, ours, theirs in self._named() if layer == kind}
        found = read_features(path, kind, columns=columns)
        shifted = found.datum in {"gcj02", "bd09"}
        if kind != "areas" or shifted or ":" not in found.crs:
            return found.frame
        return found.frame.to_crs(found.crs)


def _communities(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out districts and streets where the file has them along with communities."""
    if "level" in areas.columns and (areas["level"] == "community").any():
        return areas[areas["level"] == "community"]
    return areas
