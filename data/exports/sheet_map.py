"""The map on a printed sheet, as SVG in millimetres."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.exports.sheet_ground import Ground, Layer, Sheet
from data.exports.sheet_labels import LabelBoard, along_line, text_width
from geo.grids.faces import GeometryArray

_ROAD_MM: Final = {
    "motorway": 2.6,
    "trunk": 2.4,
    "primary": 2.2,
    "secondary": 1.9,
    "tertiary": 1.6,
    "residential": 1.2,
    "unclassified": 1.2,
    "road": 1.2,
    "living_street": 1.0,
    "pedestrian": 1.0,
    "service": 0.7,
    "footway": 0.4,
    "path": 0.3,
    "steps": 0.3,
}
_OTHER_ROAD_MM: Final = 0.8
_OVERVIEW_ROAD_MM: Final = 1.2
FONTS: Final = "'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei',sans-serif"
"""Of drawings: the first that is there and has Chinese letters."""
_LEAST_LABEL_MM: Final = 2.0
_NAME_MM: Final = {"street": 2.6, "stream": 2.8}
_STYLE: Final = """
.water{fill:#cfe3f1;stroke:#9dbfd8;stroke-width:.12}
.brook{fill:none;stroke:#9dbfd8;stroke-width:.4;stroke-linejoin:round}.road{fill:none;stroke:#fff;
stroke-linecap:round;stroke-linejoin:round}.casing{fill:none;stroke:#b9b4aa;
stroke-linecap:round;stroke-linejoin:round}.building{fill:#dcd6cb;stroke:#a89f90;stroke-width:.1}
.homes{fill:#f2cf96;stroke:#a97f3f;stroke-width:.12}.veil{fill:#fff;fill-opacity:.55}
.other{fill:none;stroke:#5d6b7a;stroke-width:.35;stroke-dasharray:1.6 .9}
.former{fill:none;stroke:#1d5fa8;stroke-width:.5;stroke-dasharray:2.4 1.2}
.community{fill:none;stroke:#3f4a56;stroke-width:.7;stroke-dasharray:3 1 .6 1}
.focus{fill:none;stroke:#b3261e;stroke-width:.9;stroke-linejoin:round}
.outline{fill:none;stroke:#b3261e;stroke-width:.5;stroke-linejoin:round}
.halo{fill:#fff;stroke:#fff;stroke-linejoin:round}.name{fill:#2b3440}.neighbour{fill:#44566b}
.street{fill:#4a4336}.stream{fill:#2b6390}.number{fill:#6b4a12}.grid{fill:#8c1d18}
.frame{fill:none;stroke:#2b3440;stroke-width:.3}
"""
_SHADED_STYLE: Final = """
[class^="is-"]{stroke:#3f4a56;stroke-width:.16;stroke-linejoin:round}
.thin{fill:none;stroke:#6b6457;stroke-width:.12;stroke-opacity:.55}.mark{fill:#14202b;font-weight:700}
.rim{fill:none;stroke:#2b3440;stroke-width:.45;stroke-linejoin:round}
"""


def draw_grid(sheet: Sheet, ground: Ground, grid: int) -> str:
    """Draw one grid with its streets, buildings and neighbours.

    Parameters
    ----------
    sheet
        Where it lies on the paper.
    grid
        Its position among the grids of the ground.

    Returns
    -------
    str
        One ``svg`` element.
    """
    board = _board(sheet)
    shape = ground.grids.shapes[grid]
    body = _base(sheet, ground, shape)
    body += _fill(sheet, [sheet.window.difference(shape)], "veil")
    body += _neighbours(sheet, ground, grid)
    body += _fill(sheet, [shape], "focus")
    _name_streets(sheet, ground, shape, board)
    _name_neighbours(sheet, ground, grid, board)
    _name_places(sheet, ground, shape, board)
    _number_buildings(sheet, ground, shape, board)
    return _svg(sheet, body, board)


def draw_overview(
    sheet: Sheet, ground: Ground, labels: list[str], former: GeometryArray | None = None
) -> str:
    """Draw all grids of the ground, with a label in each.

    Parameters
    ----------
    labels
        One for each grid; a short one is set where the long one has no room.
    former
        Grids as they were, drawn as dashed lines; local metres.
    """
    board = _board(sheet)
    whole = shapely.union_all(ground.grids.shapes)
    body = _base(sheet, ground, whole)
    body += _fill(sheet, [sheet.window.difference(whole)], "veil")
    body += _fill(sheet, ground.grids.shapes, "outline")
    if former is not None:
        body += _fill(sheet, former, "former")
    body += _fill(sheet, ground.communities.shapes, "community")
    for shape, label in zip(ground.grids.shapes, labels, strict=True):
        board.put(label, _inside(sheet, shape), size_mm=2.8, style="grid")
    _name_communities(sheet, ground, whole, board)
    _name_streets(sheet, ground, whole, board)
    return _svg(sheet, body, board)


def draw_shaded(
    sheet: Sheet, ground: Ground, classes: list[str], marks: dict[int, str], colours: dict[str, str]
) -> str:
    """Draw all grids of the ground, coloured by class.

    Parameters
    ----------
    classes
        One for each grid, each a key of ``colours``.
    marks
        A word for some grids, by position.
    colours
        "#rrggbb" of each class.
    """
    board = _board(sheet)
    # A tenth of a millimetre is not seen; without it a city's map is megabytes.
    fine_m = sheet.scale / 10_000
    shapes = shapely.simplify(ground.grids.shapes, fine_m)
    body = "".join(
        _fill(sheet, [shapes[at] for at, own in enumerate(classes) if own == name], f"is-{name}")
        for name in colours
    )
    body += _water(sheet, shapely.simplify(_seen(ground.water, sheet.window), fine_m))
    lines = shapely.simplify(_seen(ground.roads, sheet.window), fine_m)
    body += _fill(sheet, lines[~shapely.is_empty(lines)], "thin")
    body += _fill(sheet, shapely.simplify(ground.communities.shapes, fine_m), "rim")
    for at, mark in marks.items():
        board.put(mark, _inside(sheet, ground.grids.shapes[at]), size_mm=2.8, style="mark")
    _name_communities(sheet, ground, sheet.window, board)
    shades = "".join(f".is-{name}{{fill:{colour}}}" for name, colour in colours.items())
    return _svg(sheet, f"<style>{shades}{_SHADED_STYLE}</style>{body}", board)


def _board(sheet: Sheet) -> LabelBoard:
    board = LabelBoard(sheet.width_mm, sheet.height_mm)
    board.keep_free(sheet.width_mm - 16, 0, 16, 20)
    board.keep_free(0, sheet.height_mm - 12, 60, 12)
    return board


def _base(sheet: Sheet, ground: Ground, shape: BaseGeometry) -> str:
    """Water, streets and buildings; those inside a shape stand out where people live in them."""
    window = sheet.window
    body = _water(sheet, _seen(ground.water, window))
    body += _streets(sheet, ground.roads, window)
    if sheet.scale > 12_000:
        return body
    at = ground.buildings.within(window)
    shapes = ground.buildings.shapes[at]
    lived_in = np.array([ground.buildings.classes[i] == "homes" for i in at], dtype=bool)
    own = shapely.intersects(shape, shapely.point_on_surface(shapes)) & lived_in
    return body + _fill(sheet, shapes[~own], "building") + _fill(sheet, shapes[own], "homes")


def _seen(layer: Layer, window: BaseGeometry) -> GeometryArray:
    clipped: GeometryArray = shapely.clip_by_rect(
        layer.shapes[layer.within(window)], *window.buffer(1).bounds
    )
    return clipped


def _streets(sheet: Sheet, roads: Layer, window: BaseGeometry) -> str:
    wide: dict[float, list[BaseGeometry]] = {}
    for at in roads.within(window).tolist():
        width_mm = _ROAD_MM.get(roads.classes[at], _OTHER_ROAD_MM)
        if sheet.scale <= 12_000 or width_mm >= _OVERVIEW_ROAD_MM:
            wide.setdefault(width_mm, []).append(roads.shapes[at])
    shrink = 1.0 if sheet.scale <= 5_000 else 0.6 if sheet.scale <= 12_000 else 0.35
    paths = {
        width_mm * shrink: _path(sheet, shapely.clip_by_rect(lines, *window.buffer(1).bounds))
        for width_mm, lines in wide.items()
    }
    casing = "".join(
        f'<path class="casing" stroke-width="{w + 0.3:.2f}" d="{d}"/>'
        for w, d in sorted(paths.items())
    )
    filling = "".join(
        f'<path class="road" stroke-width="{w:.2f}" d="{d}"/>' for w, d in sorted(paths.items())
    )
    return casing + filling


def _neighbours(sheet: Sheet, ground: Ground, grid: int) -> str:
    window = sheet.window
    own = [at for at in ground.grids.within(window).tolist() if at != grid]
    others = [*ground.grids.shapes[own], *ground.around.shapes[ground.around.within(window)]]
    body = _fill(sheet, _clipped(others, window), "other")
    edges = shapely.boundary(ground.communities.shapes[ground.communities.within(window)])
    return body + _fill(sheet, _clipped(list(edges), window), "community")


def _clipped(shapes: list[BaseGeometry], window: BaseGeometry) -> GeometryArray:
    clipped: GeometryArray = shapely.intersection(
        np.array(shapes, dtype=np.object_), window.buffer(5)
    )
    return clipped


def _name_streets(sheet: Sheet, ground: Ground, shape: BaseGeometry, board: LabelBoard) -> None:
    near = shape.buffer(40).intersection(sheet.window)
    for layer, style in ((ground.roads, "street"), (ground.water, "stream")):
        named: dict[str, list[BaseGeometry]] = {}
        for at in layer.within(near).tolist():
            if layer.words[at]:
                named.setdefault(layer.words[at], []).append(layer.shapes[at])
        for name, shapes in named.items():
            _name_one(sheet, board, name, shapely.intersection(shapes, near), style)


def _name_one(
    sheet: Sheet, board: LabelBoard, name: str, shapes: GeometryArray, style: str
) -> None:
    size_mm = _NAME_MM[style]
    if shapely.get_dimensions(shapes).max() == 2:
        board.put(name, _inside(sheet, shapely.union_all(shapes)), size_mm=size_mm, style=style)
        return
    parts = shapely.get_parts(shapely.line_merge(shapely.union_all(shapes)))
    lines = [part for part in parts if shapely.get_dimensions(part) == 1]
    for line in sorted(lines, key=lambda one: -one.length)[:3]:
        points = sheet.on_paper(shapely.get_coordinates(line))
        found = along_line(points, text_width(name, size_mm) + 2)
        if found is not None and board.put(
            name, found[0], size_mm=size_mm, style=style, angle_deg=found[1]
        ):
            return


def _name_neighbours(sheet: Sheet, ground: Ground, grid: int, board: LabelBoard) -> None:
    shape, window = ground.grids.shapes[grid], sheet.window.buffer(-3 * sheet.scale / 1_000)
    home = ground.grids.classes[grid]
    for layer in (ground.grids, ground.around):
        for at in layer.within(window).tolist():
            seen = layer.shapes[at].difference(shape).intersection(window)
            if seen.is_empty or seen.area == 0:
                continue
            name, community = layer.words[at], layer.classes[at]
            full = name if community == home else f"{community}{name}"
            board.put(full, _inside(sheet, seen), size_mm=3.0, style="neighbour")


def _name_places(sheet: Sheet, ground: Ground, shape: BaseGeometry, board: LabelBoard) -> None:
    for at in ground.places.within(shape).tolist():
        seen = ground.places.shapes[at].intersection(shape)
        board.put(ground.places.words[at], _inside(sheet, seen), size_mm=2.6, style="name")


def _number_buildings(sheet: Sheet, ground: Ground, shape: BaseGeometry, board: LabelBoard) -> None:
    ratio = 1_000 / sheet.scale
    for at in ground.buildings.within(shape).tolist():
        building, number = ground.buildings.shapes[at], ground.buildings.words[at]
        west, south, east, north = building.bounds
        room_mm = min(east - west, north - south) * ratio
        if not number or room_mm < _LEAST_LABEL_MM:
            continue
        size_mm = min(2.2, room_mm * 0.8)
        if text_width(number, size_mm) <= (east - west) * ratio * 1.1:
            board.put(number, _inside(sheet, building), size_mm=round(size_mm, 2), style="number")


def _name_communities(sheet: Sheet, ground: Ground, whole: BaseGeometry, board: LabelBoard) -> None:
    for at in ground.communities.within(sheet.window).tolist():
        seen = ground.communities.shapes[at].intersection(sheet.window).intersection(whole)
        if ground.communities.words[at] and not seen.is_empty and seen.area > 0:
            x, y = _inside(sheet, seen)
            board.put(ground.communities.words[at], (x, y + 4), size_mm=3.2, style="neighbour")


def _inside(sheet: Sheet, shape: BaseGeometry) -> tuple[float, float]:
    """The middle of the roomiest place of a shape, millimetres."""
    parts = shapely.get_parts(shape)
    largest = parts[np.argmax(shapely.area(parts))]
    if shapely.get_dimensions(largest) < 2:
        point = shapely.point_on_surface(largest)
    else:
        circle = shapely.maximum_inscribed_circle(largest, tolerance=sheet.scale / 1_000)
        point = shapely.get_point(circle, 0)
    ((x, y),) = sheet.on_paper(shapely.get_coordinates(point)).tolist()
    return float(x), float(y)


def _fill(sheet: Sheet, shapes: Iterable[BaseGeometry], style: str) -> str:
    path = _path(sheet, list(shapes))
    return f'<path class="{style}" fill-rule="evenodd" d="{path}"/>' if path else ""


def _water(sheet: Sheet, shapes: GeometryArray) -> str:
    """Surfaces are filled; watercourses that are drawn as lines stay lines."""
    is_surface = shapely.get_dimensions(shapes) == 2
    return _fill(sheet, shapes[is_surface], "water") + _fill(sheet, shapes[~is_surface], "brook")


def _path(sheet: Sheet, shapes: Iterable[BaseGeometry]) -> str:
    """Path data of lines and polygons."""
    parts = shapely.get_parts(np.array(list(shapes), dtype=np.object_))
    parts = shapely.get_parts(parts)
    drawn = []
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == 3])
    lines = parts[shapely.get_type_id(parts) == 1]
    for outlines, end in ((rings, "Z"), (lines, "")):
        for outline in outlines:
            points = sheet.on_paper(shapely.get_coordinates(outline))
            drawn.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points.tolist()) + end)
    return "".join(drawn)


def _svg(sheet: Sheet, body: str, board: LabelBoard) -> str:
    wide, high = sheet.width_mm, sheet.height_mm
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}mm" height="{high}mm" '
        f'viewBox="0 0 {wide} {high}" font-family="{FONTS}"><style>{_STYLE}</style>'
        f'<defs><clipPath id="paper"><rect width="{wide}" height="{high}"/></clipPath></defs>'
        f'<g clip-path="url(#paper)">{body}{board.svg()}</g>{_north(sheet)}{_bar(sheet)}'
        f'<rect class="frame" width="{wide}" height="{high}"/></svg>'
    )


def _north(sheet: Sheet) -> str:
    x = sheet.width_mm - 8
    return (
        f'<path d="M{x} 3L{x + 3.2} 13L{x} 10.6L{x - 3.2} 13Z" fill="#2b3440"/>'
        f'<text x="{x}" y="17.6" font-size="4" text-anchor="middle" class="name">N</text>'
    )


def _bar(sheet: Sheet) -> str:
    """A scale bar of about 40 mm, in four fields."""
    metres = _round_length(40 * sheet.scale / 1_000)
    field = metres * 1_000 / sheet.scale / 4
    y = sheet.height_mm - 5
    fields = "".join(
        f'<rect x="{4 + at * field:.2f}" y="{y}" width="{field:.2f}" height="1.4" '
        f'fill="{"#2b3440" if at % 2 == 0 else "#fff"}" stroke="#2b3440" stroke-width=".15"/>'
        for at in range(4)
    )
    ends = ((4, "0"), (4 + 4 * field, f"{metres:g} m"))
    marks = "".join(
        f'<text x="{x:.2f}" y="{y - 1:.2f}" font-size="2.4" text-anchor="middle" '
        f'class="name">{word}</text>'
        for x, word in ends
    )
    ratio = f'<text x="{8 + 4 * field:.2f}" y="{y + 1.4}" font-size="2.8" class="name">'
    back = f'<rect x="1" y="{y - 5}" width="{30 + 4 * field:.2f}" height="8.6" fill="#fff" '
    return f'{back}fill-opacity=".8"/>{fields}{marks}{ratio}1:{sheet.scale:,.0f}</text>'


def _round_length(metres: float) -> float:
    step = 10 ** np.floor(np.log10(metres))
    return float(max(value * step for value in (1, 2, 4, 5, 8) if value * step <= metres))
