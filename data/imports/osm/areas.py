"""Administrative areas of an extract: their level, parent and code, ready for the tree of areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data.imports.area_tree import LEVELS, AreaNode
from data.imports.osm.scan import FoundArea
from data.imports.problems import ImportFileError
from data.imports.read import ReadResult

STANDARD_LEVELS: Final = {"6": "district", "8": "street", "10": "community"}
_CODE_TAGS: Final = ("gb:code", "ref:gb", "division:code", "admin_code", "ref", "code")
_DIGITS: Final = {"district": 6, "street": 9, "community": 12}
_ABOVE: Final = {"street": ("district",), "zone": ("street",), "community": ("zone", "street")}
_FIRST_PROVISIONAL: Final = 600
_SAME_SHARE: Final = 0.5


@dataclass
class _Draft:
    """An area on its way to a code."""

    found: FoundArea
    shape: shapely.Geometry
    code: str | None = None
    parent: str | None = None


def parse_levels(words: str | None) -> dict[str, str]:
    """Read ``6=district,8=street,10=community`` (or ``standard``) as admin_level → our level.

    Raises
    ------
    ImportFileError
        If it cannot be read.
    """
    if words is None:
        return {}
    if words.strip().lower() == "standard":
        return dict(STANDARD_LEVELS)
    levels: dict[str, str] = {}
    for pair in words.replace("，", ",").split(","):
        number, equals, level = (part.strip() for part in pair.partition("="))
        if not equals or not number.isdigit() or level not in _DIGITS or level in levels.values():
            raise ImportFileError("osm_levels_bad", levels=words)
        levels[number] = level
    return levels


def read_areas(
    found: Sequence[FoundArea],
    known: Mapping[str, AreaNode],
    *,
    district: str | None,
    parent: str | None,
) -> tuple[ReadResult, list[FoundArea], list[FoundArea]]:
    """Give every area a code and a parent.

    The code is the area's own (tags such as ``ref``), else that of the area in the system of the
    same level and parent that has its name or covers at least half of it and is covered so, else
    a provisional one: the parent's and three digits from 600, from west to east.

    Parameters
    ----------
    found
        Areas of the extract.
    known
        Areas in the system, by code.
    district
        Code of the district that is meant.
    parent
        Code of the parent of the highest level, where the extract has none.

    Returns
    -------
    read, order, orphans
        As `store_areas` takes it; the area of each of its rows; areas that no parent is known of.

    Raises
    ------
    ImportFileError
        If there are several districts or one without a code, or codes are used up.
    """
    drafts = [_Draft(area, shape) for area, shape in zip(found, _shapes(found), strict=True)]
    chosen = _choose_district(drafts, district)
    taken: dict[str, shapely.Geometry] = {code: node.geometry for code, node in known.items()}
    levels = {code: node.level for code, node in known.items()}
    done: list[_Draft] = []
    for level in LEVELS:
        layer = chosen if level == "district" else _inside(drafts, level, chosen)
        for draft in layer:
            if level != "district":
                draft.parent = _parent_of(draft, taken, levels) or parent
        _give_codes(layer, known, set(taken))
        for draft in layer:
            if draft.code is not None:
                taken[draft.code], levels[draft.code] = draft.shape, level
        done += layer
    coded = [draft for draft in done if draft.code is not None]
    orphans = [draft.found for draft in done if draft.code is None]
    return _as_read(coded), [draft.found for draft in coded], orphans


def _shapes(found: Sequence[FoundArea]) -> npt.NDArray[Any]:
    return np.asarray(shapely.from_wkb([area.wkb for area in found]), dtype=object)


def _choose_district(drafts: Sequence[_Draft], wanted: str | None) -> list[_Draft]:
    layer = [draft for draft in drafts if draft.found.level == "district"]
    for draft in layer:
        draft.code = _own_code(draft.found)
    named = [draft for draft in layer if draft.code == wanted]
    if wanted is not None and named:
        return named[:1]
    if len(layer) > 1:
        codes = ", ".join(f"{draft.code or '?'} {draft.found.name or ''}" for draft in layer)
        raise ImportFileError("osm_several_districts", count=len(layer), codes=codes)
    for draft in layer:
        draft.code = wanted or draft.code
        if draft.code is None:
            raise ImportFileError("osm_no_code")
    return layer


def _own_code(area: FoundArea) -> str | None:
    """Return the official code among an area's tags, padding zeros taken off."""
    digits = _DIGITS[area.level]
    for tag in _CODE_TAGS:
        said = area.tags.get(tag, "").replace(" ", "")
        if said.isdigit() and len(said) >= digits and not said[digits:].strip("0"):
            return said[:digits]
    return None


