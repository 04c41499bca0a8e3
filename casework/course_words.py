"""What the states and actions of a case are called, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from casework.course import Action, State

STATE_WORDS: Final[Mapping[State, tuple[str, str]]] = {
    "reported": ("已上报", "Reported"),
    "filed": ("已立案", "Filed"),
    "dispatched": ("已派遣", "Dispatched"),
    "accepted": ("已接收", "Accepted"),
    "handled": ("已处置，待核查", "Handled, to be verified"),
    "verified": ("已核查，待结案", "Verified, to be closed"),
    "closed": ("已结案", "Closed"),
    "suspended": ("挂账", "Suspended"),
    "void": ("已作废", "Void"),
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
