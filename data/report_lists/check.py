"""A whole list, checked: what would become of each of its rows. Nothing is written."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data.report_lists.filing import Sorted, sort_rows
from data.report_lists.layout import Arranged, ListLayout, arrange, shapes_of
from data.report_lists.placing import Placing, Progress, find_places
from data.report_lists.ready import Ready, ReadyRow, make_ready
from data.report_lists.remember import layouts_of
from data.report_lists.rows import Fault, ReadRows, read_rows
from data.report_lists.sheets import Book
from data.report_lists.words import Meanings


@dataclass(frozen=True)
class Understood:
    """A list whose words are understood, as far as they are.

    Attributes
    ----------
    faults
        Rows that cannot be filed, in their order.
    """

    arranged: Arranged
    read: ReadRows
    ready: Ready
    faults: list[Fault]


@dataclass(frozen=True)
class Checked:
    """What would become of a list; `placings` are of the new rows, in their order."""

    understood: Understood
    sorted: Sorted
    placings: list[Placing]

    @property
    def pairs(self) -> list[tuple[ReadyRow, Placing | None]]:
        """All rows to be filed, with the places of the new ones."""
        known: list[tuple[ReadyRow, Placing | None]] = [
            (row.row, None) for row in self.sorted.known
        ]
        return [*zip(self.sorted.new, self.placings, strict=True), *known]


def arrange_book(
    connection: Connection, district_id: int, book: Book, asked: ListLayout
) -> Arranged:
    """Find out how a book is read, with what was said of earlier ones.

    Raises
    ------
    ImportFileError
    """
    known = layouts_of(connection, district_id, shapes_of(book, asked))
    return arrange(book, asked, known)


def understand(arranged: Arranged, meanings: Meanings, at: datetime, zone: ZoneInfo) -> Understood:
    """Read the rows of a list and look up their words."""
    read = read_rows(arranged, at, zone)
    ready = make_ready(read.rows, arranged.layout, meanings)
    order = {page.sheet.name: place for place, page in enumerate(arranged.pages)}
    faults = sorted(
        [*read.faults, *ready.faults], key=lambda fault: (order[fault.sheet], fault.bad.row)
    )
    return Understood(arranged, read, ready, faults)


def check_rows(
    connection: Connection,
    district_id: int,
    understood: Understood,
    area_path: str,
    at: datetime,
    *,
    told: Progress | None = None,
) -> Checked:
    """Tell new rows from known ones, and find the places of the new."""
    layout = understood.arranged.layout
    parted = sort_rows(connection, district_id, layout.source, understood.ready.rows)
    placings = find_places(
        connection,
        district_id,
        parted.new,
        area_path,
        at,
        datum_in=layout.datum,
        told=told,
    )
    return Checked(understood, parted, placings)
