"""Pasted messages: words and time stay, who wrote them and how to reach him do not."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from casework.chat import read_chat
from casework.private_words import clear

ZONE = ZoneInfo("Asia/Shanghai")


def at(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    """A moment on the clock of those who wrote."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


NOW = at(2026, 11, 22, 9, 30)


@pytest.mark.parametrize(
    ("pasted", "text", "moment", "removed"),
    [
        (
            "张三 2026/11/22 8:03:12\n三号楼东侧垃圾成堆\n\n李四 2026/11/22 8:05\n[图片]",
            "三号楼东侧垃圾成堆",
            at(2026, 11, 22, 8, 3),
            {"sender": 2},
        ),
        (
            "王五(2026-11-21 18:20:01):\n幸福路井盖没了，快来人",
            "幸福路井盖没了，快来人",
            at(2026, 11, 21, 18, 20),
            {"sender": 1},
        ),
        ("物业小刘：\n路灯不亮", "路灯不亮", None, {"sender": 1}),
        ("物业小刘：路灯不亮", "路灯不亮", None, {"sender": 1}),
        ("地点：幸福路2号\n问题：路灯不亮", "地点：幸福路2号\n问题：路灯不亮", None, {}),
        (
            "昨天 晚上10:15\n@张三 @所有人 水管爆了",
            "水管爆了",
            at(2026, 11, 21, 22, 15),
            {"sender": 2},
        ),
        ("周五 08:00\n堵了", "堵了", at(2026, 11, 20, 8, 0), {}),
        ("23:50\n堵了", "堵了", at(2026, 11, 21, 23, 50), {}),
        ("12月31日 10:00\n堵了", "堵了", at(2025, 12, 31, 10, 0), {}),
        ("2026年2月30日 10:00\n堵了", "堵了", None, {}),
        (
            "「张三：门口有垃圾」\n- - - - - - - - -\n已看到",
            "门口有垃圾\n已看到",
            None,
            {"sender": 1},
        ),
        ("网格群的聊天记录\n路面塌了", "路面塌了", None, {}),
        ("早上7:40到现在一直停水", "早上7:40到现在一直停水", None, {}),
        ("", "", None, {}),
    ],
)
def test_a_message_is_read(
    pasted: str, text: str, moment: datetime | None, removed: dict[str, int]
) -> None:
    told = read_chat(pasted, NOW)
    assert (told.text, told.said_at, told.removed) == (text, moment, removed)


def test_pictures_and_messages_are_counted() -> None:
    told = read_chat("张三 8:00\n[图片][图片]\n李四 8:01\n看这里[图片]", NOW)
    assert (told.messages, told.pictures, told.text) == (2, 3, "看这里")


@pytest.mark.parametrize(
    ("text", "left", "removed"),
    [
        ("电话13812345678", "电话***", {"phone": 1}),
        ("+86 138-1234-5678，0533-7654321", "***，***", {"phone": 2}),
        ("（0533）7654321", "***", {"phone": 1}),
        ("身份证370303199001011234", "身份证***", {"identity": 1}),
        ("37030319900101123X。", "***。", {"identity": 1}),
        ("鲁C·A1234停在消防通道，鲁CD12345也是", "***停在消防通道，***也是", {"plate": 2}),
        ("联系人：张三，白天在家", "联系人：***，白天在家", {"name": 1}),
        ("我是李小明 三号楼漏水", "我是*** 三号楼漏水", {"name": 1}),
        ("王先生说井盖没了", "***先生说井盖没了", {"name": 1}),
        ("微信：abc_12345", "微信：***", {"account": 1}),
        ("写信到 a.b@example.cn", "写信到 ***", {"mail": 1}),
        # What names a place, a case or a grid stays.
        ("幸福路138号3号楼2单元502", "幸福路138号3号楼2单元502", {}),
        ("网格370399001001003，工单2026112200123", "网格370399001001003，工单2026112200123", {}),
        ("我是路过的，看见道路破损", "我是路过的，看见道路破损", {}),
    ],
)
def test_what_is_private_is_taken_out(text: str, left: str, removed: dict[str, int]) -> None:
    cleared = clear(text)
    assert (cleared.text, cleared.removed) == (left, removed)
