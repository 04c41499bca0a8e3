"""What stands around the one-file map: title, figures, legend, lists, attribution."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from jinja2 import Environment, Template

from data.exports.map_words import (
    OPEN_CASE_COLOUR,
    STATUS_COLOURS,
    STATUSES,
    WORDS,
    Language,
    p_in_words,
)
from geo.locate import GridIndex

HOT: Final = ("much-more", "more")
# By patrol time these are nothing out of the ordinary: found more because looked at more.
NOT_HOT_BY_RATE: Final = ("usual", "fewer", "much-fewer")
HOT_STYLE: Final[dict[str, dict[str, Any]]] = {
    "much-more": {"color": "#7a1f0c", "fillColor": "#b3400e", "fillOpacity": 0.35, "weight": 2.5},
    "more": {"color": "#a9531a", "fillColor": "#f0a15a", "fillOpacity": 0.3, "weight": 2},
    "fading": {"color": "#3d5a8a", "fillOpacity": 0, "weight": 2, "dashArray": "1 5"},
    "patrol_only": {"color": "#40372f", "fillOpacity": 0, "weight": 2.2, "dashArray": "4 4"},
}
LEGEND_DASH: Final = {"fading": "dotted", "patrol_only": "dashed"}
LISTED: Final = 6
LISTED_BESIDES: Final = 2


@dataclass(frozen=True)
class MapContent:
    """What a one-file map shows; all geometry in EPSG:4326.

    Attributes
    ----------
    title : str
    as_of : datetime
        The moment the status is of, in the time zone it should be told in.
    attribution : str
        Whose data the base map is.
    grids : GeoDataFrame
        `code`, `name`, `area` (name of the community), `households`, `open`, `overdue`,
        `handled`, `closed`, polygon.
    areas : GeoDataFrame
        `name`, polygon; drawn as borders with labels.
    roads, water, buildings, places : GeoDataFrame
        The base map: roads with `highway`, places with `name`; only geometry of the others.
    cases : GeoDataFrame
        Open cases: `number`, `category`, `state`, `overdue` (bool), point.
    hotspots : GeoDataFrame or None
        `cases`, `expected`, `z`, `p`, `verdict`, `trend`, `rate_verdict`, polygon (grids or
        hexagons); None where none were computed.
    period : tuple of date or None
        First and last day of the hotspots.
    """

    title: str
    as_of: datetime
    attribution: str
    grids: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    cases: gpd.GeoDataFrame
    hotspots: gpd.GeoDataFrame | None = None
    period: tuple[date, date] | None = None


def grid_status(grids: gpd.GeoDataFrame) -> list[str]:
    """Say for each grid how its problems stand: overdue, in-hand, all-done or no-record."""
    found = np.select(
        [grids["overdue"] > 0, grids["open"] > 0, grids["closed"] > 0],
        ["overdue", "in-hand", "all-done"],
        default="no-record",
    )
    return [str(status) for status in found]


def hot_kind(verdict: str, rate_verdict: str | None, trend: str | None) -> str | None:
    """Say how a unit is drawn; None where there is nothing to show.

    Where there is a judgement by patrol time, it decides: "much-more" or "more" by rate, or
    "patrol_only" where there are many cases but no more than so much patrol finds anywhere.
    "fading" is a unit that was hot in the period before and no longer is.
    """
    judged = rate_verdict in HOT or rate_verdict in NOT_HOT_BY_RATE
    hot = rate_verdict if judged else verdict
    if hot in HOT:
        return hot
    if trend == "fading":
        return "fading"
    return "patrol_only" if verdict in HOT else None


def page_parts(content: MapContent, language: Language, thinned: str) -> dict[str, str]:
    """Render the parts around the map: `head`, `side` and `foot`, as finished HTML."""
    words = WORDS[language]
    parts = _template().module
    dates = words["as_of"].format(day=content.as_of.strftime("%Y-%m-%d %H:%M"))
    if content.hotspots is not None and content.period is not None:
        start, end = content.period
        dates += " · " + words["period"].format(start=start.isoformat(), end=end.isoformat())
    side = parts.side(  # type: ignore[attr-defined]
        words,
        overdue_colour=STATUS_COLOURS["overdue"],
        open_colour=OPEN_CASE_COLOUR,
        figures=_figures(content.grids, words),
        statuses=_status_legend(content.grids, words),
        hotspots=None if content.hotspots is None else _hot_legend(content.hotspots, words),
        overdue=_most_overdue(content.grids),
        clusters=_clusters(content, words),
        thinned=thinned,
    )
    made = words["made"].format(day=content.as_of.date().isoformat())
    return {
        "head": str(parts.head(words, content, dates)),  # type: ignore[attr-defined]
        "side": str(side),
        "foot": str(parts.foot(content, made)),  # type: ignore[attr-defined]
    }


@cache
def _template() -> Template:
    source = files("data.exports").joinpath("assets", "static_map.html").read_text("utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)


def _figures(grids: gpd.GeoDataFrame, words: dict[str, str]) -> list[tuple[str, str]]:
    figures = [(words["grids"], f"{len(grids):,}")]
    for label, column in (
        ("households", "households"),
        ("open", "open"),
        ("overdue_cases", "overdue"),
        ("handled", "handled"),
        ("closed", "closed"),
    ):
        figures.append((words[label], f"{int(grids[column].sum()):,}"))
    return figures


def _status_legend(grids: gpd.GeoDataFrame, words: dict[str, str]) -> list[dict[str, Any]]:
    found = grid_status(grids)
    return [
        {"label": words[status], "colour": STATUS_COLOURS[status], "count": found.count(status)}
        for status in STATUSES
    ]


def _hot_legend(hotspots: gpd.GeoDataFrame, words: dict[str, str]) -> list[dict[str, Any]]:
    kinds = _kinds(hotspots)
    return [
        {
            "label": words[kind],
            "colour": style["color"],
            "fill": style.get("fillColor", "transparent"),
            "dash": LEGEND_DASH.get(kind, "solid"),
            "count": kinds.count(kind),
        }
        for kind, style in HOT_STYLE.items()
    ]


def _kinds(hotspots: gpd.GeoDataFrame) -> list[str | None]:
    return [
        hot_kind(verdict, rate, trend)
        for verdict, rate, trend in zip(
            hotspots["verdict"], hotspots["rate_verdict"], hotspots["trend"], strict=True
        )
    ]


def _most_overdue(grids: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    most = grids[grids["overdue"] > 0].sort_values(
        ["overdue", "open", "code"], ascending=[False, False, True]
    )
    columns = ["name", "area", "overdue", "open"]
    return [dict(zip(columns, row, strict=True)) for row in most[columns].head(LISTED).to_numpy()]


def _clusters(content: MapContent, words: dict[str, str]) -> list[dict[str, Any]]:
    """Hot units that lie side by side, told as one place; the heaviest first."""
    if content.hotspots is None:
        return []
    hotspots = content.hotspots.assign(kind=_kinds(content.hotspots))
    hotspots = hotspots[hotspots["kind"].notna()]
    rows: list[dict[str, Any]] = []
    for kinds, most in (
        (HOT, LISTED),
        (("fading",), LISTED_BESIDES),
        (("patrol_only",), LISTED_BESIDES),
    ):
        units = hotspots[hotspots["kind"].isin(kinds)]
        # Outlines of neighbours meet only to the last digits: half a metre joins them.
        outline = shapely.union_all(shapely.buffer(units.geometry.to_numpy(), 5e-6))
        together = [units[units.intersects(part)] for part in shapely.get_parts(outline)]
        found = [_cluster(part, content.grids, words) for part in together if len(part)]
        rows += sorted(found, key=lambda row: -row["excess"])[:most]
    return rows[:LISTED]


def _cluster(
    units: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, words: dict[str, str]
) -> dict[str, Any]:
    cases, expected = int(units["cases"].sum()), float(units["expected"].sum())
    heart = units.loc[units["z"].idxmax()]
    centre = heart.geometry.centroid
    where = GridIndex(np.arange(len(grids)), grids.geometry.to_numpy())
    at = int(where.locate(centre.x, centre.y)[0])
    place = words["outside"]
    if at >= 0:
        grid = grids.iloc[at]
        place = words["near"].format(place=f"{grid['area']} {grid['name']}")
    told = [words[heart["kind"]]]
    if heart["trend"] in ("new", "steady"):
        told.append(words[heart["trend"]])
    return {
        "place": place,
        "words": " · ".join(told),
        "cases": cases,
        "expected": f"{expected:.0f}",
        "p": p_in_words(float(units["p"].min())),
        "excess": cases - expected,
    }
