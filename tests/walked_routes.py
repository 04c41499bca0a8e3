"""How a walk asks each route: what names a thing of a place, what is sent, and what is special.

Commands that say where in a form (lists of other offices, the rota's file) are walked by role
alone; their own tests ask for another area.
"""

from collections.abc import Callable
from typing import Any

import small_town
import walked_town
from uuid_utils.compat import uuid7
from walked_town import OWN, Place

Route = tuple[str, str]
# Parameters of a path that name a thing of a place, by what its statements call it.
THINGS = {
    "case_id": "case",
    "shift_id": "shift",
    "photo_id": "photo",
    # They go by the number of a photo.
    "sound_id": "photo",
    "upload_id": "upload",
    "account_id": "account",
    "entry_id": "entry",
    # They go by the number of their case.
    "call_id": "case",
    "handover_id": "case",
    "export_id": "export",
    "device_id": "device",
    "session_id": "session",
    "filter_id": "filter",
    "list_id": "list",
    "plan_id": "plan",
    "paper_id": "paper",
    "backdrop_id": "backdrop",
    "building_id": "building",
    "area_id": "community",
    "grid_id": "grid",
    "round_id": "round",
    "checkpoint_id": "checkpoint",
    "round_plan_id": "round",
    # They go by the number of a notice.
    "channel_id": "notice",
}
# Parameters that name none.
PLAIN = {
    "layer_name": "grids",
    "run": "1",
    "z": "14",
    "x": "13562",
    "y": "6386",
    "form": "html",
    "figure": "map",
    "part": "picture",
    "offset": "0",
    "kind": "assignment",
    "year": "2026",
    # Rules and words of the whole district.
    "rule_id": "1",
    "category_id": "1",
    "unit_id": "1",
    # Of an account that the path names.
    "post_id": "1",
}
ASKED: dict[Route, dict[str, Any]] = {
    ("GET", "/api/v1/cases/near"): {"lon": OWN.lon, "lat": 36.83},
    ("GET", "/api/v1/indicators"): {"first": "2026-11-01", "last": "2026-11-30"},
    ("GET", "/api/v1/locate"): {"lon": OWN.lon, "lat": 36.83},
    ("GET", "/api/v1/addresses"): {"q": "幸福路2号"},
    ("GET", "/api/v1/search"): {"q": "2"},
    ("GET", "/api/v1/hotspots"): {"unit": "grid"},
    ("GET", "/api/v1/accounts/{account_id}/handover"): {
        "stand_in_id": str(walked_town.walker_id("officer")),
        "since": "2026-11-20",
    },
    ("GET", "/api/v1/buildings"): {"bbox": "117.9,36.7,119.9,36.9"},
}
# Own things that cannot be given all the same: the walk stores no files and no
# finished report, and knows no number of a post.
NOT_STORED = {
    ("POST", "/api/v1/accounts/{account_id}/posts/{post_id}/change"),
    ("POST", "/api/v1/accounts/{account_id}/posts/{post_id}/end"),
    ("GET", "/api/v1/photos/{photo_id}/original"),
    ("POST", "/api/v1/plans/{plan_id}/backdrops/{backdrop_id}/place"),
    ("GET", "/api/v1/photos/{photo_id}"),
    ("GET", "/api/v1/sounds/{sound_id}"),
    ("GET", "/api/v1/plans/{plan_id}/papers/{paper_id}"),
    ("GET", "/api/v1/cases/{case_id}/papers/{paper_id}/file"),
    ("GET", "/api/v1/cases/{case_id}/papers/{paper_id}/signed"),
    ("GET", "/api/v1/plans/{plan_id}/backdrops/{backdrop_id}/{part}"),
    ("GET", "/api/v1/plans/{plan_id}/report"),
    ("GET", "/api/v1/plans/{plan_id}/report.{form}"),
    ("GET", "/api/v1/plans/{plan_id}/report/{figure}.svg"),
}
# Who is on call is known in the whole district, so that anybody can be called at night.
OF_DISTRICT = {("GET", "/api/v1/rota"), ("GET", "/api/v1/rota/on-call")}
# Shapes and points outside the district lie nowhere: nothing is said of what is there.
BY_SHAPE = {("POST", "/api/v1/temporary-grids")}
# What may be done to a thing that one may see: rules beside the role's say.
BY_RULES = {
    ("POST", "/api/v1/cases/{case_id}/uploads"),
    ("POST", "/api/v1/cases/{case_id}/actions"),
    ("POST", "/api/v1/cases/{case_id}/photos"),
    # Who handles may only do it to what he added himself.
    ("POST", "/api/v1/photos/{photo_id}/redactions"),
    ("POST", "/api/v1/plans/{plan_id}/publish"),
}
# Things that only their owner knows, whoever asks and wherever it is.
OWNERS_ONLY = {
    ("POST", "/api/v1/session/sessions/{session_id}/end"),
    ("POST", "/api/v1/session/devices/{device_id}/token"),
    ("POST", "/api/v1/session/devices/{device_id}/revoke"),
    ("POST", "/api/v1/saved-filters/{filter_id}/change"),
    ("POST", "/api/v1/saved-filters/{filter_id}/remove"),
    ("GET", "/api/v1/exports/{export_id}/file"),
    ("GET", "/api/v1/cases/{case_id}/uploads/{upload_id}"),
    ("PUT", "/api/v1/cases/{case_id}/uploads/{upload_id}/parts/{offset}"),
    ("POST", "/api/v1/cases/{case_id}/uploads/{upload_id}/complete"),
    ("POST", "/api/v1/shifts/{shift_id}/points"),
    ("POST", "/api/v1/shifts/{shift_id}/end"),
    ("POST", "/api/v1/shifts/{shift_id}/track-file"),
    ("POST", "/api/v1/shifts/{shift_id}/gaps"),
    ("POST", "/api/v1/shifts/{shift_id}/streets"),
}


