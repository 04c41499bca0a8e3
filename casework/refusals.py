"""Why somebody may not act on a case now: by its state, by who he is, by what he says and shows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from casework.case_state import LEVELS, Actor, Case, Reason, Refusal, Rules, Shown
from casework.course import SYSTEM, WHO, Action, move_of
from casework.moments import moment

Facts = Mapping[str, Any]
_HOWS: Final = frozenset({"phone", "message", "in-person"})


def refusal(case: Case, action: Action, actor: Actor, at: datetime) -> Refusal | None:
    """Why this actor may not do this now, whatever he says with it; None when he may."""
    reason = _of_person(case, action, actor) or _of_case(case, action, actor, at)
    return None if reason is None else Refusal(action, case.state, reason)


def _of_person(case: Case, action: Action, actor: Actor) -> Reason | None:
    if not WHO[action] & actor.roles:
        return "role"
    if move_of(case.state, action) is None:
        return "state"
    match action:
        # 核查: a repair is checked by someone other than the one who made it.
        case "verify" if case.handled_by == actor.account_id:
            return "same-person"
        case "rectify" if case.reported_by != actor.account_id:
            return "other-person"
        case "withdraw" if case.handled_by != actor.account_id and "commander" not in actor.roles:
            return "other-person"
    return None


# What there has to be before something can be done to it.
_NOTHING: Final[Mapping[Action, Callable[[Case], bool]]] = {
    "grant-extension": lambda case: case.standing.extension_until is None,
    "refuse-extension": lambda case: case.standing.extension_until is None,
    "report-in": lambda case: all(one.reported_in_at for one in case.standing.called),
    "unmerge": lambda case: case.merged_into is None,
    "leave": lambda case: case.parent_id is None,
    "set-deadline": lambda case: case.deadline_at is not None,
    "dismiss-appeal": lambda case: case.standing.appealed_at is None,
}


def _of_case(case: Case, action: Action, actor: Actor, at: datetime) -> Reason | None:  # noqa: PLR0911 (one a rule)
    if action in _NOTHING and _NOTHING[action](case):
        return "nothing"
    match action:
        case "dispatch" if case.state == "reported" and case.standing.confirm_first:
            return "unconfirmed"
        case "ask-extension":
            return _of_asking(case, at)
        case "resume" if SYSTEM in actor.roles and not _is_over(case.suspended_until, at):
            return "not-yet"
        case "escalate" if case.level + 1 >= len(LEVELS):
            return "level"
        case "merge" | "reopen" | "absorb" if case.merged_into is not None:
            return "merged"
        case "merge" if case.standing.duplicates:
            return "merged"
    return None


def _of_asking(case: Case, at: datetime) -> Reason | None:
    if case.deadline_at is None:
        return "no-deadline"
    if at > case.deadline_at:
        return "late"
    return "too-many" if case.standing.extension_until is not None else None


def _is_over(until: datetime | None, at: datetime) -> bool:
    return until is not None and until <= at


def lack(
    case: Case,
    action: Action,
    actor: Actor,
    at: datetime,
    *,
    text: str | None,
    facts: Facts,
    rules: Rules,
    shown: Shown,
) -> Refusal | None:
    """What an action that may be taken lacks, or says that cannot be; None when it is whole."""
    move = move_of(case.state, action)
    needs: Sequence[str] = () if move is None else move.needs
    reason: Reason | None = None
    for need in needs:
        # The clock gives no reasons: it is one.
        if not (need == "text" and SYSTEM in actor.roles):
            reason = reason or _NEEDS[need](text, facts, rules, shown)
    reason = reason or _of_facts(case, action, at, facts, rules, shown)
    return None if reason is None else Refusal(action, case.state, reason)


def _needs_text(text: str | None, *_: Any) -> Reason | None:
    return None if text else "text"


def _needs_photo(_: str | None, __: Facts, rules: Rules, shown: Shown) -> Reason | None:
    lacks = (rules.proof != "none" and not shown.after) or (
        rules.proof == "before-and-after" and not shown.before
    )
    return "photo" if lacks else None


def _needs_photos(_: str | None, __: Facts, ___: Rules, shown: Shown) -> Reason | None:
    return None if shown.before and shown.after else "photos"


def _needs_how(_: str | None, facts: Facts, *__: Any) -> Reason | None:
    return None if facts.get("how") in _HOWS else "how"


def _needs_fact(need: Reason, name: str) -> Callable[..., Reason | None]:
    def check(_: str | None, facts: Facts, *__: Any) -> Reason | None:
        return need if facts.get(name) in (None, [], ()) else None

    return check


def _needs_place(_: str | None, facts: Facts, *__: Any) -> Reason | None:
    return None if "grid_id" in facts else "place"


_NEEDS: Final[Mapping[str, Callable[..., Reason | None]]] = {
    "text": _needs_text,
    "photo": _needs_photo,
    "photos": _needs_photos,
    "how": _needs_how,
    "place": _needs_place,
    "unit": _needs_fact("unit", "unit_id"),
    "units": _needs_fact("units", "unit_ids"),
    "date": _needs_fact("date", "until"),
    "case": _needs_fact("case", "case_id"),
    "paper": _needs_fact("paper", "kind"),
    "deadline": _needs_fact("deadline", "deadline_at"),
}


def _of_facts(  # noqa: PLR0911, PLR0917 (one a rule; as `lack`)
    case: Case, action: Action, at: datetime, facts: Facts, rules: Rules, shown: Shown
) -> Reason | None:
    standing = case.standing
    match action:
        case "ask-extension":
            if standing.extensions >= rules.most_extensions:
                return "too-many"
            return None if moment(facts["until"]) > cast("datetime", case.deadline_at) else "date"
        case "suspend" if not at < moment(facts["until"]) <= at + rules.longest_suspension:
            return "date"
        case "escalate" if facts.get("level", case.level + 1) != case.level + 1:
            return "level"
        case "whistle" if set(facts["unit_ids"]) <= {one.unit_id for one in standing.called}:
            return "nothing"
        case "report-in" if not any(
            one.unit_id == facts["unit_id"] and one.reported_in_at is None
            for one in standing.called
        ):
            return "nothing"
        case "close" if shown.open_parts:
            return "parts-open"
    return None
