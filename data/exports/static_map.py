"""One self-contained HTML map of status and hotspots, to send or to print.

Everything is inlined: the file opens without a network and asks for nothing. The base map is
drawn from our own roads, water and buildings.
"""

import json
import re
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element, MacroElement, Template
from folium.utilities import JsCode

from data.exports.map_page import HOT_STYLE, MapContent, grid_status, hot_kind, page_parts
from data.exports.map_words import (
    OPEN_CASE_COLOUR,
    STATUS_COLOURS,
    STATUS_OPACITY,
    WORDS,
    Language,
    p_in_words,
)

MOST_BUILDINGS: Final = 15_000
# Road classes, colour of the casing, colour of the road, width in pixels; None: all the others.
ROADS: Final = (
    (("motorway", "trunk", "primary"), "#b3a78f", "#fffaf0", 3.2),
    (("secondary", "tertiary"), "#bdb4a4", "#ffffff", 2.2),
    (None, None, "#ffffff", 1.0),
)
# Buildings lie under the colours of the grids; water and roads over them, or they would drown.
PANES: Final = (
    ("buildings", 350),
    ("status", 400),
    ("lines", 410),
    ("borders", 420),
    ("hotspots", 440),
    ("cases", 460),
)
TOUCHABLE: Final = ("status", "hotspots", "cases")


