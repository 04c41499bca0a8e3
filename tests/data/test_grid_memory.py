"""Grids in memory: the same answers as PostGIS, and never those of grids that ended."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
import small_town
from drafts import draft
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from data.case_places import places_of
from data.case_types import Point
from data.database import open_engine
from data.grid_memory import GridMemory, KeptGrids, grids_of_day, memory_of
from data.grids import LOADED_FROM, grids_of_points
from data.publication import publish_plan
from data.server import DatabaseUrls
from geo.locate import OUTSIDE

TODAY = date(2026, 11, 20)
IN_GRID_1 = (118.005, 36.835)

# Three grids with crooked borders, a T-junction and a corner of three.
SHARED = [(118.3017, 36.6001), (118.3031, 36.6043), (118.3022, 36.6077), (118.3029, 36.6101)]
CROOKED = {
    7: [(118.29, 36.6001), *SHARED, (118.29, 36.6101)],
    3: [SHARED[0], (118.3105, 36.5999), (118.3107, 36.6047), SHARED[1]],
    5: [SHARED[1], (118.3107, 36.6047), (118.31, 36.61), SHARED[3], SHARED[2]],
}
CORNERS = [corner for ring in CROOKED.values() for corner in ring]
EDGES = [edge for ring in CROOKED.values() for edge in pairwise([*ring, ring[0]])]


@pytest.fixture(scope="module")
def crooked(town_engine: Engine) -> Iterator[Connection]:
    """Some of the town's grids drawn crooked; rolled back at the end."""
    with town_engine.connect() as connection:
        outer = connection.begin()
        for grid_id, ring in CROOKED.items():
            connection.execute(
                text(
                    "UPDATE grid_version SET geom = ST_GeomFromText(:wkt, 4326) WHERE grid_id=:id"
                ),
                {
                    "wkt": f"SRID=4326;{shapely.MultiPolygon([shapely.Polygon(ring)]).wkt}",
                    "id": grid_id,
                },
            )
        connection.execute(text("UPDATE layer_version SET version = version + 1"))
        yield connection
        outer.rollback()


