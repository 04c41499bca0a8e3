"""四至 of grids, on cases drawn by hand."""

import numpy as np
import shapely

from geo.limits import Limits, Surroundings, find_limits

TOWN = shapely.box(0, 0, 400, 200)
NEXT = shapely.box(400, 0, 800, 200)
WEST, EAST = shapely.box(0, 0, 200, 200), shapely.box(200, 0, 400, 200)


def shapes(*geometries: shapely.Geometry) -> np.ndarray:
    return np.array(geometries, dtype=object)


def limits(grids: np.ndarray, lines: list[tuple[str, shapely.Geometry]], at: int = 0) -> Limits:
    around = Surroundings(
        shapes(TOWN, NEXT),
        ["幸福社区", "和平社区"],
        shapes(*(line for _, line in lines)),
        [name for name, _ in lines],
    )
    names = ["第一网格", "第二网格", "第三网格"][: len(grids)]
    return find_limits(grids, names, np.zeros(len(grids), dtype=np.int64), around)[at]


ROADS = [
    ("人民路", shapely.LineString([(-50, 205), (450, 205)])),
    ("孝妇河", shapely.box(-50, -40, 450, -5)),
    ("", shapely.LineString([(200, 0), (200, 200)])),
]


def test_roads_rivers_neighbours_and_the_edge() -> None:
    found = limits(shapes(WEST, EAST), ROADS)
    assert found.text_zh() == "东至第二网格，南至孝妇河，西至区域边界，北至人民路"
    assert found.text_en() == (
        "east to grid 第二网格; south to 孝妇河; west to the edge of the area; north to 人民路"
    )
    other = limits(shapes(WEST, EAST), ROADS, at=1)
    assert other.text_zh() == "东至和平社区，南至孝妇河，西至第一网格，北至人民路"


def test_a_road_that_only_crosses_the_border_does_not_name_it() -> None:
    crossing = ("建设路", shapely.LineString([(100, -100), (100, 300)]))
    assert limits(shapes(WEST, EAST), [*ROADS, crossing]).north == (("line", "人民路"),)
    narrow = shapes(shapely.box(0, 0, 30, 200), shapely.box(30, 0, 400, 200))
    into = ("胡同", shapely.LineString([(15, -100), (15, 0)]))
    assert limits(narrow, [into]).south == (("edge", ""),)
    far = ("远路", shapely.LineString([(-16, 0), (-16, 200)]))
    assert limits(shapes(WEST, EAST), [far]).west == (("edge", ""),)


def test_two_names_where_a_side_has_two_halves() -> None:
    top, bottom = shapely.box(200, 100, 400, 200), shapely.box(200, 0, 400, 100)
    found = limits(shapes(WEST, top, bottom), [])
    assert sorted(found.east) == [("grid", "第三网格"), ("grid", "第二网格")]
    long, short = shapely.box(200, 40, 400, 200), shapely.box(200, 0, 400, 40)
    assert limits(shapes(WEST, long, short), []).east == (("grid", "第二网格"),)


def test_a_notch_does_not_speak_for_the_other_side() -> None:
    notch = shapely.box(0, 80, 120, 120)
    horseshoe = WEST.difference(notch)
    found = limits(shapes(horseshoe, EAST, notch), [])
    assert found.east == (("grid", "第二网格"),)
    assert found.north == (("edge", ""),)


def test_a_named_road_in_pieces_is_one_road() -> None:
    pieces = [
        ("人民路", shapely.LineString([(x, 205), (x + 20, 205)])) for x in range(-20, 220, 20)
    ]
    assert limits(shapes(WEST, EAST), pieces).north == (("line", "人民路"),)


def test_no_grids_no_limits() -> None:
    nothing = np.array([], dtype=object)
    assert (
        find_limits(
            nothing, [], np.array([], dtype=np.int64), Surroundings(nothing, [], nothing, [])
        )
        == []
    )
