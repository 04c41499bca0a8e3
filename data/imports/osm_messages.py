"""What can be said about OpenStreetMap extracts and the rules that they are read by."""

from typing import Final

from data.imports.messages import Message

OSM_MESSAGES: Final[dict[str, Message]] = {
    "osm_ring_broken": Message(
        "边界自相交或没有闭合，已略去。",
        "请在 OpenStreetMap 上改正，或等新的数据。",
        "Its outline crosses itself or is not closed; it was left out.",
        "Mend it on OpenStreetMap, or wait for newer data.",
    ),
    "osm_node_missing": Message(
        "有节点不在文件里（裁切所致），已略去。",
        "请用更大范围的数据，或裁切时保留完整的线（osmium extract -s complete_ways）。",
        "Nodes of it are not in the file, which was clipped; it was left out.",
        "Take a larger extract, or clip with whole ways (osmium extract -s complete_ways).",
    ),
    "osm_member_missing": Message(
        "多边形的部分边线不在文件里，或拼不成闭合的边界，已略去。",
        "请用更大范围的数据，或裁切时保留完整的关系（osmium extract -s smart）。",
        "Members of it are not in the file, or do not close; it was left out.",
        "Take a larger extract, or clip with whole relations (osmium extract -s smart).",
    ),
    "osm_not_closed": Message(
        "楼栋的边线没有闭合，已略去。",
        "请在 OpenStreetMap 上改正。",
        "The outline of a building is not closed; it was left out.",
        "Mend it on OpenStreetMap.",
    ),
    "osm_too_large": Message(
        "图形有 {vertices} 个顶点，超过上限 {limit}，已略去。",
        "请先拆分。",
        "It has {vertices} vertices, more than {limit}; it was left out.",
        "Divide it first.",
    ),
    "osm_tag_unreadable": Message(
        "“{tag}”的值读不通，未采用；楼栋已导入。",
        "层数应写成数字，如 6；高度应写成米，如 18。",
        "The value of {tag} cannot be read and was not used; the building was taken.",
        "Write storeys as a number, such as 6, heights in metres, such as 18.",
    ),
    "osm_no_code": Message(
        "区县没有 6 位编码。",
        "请用 --district 给出编码；文件里有几个区县时，请先裁切到一个。",
        "The district has no code of 6 digits.",
        "Give it with --district; where the file has several, cut it to one first.",
    ),
    "osm_codes_used_up": Message(
        "“{parent}”之下的临时编码已用完。",
        "请先导入正式编码的区域。",
        "No provisional code is left below {parent}.",
        "Import areas with official codes first.",
    ),
    "osm_no_areas": Message(
        "文件里没有 admin_level 为 {levels} 的完整行政区。",
        "请核对 --areas；或先用 sanbai import areas 导入区域，并去掉 --areas。",
        "The file holds no whole administrative area of admin_level {levels}.",
        "Check --areas; or import areas with sanbai import areas and leave --areas out.",
    ),
    "osm_no_district": Message(
        "系统里没有包含这些数据的区县。",
        "请用 --areas standard 同时导入行政区；或先用 sanbai import areas 导入区域。",
        "No district in the system contains these data.",
        "Take the areas of the extract with --areas standard, or import areas first.",
    ),
    "osm_several_districts": Message(
        "文件里有 {count} 个区县：{codes}。",
        "请用 --district 指定一个；每次导入一个区县。",
        "The file holds {count} districts: {codes}.",
        "Name one with --district; each import brings one.",
    ),
    "osm_nothing": Message(
        "文件 {path} 里没有楼栋、道路、水系、地名和区域。",
        "请检查文件，或 --within 的范围。",
        "The file {path} holds no buildings, roads, water, places or areas that are wanted.",
        "Check the file, or the place given by --within.",
    ),
    "osm_twice": Message(
        "文件里同一对象出现多次（{reason}）。",
        "历史文件请先用 osmium time-filter 取一个时刻；合并的文件请用 osmium merge 合并。",
        "An object is in the file more than once ({reason}).",
        "Take one moment of a history file with osmium time-filter; merge files with osmium merge.",
    ),
    "osm_within_bad": Message(
        "--within {within} 读不通。",
        "请写区域编码，或“西,南,东,北”四个经纬度，如 118.2,36.5,118.4,36.7。",
        "--within {within} cannot be read.",
        "Write the code of an area, or west,south,east,north in degrees.",
    ),
    "osm_area_unknown": Message(
        "系统里没有编码为 {code} 的区域。",
        "请核对 --within。",
        "There is no area {code} in the system.",
        "Check --within.",
    ),
    "osm_levels_bad": Message(
        "--areas {levels} 读不通。",
        "请写 admin_level=级别，如 6=district,8=street,10=community；或写 standard。",
        "--areas {levels} cannot be read.",
        "Write admin_level=level, such as 6=district,8=street,10=community; or standard.",
    ),
    "osm_disk_full": Message(
        "临时目录 {path} 写不下（{reason}）。",
        "请用 --temp-dir 指定空间更大的目录，约需文件大小的 3 倍。",
        "The temporary folder {path} cannot be written to ({reason}).",
        "Name one with more room by --temp-dir: about 3 times the size of the file.",
    ),
    "rule_says_nothing": Message(
        "户数和每户面积都没有填。",
        "请填其中一项。",
        "It says neither households nor m2_per_household.",
        "Fill in one of them.",
    ),
    "rule_says_two": Message(
        "户数和每户面积都填了。",
        "只能填一项。",
        "It says both households and m2_per_household.",
        "Fill in only one of them.",
    ),
    "rule_m2_bad": Message(
        "每户面积必须大于 0。",
        "请填平方米数，如 110。",
        "m2_per_household must be more than 0.",
        "Write square metres, such as 110.",
    ),
    "rule_levels_bad": Message(
        "默认层数必须大于 0。",
        "请填 1 以上的整数，或留空。",
        "Storeys must be more than 0.",
        "Write a whole number from 1 up, or leave it empty.",
    ),
    "rule_range_bad": Message(
        "起（{first}）大于止（{last}）。",
        "请对调。",
        "It begins ({first}) after it ends ({last}).",
        "Swap them.",
    ),
}
