"""How much an import takes before it refuses: a file can be hostile, or a mistake."""

from typing import Final

MAX_FILE_BYTES: Final = 2 << 30
MAX_VERTICES_PER_SHAPE: Final = 100_000
MAX_VERTICES: Final = 20_000_000
MAX_BAD_ROWS_SHOWN: Final = 20
