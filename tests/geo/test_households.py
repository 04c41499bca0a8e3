"""Households of buildings by a table of rules."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geo.households import HouseholdRule, estimate_households

RULES = [
    HouseholdRule(uses=frozenset({"school"}), households=0),
    HouseholdRule(landuses=frozenset({"industrial"}), households=0),
    HouseholdRule(levels_from=4, m2_per_household=100),
    HouseholdRule(m2_to=400, levels_to=3, households=1, levels=1),
    HouseholdRule(uses=frozenset({"yes"}), m2_per_household=100, levels=6),
]


def _buildings(*rows: tuple[str | None, str | None, int | None, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["use", "landuse", "levels", "footprint_m2"])


def test_the_first_rule_that_fits_decides() -> None:
    buildings = _buildings(
        ("school", None, 5, 900.0),
        (None, "industrial", 5, 900.0),
        ("apartments", None, 5, 900.0),
        ("apartments", "residential", 5, 10.0),
        (None, None, None, 399.0),
        (None, None, None, 400.0),
        ("hut", None, None, 400.0),
    )
    households, decided = estimate_households(RULES, buildings)
    assert decided.tolist() == [0, 1, 2, 2, 3, 4, -1]
    assert households.tolist() == [0, 0, 45, 1, 1, 24, 0]


def test_storeys_that_are_not_known_fit_no_condition_on_them() -> None:
    rules = [HouseholdRule(levels_to=3, households=1), HouseholdRule(m2_per_household=50)]
    households, decided = estimate_households(rules, _buildings((None, None, None, 100.0)))
    assert (decided.tolist(), households.tolist()) == ([1], [2])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "school", "house"]),
            st.sampled_from([None, "industrial"]),
            st.none() | st.integers(1, 60),
            st.floats(0.1, 5_000),
        ),
        max_size=8,
    )
)
def test_every_building_is_decided_as_if_alone(
    rows: list[tuple[str | None, str | None, int | None, float]],
) -> None:
    households, decided = estimate_households(RULES, _buildings(*rows))
    assert (households >= 0).all()
    for at, row in enumerate(rows):
        alone, rule = estimate_households(RULES, _buildings(row))
        assert (alone[0], rule[0]) == (households[at], decided[at])
