"""Communities and streets: faces joined until each holds enough households, then numbered."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.demo import names
from data.demo.layout import Face, Layout
from data.demo.names import Pair
from data.demo.pieces import Pieces

COUNTY_CODE = "379901"
HOMES_PER_COMMUNITY = 1_450
FEWEST_HOMES = 300
MOST_HOMES = 4_000
# A village is a community of its own even when it is small.
VILLAGE_APPETITE = 0.15
# An appetite below this: the group found no neighbour to join and lets the others go first.
PASSED_OVER = 1e-3


@dataclass
class Area:
    """A district, street or community; ``faces`` are indices into the layout's faces."""

    code: str
    name: str
    name_en: str
    level: str
    parent_code: str | None
    outline: BaseGeometry
    faces: list[int]


def draw_areas(layout: Layout, pieces: Pieces, seed: int) -> list[Area]:
    """District, streets and communities of a built town, district first.

    Each level tiles its parent: all are unions of the same faces.
    """
    rng = np.random.default_rng([seed, 40])
    faces = layout.faces
    homes = _homes_per_face(faces, pieces)
    borders = _shared_borders([face.polygon for face in faces])
    groups = _join_faces(faces, homes, borders, rng)
    outlines = [shapely.union_all([faces[i].polygon for i in group]) for group in groups]
    owner = _streets_of(groups, outlines, layout)
    return _numbered(layout, pieces, groups, outlines, owner)


def _homes_per_face(faces: list[Face], pieces: Pieces) -> list[float]:
    tree = shapely.STRtree([face.polygon for face in faces])
    points = [house.outline.representative_point() for house in pieces.houses]
    house, face = tree.query(points, predicate="within")
    homes = np.zeros(len(faces))
    np.add.at(homes, face, [pieces.houses[i].homes for i in house])
    return [float(h) for h in homes]


def _shared_borders(polygons: Sequence[BaseGeometry]) -> dict[tuple[int, int], float]:
    """Length of the common border of each two neighbours, both ways round.

    A border of less than a metre joins nothing, but for a sliver that has no longer one.
    """
    tree = shapely.STRtree(polygons)
    first, second = tree.query(polygons, predicate="touches")
    common = shapely.length(
        shapely.intersection(np.array(polygons)[first], np.array(polygons)[second])
    )
    longest = np.zeros(len(polygons))
    np.maximum.at(longest, first, common)
    enough = np.minimum(1.0, np.minimum(longest[first], longest[second]))
    pairs = zip(first.tolist(), second.tolist(), common.tolist(), enough.tolist(), strict=True)
    return {(a, b): length for a, b, length, least in pairs if length >= least > 0}


def _join_faces(
    faces: list[Face],
    homes: list[float],
    borders: dict[tuple[int, int], float],
    rng: np.random.Generator,
) -> list[list[int]]:
    """Join the smallest group to its best neighbour until groups are few and large enough."""
    wanted = max(6, round(sum(homes) / HOMES_PER_COMMUNITY))
    groups = {i: [i] for i in range(len(faces))}
    size = dict(enumerate(homes))
    shared = dict(borders)
    # Uneven growth: communities differ in size as real ones do.
    appetite = {
        i: growth * (1.0 if face.urban else VILLAGE_APPETITE)
        for i, (face, growth) in enumerate(
            zip(faces, rng.lognormal(0, 0.6, len(faces)), strict=True)
        )
    }
    while True:
        smallest = min(groups, key=lambda g: (size[g] >= FEWEST_HOMES, size[g] / appetite[g], g))
        if len(groups) <= wanted and size[smallest] >= FEWEST_HOMES:
            break
        small = size[smallest] < FEWEST_HOMES
        # Without homes, or passed over once already: too many with its neighbour is better.
        at_last = small and (size[smallest] == 0 or appetite[smallest] < PASSED_OVER)
        partner = _partner(smallest, groups, size, shared, faces, crowded=at_last)
        if partner is None:
            if at_last or max(appetite[g] for g in groups) < PASSED_OVER:
                break
            appetite[smallest] /= 1e6
            continue
        _merge(partner, smallest, groups, size, shared)
    return sorted(sorted(group) for group in groups.values())


def _partner(
    group: int,
    groups: dict[int, list[int]],
    size: dict[int, float],
    shared: dict[tuple[int, int], float],
    faces: list[Face],
    *,
    crowded: bool,
) -> int | None:
    """The neighbour to join: same side of river and ring road first, then few homes.

    Together they are no more than ``MOST_HOMES`` wherever a neighbour allows it, and only if
    ``crowded`` more.
    """
    me = faces[groups[group][0]]
    best: tuple[bool, float, int] | None = None
    for (a, b), length in shared.items():
        if a != group:
            continue
        other = faces[groups[b][0]]
        strange = (other.east != me.east) + 0.8 * (other.urban != me.urban)
        together = size[a] + size[b]
        many = together > MOST_HOMES
        if (many and not crowded) or (strange and size[group] >= FEWEST_HOMES):
            continue
        cost = 10 * strange + together / 2_000 - length / 1_500
        if best is None or (many, cost, b) < best:
            best = (many, cost, b)
    return None if best is None else best[2]


