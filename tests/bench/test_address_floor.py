"""What the finder of addresses must reach at least, on the half of the set its author knows.

The half that was held out is measured by `bench/addresses.py`, and by nothing else.
"""

import pytest
from small_town import AT
from sqlalchemy import Connection

from bench.address_set import Answer, at_certain, load_town, read_texts
from data.addresses import find_address, find_addresses

LEAST_PRECISION = 0.98
LEAST_RECALL = 0.94


@pytest.fixture
def district_id(database: Connection) -> int:
    """The district that the texts are about."""
    return load_town(database, AT)


def test_certain_answers_are_right_and_not_rare(database: Connection, district_id: int) -> None:
    texts = read_texts("tune")
    found = find_addresses(database, district_id, [one.text for one in texts], at=AT)
    answers = [Answer(one.best, one.score, one.certain) for one in found]
    count = at_certain(texts, answers)
    assert count.precision is not None
    assert count.precision >= LEAST_PRECISION, count
    assert count.recall is not None
    assert count.recall >= LEAST_RECALL, count


def test_one_by_one_and_in_bulk_are_answered_alike(database: Connection, district_id: int) -> None:
    texts = [one.text for one in read_texts("tune")[::40]]
    in_bulk = find_addresses(database, district_id, texts, at=AT)
    assert [find_address(database, district_id, one, at=AT) for one in texts] == in_bulk
