"""Posts of people: roles given and ended from a day, an account switched off, posts handed over."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints
from sqlalchemy import Connection, Row
from uuid_utils.compat import uuid7

from api.case_views import ActorRef
from api.context import AppContext, CurrentCaller, Now, Tx, scope_for
from api.days import Day
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from api.routes.accounts import Account, DisplayName, RoleIn, RoleName, account_of, require_places
from api.shapes import Ref
from data import posts
from data.account_events import note_event
from data.account_lists import find_account
from data.accounts import NewRole, change_account, set_account_active
from data.devices import devices_to_hand_over
from data.layers import district_today
from data.rights import let_act
from data.rota import entries_to_hand_over
from data.scope import Scope

router = APIRouter(
    prefix="/api/v1/accounts/{account_id}",
    tags=["accounts"],
    responses=problem_responses(401, 403, 404, 409, 422),
)

Reason = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class Post(BaseModel):
    """A role with its days, past, present or to come."""

    id: int
    role: RoleName
    area: Ref | None
    grid: Ref | None
    since: date
    last_day: date | None = Field(description="Included; null: without end.")


class PostMade(BaseModel):
    """A post that was handed over, from or to this account."""

    id: UUID
    holder: ActorRef
    stand_in: ActorRef
    since: date
    last_day: date | None
    reason: str
    posts: int = Field(description="Roles that went.")
    made_by: str | None
    made_at: AwareDatetime


class Person(BaseModel):
    """An account with all its posts."""

    account: Account
    posts: list[Post] = Field(description="Latest first.")
    handovers: list[PostMade] = Field(description="Latest first.")


class NewPost(RoleIn):
    """A role to be given for some days."""

    since: Day | None = Field(None, description="First day; none: today.")
    last_day: Day | None = Field(None, description="Included; none: without end.")


class PostEnd(BaseModel):
    """When a role ends."""

    last_day: Day | None = Field(
        None, description="The last day it holds; none: it holds no more from today on."
    )


class PostChange(RoleIn):
    """Another role in place of one, from a day on."""

    since: Day = Field(description="First day of the other role: today or later.")


class Activity(BaseModel):
    """Whether an account may sign in."""

    active: bool


class Naming(BaseModel):
    """How somebody is called, and the unit he belongs to."""

    display_name: DisplayName
    unit_id: int | None = None


class StandIn(BaseModel):
    """To whom a post goes, and for how long."""

    stand_in_id: UUID
    since: Day = Field(description="First day: today or later.")
    last_day: Day | None = Field(
        None, description="Included; the post then comes back by itself. None: for good."
    )
    reason: Reason = ""


class PostGoing(Post):
    """A role that would go, on the days that it would go for."""

    open_cases: int = Field(description="Open cases in its grid: they follow the grid.")
    kept: bool = Field(description="The stand-in holds it himself on these days.")


class HandoverPreview(BaseModel):
    """What a hand-over would move."""

    holder: ActorRef
    stand_in: ActorRef
    since: date
    last_day: date | None
    posts: list[PostGoing]
    open_cases: int
    devices: list[str] = Field(description="Names of devices that belong to the post.")
    rota_entries: int = Field(description="Entries of the rota that begin on these days.")


@router.get("")
def person(account_id: UUID, caller: CurrentCaller, tx: Tx, at: Now) -> Person:
    """Show an account with every role it had, has and will have."""
    return _person(tx, caller, account_id, district_today(tx, caller.district_id, at))


@router.post("/naming", response_model=Person)
def name_account(account_id: UUID, body: Naming, command: CurrentCommand) -> Response:
    """Change the name that is shown, or the unit; the login stays."""
    today = _begin(command, account_id)
    district_id = command.caller.district_id
    if body.unit_id is None and posts.handles_from(command.tx, district_id, account_id, today):
        raise invalid("/unit_id", "missing", "A handler belongs to a unit.")
    change_account(
        command.tx,
        district_id,
        account_id,
        display_name=body.display_name,
        unit_id=body.unit_id,
    )
    return command.keep(_person(command.tx, command.caller, account_id, today))


@router.post("/posts", status_code=201, response_model=Person)
def give_post(account_id: UUID, body: NewPost, command: CurrentCommand) -> Response:
    """Give a role within the caller's own area, from today or a later day on."""
    today = _begin(command, account_id)
    role = _role(command, body)
    days = posts.Days(_not_past(body.since or today, today), _after(body.last_day))
    _try(command, posts.give_role, account_id, role, days)
    return command.keep(_person(command.tx, command.caller, account_id, today), 201)