def _merge(
    keep: int,
    gone: int,
    groups: dict[int, list[int]],
    size: dict[int, float],
    shared: dict[tuple[int, int], float],
) -> None:
    groups[keep] += groups.pop(gone)
    size[keep] += size.pop(gone)
    for (a, b), length in [item for item in shared.items() if gone in item[0]]:
        del shared[a, b]
        other = b if a == gone else a
        if other != keep:
            pair = (keep, other) if a == gone else (other, keep)
            shared[pair] = shared.get(pair, 0.0) + length


def _streets_of(
    groups: list[list[int]], outlines: list[BaseGeometry], layout: Layout
) -> dict[int, int]:
    """Which street each community belongs to, grown from one seed place each, in one piece."""
    seeds = _street_seeds(layout)
    borders = _shared_borders(outlines)
    centres = [outline.centroid for outline in outlines]
    first = [
        layout.faces[max(group, key=lambda i: layout.faces[i].polygon.area)] for group in groups
    ]
    cost: dict[int, float] = {}
    owner: dict[int, int] = {}
    for street, point in enumerate(seeds):
        free = [g for g in range(len(groups)) if g not in owner]
        if not free:
            break  # a small town: fewer communities than streets
        start = min(free, key=lambda g: centres[g].distance(point))
        cost[start], owner[start] = 0.0, street
    pending = sorted(owner)
    while pending:
        here = min(pending, key=lambda g: (cost[g], g))
        pending.remove(here)
        for a, there in borders:
            if a != here:
                continue
            strange = 3.0 * (first[here].urban != first[there].urban)
            strange += 4.0 * (first[here].east != first[there].east)
            step = cost[here] + centres[here].distance(centres[there]) * (1 + strange)
            if there not in cost or step < cost[there] - 1e-9:
                cost[there], owner[there] = step, owner[here]
                if there not in pending:
                    pending.append(there)
    return owner


def _street_seeds(layout: Layout) -> list[shapely.Point]:
    """Seats of the streets in the town, then of the towns in the country."""
    extent = layout.extent
    ru, rv, eu, ev = extent.ring_u_m, extent.ring_v_m, extent.edge_u_m, extent.edge_v_m
    plan = [(-0.35 * ru, -0.45 * rv), (0.75 * ru, 0.0)]
    if extent.households >= 20_000:
        plan.append((-0.35 * ru, 0.5 * rv))
    plan.append((-0.35 * eu, 0.5 * (rv + ev)))
    if extent.households >= 20_000:
        plan.append((-0.2 * eu, -0.5 * (rv + ev)))
    return [shapely.Point(xy) for xy in layout.ground.bend(np.array(plan))]


def _numbered(
    layout: Layout,
    pieces: Pieces,
    groups: list[list[int]],
    outlines: list[BaseGeometry],
    owner: dict[int, int],
) -> list[Area]:
    large = layout.extent.households >= 20_000
    titles: list[tuple[str, Pair]] = [
        (f"{COUNTY_CODE}{number:03d}", title)
        for number, title in enumerate(names.SUBDISTRICTS[: 3 if large else 2], start=1)
    ]
    titles += [
        (f"{COUNTY_CODE}{number:03d}", title)
        for number, title in enumerate(names.TOWNS[: 2 if large else 1], start=100)
    ]
    everything = list(range(len(layout.faces)))
    county = shapely.union_all(outlines)
    areas = [Area(COUNTY_CODE, *names.COUNTY, "district", None, county, everything)]
    communities: list[Area] = []
    taken: set[str] = set()
    for street, (code, title) in enumerate(titles):
        members = [g for g in range(len(groups)) if owner[g] == street]
        if not members:
            continue
        # West to east, north to south: as grids are numbered.
        members.sort(key=lambda g: (round(outlines[g].centroid.x / 700), -outlines[g].centroid.y))
        outline = shapely.union_all([outlines[g] for g in members])
        faces = [i for g in members for i in groups[g]]
        areas.append(Area(code, *title, "street", COUNTY_CODE, outline, faces))
        for number, g in enumerate(members, start=1):
            name = _community_name(outlines[g], pieces, taken)
            communities.append(
                Area(f"{code}{number:03d}", *name, "community", code, outlines[g], groups[g])
            )
    return areas + communities


def _community_name(outline: BaseGeometry, pieces: Pieces, taken: set[str]) -> Pair:
    """After its largest village or compound, as the field does; never twice."""
    inside = [
        place
        for place in pieces.places
        if place.kind in {"village", "compound"}
        and outline.contains(place.outline.representative_point())
    ]
    inside.sort(key=lambda place: (place.kind != "village", -place.outline.area, place.name))
    for place in inside:
        if place.kind == "village":
            name = (place.name, place.name_en)
        else:
            stem = place.name[:2] if place.name[:3] != "新世界" else "新世界"
            name = (f"{stem}社区", f"{place.name_en.split()[0]} Community")
        if name[0] not in taken:
            taken.add(name[0])
            return name
    for stem, pinyin in names.GOOD:
        if f"{stem}社区" not in taken:
            taken.add(f"{stem}社区")
            return (f"{stem}社区", f"{pinyin} Community")
    raise ValueError("more communities than names: add names to data.demo.names.GOOD")
