"""Looking at a track: it is kept who did, and the officer goes first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from api.errors import Problem
from api.permissions import Caller
from data.track_looks import note_look, shown_to_others_from


def look_at_track(tx: Connection, caller: Caller, shift: Row[Any], at: datetime) -> None:
    """Let somebody look at a track, and keep that he did; the officer himself goes first.

    Raises
    ------
    Problem
        409 as long as it is the officer's alone.
    """
    if caller.account_id != shift.account_id:
        shown = shown_to_others_from(tx, shift, at)
        if shown is not None:
            raise Problem(
                409,
                "officer-first",
                "The officer sees the track first: it is shown when he has, or half a day later.",
                params={"from": shown.isoformat()},
            )
    note_look(tx, shift, caller.account_id, at)
