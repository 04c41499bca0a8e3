"""Which columns of an office's list are ours, by their words; and which are nobody's business."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from data.imports.columns import Field, plain


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# In the order in which they choose a column; within each, the best word first.
FIELDS: Final = (
    Field(
        "external_number",
        "编号",
        _words("工单编号 工单号 案卷编号 案卷号 案件编号 案件号 任务编号 任务号 问题编号 受理编号")
        + _words("受理单号 诉求编号 流水号 单号 交办单号 督办单号 台账编号 编号 编码")
        + _words("external_number ticket_number ticket case_number number"),
        limit=80,
    ),
    Field("lon", "经度", _words("经度 东经 lon lng longitude x坐标 x"), "number"),
    Field("lat", "纬度", _words("纬度 北纬 lat latitude y坐标 y"), "number"),
    Field(
        "struck_off_at",
        "销号日期",
        _words("销号日期 销号时间 办结日期 办结时间 结案日期 结案时间 整改完成时间 整改完成日期")
        + _words("完成时间 完成日期 处理完成时间 closed_at struck_off_at closed_on"),
        "time",
    ),
    Field(
        "reported_at",
        "上报时间",
        _words("上报时间 上报日期 受理时间 受理日期 发现时间 发现日期 来电时间 来电日期 登记时间")
        + _words("登记日期 接收时间 接收日期 交办时间 交办日期 发生时间 创建时间 日期 时间")
        + _words("reported_at reported_on occurred_at date time"),
        "time",
    ),
    Field(
        "category",
        "类别",
        _words("问题类别 问题类型 事项类别 事件类别 事件类型 案件类型 案件类别 诉求类别 诉求类型")
        + _words("小类名称 小类 类别编码 小类代码 类别 类型 分类 category category_code type"),
        limit=100,
    ),
    Field(
        "severity",
        "等级",
        _words("严重程度 紧急程度 问题等级 风险等级 预警等级 等级 级别 severity priority"),
    ),
    Field(
        "address",
        "地址",
        _words("详细地址 问题地址 问题地点 发生地点 发生地址 事发地点 事发地址 具体位置 所在位置")
        + _words("位置描述 点位 地址 地点 位置 address location place"),
        limit=500,
    ),
    Field(
        "description",
        "问题描述",
        _words("问题描述 事件描述 案件描述 诉求内容 反映内容 问题内容 主要内容 具体问题 情况说明")
        + _words("存在问题 描述 内容 问题 description content details"),
        limit=4_000,
    ),
    Field(
        "source",
        "来源",
        _words("问题来源 诉求来源 案件来源 上报渠道 来源渠道 渠道 来源 source channel"),
        limit=100,
    ),
    Field(
        "reporter_unit",
        "来文单位",
        _words("来文单位 交办单位 转办单位 上报单位 报送单位 反映单位 发现单位 派单单位")
        + _words("reporter_unit reporting_unit"),
        limit=100,
    ),
    Field(
        "state",
        "状态",
        _words("销号情况 销号状态 是否销号 办理状态 处理状态 整改状态 办结状态 整改情况 办理情况")
        + _words("处理情况 办结情况 是否整改 是否办结 是否完成 状态 state status"),
        limit=100,
    ),
)
_MEANT: Final = {plain(word): field.name for field in reversed(FIELDS) for word in field.synonyms}
BY_NAME: Final = {field.name: field for field in FIELDS}
SERIAL_WORDS: Final = frozenset({"序号", "no", "序", "行号", "#"})

# A column that says who somebody is, or how to reach him, is never stored.
_PERSON: Final = re.compile(
    "姓名|联系人|联系电话|联系方式|电话|手机|身份证|证件号|举报人|投诉人|来电人|诉求人|反映人"
    "|上报人|报告人|报送人|负责人|责任人|经办人|承办人|办理人|处理人|整改人|核查人|受理人|登记人"
    "|当事人|业主|户主|居民|网格员|网格长|签字|签名|name|phone|mobile|contact|person",
    re.IGNORECASE,
)
_NOT_PERSON: Final = re.compile("单位|部门|名称|意见|filename|place_name", re.IGNORECASE)
_REACHES_PERSON: Final = re.compile(r"^(?:\+?86)?1[3-9]\d{9}$|^\d{17}[\dXx]$|^0\d{2,3}-?\d{7,8}$")
_MOSTLY: Final = 0.5
_PRIVATE_NUMBER: Final = re.compile(
    r"(?<!\d)(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\d{17}[\dXx])(?![\dXx])"
)
HIDDEN: Final = "***"


def field_of(name: str) -> str | None:
    """The field of ours that a column of this name is for, or None."""
    return _MEANT.get(plain(_last(name)))


def is_known(name: str) -> bool:
    """Whether a word is one of those that stand in headers."""
    return field_of(name) is not None or is_person(name) or plain(name) in SERIAL_WORDS


def propose_columns(names: Sequence[str], private: Sequence[str] = ()) -> dict[str, str]:
    """Find a column for each of our fields; one serves one field.

    Parameters
    ----------
    names
        Columns of the list.
    private
        Those that are never taken.
    """
    free = [name for name in names if name not in private]
    found: dict[str, str] = {}
    for field in FIELDS:
        column = _column_for(field, free)
        if column is not None:
            found[field.name] = column
            free.remove(column)
    return found


def _column_for(field: Field, free: Sequence[str]) -> str | None:
    for word in field.synonyms:
        for name in free:
            if plain(word) in {plain(name), plain(_last(name))}:
                return name
    return None


def _last(name: str) -> str:
    """The lowest of a name's levels: 位置/经度 → 经度."""
    return name.rsplit("/", 1)[-1]


def is_person(name: str) -> bool:
    """Whether a column of this name is about a person."""
    return any(
        _PERSON.search(part) is not None and _NOT_PERSON.search(part) is None
        for part in name.split("/")
    )


def private_columns(names: Sequence[str], cells: Sequence[Sequence[object]]) -> list[str]:
    """Columns that are about persons, by their names or because they hold telephone numbers.

    Parameters
    ----------
    cells
        The list's rows below its header.
    """
    found = []
    for at, name in enumerate(names):
        filled = [row[at] for row in cells if at < len(row) and row[at] is not None]
        numbers = sum(1 for cell in filled if _REACHES_PERSON.match(_digits(cell)) is not None)
        if is_person(name) or (numbers > 0 and numbers >= _MOSTLY * len(filled)):
            found.append(name)
    return found


def _digits(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).replace(" ", "")


def hide_numbers(text: str) -> tuple[str, int]:
    """Take telephone and identity numbers out of a text; the text, and how many there were."""
    return _PRIVATE_NUMBER.subn(HIDDEN, text)
