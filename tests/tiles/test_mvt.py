"""Messages of vector tiles: what was written is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.mvt import Feature, features, field, varint


def tile_of(name: str, value: bytes, number: int, drawn: bytes) -> bytes:
    """A tile with one feature of one property."""
    feature = field(1, number) + field(2, varint(0) + varint(0)) + field(3, 3) + field(4, drawn)
    layer = field(15, 2) + field(1, b"x") + field(2, feature) + field(3, name.encode())
    return field(3, layer + field(4, value) + field(5, 4096))


@given(st.text(), st.binary(), st.integers(0, 2**63), st.binary())
def test_what_was_written_is_read(name: str, value: bytes, number: int, drawn: bytes) -> None:
    found = features(tile_of(name, value, number, drawn))
    assert found == [Feature(number, {name: value}, field(3, 3) + field(4, drawn))]


def test_an_empty_tile_has_no_features() -> None:
    assert features(b"") == []


@given(st.data())
def test_a_tile_that_breaks_off_is_refused(data: st.DataObject) -> None:
    whole = tile_of("name", b"value", 1, b"drawn")
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(ValueError, match="vector tile"):
        features(whole[:cut])