@router.post("/posts/{post_id}/end", response_model=Person)
def end_post(account_id: UUID, post_id: int, body: PostEnd, command: CurrentCommand) -> Response:
    """End a role with a day; one that has not begun yet is taken back."""
    today = _begin(command, account_id)
    post = _post(command, account_id, post_id)
    on = today if body.last_day is None else body.last_day + timedelta(days=1)
    _end(command, post, _not_past(on, today))
    return command.keep(_person(command.tx, command.caller, account_id, today))


@router.post("/posts/{post_id}/change", response_model=Person)
def change_post(
    account_id: UUID, post_id: int, body: PostChange, command: CurrentCommand
) -> Response:
    """Put another role in place of one from a day on; until then it was what it was."""
    today = _begin(command, account_id)
    post = _post(command, account_id, post_id)
    role = _role(command, body)
    until = post.validity.upper
    _end(command, post, _not_past(body.since, today))
    _try(command, posts.give_role, account_id, role, posts.Days(body.since, until))
    return command.keep(_person(command.tx, command.caller, account_id, today))


@router.post("/activity", response_model=Person)
def switch_account(
    account_id: UUID, body: Activity, command: CurrentCommand, parts: AppContext
) -> Response:
    """Let an account sign in or not; its sessions end, its name stays on what it did."""
    today = _begin(command, account_id)
    if account_id == command.caller.account_id:
        raise Problem(409, "own-account", "Nobody switches his own account off.")
    set_account_active(command.tx, command.caller.district_id, account_id, active=body.active)
    note_event(
        command.tx,
        command.caller.district_id,
        account_id,
        "switched-on" if body.active else "switched-off",
        by=command.caller.account_id,
        at=command.at,
    )
    parts.signed_in.forget()
    return command.keep(_person(command.tx, command.caller, account_id, today))


@router.get("/handover")
def preview_handover(
    *,
    account_id: UUID,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    stand_in_id: UUID,
    since: Day,
    last_day: Annotated[Day | None, Query(description="Included; none: for good.")] = None,
) -> HandoverPreview:
    """Tell what a hand-over of this account's post would move; nothing is changed."""
    asked = StandIn(stand_in_id=stand_in_id, since=since, last_day=last_day)
    return _preview(tx, caller, account_id, asked, at)


@router.post("/handover", status_code=201, response_model=HandoverPreview)
def hand_post_over(account_id: UUID, body: StandIn, command: CurrentCommand) -> Response:
    """Hand all roles over: for good 离岗, or till a day 代班 and then back by itself."""
    told = _preview(command.tx, command.caller, account_id, body, command.at)
    _try(
        command,
        posts.hand_over,
        uuid7(),
        _asked(account_id, body),
        made_by=command.caller.account_id,
        made_at=command.at,
    )
    return command.keep(told, 201)


def _begin(command: Command, account_id: UUID) -> date:
    """Make sure that the account is the caller's to manage; the district's day."""
    today = district_today(command.tx, command.caller.district_id, command.at)
    _account(command.tx, command.caller, account_id, today)
    return today


def _account(tx: Connection, caller: Caller, account_id: UUID, today: date) -> Row[Any]:
    scope = scope_for(caller, "account:manage")
    found = find_account(tx, scope, today, account_id)
    if found is None:
        raise not_found("account")
    return found


