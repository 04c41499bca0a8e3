"""A quarter of two communities in a database of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from quarter_plans import import_quarter
from sqlalchemy import Engine

from data.database import open_engine
from data.server import DatabaseUrls


@pytest.fixture
def engine(fresh_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Engine]:
    """Two communities of 768 households, side by side, without a grid."""
    engine = open_engine(fresh_urls.app)
    import_quarter(engine, tmp_path)
    yield engine
    engine.dispose()
