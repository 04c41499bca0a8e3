"""Cutting tracks into shifts, whatever the track is like."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.imports.tracks.spans import DutyRules, cut_spans, mark_recorded, mark_time

RULES = DutyRules(gap_s=600, least_s=60)
LONGEST = timedelta(hours=2)
STEPS = st.lists(
    st.tuples(st.integers(0, 900), st.sampled_from(["", "", "", "", "far_from_duty", "off_hours"])),
    max_size=60,
)


@given(STEPS, st.integers(0, 60))
def test_every_fix_is_in_one_shift_or_has_a_reason(
    steps: list[tuple[int, str]], other_duty_from: int
) -> None:
    time_s = np.cumsum(np.array([step for step, _ in steps], dtype=float))
    reasons = np.array([reason for _, reason in steps], dtype=object)
    duty = (np.arange(len(steps)) >= other_duty_from).astype(np.int64)
    before = reasons.copy()
    spans = cut_spans(time_s, reasons, duty, RULES, LONGEST)
    within = [place for span in spans for place in span.tolist()]
    assert sorted(within) == np.flatnonzero(reasons == "").tolist()
    assert all(now == then for now, then in zip(reasons, before, strict=True) if then)
    for span in spans:
        times = time_s[span]
        assert len(span) >= 2
        assert RULES.least_s <= times[-1] - times[0] <= LONGEST.total_seconds()
        assert (np.diff(times) <= RULES.gap_s).all()
        assert len({*duty[span].tolist()}) == 1
        assert "off_hours" not in before[span[0] : span[-1]], "no shift goes over a break"


@given(
    st.lists(st.integers(0, 5_000), min_size=1, max_size=50),
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 900)), max_size=5),
)
def test_what_is_on_record_is_marked_to_the_second(
    moments: list[int], stretches: list[tuple[int, int]]
) -> None:
    time_s = np.array(sorted(moments), dtype=float)
    reasons = np.full(len(time_s), "", dtype=object)
    mark_time(reasons, time_s, time_s, RULES, latest_s=4_000)
    recorded = [(begin, begin + lasts, True) for begin, lasts in stretches]
    mark_recorded(reasons, time_s, recorded)
    seen: set[float] = set()
    for second, reason in zip(time_s.tolist(), reasons.tolist(), strict=True):
        known = any(begin <= second <= end for begin, end, _ in recorded)
        if second > 4_000:
            assert reason == "in_future"
        elif second in seen:
            assert reason == "repeated"
        else:
            assert reason == ("already_recorded" if known else "")
        seen.add(second)
