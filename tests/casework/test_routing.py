"""Routing rules: the first that fits decides, and says why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.routing import Matter, Routed, Rule, reasons, route

STREET = "370399.370399001"
COMMUNITY = f"{STREET}.370399001001"
RUBBISH = Matter("06010", COMMUNITY, "yellow", "")


def rule(**said: object) -> Rule:
    return Rule(**{"id": 1, "name": "环卫", "unit_id": 5, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, {}),
        ({"codes": ("06010",)}, {"category": "06010"}),
        ({"codes": ("07001", "06010")}, {"category": "06010"}),
        ({"codes": ("06*",)}, {"category": "06*"}),
        ({"codes": ("0601",)}, None),
        ({"codes": ("07*", "08004")}, None),
        ({"area_path": STREET}, {"area": STREET}),
        ({"area_path": COMMUNITY}, {"area": COMMUNITY}),
        ({"area_path": f"{COMMUNITY}.1"}, None),
        # The beginning of a label is not its parent.
        ({"area_path": "370399.37039900"}, None),
        ({"severities": ("red", "yellow")}, {"severity": "yellow"}),
        ({"severities": ("red",)}, None),
        ({"owner": "城投公司"}, None),
        (
            {"codes": ("06*",), "area_path": STREET, "severities": ("yellow",)},
            {"category": "06*", "area": STREET, "severity": "yellow"},
        ),
        ({"codes": ("06*",), "severities": ("red",)}, None),
    ],
)
def test_a_rule_fits_when_all_its_conditions_hold(
    said: dict[str, object], why: dict[str, str] | None
) -> None:
    told = reasons(rule(**said), RUBBISH)
    assert (None if told is None else dict(told)) == why


@pytest.mark.parametrize("told", ["供电公司", " 供电 公司", "供电公司　"])
def test_an_owner_is_known_however_it_is_typed(told: str) -> None:
    asked = rule(owner="供电公司")
    assert reasons(asked, replace(RUBBISH, owner=told)) == {"owner": "供电公司"}
    assert reasons(asked, replace(RUBBISH, owner="供电公司二")) is None
    assert reasons(rule(owner="ABC"), replace(RUBBISH, owner="ａｂｃ")) is not None
    assert reasons(asked, replace(RUBBISH, owner=None)) is None


def test_the_first_rule_that_fits_decides() -> None:
    rules = [
        rule(id=1, codes=("10*",)),
        rule(id=2, codes=("06*",), active=False, unit_id=6),
        rule(id=3, severities=("yellow",), unit_id=7),
        rule(id=4, unit_id=None, queue="无头事项"),
    ]
    assert route(rules, RUBBISH) == Routed(7, 3, {"severity": "yellow"})
    assert route(rules, replace(RUBBISH, severity="blue")) == Routed(None, 4, {}, "无头事项")
    assert route(rules[:2], RUBBISH) is None
    assert route([], RUBBISH) is None


CODES = st.sampled_from(["06010", "06011", "07001", "06*", "0*", "*"])
RULES = st.lists(
    st.builds(
        Rule,
        id=st.integers(1, 99),
        name=st.just("r"),
        unit_id=st.integers(1, 9),
        codes=st.lists(CODES, max_size=2).map(tuple),
        area_path=st.sampled_from([None, STREET, COMMUNITY, "370399.370399002"]),
        severities=st.lists(st.sampled_from(["red", "yellow"]), max_size=2).map(tuple),
        active=st.booleans(),
    ),
    max_size=6,
)


@given(RULES, st.sampled_from(["06010", "07001", "10001"]), st.sampled_from(["red", "blue"]))
def test_no_rule_before_the_one_that_decides_fits(
    rules: list[Rule], code: str, severity: str
) -> None:
    matter = Matter(code, COMMUNITY, severity)
    routed = route(rules, matter)
    fitting = [r for r in rules if r.active and reasons(r, matter) is not None]
    assert (routed is None) == (not fitting)
    if routed is not None:
        assert (routed.rule_id, routed.unit_id) == (fitting[0].id, fitting[0].unit_id)
