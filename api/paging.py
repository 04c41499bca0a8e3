"""Lists in pages: a limit, and a cursor that says where the next page begins."""

import base64
import json
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from api.errors import Problem

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="Most items on a page.")]
WideLimit = Annotated[int, Query(ge=1, le=1000, description="Most items on a page.")]
Cursor = Annotated[
    str | None, Query(max_length=400, description="`next` of the page before; none: the first.")
]


class Page(BaseModel, Generic[Item]):
    """A page of a list; `next` is null on the last one."""

    items: list[Item]
    next: str | None = None


def cursor_of(*key: str | int) -> str:
    """Name the last row of a page by its sort key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(cursor: str | None, *kinds: type) -> list[str | int] | None:
    """Read back the key a cursor names; None for the first page.

    Raises
    ------
    Problem
        422, if the cursor was not given out for this list.
    """
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = None
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise unknown_cursor()
    return key


def moment_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Read back a key of a moment and an id; as `key_of`."""
    key = key_of(cursor, str, str)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError:
        raise unknown_cursor() from None


def unknown_cursor() -> Problem:
    """The cursor was given out for another list."""
    return Problem(
        422,
        "invalid",
        "The cursor is not one of this list: leave it out to begin anew.",
        errors=[{"pointer": "/cursor", "in": "query", "code": "cursor", "message": "unknown"}],
    )