def write_static_map(path: Path, content: MapContent, language: Language = "zh-CN") -> None:
    """Write the map to a file, whole or not at all; see `render_static_map`."""
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        partial.write_text(render_static_map(content, language), encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def render_static_map(content: MapContent, language: Language = "zh-CN") -> str:
    """Render the map as one HTML page.

    Parameters
    ----------
    content : MapContent
    language : {"zh-CN", "en"}

    Returns
    -------
    str
        HTML with Leaflet, styles and data inside; nothing in it is loaded from elsewhere.

    Raises
    ------
    ValueError
        If there are no grids, or a frame is not in EPSG:4326.
    """
    _check(content)
    words = WORDS[language]
    canvas = folium.Map(
        tiles=None, zoom_snap=0.25, min_zoom=9, max_zoom=19, attribution_control=False
    )
    # folium's own scripts and styles would come from the network, and half of them are unused.
    canvas.default_js, canvas.default_css = [], []
    for name, z_index in PANES:
        folium.map.CustomPane(name, z_index=z_index, pointer_events=name in TOUCHABLE).add_to(
            canvas
        )
    thinned = _add_base(canvas, content, words)
    _add_borders(canvas, content, words)
    cards = _Cards()
    _add_status(canvas, content.grids, words, cards)
    if content.hotspots is not None:
        _add_hotspots(canvas, content.hotspots, words, cards)
    _add_cases(canvas, content.cases, words, cards)
    folium.LayerControl(collapsed=False, position="bottomright").add_to(canvas)
    return _page(canvas, content, language, cards, thinned)


class _Start(MacroElement):  # type: ignore[misc]
    """The call that sets up labels, scale and printing once all layers are there."""

    _template = Template(
        "{% macro script(this, kwargs) %}sanbai.start({{ this._parent.get_name() }});{% endmacro %}"
    )


class _Cards:
    """What the map says about each feature, kept apart from the scripts that folium writes.

    branca reads what it has rendered as a template once more. So no text that comes from data
    may pass through folium: features carry a number, and the text lies in a JSON block.
    """

    def __init__(self) -> None:
        self.cards: list[dict[str, Any]] = []

    def add(self, title: str, rows: list[tuple[str, str]]) -> int:
        self.cards.append({"title": title, "rows": rows})
        return len(self.cards) - 1


def _check(content: MapContent) -> None:
    if len(content.grids) == 0:
        raise ValueError("a map needs at least one grid")
    for name in ("grids", "areas", "roads", "water", "buildings", "places", "cases", "hotspots"):
        frame = getattr(content, name)
        if frame is not None and (frame.crs is None or frame.crs.to_epsg() != 4326):
            raise ValueError(f"{name} must be in EPSG:4326")


def _geometry(shape: Any, tolerance_deg: float = 0.0) -> dict[str, Any]:
    """GeoJSON geometry to 0.1 m; simplified where asked."""
    if tolerance_deg > 0:
        shape = shapely.simplify(shape, tolerance_deg, preserve_topology=False)
    rounded = shapely.transform(shapely.force_2d(shape), lambda xy: np.round(xy, 6))
    return dict(shapely.geometry.mapping(rounded))


def _feature(geometry: dict[str, Any], style: dict[str, Any], card: int = -1) -> dict[str, Any]:
    properties = {"style": style, "card": card}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _layer(
    features: list[dict[str, Any]], pane: str, name: str | None = None, **options: Any
) -> folium.GeoJson:
    data = {"type": "FeatureCollection", "features": features}
    return folium.GeoJson(data, name=name, pane=pane, **options)


def _add_base(canvas: folium.Map, content: MapContent, words: dict[str, str]) -> str:
    """Draw the base map quietly; returns what to say where buildings were left out."""
    group = folium.FeatureGroup(name=words["base_layer"]).add_to(canvas)
    buildings = shapely.get_parts(content.buildings.geometry.to_numpy())
    shown = buildings[np.argsort(-shapely.area(buildings), kind="stable")[:MOST_BUILDINGS]]
    style = {"color": "#b9ae9e", "weight": 0.5, "fillColor": "#d6cdbf", "fillOpacity": 1}
    built = [_feature(_geometry(shapely.MultiPolygon(list(shown))), style)] if len(shown) else []
    _layer(built, "buildings", interactive=False, smooth_factor=0.6).add_to(group)
    lines = _water_features(content.water)
    lines += _road_features(content.roads)
    _layer(lines, "lines", interactive=False, smooth_factor=0.6).add_to(group)
    if len(shown) == len(buildings):
        return ""
    return words["thinned"].format(shown=len(shown), total=len(buildings))


def _water_features(water: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Watercourses that are drawn as lines, and surfaces over them."""
    parts = shapely.get_parts(water.geometry.to_numpy())
    is_surface = shapely.get_dimensions(parts) == 2
    features = []
    if not is_surface.all():
        style = {"color": "#7fa3c9", "weight": 1.4, "fill": False}
        lines = shapely.MultiLineString(list(parts[~is_surface]))
        features.append(_feature(_geometry(lines, 1e-5), style))
    if is_surface.any():
        style = {"color": "#7fa3c9", "weight": 0.7, "fillColor": "#c3d9ef", "fillOpacity": 1}
        surfaces = shapely.MultiPolygon(list(parts[is_surface]))
        features.append(_feature(_geometry(surfaces, 1e-5), style))
    return features


def _road_features(roads: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Roads, small ones first, wide ones with a casing beneath."""
    casings: list[dict[str, Any]] = []
    fills: list[dict[str, Any]] = []
    rest = np.ones(len(roads), dtype=bool)
    for classes, casing, colour, width_px in ROADS:
        chosen = rest.copy() if classes is None else roads["highway"].isin(classes).to_numpy()
        rest &= ~chosen
        lines = shapely.get_parts(roads.geometry.to_numpy()[chosen])
        if len(lines) == 0:
            continue
        geometry = _geometry(shapely.MultiLineString(list(lines)), 1e-5)
        if casing is not None:
            style = {"color": casing, "weight": width_px + 1.4, "fill": False}
            casings.insert(0, _feature(geometry, style))
        fills.insert(0, _feature(geometry, {"color": colour, "weight": width_px, "fill": False}))
    return casings + fills


def _add_borders(canvas: folium.Map, content: MapContent, words: dict[str, str]) -> None:
    """Draw each border once, above the roads that it follows."""
    thin = {"color": "#6d675c", "weight": 0.9, "opacity": 0.9, "fill": False}
    strong = {"color": "#414b53", "weight": 2, "opacity": 0.85, "fill": False, "dashArray": "8 4"}
    features = []
    for frame, style in ((content.grids, thin), (content.areas, strong)):
        borders = shapely.line_merge(shapely.union_all(frame.geometry.boundary.to_numpy()))
        features.append(_feature(_geometry(borders), style))
    _layer(features, "borders", words["border_layer"], interactive=False).add_to(canvas)


def _add_status(
    canvas: folium.Map, grids: gpd.GeoDataFrame, words: dict[str, str], cards: _Cards
) -> None:
    features = []
    for row, status in zip(grids.itertuples(), grid_status(grids), strict=True):
        rows = [
            (words["area"], str(row.area)),
            (words["code"], str(row.code)),
            (words["households"], str(row.households)),
            (words["open"], str(row.open)),
            (words["overdue_cases"], str(row.overdue)),
            (words["handled"], str(row.handled)),
            (words["closed"], str(row.closed)),
            (words["state"], words[status]),
        ]
        style = {
            "stroke": False,
            "fillColor": STATUS_COLOURS[status],
            "fillOpacity": STATUS_OPACITY,
        }
        features.append(_feature(_geometry(row.geometry), style, cards.add(str(row.name), rows)))
    _described(features, "status", words["status_layer"]).add_to(canvas)


def _add_hotspots(
    canvas: folium.Map, hotspots: gpd.GeoDataFrame, words: dict[str, str], cards: _Cards
) -> None:
    features = []
    for row in hotspots.itertuples():
        kind = hot_kind(row.verdict, row.rate_verdict, row.trend)
        if kind is None:
            continue
        rows = [
            (words["cases"], str(row.cases)),
            (words["expected"], f"{row.expected:.1f}"),
            (words["why"], words["evidence"].format(z=row.z, p=p_in_words(row.p))),
        ]
        if row.trend in ("new", "steady"):
            rows.insert(0, (words["trend"], words[row.trend]))
        card = cards.add(words[kind], rows)
        features.append(_feature(_geometry(row.geometry), HOT_STYLE[kind], card))
    _described(features, "hotspots", words["hotspot_layer"]).add_to(canvas)


def _add_cases(
    canvas: folium.Map, cases: gpd.GeoDataFrame, words: dict[str, str], cards: _Cards
) -> None:
    features = []
    for row in cases.itertuples():
        rows = [
            (words["number"], str(row.number)),
            (words["state"], words[f"state_{row.state}"]),
            (words["overdue_yes_no"], words["is_overdue" if row.overdue else "not_overdue"]),
        ]
        if isinstance(row.external_number, str):
            rows.insert(1, (words["external_number"], row.external_number))
        colour = STATUS_COLOURS["overdue"] if row.overdue else OPEN_CASE_COLOUR
        style = {"color": "#ffffff", "weight": 0.8, "fillColor": colour, "fillOpacity": 0.9}
        card = cards.add(str(row.category), rows)
        features.append(_feature(_geometry(row.geometry), style, card))
    marker = folium.CircleMarker(radius=3.5, fill=True)
    marker.options["pane"] = "cases"  # folium drops it from its arguments
    _described(features, "cases", words["case_layer"], marker=marker).add_to(canvas)


def _described(
    features: list[dict[str, Any]], pane: str, name: str, **options: Any
) -> folium.GeoJson:
    return _layer(features, pane, name, on_each_feature=JsCode("sanbai.describe"), **options)


def _labels(content: MapContent) -> list[dict[str, Any]]:
    """Names on the map, the most important first; a label gives way to those before it."""
    kinds = [("area", content.areas, 0), ("place", content.places, 14.5)]
    kinds.append(("grid", content.grids, 15.5))
    labels = []
    for kind, frame, min_zoom in kinds:
        for text, spot in zip(frame["name"], frame.geometry.representative_point(), strict=True):
            if isinstance(text, str) and text:
                place = {"lon": round(spot.x, 6), "lat": round(spot.y, 6)}
                labels.append({**place, "text": text, "kind": kind, "minZoom": min_zoom})
    return labels


def _page(
    canvas: folium.Map, content: MapContent, language: Language, cards: _Cards, thinned: str
) -> str:
    _Start().add_to(canvas)
    figure = canvas.get_root()
    figure.title = "@@title@@"
    figure.header.add_child(Element("<style>@@css@@</style><script>@@scripts@@</script>"))
    head = Element("@@head@@")
    figure.html.add_child(head, index=0)
    page = figure.render().replace("</body>", "@@side@@@@foot@@</body>", 1)
    west, south, east, north = content.grids.total_bounds
    data = {
        "cards": cards.cards,
        "labels": _labels(content),
        "bounds": [[south, west], [north, east]],
    }
    parts = page_parts(content, language, thinned)
    parts["title"] = escape(content.title)
    parts["css"] = _asset("leaflet/leaflet.css") + _asset("static_map.css")
    parts["scripts"] = (
        _asset("leaflet/leaflet.js")
        + f"\nwindow.sanbaiData = {_json(data)};\n"
        + _asset("static_map.js")
    )
    page = page.replace("<html>", f'<html lang="{language}">', 1)
    # One pass: what is put in is not looked through again.
    return re.sub(r"@@(\w+?)@@", lambda found: parts[found[1]], page)


def _json(data: Any) -> str:
    """JSON that may stand in a script element, whatever its texts are."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _asset(name: str) -> str:
    return files("data.exports").joinpath("assets", name).read_text(encoding="utf-8")
