"""A case's ledger as a chain: each line's digest covers the line and the digest before it.

digest = SHA-256(previous digest + canonical JSON of the line). A line that is changed, missing or
out of order shows, without trusting the database that holds it. Free text is not in the chain but
its salted digest is, so that the text can be erased by law and the chain still holds.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from casework.case_state import Event
from casework.moments import utc_text

__all__ = [
    "GENESIS",
    "SALT_BYTES",
    "Line",
    "canonical_json",
    "line_digest",
    "next_line",
    "text_digest",
    "utc_text",
    "verify_chain",
]

GENESIS: Final = bytes(32)
SALT_BYTES: Final = 16


@dataclass(frozen=True)
class Line:
    """An event as it stands in the ledger of its case."""

    event: Event
    previous: bytes
    digest: bytes


def canonical_json(value: Any) -> bytes:
    """Write JSON that is the same bytes wherever it is written.

    Keys are sorted, there are no spaces, times are UTC with microseconds, and a whole number is
    written as one whether it came as 3 or 3.0, since databases do not keep the difference.

    Raises
    ------
    ValueError
        If a number is not finite or a time has no zone.
    TypeError
        If a value has no JSON form here.
    """
    text = json.dumps(
        _plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def _plain(value: Any) -> Any:  # noqa: PLR0911 (one line a type)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value


def line_digest(case_id: UUID, event: Event, previous: bytes) -> bytes:
    """The digest of one line."""
    body = {
        "case_id": case_id,
        "seq": event.seq,
        "action": event.action,
        "state": event.state,
        "actor_id": event.actor_id,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "facts": event.facts,
    }
    return hashlib.sha256(previous + canonical_json(body)).digest()


def next_line(case_id: UUID, event: Event, previous: bytes = GENESIS) -> Line:
    """Chain an event to the line before it."""
    return Line(event, previous, line_digest(case_id, event, previous))


def text_digest(body: str, salt: bytes) -> str:
    """The digest of a free text that the chain holds, in hexadecimal.

    The salt is kept with the text and erased with it: without it a short text could be guessed
    from its digest.
    """
    return hashlib.sha256(salt + body.encode()).hexdigest()


def verify_chain(case_id: UUID, lines: Iterable[Line]) -> int | None:
    """Check a whole ledger.

    Returns
    -------
    int or None
        The `seq` at which the chain first breaks; None when it holds.
    """
    previous = GENESIS
    for expected, line in enumerate(lines, start=1):
        if line.event.seq != expected or line.previous != previous:
            return expected
        if line_digest(case_id, line.event, previous) != line.digest:
            return expected
        previous = line.digest
    return None
