"""What an address may mean, in a quarter small enough to know by heart.

幸福路 runs east along y = 0 from x = 0 to 600, 人民街 north along x = 300 from y = -300 to 300,
in metres around 118° E, 36.8° N. Even numbers of 幸福路 stand north, odd ones south of it.
"""

import pytest
import shapely

from geo.addresses.gazetteer import Gazetteer
from geo.addresses.ground import Plane
from geo.addresses.match import Candidate, Match, match, reach_of
from geo.addresses.names import sound_alike
from geo.addresses.records import AreaName, Record, RoadLine

PLANE = Plane(118.0, 36.8)
AREAS = (
    (1, None, "清河区", "district", 0, 0, 3000),
    (2, 1, "府前街道", "street", 0, 0, 900),
    (3, 1, "柳泉镇", "street", 3000, 0, 900),
    (4, 2, "幸福社区", "community", 0, 0, 800),
    (5, 3, "张家庄村", "community", 3000, 0, 300),
    (6, 3, "大柳庄", "community", 3000, -400, 100),
)


def _records() -> list[Record]:
    records: list[Record] = []

    def add(x: float, y: float, area: int, kind: str = "building", **said: object) -> None:
        lon, lat = PLANE.to_degrees(x, y)
        one = len(records) + 1
        label = f"{said.get('address') or ''}{said.get('compound') or ''}{said.get('name') or ''}"
        building = one if kind == "building" else None
        records.append(
            Record(kind, one, label, lon, lat, area_id=area, building_id=building, **said)  # type: ignore[arg-type]
        )

    for number in (2, 4, 6, 12, 20):
        add(number * 10, 20, 4, address=f"幸福路{number}号")
    for number in (1, 3, 5, 11):
        add(number * 10, -20, 4, address=f"幸福路{number}号")
    add(130, 20, 4, address="幸福路12号甲")
    for number in (1, 2, 3, 5):
        add(
            400 + number * 20,
            60,
            4,
            name=f"{number}号楼",
            compound="阳光小区",
            address="幸福路40号",
        )
        add(3000 + number * 20, 500, 3, name=f"{number}号楼", compound="阳光小区")
    for number in (1, 2, 3):
        add(420 + number * 20, 200, 4, name=f"{number}号楼", compound="翡翠城东区")
    for group in (1, 2):
        for number in (1, 2, 3):
            spot = (3000 + number * 30, group * 60)
            add(*spot, 5, compound="张家庄村", address=f"张家庄村{group}组{number}号")
    for number in (1, 2):
        add(3000 + number * 20, -400, 6, compound="大柳庄", address=f"大柳庄{number}号")
    add(250, 100, 4, "place", name="清河区人民医院", radius_m=40.0)
    add(3100, -90, 5, "place", name="张家庄村老槐树", aliases=("大槐树",))
    add(60, 8, 4, "pole", name="幸福路北17号杆")
    add(260, -8, 4, "pole", name="幸福路南17号杆")
    return records


@pytest.fixture(scope="module")
def quarter() -> Gazetteer:
    def line(*spots: tuple[float, float]) -> shapely.LineString:
        return shapely.LineString([PLANE.to_degrees(*spot) for spot in spots])

    roads = [
        RoadLine(1, "幸福路", line((0, 0), (300, 0))),
        RoadLine(2, "幸福路", line((300, 0), (600, 0))),
        RoadLine(3, "人民街", line((300, -300), (300, 300))),
        RoadLine(4, "环城南路", line((0, -300), (600, -300))),
    ]
    areas = [
        AreaName(one, above, name, level, *PLANE.to_degrees(x, y), radius)
        for one, above, name, level, x, y, radius in AREAS
    ]
    return Gazetteer(_records(), roads, areas)


def at(candidate: Candidate | None) -> tuple[float, float]:
    """Where a candidate lies, metres east and north."""
    assert candidate is not None
    return PLANE.to_metres_one(candidate.lon, candidate.lat)


def near(found: Match, x: float, y: float, within_m: float = 1.0) -> bool:
    east, north = at(found.best)
    return ((east - x) ** 2 + (north - y) ** 2) ** 0.5 <= within_m


