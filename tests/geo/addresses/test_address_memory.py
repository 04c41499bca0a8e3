"""What a gazetteer takes of memory: the figure that the documentation gives has to hold."""

import pickle
import tracemalloc

from geo.addresses.gazetteer import Gazetteer
from geo.addresses.records import Record

RECORDS = 2_000
MOST_BYTES_EACH = 3_000


def test_a_record_takes_less_than_three_kilobytes() -> None:
    made = [
        Record(
            "building", at, f"幸福路{at % 90}号阳光小区{at // 90}区{at % 40}号楼",
            118.0 + at % 50 * 1e-3, 36.8 + at // 50 * 1e-3, 10.0, f"{at % 40}号楼", (),
            f"阳光小区{at // 90}区", f"幸福路{at % 90}号", None, at,
        )
        for at in range(RECORDS)
    ]  # fmt: skip
    packed = pickle.dumps(made)
    tracemalloc.start()
    try:
        gazetteer = Gazetteer(pickle.loads(packed), [], [])  # noqa: S301
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(gazetteer.records) == RECORDS
    assert held / RECORDS < MOST_BYTES_EACH
