"""Words that offices use for kinds of road, water and place, and ours for them."""

from typing import Final

# OpenStreetMap's classes are what the map is styled by and the generator weighs roads with.
ROAD_CLASSES: Final = {
    "高速公路": "motorway",
    "高速": "motorway",
    "快速路": "trunk",
    "国道": "trunk",
    "主干道": "primary",
    "主干路": "primary",
    "省道": "primary",
    "次干道": "secondary",
    "次干路": "secondary",
    "县道": "secondary",
    "支路": "tertiary",
    "乡道": "tertiary",
    "街道": "residential",
    "居住区道路": "residential",
    "村道": "residential",
    "巷": "residential",
    "胡同": "residential",
    "小区路": "service",
    "内部路": "service",
    "步行街": "pedestrian",
    "步道": "footway",
    "人行道": "footway",
    # What runs on rails above ground; an underground 地铁 divides nothing.
    "铁路": "rail",
    "铁道": "rail",
    "铁路线": "rail",
    "高铁": "rail",
    "高速铁路": "rail",
    "普速铁路": "rail",
    "城际铁路": "rail",
    "客运专线": "rail",
    "货运铁路": "rail",
    "铁路专用线": "rail",
    "单线标准轨": "rail",
    "复线标准轨": "rail",
    "railway": "rail",
    "railroad": "rail",
    "窄轨铁路": "narrow_gauge",
    "窄轨": "narrow_gauge",
    "轻轨": "light_rail",
    "城市轻轨": "light_rail",
    "有轨电车": "tram",
    "地铁": "subway",
}
PLACE_KINDS: Final = {
    "小区": "compound",
    "村": "village",
    "村庄": "village",
    "自然村": "village",
    "学校": "school",
    "市场": "market",
    "集市": "market",
    "公园": "park",
    "车站": "station",
    "地标": "landmark",
}
WATER_KINDS: Final = {
    "河流": "river",
    "河": "river",
    "湖泊": "lake",
    "湖": "lake",
    "水库": "reservoir",
    "池塘": "pond",
    "坑塘": "pond",
    "沟渠": "canal",
}
# (kind of import, column) → words, and what stands when the file says nothing.
VOCABULARIES: Final[dict[tuple[str, str], tuple[dict[str, str], str]]] = {
    ("roads", "highway"): (ROAD_CLASSES, "road"),
    ("places", "kind"): (PLACE_KINDS, "landmark"),
    ("water", "kind"): (WATER_KINDS, "water"),
}
