"""Bytes in memory: bounded, the oldest go first, and a burst makes them once."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.memory import ENTRY_BYTES, ByteMemory


def test_a_burst_for_the_same_bytes_makes_them_once() -> None:
    memory = ByteMemory(10_000)
    made: list[int] = []
    together, release = Barrier(9), Event()

    def make() -> bytes:
        made.append(1)
        release.wait(20)
        return b"tile"

    def ask() -> bytes:
        together.wait(20)
        return memory.get_or_make("one", make)

    with ThreadPoolExecutor(8) as burst:
        asked = [burst.submit(ask) for _ in range(8)]
        together.wait(20)
        # Meanwhile another tile is not held up.
        assert memory.get_or_make("two", lambda: b"other") == b"other"
        release.set()
        assert [one.result(20) for one in asked] == [b"tile"] * 8
    assert made == [1]


def test_where_making_fails_the_next_one_tries() -> None:
    memory = ByteMemory(10_000)

    def fail() -> bytes:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        memory.get_or_make("one", fail)
    assert memory.get_or_make("one", lambda: b"tile") == b"tile"
    assert memory.get("one") == b"tile"


def test_what_is_larger_than_the_bound_is_given_and_not_kept() -> None:
    memory = ByteMemory(ENTRY_BYTES + 3)
    assert memory.get_or_make("large", lambda: b"1234") == b"1234"
    assert (memory.get("large"), len(memory), memory.held_bytes) == (None, 0, 0)
    assert ByteMemory(0).get_or_make("any", lambda: b"") == b""


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 900)), max_size=80),
    st.integers(0, 5_000),
)
def test_the_bound_holds_and_the_longest_unasked_goes_first(
    asked: list[tuple[int, int]], most: int
) -> None:
    memory = ByteMemory(most)
    expected: OrderedDict[int, int] = OrderedDict()
    for key, size in asked:
        if key in expected:
            expected.move_to_end(key)
        elif size + ENTRY_BYTES <= most:
            expected[key] = size
            while sum(expected.values()) + ENTRY_BYTES * len(expected) > most:
                expected.popitem(last=False)
        memory.get_or_make(key, lambda size=size: b"x" * size)
        assert memory.held_bytes == sum(expected.values()) + ENTRY_BYTES * len(expected) <= most
        assert len(memory) == len(expected)
    assert [memory.get(key) is not None for key in expected] == [True] * len(expected)
