"""Files around plans that no row names any more are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy import Connection, text

GRACE: Final = timedelta(days=1)
"""A file is stored before the row that names it: a young one may still be waited for."""
MOST_FILES: Final = 1000

_USED: Final = text(
    "SELECT key FROM plan_signature WHERE district_id = :district_id "
    "UNION SELECT unnest(ARRAY[source_key, picture_key, shown_key]) FROM plan_backdrop "
    "WHERE district_id = :district_id"
)


def remove_unused_plan_files(
    connection: Connection, files: ObjectStore, district_id: int, at: datetime
) -> int:
    """Delete signed papers and backdrops of a district that no plan has any more.

    Returns
    -------
    How many files were deleted; at most 1,000 at once.
    """
    used = set(connection.execute(_USED, {"district_id": district_id}).scalars())
    unused = [
        entry["path"]
        for folder in (f"papers/{district_id}/", f"backdrops/{district_id}/")
        for batch in files.list(folder, chunk_size=1000)
        for entry in batch
        if entry["path"] not in used and entry["last_modified"] < at - GRACE
    ][:MOST_FILES]
    if unused:
        files.delete(unused)
    return len(unused)
