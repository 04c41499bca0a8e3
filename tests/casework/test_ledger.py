"""The chain of a ledger shows every change, and does not depend on who wrote the JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger import Line, canonical_json, next_line, text_digest, verify_chain
from casework.states import Event

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CASE = UUID(int=9)
ACTIONS = ("report", "dispatch", "handle", "rework", "handle", "verify", "close")
STATES = ("reported", "dispatched", "handled", "dispatched", "handled", "verified", "closed")


def ledger() -> list[Line]:
    lines: list[Line] = []
    for seq, (action, state) in enumerate(zip(ACTIONS, STATES, strict=True), start=1):
        event = Event(seq, action, state, UUID(int=1), AT, AT, {"lon": 118.3, "n": seq})
        lines.append(next_line(CASE, event, *([lines[-1].digest] if lines else [])))
    return lines


def test_a_ledger_holds_for_its_case_alone() -> None:
    assert verify_chain(CASE, ledger()) is None
    assert verify_chain(UUID(int=10), ledger()) == 1


@given(st.integers(0, len(ACTIONS) - 1), st.sampled_from(["facts", "action", "actor", "time"]))
def test_a_changed_line_shows(index: int, what: str) -> None:
    lines = ledger()
    event = lines[index].event
    changed = {
        "facts": replace(event, facts={**event.facts, "lon": 118.4}),
        "action": replace(event, action="void"),
        "actor": replace(event, actor_id=UUID(int=2)),
        "time": replace(event, received_at=AT + timedelta(microseconds=1)),
    }[what]
    lines[index] = replace(lines[index], event=changed)
    assert verify_chain(CASE, lines) == index + 1


@given(st.data())
def test_a_missing_or_moved_line_shows(data: st.DataObject) -> None:
    lines = ledger()
    index = data.draw(st.integers(0, len(lines) - 2))
    moved = [*lines[:index], lines[index + 1], lines[index], *lines[index + 2 :]]
    assert verify_chain(CASE, lines[:index] + lines[index + 1 :]) == index + 1
    assert verify_chain(CASE, moved) == index + 1


def test_a_line_rewritten_with_a_fitting_digest_breaks_the_next() -> None:
    lines = ledger()
    forged = replace(lines[2].event, facts={})
    lines[2] = next_line(CASE, forged, lines[1].digest)
    assert verify_chain(CASE, lines) == 4


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_canonical_json_is_stable_and_can_be_read_back(value: object) -> None:
    once = canonical_json(value)
    assert canonical_json(json.loads(once)) == once


def test_canonical_json_writes_one_moment_and_one_number_one_way() -> None:
    beijing = AT.astimezone(timezone(timedelta(hours=8)))
    assert canonical_json({"b": beijing, "a": 3.0}) == canonical_json({"a": 3, "b": AT})
    assert canonical_json({"a": 3, "街": "三百"}) == '{"a":3,"街":"三百"}'.encode()


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))
    with pytest.raises(ValueError, match="zone"):
        canonical_json(datetime(2026, 1, 1))  # noqa: DTZ001 (what is tested)


def test_the_same_words_under_another_salt_look_different() -> None:
    assert text_digest("三号楼", b"1" * 16) != text_digest("三号楼", b"2" * 16)