def _box(place: Place) -> dict[str, Any]:
    w, e = place.lon - 0.002, place.lon + 0.002
    ring = [[w, 36.829], [e, 36.829], [e, 36.831], [w, 36.831], [w, 36.829]]
    return {"type": "Polygon", "coordinates": [ring]}


Body = Callable[[Place], dict[str, Any]]
# Bodies of commands that say where; True: the place in it must be one's own.
BODIES: dict[Route, tuple[Body, bool]] = {
    ("POST", "/api/v1/accounts"): (
        lambda place: {
            "login": f"new{uuid7()}",
            "display_name": "新人",
            "password": "三百户的好密码口令",
            "roles": [{"role": "officer", "grid_id": place.grid}],
        },
        True,
    ),
    ("POST", "/api/v1/accounts/{account_id}/posts"): (
        lambda _: {"role": "officer", "grid_id": OWN.grid + 1},
        False,
    ),
    ("POST", "/api/v1/accounts/{account_id}/posts/{post_id}/change"): (
        lambda _: {"role": "officer", "grid_id": OWN.grid + 1, "since": "2026-11-20"},
        False,
    ),
    ("POST", "/api/v1/accounts/{account_id}/handover"): (
        lambda _: {"stand_in_id": str(walked_town.walker_id("officer")), "since": "2026-11-20"},
        False,
    ),
    ("POST", "/api/v1/shifts"): (
        lambda place: {
            "id": str(uuid7()),
            "kind": "patrol",
            "grid_ids": [place.grid],
            "started_at": small_town.AT.isoformat(),
        },
        True,
    ),
    ("POST", "/api/v1/temporary-grids"): (
        lambda place: {
            "name": "大集",
            "kind": "market",
            "reason": "摊位",
            "first_day": "2026-11-20",
            "last_day": "2026-11-22",
            "geometry": _box(place),
        },
        True,
    ),
    ("POST", "/api/v1/plans"): (
        lambda place: {"area_id": place.community, "name": "调整", "households": 300},
        True,
    ),
    ("POST", "/api/v1/cases/{case_id}/actions"): (
        lambda _: {"action": "verify", "seq": 1},
        False,
    ),
    ("POST", "/api/v1/plans/{plan_id}/publish"): (
        lambda _: {"effective_on": "2026-12-01", "reason": "年度调整"},
        False,
    ),
    ("POST", "/api/v1/plans/{plan_id}/edits"): (
        lambda place: {
            "base": {str(place.grid): 0},
            "edit": {"kind": "rename", "grid_id": place.grid, "name": "甲"},
        },
        False,
    ),
    ("POST", "/api/v1/notice-channels"): (
        lambda place: {
            "name": "群",
            "unit_id": place.id(walked_town.UNIT),
            "address": {"via": "wecom", "url": "https://robot.invalid/send?key=1"},
        },
        True,
    ),
    ("POST", "/api/v1/notice-channels/{channel_id}/change"): (
        lambda place: {"name": "群", "unit_id": place.id(walked_town.UNIT)},
        False,
    ),
    ("POST", "/api/v1/duty/calls"): (
        lambda place: {
            "id": str(uuid7()),
            "case_id": str(place.uuid(walked_town.CASE)),
            "post": "值班室",
        },
        True,
    ),
    ("POST", "/api/v1/handovers"): (
        lambda place: {
            "id": str(uuid7()),
            "area_id": place.community,
            "starts_at": "2026-11-19T20:00:00Z",
        },
        True,
    ),
    ("POST", "/api/v1/rota/{entry_id}/change"): (
        lambda place: {
            "unit_id": place.id(walked_town.UNIT),
            "starts_at": small_town.AT.isoformat(),
            "ends_at": "2026-11-20T10:00:00Z",
            "turn": 1,
            "post": "值班室",
            "desk_number": "0533-1234567",
        },
        False,
    ),
    ("POST", "/api/v1/cases/{case_id}/papers"): (
        lambda _: {
            "id": str(uuid7()),
            "kind": "assignment",
            "seq": 1,
            "unit_id": walked_town.OWN.id(walked_town.UNIT),
            "demand": "清运",
        },
        False,
    ),
    ("POST", "/api/v1/checkpoints"): (
        lambda place: {"id": str(uuid7()), "name": "北门", "lon": place.lon, "lat": 36.83},
        True,
    ),
    ("POST", "/api/v1/rounds/{round_id}/reason"): (lambda _: {"reason": "下雨封路"}, False),
    ("POST", "/api/v1/round-plans"): (
        lambda place: {
            "id": str(uuid7()),
            "grid_ids": [place.grid],
            "every_days": 2,
            "starts_on": "2026-11-20",
        },
        True,
    ),
    ("POST", "/api/v1/shifts/{shift_id}/streets"): (
        lambda place: {
            "streets": [
                {"part_id": place.id(walked_town.PART), "occurred_at": "2026-11-20T02:00:00Z"}
            ]
        },
        False,
    ),
    ("POST", "/api/v1/shifts/{shift_id}/points"): (
        lambda place: {
            "points": [
                {
                    "seq": 9,
                    "occurred_at": small_town.AT.isoformat(),
                    "lon": place.lon,
                    "lat": 36.83,
                    "accuracy_m": 6,
                }
            ]
        },
        False,
    ),
    ("POST", "/api/v1/temporary-grids/{grid_id}/change"): (
        lambda _: {"last_day": "2026-11-30", "reason": "延长"},
        False,
    ),
}
