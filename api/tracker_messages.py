"""Positions as Traccar Client, OsmAnd and OwnTracks send them, in their documented forms.

* Traccar Client before 9 and OsmAnd: parameters of the query or of a form, one fix a request.
* Traccar Client from 9 on: JSON `{"location": {"timestamp", "coords": {…}}, "device_id"}`, where
  `location` may be a list.
* OwnTracks in its HTTP mode: JSON `{"_type": "location", "lat", "lon", "tst", "acc"}`; its other
  types say nothing of a place.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

MOST_FIXES: Final = 1000
_MILLISECONDS_FROM: Final = 100_000_000_000
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TrackerFix:
    """One position, WGS 84 degrees; `accuracy_m` is NaN where it is not told."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float


@dataclass(frozen=True)
class TrackerMessage:
    """What a tracker sends.

    Parameters
    ----------
    fixes
        The positions that could be read.
    unreadable
        How many could not.
    device
        The identifier in the message, which may be the tracker's secret.
    """

    fixes: tuple[TrackerFix, ...] = ()
    unreadable: int = 0
    device: str | None = None


def read_parameters(said: Mapping[str, str], at: datetime) -> TrackerMessage:
    """Read the parameters of Traccar Client before 9, of OsmAnd and of programs like them.

    Parameters
    ----------
    at
        Taken where the message tells no time.
    """
    device = said.get("id") or said.get("deviceid")
    if not {"lat", "lon", "location"} & said.keys():
        return TrackerMessage(device=device)
    lat, lon = said.get("lat"), said.get("lon")
    if "location" in said:
        lat, _, lon = said["location"].partition(",")
    valid = said.get("valid", "true").lower() not in {"false", "0"}
    moment = _moment(said["timestamp"]) if "timestamp" in said else at
    fix = _fix(moment, lon, lat, said.get("accuracy")) if valid else None
    return _message([fix], device)


def read_json(body: bytes) -> TrackerMessage:
    """Read JSON of Traccar Client from 9 on, or of OwnTracks; an empty body says nothing."""
    if not body.strip():
        return TrackerMessage()
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return TrackerMessage(unreadable=1)
    if isinstance(said, dict) and "_type" not in said:
        places = said.get("location", [])
        found = [_traccar(one) for one in (places if isinstance(places, list) else [places])]
        return _message(found, _text(said.get("device_id")))
    messages = said if isinstance(said, list) else [said]
    return _message(
        [
            _owntracks(one)
            for one in messages
            if not isinstance(one, dict) or one.get("_type") in {"location", "encrypted"}
        ],
        None,
    )


def _message(found: list[TrackerFix | None], device: str | None) -> TrackerMessage:
    fixes = tuple(fix for fix in found[:MOST_FIXES] if fix is not None)
    return TrackerMessage(fixes, len(found) - len(fixes), device)


def _traccar(said: Any) -> TrackerFix | None:
    coords = said.get("coords") if isinstance(said, dict) else None
    # A place that another app pretends is none.
    if not isinstance(coords, dict) or said.get("mock") is True:
        return None
    moment = _moment(said.get("timestamp"))
    return _fix(moment, coords.get("longitude"), coords.get("latitude"), coords.get("accuracy"))


def _owntracks(said: Any) -> TrackerFix | None:
    if not isinstance(said, dict):
        return None
    return _fix(_moment(said.get("tst")), said.get("lon"), said.get("lat"), said.get("acc"))


def _fix(moment: datetime | None, lon: Any, lat: Any, accuracy: Any) -> TrackerFix | None:
    x, y, metres = _number(lon), _number(lat), _number(accuracy)
    if moment is None or not (-180 <= x <= 180 and -90 <= y <= 90):
        return None
    return TrackerFix(moment, x, y, metres if 0 <= metres < 1e6 else math.nan)


def _number(said: Any) -> float:
    if isinstance(said, bool) or not isinstance(said, (int, float, str)):
        return math.nan
    try:
        return float(said)
    except (ValueError, OverflowError):
        return math.nan


def _moment(said: Any) -> datetime | None:
    """A moment as seconds or milliseconds since 1970, or in ISO form (UTC unless it says so)."""
    number = _number(said)
    try:
        if math.isfinite(number):
            seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
            # Some count milliseconds: exactly, so that the same fix is the same again.
            moment = _EPOCH + timedelta(milliseconds=round(seconds * 1000))
        else:
            moment = datetime.fromisoformat(str(said))
    except (ValueError, OverflowError):
        return None
    known = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return known if known >= _EARLIEST else None


def _text(said: Any) -> str | None:
    return said if isinstance(said, str) else None
