"""The big town of the benches: its mesh is a coverage and its ledgers are the application's."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import numpy as np
import pytest
import shapely

from bench.sizes import Size
from bench.town_cases import COURSES, Kinds, Staff, _Writer, draw_reports, tally
from bench.town_ground import lay_ground
from casework.ledger import Line, verify_chain
from casework.states import Event, is_overdue, replay

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
SIZE = Size("test", across=13, down=11, cases=400, officers=5, days=2)
KINDS = Kinds(np.array([1, 2]), ("blue", "red"), np.array([240, 7200]))


@pytest.fixture(scope="module")
def ground():
    return lay_ground(SIZE, np.random.default_rng(1))


def test_the_mesh_is_a_coverage_of_grids_with_corners_of_their_own(ground):
    assert len(ground.shapes) == SIZE.grids
    assert shapely.coverage_is_valid(ground.shapes)
    assert shapely.is_valid(ground.shapes).all()
    assert shapely.get_num_coordinates(ground.shapes).tolist() == [45] * SIZE.grids
    whole = shapely.coverage_union_all(ground.streets)
    assert whole.area == pytest.approx(shapely.area(ground.shapes).sum(), rel=1e-9)
    assert not shapely.get_parts(whole)[1:].size


def test_codes_say_which_area_a_grid_lies_in(ground):
    assert len(set(ground.grid_codes)) == SIZE.grids
    assert len(set(ground.community_paths)) == len(ground.communities) == 9
    for index, code in enumerate(ground.grid_codes):
        community = ground.communities[ground.community[index]]
        assert code.startswith(ground.community_codes[ground.community[index]])
        assert community.contains(ground.shapes[index].representative_point())


def test_points_lie_in_their_grids(ground):
    grids = np.repeat(np.arange(SIZE.grids), 40)
    points = shapely.points(ground.points(grids, np.random.default_rng(2)))
    assert shapely.contains(ground.shapes[grids], points).all()


def test_ledgers_and_counters_are_what_the_application_would_have_written(ground):
    draw = np.random.default_rng(3)
    reports = draw_reports(ground, KINDS, SIZE.cases, AT, draw)
    staff = Staff(
        [str(UUID(int=n)) for n in range(1, 4)], str(UUID(int=9)), [str(UUID(int=8))], [1]
    )
    tallies = tally(reports, KINDS, SIZE.grids, AT)
    counted = np.zeros(SIZE.grids, dtype=int)
    late = 0
    for index in range(SIZE.cases):
        case = _case(ground, staff, reports, index)
        waits = case.state in {"reported", "dispatched", "handled", "verified"}
        if case.grid_id is not None:
            counted[case.grid_id - 1] += waits
            late += is_overdue(case.state, case.deadline_at, AT)
    assert (counted == tallies.open).all()
    assert late == tallies.overdue.sum()
    assert counted.sum() > 0


def _case(ground, staff, reports, index):
    """Replay the ledger that is written for COPY, its chain verified."""
    writer = _Writer(ground, KINDS, staff, reports, AT)
    lines = [_line(text) for text in writer.chunk(index, index + 1)[1].splitlines()]
    assert verify_chain(UUID(reports.ids[index]), lines) is None
    assert len(lines) == len(COURSES[reports.course[index]][2])
    assert lines[-1].event.received_at <= AT
    return replay(line.event for line in lines)


def _line(text):
    cells = text.split("\t")
    names = ("district", "case", "seq", "action", "state", "actor", "at", "received", "facts")
    row = SimpleNamespace(**dict(zip(names, cells, strict=False)))
    event = Event(
        seq=int(row.seq),
        action=row.action,
        state=row.state,
        actor_id=UUID(row.actor),
        occurred_at=datetime.fromisoformat(row.at),
        received_at=datetime.fromisoformat(row.received),
        facts=json.loads(row.facts),
    )
    return Line(event, bytes.fromhex(cells[9][3:]), bytes.fromhex(cells[10][3:]))
