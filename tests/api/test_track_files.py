"""A GPX file added to a shift: what lies within it is kept once, the rest is counted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from people import Person
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
START = datetime.fromisoformat("2026-11-20T01:00:00+00:00")


def gpx(*points: tuple[float | None, float, float]) -> bytes:
    """Points as (minutes after the begin or None, longitude, latitude)."""
    told = []
    for minutes, lon, lat in points:
        at = "" if minutes is None else (START + timedelta(minutes=minutes)).isoformat()
        time = f"<time>{at}</time>" if at else ""
        told.append(f'<trkpt lat="{lat}" lon="{lon}">{time}</trkpt>')
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="watch"'
        ' xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
        f"{''.join(told)}</trkseg></trk></gpx>"
    ).encode()


WALK = [(minute, 118.005, 36.83 + minute * 1e-5) for minute in range(10)]
CENTURY = 100 * 365 * 24 * 60
FILE = gpx(
    (-5, 118.005, 36.83),
    *WALK,
    (CENTURY, 118.005, 36.83),
    (3.5, 118.3, 36.83),
    (None, 118.005, 36.83),
)


def begin(who: Person, **said: Any) -> str:
    body = {"id": str(uuid7()), "grid_ids": [1], "tracked": True, "started_at": START.isoformat()}
    return f"/api/v1/shifts/{who.do('/api/v1/shifts', body | said)['id']}"


def send(who: Person, shift: str, raw: bytes = FILE, **form: str) -> Any:
    return who.client.post(
        f"{shift}/track-file",
        files={"file": ("watch.gpx", raw)},
        data=form,
        headers={**who.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid7())},
    )


@pytest.mark.parametrize("ended", [False, True], ids=["while it runs", "after its end"])
def test_what_lies_within_the_shift_is_kept_once(person: People, ended: bool) -> None:
    officer = person("officer")
    shift = begin(officer)
    if ended:
        officer.do(f"{shift}/end", {"ended_at": (START + timedelta(minutes=20)).isoformat()})
    taken = send(officer, shift).json()
    assert taken == {
        "accepted": 10,
        "duplicates": 0,
        "outside_shift": 2,
        "far_from_duty": 1,
        "unreadable": 1,
    }
    assert send(officer, shift).json() == taken | {"accepted": 0, "duplicates": 10}
    assert officer.read(shift)["points"] == 10


def test_the_datum_of_the_file_may_be_said(person: People) -> None:
    officer = person("officer")
    shift = begin(officer)
    # In grid 1 if it is shifted by half a kilometre, else beside it.
    file = gpx((1, 118.0155, 36.83))
    assert send(officer, shift, file).json()["far_from_duty"] == 1
    assert send(officer, shift, file, datum="gcj02").json()["accepted"] == 1
    assert send(officer, shift, file, datum="mars").status_code == 422


@pytest.mark.parametrize(
    "raw", [b"", b"no gpx", gpx()], ids=["nothing", "something else", "no track"]
)
def test_what_is_no_track_is_refused(person: People, raw: bytes) -> None:
    officer = person("officer")
    answer = send(officer, begin(officer), raw)
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable-file")


def test_it_is_for_tracked_shifts_of_ones_own(person: People) -> None:
    officer = person("officer")
    answer = send(officer, begin(officer, tracked=False))
    assert (answer.status_code, answer.json()["code"]) == (409, "not-tracked")
    other = send(person("officer.two"), begin(officer))
    assert other.status_code == 404
