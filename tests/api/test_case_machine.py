"""Whatever is done to cases in whatever order, by people and by the clock: the books are right.

`SANBAI_CASE_RUNS` says how many runs of 50 steps; a suite makes few.
"""

import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import small_town
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text

from casework.course import ACTIONS, CALLED, COUNTERPARTS, REPORTER, Action, move_of
from casework.moments import utc_text
from casework.states import Actor, allowed_actions
from data.case_clock import take_by_clock
from data.case_links import LINKS, act_on_two, hold_cases
from data.case_rules import DistrictRules, set_district_rules
from data.case_types import CaseError, CaseMovedOnError, NewCase, Point, Step
from data.cases import act, create_case, find_case
from data.categories import ask_for_proof
from data.recount import check_ledgers, recount
from data.status import mark_overdue

RUNS = int(os.environ.get("SANBAI_CASE_RUNS", "10"))
STEPS = 50 if "SANBAI_CASE_RUNS" in os.environ else 20
EVERYTHING = frozenset({"officer", "handler", "commander", CALLED, REPORTER})
PEOPLE = [
    Actor(small_town.account_id("commander"), EVERYTHING),
    Actor(small_town.account_id("officer"), EVERYTHING),
    Actor(small_town.account_id("officer"), frozenset({"officer"})),
]
ASKED = [action for action in ACTIONS if action not in COUNTERPARTS]


