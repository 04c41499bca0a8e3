"""Which permission each route needs: the one table, asked before the route itself is."""

from api.errors import Problem
from api.permissions import Caller

# What is asked where no permission is: nobody need be there, or anybody who is signed in.
PUBLIC = "public"
SIGNED_IN = "signed in"
Route = tuple[str, str]


class Then(str):
    """A permission that one had when one did what the phone sends only now: the route asks."""

    __slots__ = ()


# method, path → the permission it needs somewhere, or any of several; where, and whether at this
# very place, the route itself asks. What is not here answers nobody.
ROUTES: dict[Route, str | tuple[str, ...]] = {
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("POST", "/api/v1/session"): PUBLIC,
    ("GET", "/api/v1/session"): SIGNED_IN,
    # Each operation is asked for by its own route.
    ("POST", "/api/v1/sync"): SIGNED_IN,
    ("DELETE", "/api/v1/session"): SIGNED_IN,
    ("POST", "/api/v1/session/password"): PUBLIC,
    ("GET", "/api/v1/session/ways-in"): SIGNED_IN,
    ("POST", "/api/v1/session/sessions/{session_id}/end"): SIGNED_IN,
    ("POST", "/api/v1/session/sessions/end-others"): SIGNED_IN,
    ("POST", "/api/v1/session/second-factor"): PUBLIC,
    ("POST", "/api/v1/session/second-factor/confirm"): PUBLIC,
    ("POST", "/api/v1/session/second-factor/codes"): PUBLIC,
    ("POST", "/api/v1/session/second-factor/remove"): PUBLIC,
    ("POST", "/api/v1/session/card/look"): PUBLIC,
    ("POST", "/api/v1/session/card"): PUBLIC,
    ("POST", "/api/v1/session/card/revoke"): SIGNED_IN,
    ("POST", "/api/v1/session/devices"): SIGNED_IN,
    ("POST", "/api/v1/session/devices/{device_id}/token"): SIGNED_IN,
    ("POST", "/api/v1/session/devices/{device_id}/revoke"): SIGNED_IN,
    ("GET", "/api/v1/session/other-ways"): PUBLIC,
    ("GET", "/api/v1/session/oidc"): PUBLIC,
    ("GET", "/api/v1/session/oidc/return"): PUBLIC,
    ("GET", "/api/v1/accounts/{account_id}/identity"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/identity"): "account:manage",
    ("GET", "/api/v1/accounts"): "account:manage",
    ("POST", "/api/v1/accounts"): "account:manage",
    ("GET", "/api/v1/account-lists/file.xlsx"): "account:manage",
    ("POST", "/api/v1/account-lists/check"): "account:manage",
    ("POST", "/api/v1/account-lists"): "account:manage",
    ("GET", "/api/v1/accounts/{account_id}"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/naming"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/posts"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/posts/{post_id}/end"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/posts/{post_id}/change"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/activity"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/reset"): "account:manage",
    ("GET", "/api/v1/accounts/{account_id}/ways-in"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/sessions/end"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/card/revoke"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/second-factor/reset"): "account:manage",
    ("POST", "/api/v1/sign-in-cards"): "account:manage",
    ("POST", "/api/v1/sign-in-cards/sheet.pdf"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/devices/{device_id}/revoke"): "account:manage",
    ("GET", "/api/v1/accounts/{account_id}/handover"): "account:manage",
    ("POST", "/api/v1/accounts/{account_id}/handover"): "account:manage",
    ("GET", "/api/v1/categories"): "map:read",
    ("GET", "/api/v1/units"): "map:read",
    ("GET", "/api/v1/calendar"): "map:read",
    ("PUT", "/api/v1/calendar/hours"): "calendar:manage",
    ("GET", "/api/v1/calendar/{year}"): "map:read",
    ("PUT", "/api/v1/calendar/{year}"): "calendar:manage",
    ("POST", "/api/v1/calendar/{year}/shipped"): "calendar:manage",
    ("POST", "/api/v1/calendar/{year}/read"): "calendar:manage",
    ("GET", "/api/v1/limits"): "map:read",
    ("PUT", "/api/v1/limits"): "limit:manage",
    ("GET", "/api/v1/deadlines"): "map:read",
    ("GET", "/api/v1/notices"): "map:read",
    ("POST", "/api/v1/notices/read"): "map:read",
    ("GET", "/api/v1/ticket-replies"): "ticket:reply",
    ("POST", "/api/v1/ticket-replies"): "ticket:reply",
    ("POST", "/api/v1/ticket-replies/verdicts/check"): "ticket:reply",
    ("POST", "/api/v1/ticket-replies/verdicts"): "ticket:reply",
    ("POST", "/api/v1/paper-templates/{kind}/trial"): "template:manage",
    ("GET", "/api/v1/paper-templates/{kind}/trial"): "template:read",
    ("GET", "/api/v1/paper-templates/{kind}/shipped"): "template:read",
    ("POST", "/api/v1/messages/read"): "case:report",
    ("GET", "/api/v1/cases/{case_id}/card"): "case:read",
    ("GET", "/api/v1/cases/{case_id}/card.png"): "case:read",
    ("GET", "/api/v1/grids/{grid_id}/card"): "case:read",
    ("GET", "/api/v1/grids/{grid_id}/card.png"): "case:read",
    ("GET", "/api/v1/notice-channels"): "channel:manage",
    ("GET", "/api/v1/notice-channels/failures"): "channel:manage",
    ("POST", "/api/v1/notice-channels"): "channel:manage",
    ("POST", "/api/v1/notice-channels/{channel_id}/change"): "channel:manage",
    ("POST", "/api/v1/notice-channels/{channel_id}/remove"): "channel:manage",
    ("POST", "/api/v1/notice-channels/{channel_id}/trial"): "channel:manage",
    ("POST", "/api/v1/notice-channels/{channel_id}/again"): "channel:manage",
    ("POST", "/api/v1/cases"): Then("case:report"),
    ("GET", "/api/v1/cases"): "case:read",
    ("GET", "/api/v1/cases/points"): "case:read",
    ("GET", "/api/v1/cases/board"): "case:read",
    ("POST", "/api/v1/cases/steps/preview"): "case:read",
    # Which action with which case, the course of each says.
    ("POST", "/api/v1/cases/steps"): "case:read",
    ("GET", "/api/v1/unit-desk"): "case:read",
    ("GET", "/api/v1/saved-filters"): "case:read",
    ("GET", "/api/v1/saved-filters/counts"): "case:read",
    ("POST", "/api/v1/saved-filters"): "case:read",
    ("POST", "/api/v1/saved-filters/order"): "case:read",
    ("POST", "/api/v1/saved-filters/{filter_id}/change"): "case:read",
    ("POST", "/api/v1/saved-filters/{filter_id}/remove"): "case:read",
    ("GET", "/api/v1/cases/near"): "case:read",
    ("GET", "/api/v1/case-rules"): "map:read",
    ("POST", "/api/v1/case-rules"): "case-rules:write",
    ("POST", "/api/v1/categories/{category_id}/case-rules"): "case-rules:write",
    ("POST", "/api/v1/categories"): "district:manage",
    ("POST", "/api/v1/categories/{category_id}"): "district:manage",
    ("POST", "/api/v1/units"): "district:manage",
    ("POST", "/api/v1/units/{unit_id}"): "district:manage",
    ("POST", "/api/v1/areas/{area_id}"): "district:manage",
    ("GET", "/api/v1/cases/{case_id}"): "case:read",
    # Which action, the course of the case says (casework.states).
    ("POST", "/api/v1/cases/{case_id}/actions"): Then("case:read"),
    ("POST", "/api/v1/cases/{case_id}/photos"): Then("case:read"),
    ("GET", "/api/v1/photos/{photo_id}"): "case:read",
    ("POST", "/api/v1/cases/{case_id}/uploads"): Then("case:read"),
    ("GET", "/api/v1/cases/{case_id}/uploads/{upload_id}"): Then("case:read"),
    ("PUT", "/api/v1/cases/{case_id}/uploads/{upload_id}/parts/{offset}"): Then("case:read"),
    ("POST", "/api/v1/cases/{case_id}/uploads/{upload_id}/complete"): Then("case:read"),
    ("GET", "/api/v1/photos"): "case:read",
    ("GET", "/api/v1/sounds/{sound_id}"): "case:read",
    # Who adds photos of his repair may see to his own, without a charge over others'.
    ("POST", "/api/v1/photos/{photo_id}/redactions"): ("photo:redact", "case:handle"),
    ("GET", "/api/v1/photos/{photo_id}/redactions"): "case:read",
    ("GET", "/api/v1/photos/{photo_id}/original"): "photo:original",
    ("GET", "/api/v1/triage"): "case:read",
    ("GET", "/api/v1/cases/{case_id}/papers"): "case:read",
    ("POST", "/api/v1/cases/{case_id}/papers"): "case:paper",
    ("GET", "/api/v1/cases/{case_id}/papers/{paper_id}/file"): "case:read",
    ("POST", "/api/v1/cases/{case_id}/papers/{paper_id}/signed"): "case:paper",
    ("GET", "/api/v1/cases/{case_id}/papers/{paper_id}/signed"): "case:read",
    ("GET", "/api/v1/paper-templates"): "template:read",
    ("GET", "/api/v1/paper-templates/{kind}/file"): "template:read",
    ("PUT", "/api/v1/paper-templates/{kind}"): "template:manage",
    ("DELETE", "/api/v1/paper-templates/{kind}"): "template:manage",
    ("POST", "/api/v1/exports"): "case:export",
    ("GET", "/api/v1/exports/{export_id}/file"): "case:export",
    ("GET", "/api/v1/exports"): "export:read",
    ("GET", "/api/v1/routing/rules"): "routing:read",
    ("POST", "/api/v1/routing/rules"): "routing:write",
    ("POST", "/api/v1/routing/rules/order"): "routing:write",
    ("POST", "/api/v1/routing/rules/{rule_id}/change"): "routing:write",
    ("POST", "/api/v1/routing/rules/{rule_id}/remove"): "routing:write",
    ("GET", "/api/v1/routing/trial"): "routing:read",
    ("GET", "/api/v1/routing/owners"): "case:report",
    ("GET", "/api/v1/routing/queues"): "routing:read",
    ("GET", "/api/v1/rota"): "rota:read",
    ("GET", "/api/v1/rota/on-call"): "rota:read",
    ("GET", "/api/v1/rota/file.xlsx"): "rota:read",
    ("POST", "/api/v1/rota"): "rota:write",
    ("POST", "/api/v1/rota/{entry_id}/change"): "rota:write",
    ("POST", "/api/v1/rota/{entry_id}/remove"): "rota:write",
    ("POST", "/api/v1/rota/check"): "rota:write",
    ("POST", "/api/v1/rota/import"): "rota:write",
    ("GET", "/api/v1/duty/settings"): "routing:read",
    ("POST", "/api/v1/duty/settings"): "routing:write",
    ("GET", "/api/v1/duty/desk"): "duty:read",
    ("GET", "/api/v1/cases/{case_id}/duty"): "case:read",
    ("POST", "/api/v1/duty/calls"): "duty:act",
    ("POST", "/api/v1/duty/calls/{call_id}/settle"): "duty:act",
    ("GET", "/api/v1/handovers"): "duty:read",
    ("GET", "/api/v1/handovers/{handover_id}"): "duty:read",
    ("POST", "/api/v1/handovers"): "duty:act",
    ("POST", "/api/v1/handovers/{handover_id}/acknowledge"): "duty:act",
    ("POST", "/api/v1/report-lists/preview"): "list:import",
    ("POST", "/api/v1/report-lists/check"): "list:import",
    ("POST", "/api/v1/report-lists/faults.xlsx"): "list:import",
    ("POST", "/api/v1/report-lists"): "list:import",
    ("GET", "/api/v1/report-lists"): "list:import",
    ("GET", "/api/v1/report-lists/{list_id}"): "list:import",
    ("POST", "/api/v1/shifts"): Then("shift:record"),
    ("POST", "/api/v1/shifts/{shift_id}/points"): Then("shift:record"),
    ("POST", "/api/v1/shifts/{shift_id}/end"): Then("shift:record"),
    ("POST", "/api/v1/shifts/{shift_id}/track-file"): Then("shift:record"),
    ("GET", "/api/v1/shifts"): "track:read",
    # One's own, though one's charge ended since.
    ("GET", "/api/v1/shifts/{shift_id}"): Then("track:read"),
    ("GET", "/api/v1/shifts/{shift_id}/track"): Then("track:read"),
    ("GET", "/api/v1/shifts/{shift_id}/gaps"): Then("track:read"),
    ("POST", "/api/v1/shifts/{shift_id}/gaps"): Then("shift:record"),
    ("GET", "/api/v1/shifts/{shift_id}/looks"): Then("track:read"),
    ("GET", "/api/v1/shifts/{shift_id}/streets"): Then("track:read"),
    ("POST", "/api/v1/shifts/{shift_id}/streets"): Then("shift:record"),
    ("GET", "/api/v1/coverage"): "coverage:read",
    ("GET", "/api/v1/streets"): "coverage:read",
    ("GET", "/api/v1/duty/streets"): "shift:record",
    ("GET", "/api/v1/streets/map"): "coverage:read",
    ("GET", "/api/v1/checkpoints"): "checkpoint:manage",
    ("POST", "/api/v1/checkpoints"): "checkpoint:manage",
    ("POST", "/api/v1/checkpoints/{checkpoint_id}/end"): "checkpoint:manage",
    ("GET", "/api/v1/checkpoints/sheet.pdf"): "checkpoint:manage",
    ("GET", "/api/v1/duty/rounds"): "shift:record",
    ("GET", "/api/v1/rounds"): "coverage:read",
    ("POST", "/api/v1/rounds/{round_id}/reason"): "shift:record",
    ("GET", "/api/v1/round-plans"): "coverage:read",
    ("POST", "/api/v1/round-plans"): "round:plan",
    ("POST", "/api/v1/round-plans/{round_plan_id}/end"): "round:plan",
    ("GET", "/api/v1/grid-status"): "map:read",
    ("GET", "/api/v1/live"): "map:read",
    ("GET", "/api/v1/areas"): "map:read",
    ("GET", "/api/v1/indicators"): "case:read",
    ("GET", "/api/v1/areas/{area_id}"): "map:read",
    ("GET", "/api/v1/grids"): "map:read",
    ("GET", "/api/v1/grids/days"): "map:read",
    ("GET", "/api/v1/grids/{grid_id}"): "map:read",
    ("GET", "/api/v1/temporary-grids"): "map:read",
    ("GET", "/api/v1/temporary-grids/{grid_id}"): "map:read",
    ("POST", "/api/v1/temporary-grids"): "temporary:draw",
    ("POST", "/api/v1/temporary-grids/{grid_id}/end"): "temporary:draw",
    ("POST", "/api/v1/temporary-grids/{grid_id}/change"): "temporary:draw",
    ("GET", "/api/v1/buildings"): "map:read",
    ("GET", "/api/v1/buildings/{building_id}"): "map:read",
    ("GET", "/api/v1/locate"): "map:read",
    ("GET", "/api/v1/addresses"): "map:read",
    ("GET", "/api/v1/search"): "map:read",
    ("GET", "/api/v1/officers"): "plan:read",
    ("GET", "/api/v1/hotspots"): "case:read",
    ("GET", "/api/v1/hotspots/runs"): "case:read",
    ("POST", "/api/v1/hotspots/runs"): "hotspot:run",
    ("GET", "/api/v1/hotspots/density"): "case:read",
    ("GET", "/api/v1/hotspots/density.png"): "case:read",
    ("GET", "/api/v1/plans"): "plan:read",
    ("GET", "/api/v1/plans/{plan_id}"): "plan:read",
    ("POST", "/api/v1/plans"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/redraw"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/stop"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/check"): "plan:check",
    ("POST", "/api/v1/plans/{plan_id}/approve"): "plan:approve",
    ("POST", "/api/v1/plans/{plan_id}/send-back"): "plan:send-back",
    ("POST", "/api/v1/plans/{plan_id}/publish"): "plan:publish",
    ("POST", "/api/v1/plans/{plan_id}/reverse"): "plan:generate",
    ("DELETE", "/api/v1/plans/{plan_id}"): "plan:generate",
    ("GET", "/api/v1/areas/{area_id}/division"): "plan:generate",
    ("POST", "/api/v1/areas/{area_id}/plan-layers"): "plan:generate",
    ("GET", "/api/v1/plans/{plan_id}/draft"): "plan:generate",
    ("GET", "/api/v1/plans/{plan_id}/draft/buildings"): "plan:generate",
    ("GET", "/api/v1/plans/{plan_id}/draft/roads"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/edits"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/undo"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/redo"): "plan:generate",
    ("GET", "/api/v1/plans/{plan_id}/papers"): "plan:read",
    ("POST", "/api/v1/plans/{plan_id}/papers"): "plan:sign",
    ("GET", "/api/v1/plans/{plan_id}/papers/{paper_id}"): "plan:read",
    ("DELETE", "/api/v1/plans/{plan_id}/papers/{paper_id}"): "plan:unsign",
    ("GET", "/api/v1/plans/{plan_id}/backdrops"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/backdrops"): "plan:generate",
    ("POST", "/api/v1/plans/{plan_id}/backdrops/{backdrop_id}/place"): "plan:generate",
    ("GET", "/api/v1/plans/{plan_id}/backdrops/{backdrop_id}/{part}"): "plan:generate",
    ("DELETE", "/api/v1/plans/{plan_id}/backdrops/{backdrop_id}"): "plan:generate",
    ("GET", "/api/v1/plans/{plan_id}/preview"): "plan:read",
    ("GET", "/api/v1/plans/{plan_id}/preview/map"): "plan:read",
    ("GET", "/api/v1/plans/{plan_id}/preview/cases"): "plan:read",
    ("GET", "/api/v1/plans/{plan_id}/preview/buildings"): "plan:read",
    ("GET", "/api/v1/plans/{plan_id}/report"): "plan:read",
    ("POST", "/api/v1/plans/{plan_id}/report"): "plan:read",
    ("GET", "/api/v1/plans/{plan_id}/report.{form}"): "plan:read",
    ("GET", "/api/v1/plans/{plan_id}/report/{figure}.svg"): "plan:read",
    ("GET", "/api/v1/offline-map"): "map:read",
    ("GET", "/api/v1/offline-map.pmtiles"): "map:read",
    ("GET", "/tiles/grid-status.json"): "map:read",
    ("GET", "/tiles/grid-status/{z}/{x}/{y}.mvt"): "map:read",
    ("GET", "/tiles/density/{run}/{z}/{x}/{y}.png"): "case:read",
    # Hazards among the layers need case:read: the layer says so (tiles.layers).
    ("GET", "/tiles/{layer_name}.json"): "map:read",
    ("GET", "/tiles/{layer_name}/{z}/{x}/{y}.mvt"): "map:read",
}


# What a person does himself, signed in: whoever finds a telephone must not get further by it.
PERSON_ONLY = frozenset(
    route
    for route, need in ROUTES.items()
    if route[1].startswith("/api/v1/session/") or need == "account:manage"
)
# All that a tracker's token opens: it knows no holder, and goes on when its post is handed over.
FOR_TRACKERS = frozenset(
    {
        ("POST", "/api/v1/shifts"),
        ("POST", "/api/v1/shifts/{shift_id}/points"),
        ("POST", "/api/v1/shifts/{shift_id}/end"),
    }
)


def needs(method: str, path: str) -> tuple[str, ...]:
    """Permissions of which a route needs one; none: anybody who is signed in, or anybody at all.

    Raises
    ------
    LookupError
        If the table does not say who may use this route.
    """
    need = ROUTES.get((method, path))
    if need is None:
        raise LookupError(f"api.route_rights.ROUTES does not say who may use {method} {path}")
    if need in {PUBLIC, SIGNED_IN} or isinstance(need, Then):
        return ()
    return (need,) if isinstance(need, str) else need


def require_for_route(who: Caller, method: str, path: str) -> None:
    """Refuse with 403 whoever has none of the permissions that the table names for a route."""
    method = "GET" if method == "HEAD" else method
    wanted = needs(method, path)
    if who.device_id is not None:
        _require_for_device(who, (method, path))
    if wanted and not any(who.roles_for(permission) for permission in wanted):
        who.require(wanted[0])


def _require_for_device(who: Caller, route: Route) -> None:
    if route in PERSON_ONLY:
        raise Problem(403, "person-only", "Sign in by password or card for this.")
    if who.device_kind == "tracker" and route not in FOR_TRACKERS:
        raise Problem(403, "tracker-only-records", "A tracker records shifts and nothing else.")
