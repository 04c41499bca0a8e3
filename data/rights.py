"""Row-level security: which rows a transaction may touch, as PostgreSQL itself sees to it.

The application asks for no more than the caller may see (`data.scope`); should it ever forget,
cases, ledgers, texts, photos, shifts, tracks, posts, drafts of plans and lists taken in outside
the caller's places still do not show.
What a transaction may touch is said in it and ends with it, so that a pooled connection takes
nothing along to the next who uses it. Whoever says nothing on a guarded engine sees no row.

Lists and maps read the views `case_in_scope` and `shift_in_scope`, which hold the same rule as an
ordinary condition: under a policy PostgreSQL uses no index for `geom && box`, `LIKE` or `<@`, since
these might leak what they look at. `tests/data/test_row_security.py`
pins the plans.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from data.database import query
from data.scope import Scope

GUARDED_TABLES: Final = (
    *("hazard_case", "case_event", "case_text", "case_candidates", "photo"),
    *("photo_upload", "photo_redaction", "sound", "case_paper", "export_log"),
    *("shift", "shift_grid", "track_point", "street_walk"),
    *("checkpoint", "round_plan", "planned_round"),
    *("shift_gap", "track_look", "tracker_discard"),
    *("account", "assignment", "operation", "post_handover"),
    *("device", "device_holding", "second_factor", "recovery_code", "account_event"),
    *("plan", "plan_step", "plan_edit", "plan_signature", "plan_backdrop", "plan_report"),
    *("plan_layer", "report_list", "report_row", "report_layout", "report_word"),
    *("case_route", "duty_alert", "duty_call", "handover"),
    *("notice", "notice_read", "case_watch", "watch_step", "saved_filter"),
    *("notice_channel", "notice_delivery", "ticket_reply"),
)


@dataclass(frozen=True)
class Sight:
    """What else is seen beside cases, each below the ltree paths of some areas.

    Parameters
    ----------
    tracks
        Shifts and tracks; one's own wherever they are.
    plans
        Drafts of plans and all that belongs to plans; published ones are seen by everybody.
    lists
        Lists of cases taken in from other offices.
    posts
        Who has which role, in these areas and above them.
    """

    tracks: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()


def let_see(connection: Connection, cases: Scope, sight: Sight) -> None:
    """Let this transaction see the cases of a scope, and what else is in sight.

    Parameters
    ----------
    cases
        Where cases are seen; its unit's and its account's own wherever they lie.
    """
    _set(connection, "scope", cases, sight)


def let_act(connection: Connection, scope: Scope) -> None:
    """Let this transaction touch every row of a district: a command is decided on by its rules."""
    _set(connection, "district", scope, Sight())


def _set(connection: Connection, rights: str, scope: Scope, sight: Sight) -> None:
    connection.execute(
        query("let_see"),
        {
            "rights": rights,
            "district": str(scope.district_id),
            "account": str(scope.account_id or UUID(int=0)),
            "unit": "" if scope.unit_id is None else str(scope.unit_id),
            "case_paths": _array(scope.area_paths),
            "case_grids": _array(map(str, scope.grid_ids)),
            "track_paths": _array(sight.tracks),
            "plan_paths": _array(sight.plans),
            "list_paths": _array(sight.lists),
            "post_paths": _array(sight.posts),
        },
    )


def _array(words: Iterable[str]) -> str:
    return "{" + ",".join(words) + "}"
