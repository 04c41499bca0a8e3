"""Vector tiles as messages: just enough to take one apart and to write its parts again.

Mapbox Vector Tile 2.1, in protocol buffers: a message is a row of fields, each with a number and
either a whole number or bytes of a told length.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_LAYER: Final = 3
_FEATURE, _KEY, _VALUE = 2, 3, 4
_ID, _TAGS, _TYPE, _GEOMETRY = 1, 2, 3, 4


@dataclass(frozen=True)
class Feature:
    """A feature as it stands in a tile.

    Parameters
    ----------
    id
        Its number; 0 where it has none.
    properties
        Name → the message of the value, as it was written.
    drawn
        The fields of its type and geometry, as they were written.
    """

    id: int
    properties: Mapping[str, bytes]
    drawn: bytes


def varint(number: int) -> bytes:
    """Write a whole number ≥ 0, seven bits a byte, the lowest first."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def field(number: int, value: int | bytes) -> bytes:
    """Write a field: a whole number, or bytes with their length before them."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def features(tile: bytes) -> list[Feature]:
    """Take the features out of a tile with one layer; of an empty tile none.

    Raises
    ------
    ValueError
        If it is no vector tile, or has fields that tiles of PostGIS do not have.
    """
    found: dict[int, list[bytes]] = {_FEATURE: [], _KEY: [], _VALUE: []}
    for _, layer in _fields(tile):
        for number, value in _fields(_bytes(layer)):
            if number in found:
                found[number].append(_bytes(value))
    keys = [key.decode() for key in found[_KEY]]
    return [_feature(message, keys, found[_VALUE]) for message in found[_FEATURE]]


def _feature(message: bytes, keys: list[str], values: list[bytes]) -> Feature:
    read = dict(_fields(message))
    tags = list(_varints(_bytes(read.get(_TAGS, b""))))
    named = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    drawn = field(_TYPE, read[_TYPE]) + field(_GEOMETRY, read[_GEOMETRY])
    return Feature(_number(read.get(_ID, 0)), named, drawn)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        if tag & 7 == 0:
            yield tag >> 3, value
        elif tag & 7 == 2 and at + value <= len(message):
            yield tag >> 3, message[at : at + value]
            at += value
        else:
            raise ValueError("not a vector tile")


def _varints(packed: bytes) -> Iterator[int]:
    at = 0
    while at < len(packed):
        number, at = _varint(packed, at)
        yield number


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number, shift = 0, 0
    while at < len(message):
        byte = message[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
    raise ValueError("a vector tile breaks off")


def _bytes(value: int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("not a vector tile")  # noqa: TRY004 (the tile is at fault)
    return value


def _number(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise ValueError("not a vector tile")  # noqa: TRY004 (the tile is at fault)
    return value
