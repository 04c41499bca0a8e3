"""Cases reported while a bench runs, as the application reports them."""

import time
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from bench.town_load import DISTRICT
from bench.town_people import account_id
from casework.states import Actor
from data.case_types import NewCase, Point
from data.cases import create_case

_CHIEF: Final = "commander"


class Reporter:
    """Reports a case in one grid after the other, from the middle of the town outwards."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._actor = Actor(account_id(_CHIEF), frozenset({_CHIEF}))
        with engine.connect() as connection:
            self._category: int = connection.execute(
                text("SELECT min(id) FROM category WHERE active")
            ).scalar_one()
            self.places = connection.execute(
                text(
                    "SELECT v.grid_id, ST_X(v.label) AS lon, ST_Y(v.label) AS lat,"
                    " s.open_cases AS open FROM grid_version AS v"
                    " JOIN grid_status AS s USING (district_id, grid_id)"
                    " WHERE v.validity @> current_date ORDER BY v.label <-> ("
                    " SELECT ST_Centroid(geom) FROM area WHERE level = 'district') LIMIT 500"
                )
            ).all()
        self._turn = 0

    def report(self, place: int | None = None) -> float:
        """Report a case; the moment of `time.perf_counter` at which it was committed."""
        at = self.places[self._turn % len(self.places) if place is None else place]
        self._turn += 1
        now = datetime.now(UTC)
        point = Point(at.lon, at.lat)
        case = NewCase(uuid7(), self._category, point, "路口有垃圾", now, "patrol")
        with self._engine.begin() as connection:
            create_case(connection, DISTRICT, case, self._actor, now)
        return time.perf_counter()