SURE = [
    ("幸福路12号", 120, 20),
    ("幸福路12号甲", 130, 20),
    ("幸福路甲12号", 130, 20),
    ("幸福路四号", 40, 20),
    ("清河区府前街道幸福社区幸福路5号", 50, -20),
    ("兴福路12号", 120, 20),
    ("翡翠城东区2#楼1单元", 460, 200),
    ("翡翠城东区2栋", 460, 200),
    ("翡翠城2号楼", 460, 200),
    ("府前街道阳光小区3号楼", 460, 60),
    ("柳泉镇阳光小区3号楼", 3060, 500),
    ("幸福路40号阳光小区3号楼", 460, 60),
    ("张家庄村2组3号", 3090, 120),
    ("张家庄二组3号", 3090, 120),
    ("张庄村1组1号", 3030, 60),
    ("人民医院", 250, 100),
    ("人民医院旁", 250, 100),
    ("大槐树", 3100, -90),
    ("张家庄村老槐树", 3100, -90),
    ("幸福路北17号杆", 60, 8),
    ("幸福路南十七号电线杆", 260, -8),
    ("幸福路与人民街交叉口", 300, 0),
    ("人民街幸福路路口", 300, 0),
    ("人民街与幸福路交叉口东南角", 314, -14),
    ("大柳庄2号", 3040, -400),
    ("大柳庄", 3020, -400),
    ("幸福路人民街交叉口往西100米", 200, 0),
    ("幸福路人民街交叉口往西100米路北", 200, 15),
    ("幸福路12号往东50米", 170, 20),
    ("幸福路12号对面", 120, -15),
    ("帮忙看看幸福路12号门口有人占道", 120, 20),
]


@pytest.mark.parametrize(("text", "x", "y"), SURE)
def test_a_place_is_found_for_certain(quarter: Gazetteer, text: str, x: float, y: float) -> None:
    found = match(quarter, text)
    assert found.best is not None
    assert found.best.score >= 0.75, found.candidates
    assert near(found, x, y, 12.0), at(found.best)


UNSURE = [
    "阳光小区3号楼",
    "阳光小区",
    "3号楼",
    "幸福路",
    "幸福路17号杆",
    "仁爱路12号",
    "幸福东路12号",
    "人民医院路12号",
    "辛福大街12号",
    "翡翠城东区9号楼",
    "张店区幸福路12号",
    "幸福路500号",
    "人民街与环城北路交叉口",
    "张家庄村3号",
    "",
    "随便什么地方",
    "幸福路12号和张家庄村1组1号",
    "幸福路12号、人民街5号",
    "翡翠城东区2号楼、柳泉镇阳光小区3号楼",
    "翡翠城东区与人民医院之间",
]


@pytest.mark.parametrize("text", UNSURE)
def test_what_may_be_several_places_or_none_is_not_certain(quarter: Gazetteer, text: str) -> None:
    best = match(quarter, text).best
    assert best is None or best.score < 0.75, best


def test_a_number_between_two_known_ones_lies_between_them_on_their_side(
    quarter: Gazetteer,
) -> None:
    found = match(quarter, "幸福路16号")
    assert near(found, 160, 20, 10.0)
    assert found.best is not None
    exact = match(quarter, "幸福路12号").best
    assert exact is not None
    assert 0.6 < found.best.score < exact.score
    assert near(match(quarter, "幸福路7号"), 70, -20, 10.0)


def test_a_number_beyond_all_known_ones_scores_low(quarter: Gazetteer) -> None:
    best = match(quarter, "幸福路25号").best
    assert best is not None
    assert best.score < 0.6


def test_an_ambiguous_name_shares_its_score(quarter: Gazetteer) -> None:
    found = match(quarter, "阳光小区3号楼")
    assert len(found.candidates) == 2
    assert [one.score for one in found.candidates] == [0.5, 0.5]


def test_a_part_of_a_road_is_told_by_its_direction(quarter: Gazetteer) -> None:
    east, north = at(match(quarter, "人民街北段").best)
    assert abs(east - 300) < 1
    assert north > 100


def test_a_stretch_between_two_crossings(quarter: Gazetteer) -> None:
    assert near(match(quarter, "人民街（幸福路至环城南路段）"), 300, -150, 5.0)


def test_candidates_come_best_first_and_no_more_than_wanted(quarter: Gazetteer) -> None:
    found = match(quarter, "张家庄村3号", limit=2)
    scores = [one.score for one in found.candidates]
    assert len(scores) <= 2
    assert scores == sorted(scores, reverse=True)


def test_a_gazetteer_may_be_empty() -> None:
    assert match(Gazetteer([], [], []), "幸福路12号").candidates == ()


@pytest.mark.parametrize("pair", ["人仁", "成城", "福富", "清青", "庄装", "村存", "石时"])
def test_characters_of_one_sound_are_told(pair: str) -> None:
    assert sound_alike(*pair)


@pytest.mark.parametrize("pair", ["人新", "主生", "东西", "新兴", "龙柳", "A人", "人,"])
def test_characters_of_other_sounds_are_told_apart(pair: str) -> None:
    assert not sound_alike(*pair)


def test_reach_falls_with_distance() -> None:
    assert reach_of(0) == reach_of(30) == 1.0
    assert reach_of(230) == pytest.approx(0.5)
    assert reach_of(500) < reach_of(300)
