"""Which of the file's columns is which of ours: by guess, and by `--column ours=theirs`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from data.imports.problems import ImportFileError

ValueKind = Literal["text", "code", "count", "number", "time", "level", "severity"]
GeometryKind = Literal["polygon", "line", "line-or-polygon", "point", "any"]
_DBF_NAME_BYTES = 10


@dataclass(frozen=True)
class Field:
    """One of our columns.

    Parameters
    ----------
    name, name_zh
        Our name, and what it is called on the Chinese screen.
    synonyms
        What offices call it, best first.
    kind
        How its values are checked.
    required
        Whether the column, and a value in each row, must be there.
    limit
        Longest text, or largest count, that is believed.
    """

    name: str
    name_zh: str
    synonyms: tuple[str, ...]
    kind: ValueKind = "text"
    required: bool = False
    limit: int = 200


@dataclass(frozen=True)
class Kind:
    """What can be imported: its name, its shape and its columns."""

    name: str
    name_zh: str
    geometry: GeometryKind
    fields: tuple[Field, ...]
    layer_hints: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LON: Final = Field("lon", "经度", _words("lon lng long longitude 经度 东经 x坐标 x"))
LAT: Final = Field("lat", "纬度", _words("lat latitude 纬度 北纬 y坐标 y"))
WKT: Final = Field("wkt", "图形", _words("wkt geom geometry the_geom shape 图形 边界"))
_IDS = "external_id osm_id 标识码 bsm 唯一编号 编号 id fid objectid"
_NAME_EN = Field("name_en", "英文名称", _words("name_en name:en english_name 英文名称 英文名"))

_AREA_FIELDS = (
    Field(
        "code",
        "编码",
        _words("code 编码 代码 区划代码 行政区划代码 统计用区划代码 社区编码 村编码")
        + _words("area_code adcode xzqdm zldwdm"),
        "code",
    ),
    Field(
        "name",
        "名称",
        _words("name 名称 社区名称 村名 村名称 区划名称 行政区名称 街道名称 区县名称")
        + _words("xzqmc zldwmc 社区 村居 area_name mc"),
        required=True,
    ),
    _NAME_EN,
    Field("level", "级别", _words("level 级别 层级 admin_level xzqjb"), "level"),
    Field(
        "parent_code",
        "上级编码",
        _words("parent_code parent 上级编码 上级代码 上级 所属编码"),
        "code",
    ),
    Field("external_id", "编号", _words(f"admin_id area_id {_IDS}")),
)
_BUILDING_FIELDS = (
    Field(
        "external_id",
        "编号",
        _words("building_id 楼栋编码 楼栋编号 建筑编码 房屋编码 building_code code 编码")
        + _words(_IDS),
    ),
    Field("name", "楼栋名称", _words("name 名称 楼名 楼号 楼栋 楼栋名称 楼栋号 建筑名称 幢号 mc")),
    Field("compound", "小区", _words("compound 小区 小区名称 所属小区 estate")),
    Field(
        "address",
        "地址",
        _words("address 地址 详细地址 门牌 门牌地址 坐落 addr"),
        limit=500,
    ),
    Field("use", "用途", _words("use 用途 建筑用途 房屋用途 使用性质 类型 btype building")),
    Field(
        "levels",
        "层数",
        _words("levels 层数 楼层 总层数 地上层数 floors building:levels"),
        "count",
        limit=200,
    ),
    Field(
        "units",
        "单元数",
        _words("units 单元数 单元 总单元数 楼门数 staircases entrances"),
        "count",
        limit=200,
    ),
    Field(
        "households",
        "户数",
        _words("households 户数 总户数 住户数 居民户数 hh hushu"),
        "count",
        required=True,
        limit=10_000,
    ),
)
_ROAD_FIELDS = (
    Field("external_id", "编号", _words(f"road_id 道路编码 道路编号 code {_IDS}")),
    Field("name", "路名", _words("name 名称 路名 道路名称 街巷名称 road_name mc")),
    Field(
        "highway",
        "道路等级",
        _words("highway 等级 道路等级 道路类别 铁路等级 铁路类别 类别 类型 fclass class railway"),
    ),
)
_WATER_FIELDS = (
    Field("external_id", "编号", _words(f"water_id code {_IDS}")),
    Field("name", "名称", _words("name 名称 河流名称 水系名称 mc")),
    Field("kind", "类别", _words("kind 类别 类型 waterway natural fclass")),
)
_PLACE_FIELDS = (
    Field("external_id", "编号", _words(f"place_id code {_IDS}")),
    Field("name", "名称", _words("name 名称 地名 小区名称 mc"), required=True),
    _NAME_EN,
    Field("kind", "类别", _words("kind 类别 类型 地名类别 fclass type")),
)
_HAZARD_FIELDS = (
    Field(
        "external_id",
        "编号",
        _words(f"external_number 案卷编号 问题编号 工单编号 任务号 {_IDS}"),
    ),
    Field(
        "category",
        "类别",
        _words("category 类别 问题类别 类别编码 小类 小类代码 category_code 问题类型 类型"),
        required=True,
    ),
    Field(
        "description",
        "问题描述",
        _words("description 描述 问题描述 内容 情况说明 备注"),
        limit=2_000,
    ),
    Field(
        "address",
        "地址",
        _words("address 地址 位置 地点 发生地点 位置描述"),
        limit=500,
    ),
    Field("severity", "严重程度", _words("severity 严重程度 等级 预警等级"), "severity"),
    Field(
        "occurred_at",
        "发现时间",
        _words("occurred_at 发现时间 上报时间 发生时间 时间 time date 日期"),
        "time",
        required=True,
    ),
)
_TRACK_FIELDS = (
    Field(
        "login",
        "账号",
        _words("login account 账号 登录名 网格员账号 人员账号 用户名 工号 username"),
    ),
    Field("track", "轨迹编号", _words("track trajectory_id track_fid shift 轨迹编号 轨迹 班次")),
    Field(
        "occurred_at",
        "时间",
        _words("occurred_at time timestamp datetime t 时间 定位时间"),
        "time",
        required=True,
    ),
    Field(
        "accuracy_m",
        "精度（米）",
        _words("accuracy_m accuracy 精度 定位精度 hacc"),
        "number",
    ),
)
_GRID_FIELDS = (
    Field("code", "网格编码", _words("code grid_code 网格编码 网格代码 网格编号 wgbm 编码 代码")),
    Field("name", "网格名称", _words("name grid_name 网格名称 网格名 网格 wgmc 名称")),
    Field(
        "area",
        "所属社区",
        _words("area community 社区编码 所属社区 社区名称 社区 村编码 所属村 村名称 area_code"),
    ),
)
_GRID_LIST_FIELDS = (
    *_GRID_FIELDS,
    Field(
        "compound",
        "小区",
        _words("compound 小区 小区名称 所属小区 小区（村庄） 住宅小区 estate"),
        required=True,
    ),
    Field(
        "buildings",
        "楼栋",
        _words("buildings 楼栋 楼号 楼栋号 楼栋范围 包含楼栋 管辖楼栋 楼幢 building"),
        limit=2_000,
    ),
)
_HOUSEHOLD_LIST_FIELDS = (
    Field(
        "area",
        "社区（村）",
        _words(
            "area community village 社区 社区编码 社区名称 所属社区 社区（村） 村（社区） 村居 村"
        )
        + _words("村名 村名称 村庄 所属村 行政村 自然村 area_code"),
    ),
    Field(
        "compound",
        "小区",
        _words("compound 小区 小区名称 所属小区 小区（村庄） 住宅小区 街巷 街巷名称 estate"),
    ),
    Field(
        "building",
        "楼栋",
        _words("building buildings 楼栋 楼号 楼栋号 楼栋名称 楼幢 幢号 门牌 门牌号"),
        limit=2_000,
    ),
    Field(
        "households",
        "户数",
        _words("households 户数 总户数 住户数 居民户数 合计户数 hh hushu")
        + _words("户籍户数 户籍总户数 户籍户 户籍家庭户数 registered_households")
        + _words("常住户数 常住总户数 常住户 居住户数 实住户数 resident_households"),
        "count",
        required=True,
        limit=1_000_000,
    ),
)
_HOUSEHOLD_RULE_FIELDS = (
    Field("building", "用途", _words("building use 用途 建筑用途"), limit=5_000),
    Field("landuse", "用地", _words("landuse 用地 用地类型"), limit=5_000),
    Field("levels_from", "层数起", _words("levels_from 层数起 最少层数"), "count", limit=200),
    Field("levels_to", "层数止", _words("levels_to 层数止 最多层数"), "count", limit=200),
    Field("m2_from", "占地起", _words("m2_from 占地起 占地面积起"), "number"),
    Field("m2_to", "占地止", _words("m2_to 占地止 占地面积止"), "number"),
    Field("households", "户数", _words("households 户数 每栋户数"), "count", limit=10_000),
    Field("m2_per_household", "每户面积", _words("m2_per_household 每户面积 每户平方米"), "number"),
    Field("levels", "默认层数", _words("levels 默认层数 层数"), "count", limit=200),
)

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("areas", "区域", "polygon", _AREA_FIELDS, _words("area admin 区划 行政 社区 区域")),
        Kind(
            "buildings", "楼栋", "polygon", _BUILDING_FIELDS, _words("building house 楼 建筑 房屋")
        ),
        Kind(
            "roads", "道路", "line", _ROAD_FIELDS, _words("road street highway railway 道路 街 路")
        ),
        Kind("water", "水系", "line-or-polygon", _WATER_FIELDS, _words("water river 水")),
        Kind("places", "地名", "any", _PLACE_FIELDS, _words("place poi 地名")),
        Kind("hazards", "问题", "point", _HAZARD_FIELDS, _words("hazard case 问题 隐患 案卷")),
        Kind("tracks", "轨迹", "point", _TRACK_FIELDS, _words("track_points track 轨迹")),
        Kind("grids", "网格", "polygon", _GRID_FIELDS, _words("grid 网格")),
        Kind("grid_lists", "网格清单", "any", _GRID_LIST_FIELDS, _words("grid 网格 清单 台账")),
        Kind("household_lists", "户数表", "any", _HOUSEHOLD_LIST_FIELDS, _words("household 户数")),
        Kind("household_rules", "户数规则", "any", _HOUSEHOLD_RULE_FIELDS, _words("rule 规则")),
    )
}


def plain(name: str) -> str:
    """Reduce a column name to what is compared: no case, width, spaces, units or marks."""
    text = unicodedata.normalize("NFKC", name).replace("\ufffd", "").strip().lower()
    text = re.sub(r"[(\[【].*?[)\]】]$", "", text)
    return re.sub(r"[\s_\-*?:.]+", "", text)


def _cut(name: str, encoding: str) -> str:
    """Cut a name to the ten bytes that a DBF keeps, dropping half a character."""
    return name.encode(encoding)[:_DBF_NAME_BYTES].decode(encoding, errors="ignore")


def _matches(column: str, synonym: str, *, cut_names: bool) -> bool:
    if plain(column) == plain(synonym):
        return True
    return cut_names and plain(column) in {
        plain(_cut(synonym, encoding))
        for encoding in ("utf-8", "gbk")
        if len(synonym.encode(encoding)) > _DBF_NAME_BYTES
    }


def _guess(field: Field, columns: Sequence[str], *, cut_names: bool) -> str | None:
    for synonym in field.synonyms:
        for column in columns:
            if _matches(column, synonym, cut_names=cut_names):
                return column
    return None


def _given(
    wanted: Mapping[str, str], fields: Sequence[Field], columns: Sequence[str]
) -> dict[str, str]:
    names = [field.name for field in fields]
    for ours, theirs in wanted.items():
        if ours not in names:
            raise ImportFileError("field_unknown", field=ours, fields=", ".join(names))
        if theirs not in columns:
            raise ImportFileError(
                "column_unknown", field=ours, column=theirs, columns=", ".join(columns)
            )
    return dict(wanted)


def map_columns(
    fields: Sequence[Field],
    columns: Sequence[str],
    wanted: Mapping[str, str],
    *,
    cut_names: bool = False,
) -> dict[str, str]:
    """Find the file's column for each of our fields.

    Parameters
    ----------
    fields
        Ours, in the order in which they choose.
    columns
        The file's column names.
    wanted
        What the caller has said, ours → theirs; it goes before any guess.
    cut_names
        Whether names may have been cut to ten bytes (Shapefile).

    Returns
    -------
    dict
        Ours → theirs; fields not found are left out. A column serves one field.

    Raises
    ------
    ImportFileError
        If `wanted` names a field or a column that does not exist.
    """
    mapping = _given(wanted, fields, columns)
    for field in fields:
        if field.name in mapping:
            continue
        free = [column for column in columns if column not in mapping.values()]
        found = _guess(field, free, cut_names=cut_names)
        if found is not None:
            mapping[field.name] = found
    return mapping


def require_columns(kind: Kind, mapping: Mapping[str, str], columns: Sequence[str]) -> None:
    """Raise `ImportFileError` for the first required field that no column serves."""
    for field in kind.fields:
        if field.required and field.name not in mapping:
            raise ImportFileError(
                "column_missing",
                field=field.name,
                field_zh=field.name_zh,
                columns=", ".join(columns),
            )
