"""Put revised areas together to one plan, and check it; an area that fails keeps its grids.

Areas do not know each other while they are revised. Here they get the same corners along their
borders, new grids get their codes, and each area is checked. Where one has a fault its present
grids take the place of the revised ones, and what else depends on them is left as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.grids.coverage import TOLERANCE_M, Fault, find_faults
from geo.grids.errors import GridError, GridInputError, GridPlanError
from geo.grids.faces import POLYGON, GeometryArray, IntArray, point_keys
from geo.grids.kept import with_points
from geo.grids.local import LocalFrame
from geo.grids.revision.present import Present
from geo.grids.revision.revise_area import Revised
from geo.grids.revision.succession import name_new
from geo.grids.revision.zones import ON_LINE_M
from geo.grids.rims import share_corners

Failures = dict[int, GridError]
"""Position of an area, and why it is left as it is."""


@dataclass(frozen=True)
class Ground:
    """The areas that are looked at, one value each, and the local system.

    Attributes
    ----------
    areas
        As they came.
    outlines
        In local metres.
    codes, kinds
        Of each.
    frame
        The local system.
    """

    areas: gpd.GeoDataFrame
    outlines: GeometryArray
    codes: list[str]
    kinds: list[str]
    frame: LocalFrame


def assemble(
    revised: Sequence[Revised | GridError],
    as_they_are: Sequence[Revised],
    old: Present,
    ground: Ground,
    used: Collection[str],
) -> gpd.GeoDataFrame:
    """Make one plan of the areas.

    Parameters
    ----------
    revised
        Of each area its grids, or why there are none.
    as_they_are
        Of each area its present grids.
    old
        The present plan.
    ground
        The areas.
    used
        Codes that were given out before.

    Returns
    -------
    See `geo.grids.revise`.

    Raises
    ------
    GridError
        No area could be revised.
    """
    taken = {*old.code, *used}
    left = {at: one for at, one in enumerate(revised) if isinstance(one, GridError)}
    left |= _without_codes(revised, ground, taken)
    while True:
        left |= _entangled(left, old, ground)
        if len(left) == len(revised):
            raise _nothing_revised(left, ground)
        parts = [
            as_they_are[at] if at in left or isinstance(one, GridError) else one
            for at, one in enumerate(revised)
        ]
        grids = _put_together(parts, old, ground, taken)
        broken = _broken(grids, ground)
        if broken.keys() <= left.keys():
            break
        left |= {at: error for at, error in broken.items() if at not in left}
    grids.attrs["not_revised"] = [
        {
            "area": ground.codes[at],
            "code": error.code,
            "message_zh": error.message_zh,
            "message_en": error.message_en,
        }
        for at, error in sorted(left.items())
    ]
    return grids


def _without_codes(
    revised: Sequence[Revised | GridError], ground: Ground, taken: Collection[str]
) -> Failures:
    """Areas whose numbers have run out."""
    found: Failures = {}
    for at, one in enumerate(revised):
        if not isinstance(one, GridError):
            try:
                name_new(one.shapes[one.was < 0], ground.codes[at], taken)
            except GridInputError as error:
                found[at] = error
    return found


def _entangled(left: Mapping[int, GridError], old: Present, ground: Ground) -> Failures:
    """Areas whose ground is held by present grids of one that is left as it is."""
    tree = shapely.STRtree(ground.outlines)
    found: Failures = {}
    waiting = list(left)
    while waiting:
        at = waiting.pop()
        shapes = old.shapes[old.area == at]
        grid, area = tree.query(shapes, predicate="intersects")
        shared = shapely.intersection(shapes[grid], ground.outlines[area])
        core = shapely.buffer(shared, -TOLERANCE_M / 2, join_style="mitre")
        for other in np.unique(area[~shapely.is_empty(core)]).tolist():
            if other not in left and other not in found and other != at:
                code = ground.codes[at]
                found[other] = GridPlanError(
                    "area_entangled",
                    f"现有网格越过了与区域 {code} 的边界，而该区域未能调整。",
                    f"Present grids reach over its border with area {code}, which is not revised.",
                )
                waiting.append(other)
    return found


def _nothing_revised(left: Failures, ground: Ground) -> GridError:
    if len(left) == 1:
        return left[0]
    first = sorted(left.items())
    zh = "；".join(f"{ground.codes[at]}：{error.message_zh}" for at, error in first)
    en = "; ".join(f"{ground.codes[at]}: {error.message_en}" for at, error in first)
    return GridPlanError(
        "nothing_revised", f"没有一个区域调整成功。{zh}", f"No area could be revised. {en}"
    )


def _put_together(
    parts: Sequence[Revised], old: Present, ground: Ground, taken: Collection[str]
) -> gpd.GeoDataFrame:
    area = np.repeat(np.arange(len(parts)), [len(one.shapes) for one in parts])
    was = np.concatenate([one.was for one in parts])
    redrawn = np.concatenate([one.redrawn for one in parts])
    # Grids that were not redrawn are one side of a border, so that none of them is touched.
    side = np.where(redrawn, 1 + area, 0)
    shapes = share_corners(np.concatenate([one.shapes for one in parts]), side)
    named = _named((shapes, area, was), old, ground, taken)
    households = np.concatenate([one.households for one in parts])
    target = np.concatenate([one.target for one in parts])
    grids = gpd.GeoDataFrame(
        {
            **named,
            "households": households,
            "target": np.where(np.array(named["kind"]) == "site", households, target),
            "was": [old.code[at] if at >= 0 else None for at in was],
        },
        geometry=_in_place(shapes, was, old, ground),
        crs=ground.areas.crs,
    )
    here = np.unique(np.concatenate([one.present for one in parts]))
    gone = np.setdiff1d(here, was)
    changed = grids["code"][redrawn].tolist()
    grids = grids.sort_values("code", ignore_index=True)
    grids.attrs["households_moved"] = sum(one.moved for one in parts)
    grids.attrs["households_compared"] = sum(one.compared for one in parts)
    grids.attrs["ended"] = sorted(old.code[at] for at in gone.tolist())
    grids.attrs["redrawn"] = sorted(changed)
    grids.attrs["split_buildings"] = [asdict(one) for done in parts for one in done.split]
    return grids


def _named(
    drawn: tuple[GeometryArray, IntArray, IntArray],
    old: Present,
    ground: Ground,
    taken: Collection[str],
) -> dict[str, list[str]]:
    """Code, name, area and kind of each grid; ``drawn``: its shape, its area, what it continues."""
    shapes, area, was = drawn
    code, name = [""] * len(was), [""] * len(was)
    for at, area_code in enumerate(ground.codes):
        new = np.flatnonzero((area == at) & (was < 0))
        given = zip(*name_new(shapes[new], area_code, taken), strict=True)
        for grid, (its_code, its_name) in zip(new.tolist(), given, strict=True):
            code[grid], name[grid] = its_code, its_name
    kind = [ground.kinds[at] for at in area.tolist()]
    for grid in np.flatnonzero(was >= 0).tolist():
        before = int(was[grid])
        code[grid], name[grid] = old.code[before], old.name[before]
        kind[grid] = old.kind[before] or kind[grid]
    return {"code": code, "name": name, "area": [ground.codes[at] for at in area], "kind": kind}


def _in_place(shapes: GeometryArray, was: IntArray, old: Present, ground: Ground) -> GeometryArray:
    """Take shapes back to the areas' system; what did not change is what it was, bit by bit."""
    placed = ground.frame.take_back(shapes, ground.areas, old.given)
    given = old.given.geometry.to_numpy()
    for at in np.flatnonzero(was >= 0).tolist():
        if shapely.get_type_id(shapes[at]) != POLYGON:
            placed[at] = given[was[at]]
        elif _holds(shapes[at], old.shapes[was[at]]):
            placed[at] = with_points(given[was[at]], placed[at])
    return placed


