"""Moments as the ledger writes them."""

from datetime import UTC, datetime


def utc_text(at: datetime) -> str:
    """A moment as RFC 3339 in UTC with microseconds; `ValueError` without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(told: datetime | str) -> datetime:
    """A moment that a fact of the ledger tells, in UTC.

    Raises
    ------
    ValueError
        If it is no moment.
    """
    at = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return at.astimezone(UTC)
