"""How large the town of a bench is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A district to measure on.

    Parameters
    ----------
    grids
        Number of grids: `across` × `down` cells of a mesh.
    cases
        Cases with their ledgers.
    officers
        Officers' accounts, each with three grids and `days` shifts.
    """

    name: str
    across: int
    down: int
    cases: int
    officers: int
    days: int
    buildings_per_grid: int = 4

    @property
    def grids(self) -> int:
        """Number of grids."""
        return self.across * self.down


SMALL = Size("small", across=50, down=40, cases=20_000, officers=500, days=10)
FULL = Size("full", across=400, down=250, cases=1_000_000, officers=5_000, days=20)
SIZES = {size.name: size for size in (SMALL, FULL)}
