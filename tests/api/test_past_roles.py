"""What an officer did before a plan ended his charge still lands when his phone sends it later."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import small_town
from people import Person
from PIL import Image
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

Report = Callable[..., dict[str, Any]]
YESTERDAY, TODAY = "2026-11-19T01:00:00Z", "2026-11-20T01:00:00Z"


@pytest.fixture
def discharged(person: Callable[[str], Person], engine: Engine) -> Person:
    """The officer of grid 1 until yesterday, who holds no role any more."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE assignment SET validity = daterange('2026-01-01', '2026-11-20') "
                "WHERE account_id = :id"
            ),
            {"id": small_town.account_id("officer")},
        )
    return person("officer")


def shift(started_at: str | None, grid: int = 1) -> dict[str, Any]:
    return {"id": str(uuid7()), "grid_ids": [grid], "tracked": True, "started_at": started_at}


def test_duty_done_before_is_taken_with_its_track(discharged: Person) -> None:
    begun = discharged.do("/api/v1/shifts", shift(YESTERDAY))
    path = f"/api/v1/shifts/{begun['id']}"
    point = {"seq": 0, "occurred_at": "2026-11-19T01:05:00Z", "lon": 118.005, "lat": 36.83}
    points = [point, point | {"seq": 1, "occurred_at": "2026-11-19T01:06:00Z", "lon": 118.0051}]
    assert discharged.do(f"{path}/points", {"points": points})["accepted"] == 2
    ended = discharged.do(f"{path}/end", {"ended_at": "2026-11-19T02:00:00Z"})
    assert [grid["grid_id"] for grid in ended["grids"]] == [1]
    assert discharged.read(path)["ended_at"] == "2026-11-19T02:00:00Z"
    assert discharged.read(f"{path}/track")["geometry"]["coordinates"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (shift(None), 403),
        (shift(TODAY), 403),
        (shift(YESTERDAY, grid=2), 404),
        (shift("2026-10-01T00:00:00Z"), 422),
    ],
)
def test_duty_he_had_no_right_to_is_not(
    discharged: Person, body: dict[str, Any], status: int
) -> None:
    assert discharged.post("/api/v1/shifts", body).status_code == status


def test_what_he_found_before_is_filed_with_its_photo(discharged: Person, report: Report) -> None:
    case = discharged.do("/api/v1/cases", report(occurred_at=YESTERDAY))
    assert case["grid"]["id"] == 1
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    sent = {"X-Sanbai": "1", "Operation-Id": str(uuid7()), **discharged.cookies}
    answers = [
        discharged.client.post(
            f"/api/v1/cases/{case['id']}/photos",
            files={"file": ("a.png", out.getvalue())},
            data={"role": role},
            headers=sent | {"Operation-Id": str(uuid7())},
        ).status_code
        for role in ("before", "after")
    ]
    assert answers == [201, 403]


@pytest.mark.parametrize("occurred_at", [None, TODAY, "2026-10-01T00:00:00Z"])
def test_what_he_found_since_or_long_ago_is_not(
    discharged: Person, report: Report, occurred_at: str | None
) -> None:
    assert discharged.post("/api/v1/cases", report(occurred_at=occurred_at)).status_code == 403
