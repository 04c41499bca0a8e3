"""One small town for all tests here: making it takes about a second."""

import pytest

from data.demo import Town, make_town


@pytest.fixture(scope="session")
def town() -> Town:
    return make_town(seed=300, households=6_000)
