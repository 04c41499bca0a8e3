"""Who may do what: the one table, and the question put to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from api.errors import Problem, not_found
from casework.course import CALLED, REPORTER
from casework.plan_states import WHO_PLANS
from casework.states import WHO, Actor
from data.accounts import Held
from data.case_types import StoredCase

READERS = frozenset({"officer", "planner", "commander", "handler", "administrator", "auditor"})


def _held(roles: frozenset[str]) -> frozenset[str]:
    """Roles that accounts hold, for what a case allows: one of a unit called is its handler."""
    return (roles & READERS) | (frozenset({"handler"}) if CALLED in roles else frozenset())


PERMISSIONS: dict[str, frozenset[str]] = {
    "map:read": READERS,
    "case:read": READERS,
    **{f"case:{action}": _held(roles) for action, roles in WHO.items() if _held(roles)},
    "photo:redact": frozenset({"officer", "commander", "administrator"}),
    "photo:original": frozenset({"auditor"}),
    "template:manage": frozenset({"administrator"}),
    "template:read": frozenset({"commander", "administrator", "auditor"}),
    "case:export": frozenset({"commander", "handler", "administrator", "auditor"}),
    "export:read": frozenset({"administrator", "auditor"}),
    "list:import": frozenset({"commander"}),
    "ticket:reply": frozenset({"commander"}),
    "shift:record": frozenset({"officer"}),
    "track:read": frozenset({"officer", "commander", "auditor"}),
    "coverage:read": frozenset({"officer", "planner", "commander", "auditor"}),
    "checkpoint:manage": frozenset({"commander"}),
    "round:plan": frozenset({"commander"}),
    "plan:read": frozenset({"planner", "commander", "administrator", "auditor"}),
    "plan:generate": WHO_PLANS["edit"],
    **{f"plan:{action}": roles for action, roles in WHO_PLANS.items() if action != "edit"},
    "temporary:draw": frozenset({"planner", "commander"}),
    "hotspot:run": frozenset({"commander", "planner"}),
    "routing:read": frozenset({"commander", "administrator", "auditor"}),
    "routing:write": frozenset({"commander", "administrator"}),
    "rota:read": frozenset({"commander", "administrator", "auditor", "handler"}),
    "rota:write": frozenset({"commander", "administrator"}),
    "duty:read": frozenset({"commander", "auditor"}),
    "duty:act": frozenset({"commander"}),
    "account:manage": frozenset({"administrator"}),
    "case-rules:write": frozenset({"administrator"}),
    "district:manage": frozenset({"administrator"}),
    "calendar:manage": frozenset({"administrator"}),
    "limit:manage": frozenset({"administrator"}),
    "channel:manage": frozenset({"administrator"}),
}


def permissions_of(roles: Iterable[str]) -> list[str]:
    """What somebody with these roles may do somewhere, by name."""
    held = frozenset(roles)
    return sorted(name for name, givers in PERMISSIONS.items() if givers & held)


@dataclass(frozen=True)
class Role:
    """A role as it holds today: within an area and all below it, or on one grid.

    Parameters
    ----------
    name
        One of `data.schema.accounts.ROLES`.
    area_path
        ltree path of the area; for a grid's officer, of the grid's community.
    grid_id
        The officer's grid; None for a role within an area.
    """

    name: str
    area_path: str
    area_id: int | None
    grid_id: int | None

    def covers(self, area_path: str, grid_id: int | None) -> bool:
        """Whether a thing at this place lies within the role."""
        if self.grid_id is not None:
            return grid_id == self.grid_id
        return area_path == self.area_path or area_path.startswith(self.area_path + ".")


@dataclass(frozen=True)
class Caller:
    """Who is asking, with the roles that hold today; and by which device, if by one."""

    district_id: int
    account_id: UUID
    login: str
    display_name: str
    unit_id: int | None
    roles: tuple[Role, ...]
    device_id: UUID | None = None
    device_kind: str | None = None

    @property
    def permissions(self) -> list[str]:
        """What the caller may do somewhere, by name."""
        return permissions_of(role.name for role in self.roles)

    def roles_for(self, permission: str) -> tuple[Role, ...]:
        """The roles that give a permission."""
        return tuple(role for role in self.roles if role.name in PERMISSIONS[permission])

    def may(self, permission: str, area_path: str, grid_id: int | None = None) -> bool:
        """Whether the caller may do this at a place."""
        return any(role.covers(area_path, grid_id) for role in self.roles_for(permission))

    def require(self, permission: str) -> tuple[Role, ...]:
        """The roles that give a permission, or 403."""
        roles = self.roles_for(permission)
        if not roles:
            raise Problem(
                403,
                "forbidden",
                "Your role does not allow this.",
                params={"permission": permission},
            )
        return roles

    def require_at(
        self, permission: str, area_path: str, grid_id: int | None = None, *, what: str
    ) -> None:
        """Refuse with 404 outside the caller's area, with 403 where only the right lacks."""
        if not any(role.covers(area_path, grid_id) for role in self.roles):
            raise not_found(what)
        if not self.may(permission, area_path, grid_id):
            raise Problem(
                403,
                "forbidden",
                "Your role does not allow this.",
                params={"permission": permission},
            )

    def actor_in(self, stored: StoredCase) -> Actor | None:
        """Who the caller is to a case: the roles that cover it; None when he may not see it.

        A handler handles what his unit is charged with and reports in where it was called,
        wherever it lies; the reporter sees his own case.
        """
        case = stored.case
        roles = {role.name for role in self.roles if role.covers(stored.area_path, stored.grid_id)}
        charged = self.unit_id is not None and case.unit_id == self.unit_id
        called = any(one.unit_id == self.unit_id for one in case.standing.called)
        reported = case.reported_by == self.account_id
        if not (roles or charged or called or reported):
            return None
        roles.discard("handler")
        if any(role.name == "handler" for role in self.roles):
            roles |= ({"handler"} if charged else set()) | ({CALLED} if called else set())
        return Actor(self.account_id, frozenset(roles | ({REPORTER} if reported else set())))

    def reporter(self) -> Actor:
        """Who the caller is to a hazard that he reports: a place is found wherever it lies."""
        self.require("case:report")
        return Actor(self.account_id, frozenset(role.name for role in self.roles))


def as_caller(held: Held) -> Caller:
    """Turn the rows of an account into who is asking."""
    return Caller(
        district_id=held.district_id,
        account_id=held.account_id,
        login=held.login,
        display_name=held.display_name,
        unit_id=held.unit_id,
        roles=tuple(
            Role(row.role, row.area_path, row.area_id, row.grid_id) for row in held.assignments
        ),
        device_id=held.device_id,
        device_kind=held.device_kind,
    )
