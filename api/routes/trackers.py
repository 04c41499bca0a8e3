"""Where trackers send positions: Traccar Client, OsmAnd, OwnTracks, by the secret they have.

These apps stop at an answer that is no success, and wait. So whatever is not to be kept, since it
lies outside a duty or cannot be read, is answered as if it had been: it is counted and forgotten.
Only a secret that nobody knows is refused, and a busy server asks to send again.
"""

import base64
import binascii
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

import numpy as np
from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import Row
from uuid_utils.compat import uuid7

from api.context import AppContext, Context, Now
from api.errors import Problem
from api.origins import address_of
from api.routes.shifts import track_intake
from api.track_intake import TrackIntake
from api.tracker_messages import TrackerFix, TrackerMessage, read_json, read_parameters
from data.accounts import token_digest
from data.patrols import seq_of_moment
from data.rights import let_act
from data.scope import Scope
from data.track_intake import Answered, Batch, microseconds
from data.trackers import Discarded, Tracker, count_discarded, duties_at, tracker_of

# Other programs say what they send: nothing of it is ours to describe.
router = APIRouter(prefix="/t", include_in_schema=False)

WRONG_A_MINUTE: Final = 20
_MOST_ADDRESSES: Final = 10_000


class WrongSecrets:
    """Who sent secrets that nobody knows, so that guessing is slow; kept in memory only."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, list[datetime]] = OrderedDict()
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def too_many(self, address: str, secret: str, at: datetime) -> bool:
        """Whether an address has to wait; a secret that was good goes on all the same."""
        since = at - timedelta(minutes=1)
        lately = [one for one in self._wrong.get(address, []) if one > since]
        return len(lately) >= WRONG_A_MINUTE and token_digest(secret) not in self._known

    def note(self, address: str, secret: str, at: datetime, *, good: bool) -> None:
        """Remember how a secret was."""
        if good:
            self._known[token_digest(secret)] = None
            while len(self._known) > _MOST_ADDRESSES:
                self._known.popitem(last=False)
            return
        since = at - timedelta(minutes=1)
        kept = [one for one in self._wrong.pop(address, []) if one > since]
        self._wrong[address] = [*kept[-WRONG_A_MINUTE:], at]
        while len(self._wrong) > _MOST_ADDRESSES:
            self._wrong.popitem(last=False)


async def wrong_secrets(request: Request) -> WrongSecrets:
    """Whom this process lets wait."""
    state = request.app.state
    if not hasattr(state, "wrong_secrets"):
        state.wrong_secrets = WrongSecrets()
    found: WrongSecrets = state.wrong_secrets
    return found


Wrong = Annotated[WrongSecrets, Depends(wrong_secrets)]
Intake = Annotated[TrackIntake, Depends(track_intake)]


@router.api_route("", methods=["GET", "POST"])
@router.api_route("/{secret}", methods=["GET", "POST"])
async def take_positions(
    *,
    request: Request,
    parts: AppContext,
    at: Now,
    wrong: Wrong,
    intake: Intake,
    secret: str | None = None,
) -> Response:
    """Take positions of a tracker; its secret is in the address, its identifier or its password."""
    said, as_json = await _read(request, at)
    shown = secret or _password(request) or said.device or ""
    tracker, duties = await _look_up(request, parts, wrong, secret=shown, fixes=said.fixes, at=at)
    discarded = await _keep(intake, tracker, said, duties, at)
    if discarded != Discarded():
        async with parts.turns:
            await to_thread.run_sync(_count, parts, tracker, at, discarded)
    return JSONResponse([]) if as_json else PlainTextResponse("OK")


async def _read(request: Request, at: datetime) -> tuple[TrackerMessage, bool]:
    """The message, and whether it was JSON."""
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if request.method == "POST" and (
        kind.startswith("application/json") or body[:1] in {b"{", b"["}
    ):
        said = read_json(body)
        device = said.device or request.query_params.get("id")
        return TrackerMessage(said.fixes, said.unreadable, device), True
    form = parse_qsl(body.decode("utf-8", "replace")) if "form-urlencoded" in kind else []
    return read_parameters({**request.query_params, **dict(form)}, at), False


def _password(request: Request) -> str | None:
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(said, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, UnicodeDecodeError):
        return None


async def _look_up(
    request: Request,
    parts: Context,
    wrong: WrongSecrets,
    *,
    secret: str,
    fixes: Sequence[TrackerFix],
    at: datetime,
) -> tuple[Tracker, Sequence[Row[Any]]]:
    """The tracker of a secret, and the duty of each position.

    Raises
    ------
    Problem
        404 when nobody knows the secret, 429 after too many of these.
    """
    address = address_of(request)
    if wrong.too_many(address, secret, at):
        headers = {"Retry-After": "60"}
        raise Problem(429, "too-many-tries", "Wait a minute.", headers=headers)

    def look_up() -> tuple[Tracker, Sequence[Row[Any]]] | None:
        with parts.engine.begin() as connection:
            tracker = tracker_of(connection, secret, at)
            if tracker is None:
                return None
            return tracker, duties_at(connection, tracker, [fix.at for fix in fixes])

    found = None
    if secret.isascii() and secret.isalnum():
        async with parts.turns:
            found = await to_thread.run_sync(look_up)
    wrong.note(address, secret, at, good=found is not None)
    if found is None:
        raise Problem(404, "no-such-tracker", "No tracker has this secret: look at its address.")
    return found


async def _keep(
    intake: TrackIntake,
    tracker: Tracker,
    said: TrackerMessage,
    duties: Sequence[Row[Any]],
    at: datetime,
) -> Discarded:
    """Store what lies within a duty; what was not kept."""
    of_shift: dict[UUID, list[tuple[TrackerFix, Row[Any]]]] = defaultdict(list)
    off_duty = far_away = 0
    for fix, duty in zip(said.fixes, duties, strict=True):
        if duty.shift_id is None:
            off_duty += 1
        else:
            of_shift[duty.shift_id].append((fix, duty))
    for rows in of_shift.values():
        outcome = await intake.take(tracker.district_id, _batch(rows, at))
        if not isinstance(outcome, Answered):
            # It was ended, or is no shift with a track any more.
            off_duty += len(rows)
            continue
        for refused in outcome.answer["refused"]:
            away = refused["reason"] == "far-from-duty"
            far_away, off_duty = far_away + away, off_duty + (not away)
    return Discarded(off_duty, far_away, said.unreadable)


def _batch(rows: Sequence[tuple[TrackerFix, Row[Any]]], at: datetime) -> Batch:
    fixes = [fix for fix, _ in rows]
    duty = rows[0][1]
    seqs = [seq_of_moment(fix.at, duty.started_at) for fix in fixes]
    return Batch(
        account_id=duty.account_id,
        shift_id=duty.shift_id,
        operation_id=uuid7(),
        digest=b"",
        received_at=at,
        seq=np.array(seqs, dtype=np.int64),
        occurred_us=microseconds([fix.at for fix in fixes]),
        lon=np.array([fix.lon for fix in fixes]),
        lat=np.array([fix.lat for fix in fixes]),
        accuracy_m=np.array([fix.accuracy_m for fix in fixes], dtype=np.float64),
        remembered=False,
    )


def _count(parts: Context, tracker: Tracker, at: datetime, what: Discarded) -> None:
    with parts.engine.begin() as connection:
        let_act(connection, Scope(tracker.district_id))
        count_discarded(connection, tracker, at, what)
