"""The printed course of a case is the one in force."""

import re
from pathlib import Path

from casework.course import MOVES
from casework.course_table import course_table, state_table
from casework.states import ACTIONS

DOCS = Path(__file__).parents[2] / "docs" / "states.md"


def test_the_documentation_shows_the_course() -> None:
    """`docs/states.md` holds the same tables as the code, to the letter."""
    told = DOCS.read_text(encoding="utf-8")
    assert course_table() in told
    assert state_table() in told
    assert {move.action for move in MOVES} == set(ACTIONS)
    assert len(re.findall(r"^\| .*`(?:[a-z-]+)`", course_table(), re.MULTILINE)) == len(ACTIONS)