@pytest.fixture
def own(fresh_urls: DatabaseUrls) -> Iterator[Engine]:
    """The small town in a database where commits are real."""
    owner = open_engine(fresh_urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
    owner.dispose()
    engine = open_engine(fresh_urls.app)
    yield engine
    engine.dispose()


def near_an_edge(draw: Any) -> tuple[float, float]:
    (ax, ay), (bx, by) = draw(st.sampled_from(EDGES))
    t = draw(st.floats(0, 1))
    x, y = ax + t * (bx - ax), ay + t * (by - ay)
    for _ in range(draw(st.integers(0, 2))):
        x = float(np.nextafter(x, draw(st.sampled_from([-np.inf, np.inf]))))
        y = float(np.nextafter(y, draw(st.sampled_from([-np.inf, np.inf]))))
    return x, y


spots = st.one_of(
    st.sampled_from(CORNERS),
    st.composite(near_an_edge)(),
    st.tuples(st.floats(118.28, 118.32), st.floats(36.59, 36.62)),
)


@given(st.lists(spots, min_size=20, max_size=60), st.booleans())
def test_memory_and_postgis_say_the_same_on_borders_too(
    crooked: Connection, points: list[tuple[float, float]], as_sent: bool
) -> None:
    if as_sent:
        points = [(round(x, 7), round(y, 7)) for x, y in points]
    lons, lats = [x for x, _ in points], [y for _, y in points]
    asked = [Point(x, y) for x, y in points]
    places = places_of(crooked, 1, asked, small_town.AT, [None] * len(asked))
    expected = np.array([OUTSIDE if p.grid_id is None else p.grid_id for p in places])
    kept = grids_of_day(crooked, 1, TODAY)
    differ = np.flatnonzero(kept.locate(lons, lats) != expected)
    # PostGIS rounds where memory decides exactly: a point closer to an edge than a nanometre may
    # be on it for the one and beside it for the other. No coordinate of seven places is.
    borders = shapely.union_all(shapely.boundary(kept.shapes_of([3, 5, 7])))
    assert all(borders.distance(shapely.Point(points[at])) < 1e-13 for at in differ)
    assert not as_sent or not len(differ)


def publish(connection: Connection, day: date) -> None:
    draft(connection)
    publish_plan(
        connection,
        1,
        2,
        effective_on=day,
        reason="新建小区入住",
        published_by=small_town.account_id("planner"),
        at=small_town.AT,
    )


def grid_of(connection: Connection, on: date = TODAY, *, hold: bool = False) -> int:
    kept = grids_of_day(connection, 1, on, hold=hold)
    return int(kept.locate(*([value] for value in IN_GRID_1))[0])


def test_a_publication_waits_for_who_holds_the_grids_and_changes_them_for_the_next(
    own: Engine,
) -> None:
    with own.begin() as writer:
        assert grid_of(writer, hold=True) == 1
        with own.connect() as publisher:
            publisher.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                publish(publisher, TODAY)
        assert grid_of(writer) == 1
    with own.begin() as publisher:
        publish(publisher, TODAY)
    with own.begin() as writer:
        assert grid_of(writer, hold=True) == 201


def test_a_publication_between_two_uses_is_seen(own: Engine) -> None:
    with own.connect() as reader:
        assert grid_of(reader) == 1
        with own.begin() as publisher:
            publish(publisher, TODAY)
            assert grid_of(publisher) == 201
            assert grid_of(reader) == 1
        assert grid_of(reader) == 201


def test_a_publication_that_is_rolled_back_leaves_nothing_in_memory(own: Engine) -> None:
    with own.connect() as publisher:
        publish(publisher, TODAY)
        assert grid_of(publisher) == 201
        publisher.rollback()
    with own.begin() as other:
        # The version that the other gave, without its grids.
        other.execute(text("UPDATE layer_version SET version = version + 1 WHERE layer = 'grids'"))
    with own.connect() as reader:
        assert grid_of(reader) == 1


def test_days_on_which_the_same_grids_are_in_force_share_one_index(own: Engine) -> None:
    tomorrow, long_after = TODAY + timedelta(days=1), TODAY + timedelta(days=400)
    with own.begin() as publisher:
        publish(publisher, tomorrow)
    with own.connect() as reader:
        asked = [(reader, TODAY), (reader, tomorrow), (reader, long_after), (reader, TODAY)]
        assert [grid_of(*one) for one in asked] == [1, 201, 201, 1]
        assert grid_of(reader, date(2000, 1, 1)) == OUTSIDE
    assert len(memory_of(own)) == 3


def test_many_points_are_looked_up_in_memory_with_the_same_answers(own: Engine) -> None:
    draw = np.random.default_rng(3)
    count = LOADED_FROM
    lons, lats = draw.uniform(117.99, 118.05, count), draw.uniform(36.79, 36.85, count)
    with own.connect() as reader:
        one_by_one = grids_of_points(reader, 1, TODAY, lons[:40].tolist(), lats[:40].tolist())
        assert len(memory_of(own)) == 0
        many = grids_of_points(reader, 1, TODAY, lons.tolist(), lats.tolist())
        assert len(memory_of(own)) == 1
    assert {None, 1, 2} <= {None if grid is None else grid.grid_id for grid in many}
    assert [grid and grid[:5] for grid in many[:40]] == [grid and grid[:5] for grid in one_by_one]


def test_memory_is_bounded_and_what_was_not_used_for_longest_goes(own: Engine) -> None:
    with own.connect() as reader:
        grids = grids_of_day(reader, 1, TODAY)
    memory = GridMemory(most_mb=0)
    for district_id in (1, 2):
        kept = KeptGrids(grids.state, grids.first_day, None, grids.index)
        memory.keep(district_id, kept)
    assert memory.find(1, grids.state, TODAY) is None
    assert memory.find(2, grids.state, TODAY) is not None
    roomy = GridMemory(most_mb=1)
    for district_id in (1, 2):
        roomy.keep(district_id, kept)
    assert len(roomy) == 2
