"""What each action changes about a case."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from casework.case_state import Called, Case, Event
from casework.course import Action
from casework.moments import moment

Changes = dict[str, Any]


def changes_of(case: Case, event: Event) -> Changes:
    """Fields of the case that an event gives other values."""
    change = _CHANGES.get(event.action)
    return {} if change is None else change(case, event)


def _standing(case: Case, **values: Any) -> Changes:
    return {"standing": replace(case.standing, **values)}


def _deadline(event: Event) -> Changes:
    """The deadline that an event sets; null: its days are not in the calendar yet."""
    if "deadline_at" not in event.facts:
        return {}
    told = event.facts["deadline_at"]
    return {"deadline_at": None if told is None else moment(told)}


def _filed(case: Case, event: Event) -> Changes:
    return {"filed_at": case.filed_at or event.received_at}


def _report(case: Case, event: Event) -> Changes:
    return {
        "severity": event.facts["severity"],
        "grid_id": event.facts["grid_id"],
        "reported_by": event.actor_id,
        "received_at": event.received_at,
        **_deadline(event),
        **_standing(case, confirm_first=bool(event.facts.get("confirm_first"))),
    }


def _dispatch(case: Case, event: Event) -> Changes:
    return {
        **_filed(case, event),
        "unit_id": event.facts["unit_id"],
        "dispatched_at": event.received_at,
        "accepted_at": None,
        **_standing(case, extension_until=None),
    }


def _return(case: Case, _: Event) -> Changes:
    standing = _standing(case, returns=case.standing.returns + 1, extension_until=None)
    return {"unit_id": None, "dispatched_at": None, "accepted_at": None, **standing}


def _rectify(case: Case, event: Event) -> Changes:
    closed = event.received_at if event.state == "closed" else None
    return {**_handle(case, event), "closed_at": closed}


def _handle(case: Case, event: Event) -> Changes:
    return {
        **_filed(case, event),
        "handled_at": event.received_at,
        "handled_by": event.actor_id,
        **_standing(case, handled_from=case.state, extension_until=None),
    }


def _withdraw(case: Case, event: Event) -> Changes:
    filed = {"filed_at": None} if event.state == "reported" else {}
    return {"handled_at": None, "handled_by": None, **filed, **_standing(case, handled_from=None)}


def _anew(case: Case, event: Event, **standing: Any) -> Changes:
    """It is to be put right once more: earlier photos of the repair count no longer."""
    return {
        **_filed(case, event),
        "accepted_at": None,
        "handled_at": None,
        "handled_by": None,
        "verified_at": None,
        "closed_at": None,
        **_standing(case, handled_from=None, proof_from=event.seq, **standing),
    }


def _rework(case: Case, event: Event) -> Changes:
    return {**_anew(case, event), "reworks": case.reworks + 1}


def _reopen(case: Case, event: Event) -> Changes:
    again = _anew(case, event, appealed_at=None, reopenings=case.standing.reopenings + 1)
    return {**again, **_deadline(event)}


def _grant(case: Case, event: Event) -> Changes:
    standing = _standing(case, extensions=case.standing.extensions + 1, extension_until=None)
    return {**_deadline(event), **standing}


def _suspend(case: Case, event: Event) -> Changes:
    standing = _standing(
        case,
        suspended_from=case.state,
        suspended_at=event.received_at,
        extension_until=None,
    )
    return {"suspended_until": moment(event.facts["until"]), **standing}


def paused_now(case: Case, at: datetime) -> tuple[datetime, datetime]:
    """From when to when the clock of a suspended case has stood: never beyond its day.

    Raises
    ------
    ValueError
        If the case is not suspended.
    """
    if case.standing.suspended_at is None or case.suspended_until is None:
        raise ValueError(f"a case that is {case.state} is not suspended")
    return case.standing.suspended_at, min(at, case.suspended_until)


def _go_on(case: Case, event: Event) -> Changes:
    pause = paused_now(case, event.received_at)
    standing = _standing(
        case,
        suspended_from=None,
        suspended_at=None,
        paused=(*case.standing.paused, pause),
    )
    return {"suspended_until": None, **standing}


def _resume(case: Case, event: Event) -> Changes:
    return {**_go_on(case, event), **_deadline(event)}


def _void(case: Case, event: Event) -> Changes:
    over = _go_on(case, event) if case.state == "suspended" else {}
    return {"closed_at": event.received_at, **over}


def _merge(case: Case, event: Event) -> Changes:
    return {
        "closed_at": event.received_at,
        "merged_into": UUID(event.facts["case_id"]),
        **_standing(case, merged_from=case.state, extension_until=None),
    }


def _unmerge(case: Case, _: Event) -> Changes:
    return {"closed_at": None, "merged_into": None, **_standing(case, merged_from=None)}


def _absorb(case: Case, event: Event) -> Changes:
    return _standing(case, duplicates=(*case.standing.duplicates, UUID(event.facts["case_id"])))


def _release(case: Case, event: Event) -> Changes:
    gone = UUID(event.facts["case_id"])
    left = tuple(one for one in case.standing.duplicates if one != gone)
    return _standing(case, duplicates=left)


def _whistle(case: Case, event: Event) -> Changes:
    known = {one.unit_id for one in case.standing.called}
    new = dict.fromkeys(unit_id for unit_id in event.facts["unit_ids"] if unit_id not in known)
    called = tuple(Called(unit_id, event.received_at) for unit_id in new)
    return _standing(case, called=(*case.standing.called, *called))


def _report_in(case: Case, event: Event) -> Changes:
    here = event.facts["unit_id"]
    called = tuple(
        replace(one, reported_in_at=event.received_at) if one.unit_id == here else one
        for one in case.standing.called
    )
    return _standing(case, called=called)


_CHANGES: Final[Mapping[Action, Callable[[Case, Event], Changes]]] = {
    "report": _report,
    "confirm": _filed,
    "reject": _void,
    "dispatch": _dispatch,
    "accept": lambda _, event: {"accepted_at": event.received_at},
    "return": _return,
    "rectify": _rectify,
    "handle": _handle,
    "withdraw": _withdraw,
    "verify": lambda _, event: {"verified_at": event.received_at},
    "rework": _rework,
    "close": lambda _, event: {"closed_at": event.received_at},
    "ask-extension": lambda case, event: _standing(
        case, extension_until=moment(event.facts["until"])
    ),
    "grant-extension": _grant,
    "refuse-extension": lambda case, _: _standing(case, extension_until=None),
    "suspend": _suspend,
    "resume": _resume,
    "set-deadline": lambda _, event: _deadline(event),
    "place": lambda _, event: {"grid_id": event.facts["grid_id"]},
    "supervise": lambda case, _: _standing(case, supervisions=case.standing.supervisions + 1),
    "escalate": lambda _, event: {"level": event.facts["level"]},
    "whistle": _whistle,
    "report-in": _report_in,
    "answer": lambda _, event: {"answered_at": event.received_at},
    "merge": _merge,
    "absorb": _absorb,
    "unmerge": _unmerge,
    "release": _release,
    "join": lambda _, event: {"parent_id": UUID(event.facts["case_id"])},
    "leave": lambda *_: {"parent_id": None},
    "appeal": lambda case, event: _standing(case, appealed_at=event.received_at),
    "dismiss-appeal": lambda case, _: _standing(case, appealed_at=None),
    "reopen": _reopen,
    "void": _void,
}