def _holds(one: shapely.Polygon, other: shapely.Polygon) -> bool:
    """Whether a shape is another, but for corners that neighbours have put on its edges."""
    points = shapely.get_coordinates(one)
    own, known = point_keys(points), point_keys(shapely.get_coordinates(other))
    more = points[~np.isin(own, known)]
    on_edge = shapely.dwithin(shapely.points(more), other.boundary, ON_LINE_M)
    return bool(np.isin(known, own).all() and np.all(on_edge))


def _broken(grids: gpd.GeoDataFrame, ground: Ground) -> Failures:
    """Areas that are not tiled by their grids as they are handed out."""
    shapes = ground.frame.bring(grids)
    code = grids["area"].to_numpy()
    found: Failures = {}
    for at, outline in enumerate(ground.outlines):
        faults = find_faults(shapes[code == ground.codes[at]], outline)
        if faults:
            found[at] = _told(faults, ground)
    return found


def _told(faults: list[Fault], ground: Ground) -> GridPlanError:
    first, frame = faults[0], ground.frame
    x, y = first.x + frame.origin[0], first.y + frame.origin[1]
    where = f"{frame.crs.to_string()} {x:.2f}, {y:.2f}"
    return GridPlanError(
        "plan_broken",
        f"调整结果没有通过自检（{len(faults)} 处，首处：{first.kind}，{where}），"
        "请检查该处的区域边界和现有网格。",
        f"Its new grids failed their check ({len(faults)} faults; the first: {first.kind} at "
        f"{where}): look at the area's border and the present grids there.",
    )
