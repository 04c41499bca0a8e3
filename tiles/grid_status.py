"""Status inside the tile, for clients that cannot pour it in: QGIS and whoever reads vector tiles.

The shapes of a tile are taken apart once, for the places that a caller sees. Every grid then has
values of its own in the layer's table of values, each a float and so always of the same length:
to pour status in is to write that table from an array, after features that stay as they are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.status_board import NEVER
from tiles.draw import pack
from tiles.layers import LAYERS, Layer
from tiles.mvt import Feature, field, varint

SHAPES: Final = LAYERS["grids"]
COUNTED: Final = ("households", "open", "overdue", "handled", "closed", "patrols_30d")
# Left out of a grid where there is nothing to tell: no case was due, nobody ever patrolled.
SOMETIMES: Final = ("rectified_percent", "last_patrol_days")
_POURED: Final = (*COUNTED, *SOMETIMES)
LAYER: Final = Layer(
    "grid-status",
    "网格状况 Grids with their status",
    MappingProxyType({**SHAPES.fields, **dict.fromkeys(_POURED, "Number")}),
    minzoom=SHAPES.minzoom,
    maxzoom=SHAPES.maxzoom,
    scoped=True,
)
_DAY_S: Final = 86_400
# Field 4 of a layer, five bytes long: a value whose field 2 is a float.
_VALUE: Final = np.dtype([("head", "S3"), ("value", "<f4")])
_VALUE_HEAD: Final = b"\x22\x05\x15"
_EXTENT: Final = field(5, 4096)
_NAME: Final = field(15, 2) + field(1, LAYER.name.encode())
_KEYS: Final = b"".join(field(3, key.encode()) for key in LAYER.fields)

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Poured:
    """A tile with status in it: packed, empty where no grid is seen; and the digest of it."""

    packed: bytes
    digest: str


class StatusTemplate:
    """The grids of a tile that somebody sees, ready for their status.

    Parameters
    ----------
    features
        The grids, as the tile of their shapes draws them.
    rows
        The row of each on the status board.
    loaded
        Which grids are on that board: rows count among these.
    """

    def __init__(self, features: Sequence[Feature], rows: NDArray[np.int32], loaded: str) -> None:
        self.rows = rows
        self.loaded = loaded
        shared = list(
            dict.fromkeys(
                feature.properties[name]
                for feature in features
                for name in SHAPES.fields
                if name in feature.properties
            )
        )
        place = {value: number for number, value in enumerate(shared)}
        self._shared_values = b"".join(field(4, value) for value in shared)
        self._drawn = [feature.drawn for feature in features]
        self._heads = [
            _heads(feature, place, len(shared) + number * len(_POURED))
            for number, feature in enumerate(features)
        ]
        # At which revision of its rows, up to which change of the board that holds, and the tile.
        self._poured: tuple[int, int, Poured] | None = None

    def __len__(self) -> int:
        """Bytes that it takes, about: what Python needs for a grid counts as 600."""
        return len(self._shared_values) + sum(len(drawn) + 600 for drawn in self._drawn)

    def unchanged(self, changes: int) -> Poured | None:
        """The tile, if nothing on the board changed since it was last looked after."""
        held = self._poured
        return held[2] if held is not None and held[1] == changes else None

    def at(self, revision: int, changes: int) -> Poured | None:
        """The tile at a revision of its rows, if it was the last to be made.

        `changes` is how often the board had changed before the revision was read.
        """
        held = self._poured
        if held is None or held[0] != revision:
            return None
        self._poured = (revision, changes, held[2])
        return held[2]

    def pack(self, revision: int, columns: Columns, midnight_s: float, *, changes: int) -> Poured:
        """Pour status in, and keep the tile for whoever asks next.

        Parameters
        ----------
        revision
            Of the rows on the board: at the same one the same tile comes out.
        columns
            `data.status_board.COLUMNS` of `rows`.
        midnight_s
            When the day began, in seconds since 1970 UTC.
        changes
            How often the board had changed before they were taken.
        """
        tile = self.pour(*told(columns, midnight_s))
        poured = Poured(pack(tile), hashlib.blake2b(tile, digest_size=16).hexdigest())
        self._poured = (revision, changes, poured)
        return poured

    def pour(self, values: NDArray[np.float64], kinds: NDArray[np.int64]) -> bytes:
        """Write the tile.

        Parameters
        ----------
        values
            A row for each grid, a column for each of `COUNTED` and `SOMETIMES`.
        kinds
            Which of `SOMETIMES` each grid has: 1 for the first, 2 for the second, 3 for both.
        """
        if not self._drawn:
            return b""
        parts = [_NAME]
        for heads, drawn, kind in zip(self._heads, self._drawn, kinds.tolist(), strict=True):
            head = heads[kind]
            parts += (b"\x12", varint(len(head) + len(drawn)), head, drawn)
        table = np.empty(values.size, _VALUE)
        table["head"] = _VALUE_HEAD
        table["value"] = values.ravel()
        parts += (_KEYS, self._shared_values, table.tobytes(), _EXTENT)
        return field(3, b"".join(parts))


def _heads(feature: Feature, place: Mapping[bytes, int], first: int) -> tuple[bytes, ...]:
    """Id and tags of a grid, for each choice of what it sometimes has."""
    names = list(LAYER.fields)
    fixed = b"".join(
        varint(number) + varint(place[feature.properties[name]])
        for number, name in enumerate(SHAPES.fields)
        if name in feature.properties
    )
    own = [
        varint(names.index(name)) + varint(first + number) for number, name in enumerate(_POURED)
    ]
    fixed += b"".join(own[: len(COUNTED)])
    one, other = own[len(COUNTED) :]
    return tuple(
        field(1, feature.id) + field(2, fixed + some) for some in (b"", one, other, one + other)
    )


def told(columns: Columns, midnight_s: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Say what a tile tells of grids: values and kinds, as `StatusTemplate.pour` takes them.

    `rectified_percent` is closed ÷ (closed + overdue), as on our own map, rounded down, so that
    100 is all. `last_patrol_days` is 0 for today, 1 for yesterday.
    """
    due = columns["closed"] + columns["overdue"]
    percent = columns["closed"].astype(np.int64) * 100 // np.maximum(due, 1)
    patrolled = columns["last_patrol_at"] != NEVER
    days = np.ceil(np.maximum(midnight_s - columns["last_patrol_at"], 0.0) / _DAY_S)
    counted = [columns[name] for name in COUNTED]
    values = np.column_stack([*counted, percent, np.where(patrolled, days, 0)])
    return values.astype(np.float64), (due > 0) + 2 * patrolled.astype(np.int64)