def _person(tx: Connection, caller: Caller, account_id: UUID, today: date) -> Person:
    row = _account(tx, caller, account_id, today)
    return Person(
        account=account_of(row),
        posts=[Post(**_days(post)) for post in posts.posts_of(tx, caller.district_id, account_id)],
        handovers=[
            PostMade(
                id=made.id,
                holder=ActorRef(id=made.account_id, display_name=made.holder),
                stand_in=ActorRef(id=made.stand_in_id, display_name=made.stand_in),
                since=made.since,
                last_day=_before(made.until),
                reason=made.reason,
                posts=made.posts,
                made_by=made.made_by,
                made_at=made.made_at,
            )
            for made in posts.handovers_made(tx, caller.district_id, account_id)
        ],
    )


def _preview(
    tx: Connection, caller: Caller, account_id: UUID, asked: StandIn, at: datetime
) -> HandoverPreview:
    today = district_today(tx, caller.district_id, at)
    holder = _account(tx, caller, account_id, today)
    stand_in = _account(tx, caller, asked.stand_in_id, today)
    _not_past(asked.since, today)
    order = _asked(account_id, asked)
    try:
        posts.require_possible(tx, caller.district_id, order)
    except posts.PostError as error:
        raise _refused(error) from None
    going = [
        PostGoing(**_days(row), open_cases=row.open_cases, kept=row.kept)
        for row in posts.what_goes(tx, caller.district_id, order)
    ]
    # Reading, one sees one's own devices alone; this account's are now known to be one's to see.
    let_act(tx, Scope(caller.district_id, account_id=caller.account_id))
    return HandoverPreview(
        holder=ActorRef(id=holder.id, display_name=holder.display_name),
        stand_in=ActorRef(id=stand_in.id, display_name=stand_in.display_name),
        since=asked.since,
        last_day=asked.last_day,
        posts=going,
        open_cases=sum(post.open_cases for post in going),
        devices=[
            device.name
            for device in devices_to_hand_over(
                tx, caller.district_id, account_id, order.days.since, order.days.until
            )
        ],
        rota_entries=entries_to_hand_over(
            tx,
            caller.district_id,
            (account_id, asked.stand_in_id),
            (order.days.since, order.days.until),
            at,
        ),
    )


def _asked(account_id: UUID, said: StandIn) -> posts.Handover:
    days = posts.Days(said.since, _after(said.last_day))
    return posts.Handover(account_id, said.stand_in_id, days, said.reason)


def _role(command: Command, said: RoleIn) -> NewRole:
    role = NewRole(said.role, said.area_id, said.grid_id)
    require_places(command, [role])
    return role


def _post(command: Command, account_id: UUID, post_id: int) -> Row[Any]:
    found = posts.find_post(command.tx, command.caller.district_id, post_id)
    if found is None or found.account_id != account_id:
        raise not_found("post")
    return found


def _end(command: Command, post: Row[Any], on: date) -> None:
    try:
        posts.end_role(command.tx, post, on)
    except posts.PostError as error:
        raise _refused(error) from None


def _try(command: Command, step: Any, *asked: Any, **made: Any) -> None:
    try:
        step(command.tx, command.caller.district_id, *asked, **made)
    except posts.PostError as error:
        raise _refused(error) from None


def _refused(error: posts.PostError) -> Problem:
    return Problem(409, f"post-{error.code}", str(error))


def _not_past(day: date, today: date) -> date:
    if day < today:
        raise Problem(409, "post-past", "What was is not rewritten: choose today or a later day.")
    return day


def _after(last_day: date | None) -> date | None:
    return None if last_day is None else last_day + timedelta(days=1)


def _before(until: date | None) -> date | None:
    return None if until is None else until - timedelta(days=1)


def _days(row: Row[Any]) -> dict[str, Any]:
    in_grid = row.grid_id is not None
    return {
        "id": row.id,
        "role": row.role,
        "area": None if in_grid else Ref(id=row.area_id, code=row.area_code, name=row.area_name),
        "grid": Ref(id=row.grid_id, code=row.grid_code or "", name=row.grid_name or "")
        if in_grid
        else None,
        "since": row.since,
        "last_day": _before(row.until),
    }
