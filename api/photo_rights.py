"""Who may add a photo or a voice note to a case, see one, or make parts of one unreadable."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row

from api import case_views
from api.case_views import Photo, Sound
from api.errors import Problem, not_found
from api.once_own import no_such_case
from api.operations import Command
from api.permissions import PERMISSIONS, Caller
from casework.states import OPEN
from data.case_types import StoredCase
from data.cases import find_case
from data.photos import find_photo
from data.sounds import find_sound

Role = Literal["before", "after"]
UploadRole = Literal["before", "after", "voice"]


def case_to_add_to(command: Command, case_id: UUID, role: UploadRole) -> StoredCase:
    """The open case, locked, once the caller may add a photo of this role, or a sound, to it."""
    caller = command.caller
    stored = find_case(command.tx, caller.district_id, case_id, lock=True)
    actor = None if stored is None else caller.actor_in(stored)
    if stored is None or actor is None:
        raise no_such_case(command, stored)
    # Who reported it may show what he saw, though his charge ended before he had a net.
    if role == "after" or stored.case.reported_by != caller.account_id:
        by_handler = role == "after" or (role == "voice" and caller.roles_for("case:handle"))
        caller.require("case:handle" if by_handler else "case:report")
    if stored.case.state not in OPEN:
        params = {"action": "photo", "state": stored.case.state, "reason": "state"}
        raise Problem(409, "action-not-allowed", "The case is closed.", params=params)
    return stored


def photo_to_see(tx: Connection, caller: Caller, photo_id: UUID) -> Row[Any]:
    """The photo, if it is of a case that the caller may see."""
    return _of_seen_case(tx, caller, find_photo(tx, caller.district_id, photo_id), "photo")


def sound_to_hear(tx: Connection, caller: Caller, sound_id: UUID) -> Row[Any]:
    """The voice note, if it is of a case that the caller may see."""
    return _of_seen_case(tx, caller, find_sound(tx, caller.district_id, sound_id), "sound")


def _of_seen_case(tx: Connection, caller: Caller, found: Row[Any] | None, what: str) -> Row[Any]:
    caller.require("case:read")
    stored = None if found is None else find_case(tx, caller.district_id, found.case_id)
    if found is None or stored is None or caller.actor_in(stored) is None:
        raise not_found(what)
    return found


def tell_photo(tx: Connection, caller: Caller, photo_id: UUID) -> Photo:
    """What is told of a photo of the caller's district."""
    found = find_photo(tx, caller.district_id, photo_id)
    if found is None:
        raise not_found("photo")
    return case_views.photo(found)


def tell_sound(tx: Connection, caller: Caller, sound_id: UUID) -> Sound:
    """What is told of a voice note of the caller's district."""
    found = find_sound(tx, caller.district_id, sound_id)
    if found is None:
        raise not_found("sound")
    return case_views.sound(found)


def may_redact(tx: Connection, caller: Caller, photo: Row[Any]) -> bool:
    """Whether the caller may make parts of it unreadable: by his charge, or it is his own."""
    if photo.added_by == caller.account_id:
        return True
    stored = find_case(tx, caller.district_id, photo.case_id)
    actor = None if stored is None else caller.actor_in(stored)
    return actor is not None and bool(actor.roles & PERMISSIONS["photo:redact"])
