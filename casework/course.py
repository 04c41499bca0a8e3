"""The course of a hazard case 问题 as one table: which action leads from where to where, by whom.

Read a line of `MOVES` so: from these states this action leads there, these people may take it
where their role covers the case, and it has to say these things. What is not here is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

State = Literal[
    "reported",
    "filed",
    "dispatched",
    "accepted",
    "handled",
    "verified",
    "closed",
    "suspended",
    "void",
]
Action = Literal[
    "report",
    "confirm",
    "reject",
    "dispatch",
    "accept",
    "rectify",
    "handle",
    "withdraw",
    "verify",
    "rework",
    "close",
    "return",
    "ask-extension",
    "grant-extension",
    "refuse-extension",
    "suspend",
    "resume",
    "set-deadline",
    "place",
    "supervise",
    "escalate",
    "whistle",
    "report-in",
    "answer",
    "paper",
    "merge",
    "absorb",
    "unmerge",
    "release",
    "join",
    "leave",
    "appeal",
    "dismiss-appeal",
    "reopen",
    "void",
]
# What an action has to say or to show.
Need = Literal[
    "text", "unit", "units", "date", "place", "case", "how", "photo", "photos", "paper", "deadline"
]

STATES: Final[tuple[State, ...]] = get_args(State)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

# Still to be put right: these can become overdue.
UNHANDLED: Final[frozenset[State]] = frozenset({"reported", "filed", "dispatched", "accepted"})
# Put right, but not yet checked and closed.
HANDLED: Final[frozenset[State]] = frozenset({"handled", "verified"})
# On the list 清单 until struck off 销号; suspended 挂账 it is still on it, but its clock stands.
OPEN: Final[frozenset[State]] = UNHANDLED | HANDLED | {"suspended"}

# Who somebody is to a case beside the roles he holds: one of a unit that was called 吹哨, the one
# who reported it, or nobody at all but the clock.
CALLED: Final = "called"
REPORTER: Final = "reporter"
SYSTEM: Final = "system"


@dataclass(frozen=True)
class Move:
    """One line of the table.

    Attributes
    ----------
    before
        States from which it may be taken; None: there is no case yet.
    after
        Where it leads; several: `casework.states.next_state` says which. Empty: it stays.
    who
        Roles that may take it where the role covers the case's place.
    needs
        What it has to say or show.
    """

    action: Action
    before: tuple[State | None, ...]
    after: tuple[State, ...]
    who: tuple[str, ...]
    needs: tuple[Need, ...] = ()


_UNHANDLED: Final = ("reported", "filed", "dispatched", "accepted")
_CHARGED: Final = ("dispatched", "accepted")
_PUT_RIGHT: Final = ("handled", "verified")
_OPEN: Final = (*_UNHANDLED, *_PUT_RIGHT, "suspended")
_ANY: Final = (*_OPEN, "closed", "void")
_OFFICE: Final = ("officer", "commander")
_UNIT: Final = ("handler", "commander")
_ALL: Final = ("officer", "handler", "commander")
_CHIEF: Final = ("commander",)

MOVES: Final[tuple[Move, ...]] = (
    # From the report to the unit.
    Move("report", (None,), ("reported",), (*_OFFICE, "administrator"), ("place",)),
    Move("confirm", ("reported",), ("filed",), _OFFICE),
    Move("reject", ("reported",), ("void",), _OFFICE, ("text",)),
    Move("dispatch", _UNHANDLED, ("dispatched",), (*_CHIEF, SYSTEM), ("unit",)),
    Move("accept", ("dispatched",), ("accepted",), _UNIT),
    Move("return", _CHARGED, ("filed",), _UNIT, ("text",)),
    # Putting right, and the proof of it.
    Move("rectify", ("reported",), ("closed", "handled"), _OFFICE, ("photos",)),
    Move("handle", _UNHANDLED, ("handled",), _ALL),
    Move("withdraw", ("handled",), _UNHANDLED, _ALL, ("text",)),
    Move("verify", ("handled",), ("verified",), _OFFICE, ("photo",)),
    Move("rework", _PUT_RIGHT, ("dispatched", "filed"), _OFFICE, ("text",)),
    Move("close", ("verified",), ("closed",), _CHIEF),
    # More time, and time that does not count.
    Move("ask-extension", _CHARGED, (), _UNIT, ("date", "text")),
    Move("grant-extension", _CHARGED, (), _CHIEF),
    Move("refuse-extension", _CHARGED, (), _CHIEF, ("text",)),
    Move("suspend", _UNHANDLED, ("suspended",), _CHIEF, ("date", "text")),
    Move("resume", ("suspended",), _UNHANDLED, (*_CHIEF, SYSTEM)),
    Move("set-deadline", (*_UNHANDLED, "suspended"), (), (SYSTEM,), ("deadline",)),
    # What is said about it while it is on the list.
    Move("place", _OPEN, (), _CHIEF, ("place",)),
    Move("supervise", _OPEN, (), _CHIEF, ("text",)),
    Move("escalate", _OPEN, (), (*_ALL, SYSTEM), ("text",)),
    Move("whistle", _OPEN, (), _OFFICE, ("units", "text")),
    Move("report-in", _OPEN, (), (CALLED, *_CHIEF), ("unit",)),
    Move("answer", _ANY, (), _OFFICE, ("how", "text")),
    Move("paper", _ANY, (), _CHIEF, ("paper",)),
    # Two that are one, and one that has parts.
    Move("merge", _UNHANDLED, ("void",), _CHIEF, ("case",)),
    Move("absorb", _OPEN, (), _CHIEF, ("case",)),
    Move("unmerge", ("void",), _UNHANDLED, _CHIEF),
    Move("release", _ANY, (), _CHIEF, ("case",)),
    Move("join", _OPEN, (), _CHIEF, ("case",)),
    Move("leave", _OPEN, (), _CHIEF),
    # After the end.
    Move("appeal", ("closed",), (), (REPORTER, *_ALL), ("text",)),
    Move("dismiss-appeal", ("closed",), (), _CHIEF, ("text",)),
    Move("reopen", ("closed", "void"), ("dispatched", "filed"), _CHIEF, ("text",)),
    Move("void", (*_UNHANDLED, "suspended"), ("void",), _CHIEF, ("text",)),
)

_MOVE: Final[Mapping[Action, Move]] = {move.action: move for move in MOVES}
# action → roles that may take it, where the role covers the case's place.
WHO: Final[Mapping[Action, frozenset[str]]] = {move.action: frozenset(move.who) for move in MOVES}
# Written by what is asked for elsewhere, or by the clock: never asked for by itself.
COUNTERPARTS: Final[frozenset[Action]] = frozenset(
    {"report", "absorb", "release", "paper", "set-deadline"}
)


def move_of(state: State | None, action: Action) -> Move | None:
    """The line of the table for an action in a state; None: it is refused there."""
    move = _MOVE[action]
    return move if state in move.before else None
