"""The course of a case in words: the table that `docs/states.md` shows.

`python -m casework.course_table` prints it.
"""

from collections.abc import Mapping
from typing import Final

from casework.course import MOVES, Move, Need
from casework.course_words import ACTION_WORDS, STATE_WORDS

ROLE_WORDS: Final[Mapping[str, str]] = {
    "officer": "网格员 officer",
    "commander": "指挥中心 commander",
    "handler": "责任单位 handler",
    "administrator": "管理员 administrator",
    "reporter": "上报人 who reported it",
    "called": "被吹哨单位 unit called",
    "system": "系统 the clock",
}
NEED_WORDS: Final[Mapping[Need, str]] = {
    "text": "文字 text",
    "unit": "单位 unit",
    "units": "单位 units",
    "date": "日期 date",
    "place": "位置 place",
    "case": "另一案件 another case",
    "how": "方式 how",
    "photo": "照片（按类别） photo, as the category asks",
    "photos": "前后照片 photos before and after",
    "paper": "文书 paper",
    "deadline": "期限 deadline",
}


def course_table() -> str:
    """The table of all moves, as Markdown."""
    lines = ["| from 从 | action 动作 | to 到 | who 谁 | needs 须有 |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *[_line(move) for move in MOVES]]) + "\n"


def state_table() -> str:
    """What each state is called, as Markdown."""
    lines = ["| state | 中文 | English |", "|---|---|---|"]
    rows = [f"| {name} | {zh} | {en} |" for name, (zh, en) in STATE_WORDS.items()]
    return "\n".join([*lines, *rows]) + "\n"


def _line(move: Move) -> str:
    before = ", ".join(state or "–" for state in move.before)
    after = ", ".join(move.after) or "＝"
    zh, en = ACTION_WORDS[move.action]
    who = "；".join(ROLE_WORDS[role] for role in move.who)
    needs = "；".join(NEED_WORDS[need] for need in move.needs) or "–"
    return f"| {before} | `{move.action}` {zh} {en} | {after} | {who} | {needs} |"


if __name__ == "__main__":
    print(course_table())  # noqa: T201 (this is its job)
    print(state_table())  # noqa: T201
