"""How much an import takes before it refuses, and how archives fail: files can be hostile."""

import zipfile
import zlib
from typing import Final

MAX_FILE_BYTES: Final = 2 << 30
MAX_VERTICES_PER_SHAPE: Final = 100_000
MAX_VERTICES: Final = 20_000_000
MAX_BAD_ROWS_SHOWN: Final = 20

# What the standard library raises for damaged archives: headers, checksums, names, methods.
ARCHIVE_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    UnicodeDecodeError,
    NotImplementedError,
    EOFError,
    OSError,
)
