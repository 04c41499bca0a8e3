"""What goes over the wire: server-sent events, and the columns in them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic_core import to_json

from data.changed_cases import ChangedCase

What = Literal["status", "cases", "layers"]
EVERYTHING: Final[tuple[What, ...]] = ("status", "cases", "layers")


def event(name: str, data: Mapping[str, Any] | bytes, cursor: str | None = None) -> bytes:
    """Write one event; with a cursor it says up to where everything has been told."""
    body = data if isinstance(data, bytes) else to_json(data)
    marked = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return b"event: " + name.encode() + b"\n" + marked + b"data: " + body + b"\n\n"


def look_again(*what: What, cursor: str | None = None) -> bytes:
    """Ask the client to load something anew: what changed is too much to tell, or was lost."""
    return event("reload", {"what": what}, cursor)


def end(reason: Literal["rights", "closing"]) -> bytes:
    """Tell the client why the stream ends."""
    return event("end", {"reason": reason})


def case_columns(cases: Sequence[ChangedCase], gone: Sequence[ChangedCase]) -> dict[str, Any]:
    """Cases as columns, as `/api/v1/cases/points` tells them; `gone` are seen no longer."""
    placed = [case for case in cases if case.lon is not None]
    unplaced = [case.id for case in cases if case.lon is None]
    return {
        "id": [case.id for case in placed],
        "lon": [case.lon for case in placed],
        "lat": [case.lat for case in placed],
        "state": [case.state for case in placed],
        "severity": [case.severity for case in placed],
        "overdue": [int(case.overdue) for case in placed],
        "category_id": [case.category_id for case in placed],
        "gone": [*unplaced, *(case.id for case in gone)],
    }
