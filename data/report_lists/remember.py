"""What was said of earlier lists: how they are read, and what their words stand for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from data.categories import list_categories
from data.report_lists.layout import Arranged, ListLayout
from data.report_lists.words import Kind, Meanings, WordField, plain_word
from data.schema import ReportLayout, ReportWord

MOST_CATEGORIES: Final = 10_000
# What differs from week to week: sheets and the rows above the header.
_OF_ONE_LIST: Final = {"sheets", "header"}


def layouts_of(
    connection: Connection, district_id: int, shapes: Sequence[bytes]
) -> dict[bytes, ListLayout]:
    """Layouts that are remembered for these shapes of header."""
    rows = connection.execute(
        select(ReportLayout.shape, ReportLayout.layout).where(
            ReportLayout.district_id == district_id, ReportLayout.shape.in_(shapes)
        )
    )
    return {bytes(row.shape): ListLayout.model_validate(row.layout) for row in rows}


def remember_layout(
    connection: Connection, district_id: int, arranged: Arranged, at: datetime
) -> None:
    """Remember how a list was read, for the next one of its shape."""
    # A workbook says itself which cells are merged; what was lost in a table is asked there.
    passing = _OF_ONE_LIST | ({"filled_down"} if arranged.pages[0].sheet.merged else set())
    layout = arranged.layout.model_dump(mode="json", exclude=passing)
    values = {
        "district_id": district_id,
        "shape": arranged.shape,
        "layout": layout,
        "used_at": at,
    }
    new = insert(ReportLayout).values(values)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["district_id", "shape"], set_={"layout": layout, "used_at": at}
        )
    )


def meanings_of(
    connection: Connection,
    district_id: int,
    now_said: Mapping[tuple[WordField, str], str] | None = None,
) -> Meanings:
    """What words stand for in a district.

    Parameters
    ----------
    now_said
        (field, word) → meaning; goes before what was said earlier.
    """
    rows = connection.execute(
        select(ReportWord.field, ReportWord.word, ReportWord.meaning).where(
            ReportWord.district_id == district_id
        )
    )
    said: dict[tuple[str, str], str] = {(row.field, row.word): row.meaning for row in rows}
    for (field, word), meaning in (now_said or {}).items():
        said[field, plain_word(word)] = meaning
    return Meanings(kinds_of(connection, district_id), said)


def kinds_of(connection: Connection, district_id: int) -> list[Kind]:
    """Categories in use, as words are matched with them."""
    rows = list_categories(connection, district_id, limit=MOST_CATEGORIES)
    return [Kind(row.id, row.code, row.name, row.name_en) for row in rows]


def remember_words(
    connection: Connection,
    district_id: int,
    said: Iterable[tuple[WordField, str, str]],
    at: datetime,
) -> None:
    """Remember what words stand for.

    Parameters
    ----------
    said
        Field, word, meaning.
    """
    values = {
        (field, plain_word(word)): {
            "district_id": district_id,
            "field": field,
            "word": plain_word(word),
            "meaning": meaning,
            "said_at": at,
        }
        for field, word, meaning in said
    }
    if not values:
        return
    new = insert(ReportWord).values(list(values.values()))
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["district_id", "field", "word"],
            set_={"meaning": new.excluded.meaning, "said_at": new.excluded.said_at},
        )
    )