def _inside(drafts: Sequence[_Draft], level: str, districts: Sequence[_Draft]) -> list[_Draft]:
    """Return the areas of a level, of the chosen district where there is one."""
    layer = [draft for draft in drafts if draft.found.level == level]
    if not districts:
        return layer
    ground = districts[0].shape
    return [
        draft
        for draft in layer
        if shapely.intersects(ground, shapely.point_on_surface(draft.shape))
    ]


def _parent_of(
    draft: _Draft, taken: Mapping[str, shapely.Geometry], levels: Mapping[str, str]
) -> str | None:
    """Find the lowest area that may be a parent and holds a point of the draft."""
    point = shapely.point_on_surface(draft.shape)
    for level in _ABOVE[draft.found.level]:
        for code in sorted(taken):
            if levels[code] == level and shapely.intersects(taken[code], point):
                return code
    return None


def _give_codes(layer: Sequence[_Draft], known: Mapping[str, AreaNode], used: set[str]) -> None:
    for draft in layer:
        own = draft.code or _own_code(draft.found)
        if own is not None and (draft.parent is None or own.startswith(draft.parent)):
            draft.code = own
    spoken = {draft.code for draft in layer}
    for draft in layer:
        if draft.code is None:
            draft.code = _known_code(draft, known, spoken)
            spoken.add(draft.code)
    waiting = [draft for draft in layer if draft.code is None and draft.parent is not None]
    for draft in _west_to_east(waiting):
        draft.code = _next_code(draft, spoken | used)
        spoken.add(draft.code)


def _known_code(
    draft: _Draft, known: Mapping[str, AreaNode], spoken: set[str | None]
) -> str | None:
    """Find the area of the system that a draft is: by its name, else by its ground."""
    alike = [
        node
        for node in known.values()
        if node.level == draft.found.level
        and node.parent_code == draft.parent
        and node.code not in spoken
    ]
    named = [node for node in alike if node.name == draft.found.name]
    if len(named) == 1:
        return named[0].code
    for node in alike:
        common = shapely.area(shapely.intersection(node.geometry, draft.shape))
        if common > _SAME_SHARE * max(node.geometry.area, shapely.area(draft.shape)):
            return node.code
    return None


def _west_to_east(drafts: Sequence[_Draft]) -> list[_Draft]:
    if not drafts:
        return []
    inner = shapely.point_on_surface([draft.shape for draft in drafts])
    order = np.lexsort((-shapely.get_y(inner), shapely.get_x(inner)))
    return [drafts[at] for at in order]


def _next_code(draft: _Draft, used: set[str | None]) -> str:
    stem = (draft.parent or "")[: _DIGITS[draft.found.level] - 3]
    for number in range(_FIRST_PROVISIONAL, 1000):
        code = f"{stem}{number:03d}"
        if code not in used:
            return code
    raise ImportFileError("osm_codes_used_up", parent=stem)


def _as_read(drafts: Sequence[_Draft]) -> ReadResult:
    columns = {
        "code": [draft.code for draft in drafts],
        "name": [draft.found.name for draft in drafts],
        "name_en": [draft.found.name_en for draft in drafts],
        "level": [draft.found.level for draft in drafts],
        "parent_code": [draft.parent for draft in drafts],
        "external_id": [f"osm:{draft.found.kind[0]}{draft.found.number}" for draft in drafts],
    }
    data = {name: pd.Series(values, dtype=object) for name, values in columns.items()}
    frame = gpd.GeoDataFrame(
        data | {"source_row": range(1, len(drafts) + 1)},
        geometry=gpd.GeoSeries([draft.shape for draft in drafts], crs=4326),
    )
    return ReadResult(
        frame=frame,
        bad=[],
        rows_read=len(drafts),
        mapping={},
        crs="EPSG:4326",
        datum="wgs84",
        file_format="OSM",
        layer="admin_level",
        encoding=None,
    )
