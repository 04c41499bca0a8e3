"""Staging: rows of an extract in temporary tables, cut to a region, before they are merged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from data.database import query
from data.imports.osm.batches import COLUMNS, Bbox, Row
from data.imports.problems import ImportFileError

_READ_ROWS: Final = 50_000
# What decides whether a row lies in the region: a building by a point of it, lines by touching.
_CUT: Final = {
    "osm_building": "inside",
    "osm_road": "geom",
    "osm_water": "geom",
    "osm_place": "geom",
    "osm_address": "geom",
}
_INDEXED: Final = (
    "CREATE INDEX ON osm_landuse USING gist (geom)",
    "CREATE INDEX ON osm_place USING gist (geom) WHERE kind = 'compound'",
    "CREATE INDEX ON osm_address USING gist (geom)",
)


class Staging:
    """The temporary tables of one import, in its transaction.

    Attributes
    ----------
    rows
        How many rows each table holds.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.rows: Counter[str] = Counter()
        for statement in query("osm_staging").text.split(";"):
            if statement.strip():
                connection.execute(text(statement))

    def take(self, table: str, rows: Sequence[Row]) -> None:
        """Copy rows of `data.imports.osm.batches` into a table."""
        self.copy(table, COLUMNS[table], rows)

    def copy(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Copy rows into a table, by the wire protocol's COPY."""
        names = ", ".join(columns)
        connection: Any = self._connection.connection.driver_connection
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        self.rows[table] += len(rows)

    def extent(self) -> Bbox | None:
        """West, south, east, north of all that was read; None where nothing was."""
        row = self._connection.execute(query("osm_extent")).one()
        return None if row.west is None else (row.west, row.south, row.east, row.north)

    def points(self, limit: int) -> list[bytes]:
        """Return some points of what was read, as WKB, to find the district by."""
        rows = self._connection.execute(query("osm_points"), {"limit": limit}).scalars()
        return [bytes(point) for point in rows]

    def cut(self, region: bytes) -> dict[str, int]:
        """Leave only what lies in a region.

        Parameters
        ----------
        region
            A polygon as WKB, EPSG:4326.

        Returns
        -------
        Rows left out, by table.
        """
        run = self._connection.execute
        run(
            text("INSERT INTO osm_region SELECT ST_Subdivide(ST_GeomFromWKB(:region, 4326), 128)"),
            {"region": region},
        )
        run(text("CREATE INDEX ON osm_region USING gist (geom)"))
        run(text("ANALYZE osm_region"))
        outside = {}
        for table, shape in _CUT.items():
            outside[table] = run(query("osm_cut", table=table, shape=shape)).rowcount
        self.rows.subtract(outside)
        return outside

    def index(self) -> None:
        """Index what was staged, and see that no object comes twice.

        Raises
        ------
        ImportFileError
            If one does, as in a file of histories.
        """
        try:
            for table in _CUT:
                self._connection.execute(text(f"CREATE UNIQUE INDEX ON {table} (external_id)"))
        except IntegrityError as error:
            raise ImportFileError("osm_twice", reason=_detail(error)) from error
        for statement in _INDEXED:
            self._connection.execute(text(statement))
        for table in COLUMNS:
            self._connection.execute(text(f"ANALYZE {table}"))

    def survey_ground(self) -> None:
        """Find land use, compound and address of each building."""
        self._connection.execute(query("osm_ground"))
        self._connection.execute(text("CREATE UNIQUE INDEX ON osm_ground (external_id)"))
        self._connection.execute(text("ANALYZE osm_ground"))

    def buildings(self) -> Iterator[pd.DataFrame]:
        """Read what households are estimated from, some thousands at once."""
        result = self._connection.execute(
            text(
                "SELECT b.external_id, b.use, g.landuse, b.levels, b.flats, b.footprint_m2"
                " FROM osm_building AS b JOIN osm_ground AS g USING (external_id)"
            ),
            execution_options={"yield_per": _READ_ROWS},
        )
        columns = list(result.keys())
        # The size is said here: what `yield_per` says alone makes one part of everything.
        for part in result.partitions(_READ_ROWS):
            yield pd.DataFrame(part, columns=columns)

    def settle_addresses(self, district_id: int) -> None:
        """Put each address into the building that it stands in, once buildings are stored."""
        self._connection.execute(query("osm_addresses_to_buildings"), {"district_id": district_id})
        known = self._connection.execute(query("osm_known_addresses")).rowcount
        self.rows["osm_address"] -= known

    def finish_households(self) -> None:
        """Index households, once all are written."""
        self._connection.execute(text("CREATE UNIQUE INDEX ON osm_households (external_id)"))
        self._connection.execute(text("ANALYZE osm_households"))


def _detail(error: IntegrityError) -> str:
    lines = str(error.orig).splitlines()
    return lines[-1].removeprefix("DETAIL:").strip() if lines else ""
