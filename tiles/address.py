"""Addresses of tiles: z/x/y of the Web Mercator pyramid, y counted from the north."""

from dataclasses import dataclass

MAX_ZOOM = 22


class NoSuchTileError(ValueError):
    """The address lies outside the pyramid."""


@dataclass(frozen=True)
class Tile:
    """A tile of the pyramid.

    Raises
    ------
    NoSuchTileError
        If `z` is not 0 … 22, or `x` or `y` not 0 … 2ᶻ - 1.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if (
            not 0 <= self.z <= MAX_ZOOM
            or not 0 <= min(self.x, self.y) <= max(self.x, self.y) < 2**self.z
        ):
            raise NoSuchTileError(f"no tile {self.z}/{self.x}/{self.y}")
