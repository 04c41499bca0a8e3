"""The course of a case in words: the table that `docs/states.md` shows.

`python -m casework.course_table` prints it.
"""

from collections.abc import Mapping
from typing import Final

from casework.course import MOVES, Action, Move, Need, State

STATE_WORDS: Final[Mapping[State, str]] = {
    "reported": "已上报",
    "filed": "已立案",
    "dispatched": "已派遣",
    "accepted": "已接收",
    "handled": "已处置，待核查",
    "verified": "已核查，待结案",
    "closed": "已结案",
    "suspended": "挂账",
    "void": "已作废",
}
ACTION_WORDS: Final[Mapping[Action, tuple[str, str]]] = {
    "report": ("上报", "report"),
    "confirm": ("核实属实，立案", "checked and true: filed"),
    "reject": ("核实不属实", "checked and not so"),
    "dispatch": ("派遣、改派", "charge a unit, or another"),
    "accept": ("接收", "the unit takes it on"),
    "return": ("退回", "not mine, with a reason"),
    "rectify": ("即时处置", "found and put right in one step"),
    "handle": ("处置反馈", "put right"),
    "withdraw": ("撤回处置", "a mistaken handling taken back"),
    "verify": ("核查通过", "checked on the spot by another"),
    "rework": ("返工", "not put right: do it again"),
    "close": ("结案销号", "struck off"),
    "ask-extension": ("申请延期", "ask for more time"),
    "grant-extension": ("同意延期", "grant it"),
    "refuse-extension": ("不同意延期", "refuse it"),
    "suspend": ("挂账", "wait for a season or condition; the clock stops"),
    "resume": ("恢复办理", "go on, by hand or on its day"),
    "set-deadline": ("补定期限", "its days are in the calendar now"),
    "place": ("改定位置", "say where it lies"),
    "supervise": ("督办", "numbered order to get on with it"),
    "escalate": ("提级", "pass it one level up"),
    "whistle": ("吹哨", "call units"),
    "report-in": ("报到", "a called unit reports in"),
    "answer": ("答复", "tell who reported it"),
    "paper": ("文书", "a paper issued or sent back"),
    "merge": ("并案", "it is a duplicate of another"),
    "absorb": ("并入", "written on the other"),
    "unmerge": ("拆案", "it is not after all"),
    "release": ("拆出", "written on the other"),
    "join": ("设为子案", "make it part of another"),
    "leave": ("脱离母案", "no longer a part"),
    "appeal": ("申诉", "object to the closing"),
    "dismiss-appeal": ("驳回申诉", "the objection is not upheld"),
    "reopen": ("重新办理", "open it again"),
    "void": ("作废", "no hazard"),
}
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
    lines = ["| state | 中文 |", "|---|---|"]
    return (
        "\n".join([*lines, *[f"| {name} | {word} |" for name, word in STATE_WORDS.items()]]) + "\n"
    )


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