class Office(RuleBasedStateMachine):
    """A few cases in the database, and all who may lay hands on them."""

    engine: Engine
    kinds: list[int]
    unit_ids: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.at = small_town.AT
        self.cases: list[UUID] = []
        self.lines = 0
        ask_for_proof(self.connection, 1, "none")

    def teardown(self) -> None:
        """Leave the database as it was."""
        self.outer.rollback()
        self.connection.close()

    @initialize(share=st.sampled_from([0.0, 1.0]), lon=st.sampled_from([118.005, 118.035]))
    def open_the_office(self, share: float, lon: float) -> None:
        set_district_rules(self.connection, 1, DistrictRules(sample_share=share))
        for _ in range(2):
            self.report(lon, 0)

    @rule(lon=st.sampled_from([118.005, 118.01, 118.015, 118.035, 117.0]), kind=st.integers(0, 1))
    def report(self, lon: float, kind: int) -> None:
        new = NewCase(uuid4(), self.kinds[kind], Point(lon, 36.83), "垃圾", self.at, "patrol")
        create_case(self.connection, 1, new, PEOPLE[1], self.at)
        self.cases.append(new.id)
        self.lines += 1

    def _step(self, action: Action, seq: int, pick: int, deadline_days: int = 30) -> Step:
        return Step(
            action,
            seq,
            text="因为",
            unit_id=self.unit_ids[pick % 2],
            unit_ids=tuple(self.unit_ids) if action == "whistle" else (),
            point=Point((118.005, 118.035, 117.0)[pick % 3], 36.83),
            other=self.cases[pick % len(self.cases)],
            facts={"until": utc_text(self.at + timedelta(days=deadline_days)), "how": "phone"},
        )

    def _take(self, case_id: UUID, step: Step, who: Actor) -> bool:
        """Take a step as the route does; False when it is refused, and then nothing changed."""
        other_id = hold_cases(self.connection, 1, case_id, step) if step.action in LINKS else None
        stored = find_case(self.connection, 1, case_id, lock=True)
        assert stored is not None
        try:
            with self.connection.begin_nested():
                if step.action not in LINKS:
                    act(self.connection, stored, step, who, self.at)
                else:
                    other = None
                    if other_id is not None:
                        found = find_case(self.connection, 1, other_id, lock=True)
                        assert found is not None
                        other = (found, who)
                    act_on_two(self.connection, stored, step, who, self.at, other=other)
        except CaseError:
            assert find_case(self.connection, 1, case_id) == stored
            return False
        assert move_of(stored.case.state, step.action) is not None
        self.lines += 2 if step.action in {"merge", "unmerge"} else 1
        return True

    @rule(
        pick=st.integers(0, 20),
        action=st.sampled_from(ASKED),
        who=st.sampled_from(PEOPLE),
        days=st.sampled_from([-1, 1, 30, 400]),
    )
    def somebody_tries(self, pick: int, action: Action, who: Actor, days: int) -> None:
        case_id = self.cases[pick % len(self.cases)]
        stored = find_case(self.connection, 1, case_id)
        assert stored is not None
        self._take(case_id, self._step(action, stored.case.seq, pick, days), who)

    @rule(
        steps=st.lists(
            st.tuples(st.integers(0, 20), st.sampled_from(ASKED), st.sampled_from(PEOPLE)),
            min_size=1,
            max_size=4,
        )
    )
    def people_do_what_is_offered(self, steps: list[tuple[int, Action, Actor]]) -> None:
        for pick, wish, who in steps:
            case_id = self.cases[pick % len(self.cases)]
            stored = find_case(self.connection, 1, case_id)
            assert stored is not None
            offered = allowed_actions(stored.case, who, self.at)
            turn = ASKED.index(wish)
            action = next((one for one in (*ASKED[turn:], *ASKED) if one in offered), None)
            if action is not None:
                self._take(case_id, self._step(action, stored.case.seq, pick), who)

    @rule(pick=st.integers(0, 20), back=st.integers(1, 3), action=st.sampled_from(ASKED))
    def somebody_comes_late(self, pick: int, back: int, action: Action) -> None:
        """What he saw is no longer so, or never was."""
        case_id = self.cases[pick % len(self.cases)]
        stored = find_case(self.connection, 1, case_id, lock=True)
        assert stored is not None
        for seq in (stored.case.seq - back, stored.case.seq + back):
            with pytest.raises(CaseMovedOnError):
                act(self.connection, stored, self._step(action, seq, pick), PEOPLE[0], self.at)

    @rule(pick=st.integers(0, 20), level=st.integers(1, 4))
    def the_clock_passes_up(self, pick: int, level: int) -> None:
        """As two workers would, one after the other."""
        step = Step("escalate", 0, facts={"level": level})
        case_id = self.cases[pick % len(self.cases)]
        taken = [take_by_clock(self.connection, 1, case_id, step, self.at) for _ in range(2)]
        assert taken in ([True, False], [False, False])
        self.lines += taken[0]

    @rule(minutes=st.sampled_from([1, 119, 240, 7200, 60_000]), told=st.booleans())
    def time_passes(self, minutes: int, told: bool) -> None:
        self.at += timedelta(minutes=minutes)
        if told:
            for case_id in self.cases:
                step = Step("resume", 0)
                self.lines += take_by_clock(self.connection, 1, case_id, step, self.at)
                assert not take_by_clock(self.connection, 1, case_id, step, self.at)
            mark_overdue(self.connection, self.at)

    @invariant()
    def the_books_are_right(self) -> None:
        with self.connection.begin_nested() as point:
            assert recount(self.connection, 1, self.at) == []
            assert not [fault for fault in check_ledgers(self.connection, 1) if fault]
            point.rollback()
        kept = self.connection.execute(text("SELECT count(*) FROM case_event")).scalar_one()
        assert kept == self.lines

    @invariant()
    def each_level_was_reached_once(self) -> None:
        twice = self.connection.execute(
            text(
                "SELECT case_id FROM case_event WHERE action = 'escalate'"
                " GROUP BY case_id, facts ->> 'level' HAVING count(*) > 1"
            )
        ).all()
        assert twice == []


@pytest.fixture
def office(engine: Engine, categories: dict[str, int], units: dict[str, int]) -> type[Office]:
    """The machine on this test's database."""
    Office.engine, Office.unit_ids = engine, sorted(units.values())
    Office.kinds = [categories["06010"], categories["09012"]]
    return Office


def test_whatever_happens_the_books_are_right(office: type[Office]) -> None:
    run_state_machine_as_test(
        office,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
