"""What a card to share says of a case, or of what was put right in a grid on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, select

from casework.course_words import STATE_WORDS
from data.case_lists import read_case, read_photos
from data.database import query
from data.exports.case_columns import Telling
from data.exports.map_words import Language
from data.exports.share_card import Card, Mark
from data.photos import find_photo, read_picture
from data.schema import District
from data.scope import Scope, in_cases

MOST_KINDS: Final = 8
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "office": ("三百 · {district}", "Sanbai · {district}"),
    "number": ("编号 {number}", "No. {number}"),
    "place": ("{area} {grid}", "{area} {grid}"),
    "no-grid": ("{area}", "{area}"),
    "found": ("{at:%Y-%m-%d} 发现", "Found {at:%Y-%m-%d}"),
    "right": ("{at:%Y-%m-%d} 整改", "Put right {at:%Y-%m-%d}"),
    "before": ("整改前", "Before"),
    "after": ("整改后", "After"),
    "scan": ("扫码登录后查看办理过程", "Scan and sign in to see how it went"),
    "late": ("已超期 · {state}", "Overdue · {state}"),
    "day": ("今日整改 {count} 件", "{count} put right today"),
    "that-day": ("{day:%m月%d日}整改 {count} 件", "{count} put right on {day:%Y-%m-%d}"),
    "none": ("当日没有整改记录", "Nothing was put right that day"),
    "kind": ("{name} {count} 件", "{name}: {count}"),
    "checked": ("其中 {count} 件已核查", "{count} of them verified"),
    "grid-scan": ("扫码登录后在地图上查看", "Scan and sign in to see them on the map"),
}


@dataclass(frozen=True)
class Shared:
    """A card and the short text beside it; what was read of the photos goes into the card."""

    card: Card
    text: str


@dataclass(frozen=True)
class Reader:
    """For whom a card is written: language, and how this server is reached."""

    language: Language
    origin: str

    def say(self, key: str, **values: Any) -> str:
        """Words in the reader's language."""
        chinese, english = _WORDS[key]
        return (chinese if self.language == "zh-CN" else english).format(**values)


def card_of_case(
    connection: Connection,
    files: ObjectStore,
    district_id: int,
    case_id: UUID,
    reader: Reader,
    *,
    with_photos: bool,
) -> Shared:
    """The card of a case that whoever asks may see.

    Parameters
    ----------
    with_photos
        The first photo of before and the last of after, as they are shown now.
    """
    row = read_case(connection, district_id, case_id)
    district = _district(connection, district_id)
    telling = Telling(reader.language, ZoneInfo(district.time_zone))
    state = telling.word(STATE_WORDS, row.state)
    place = reader.say(
        "no-grid" if row.grid_name is None else "place",
        area=row.area_name or "",
        grid=row.grid_name,
    ).strip()
    name = row.category_name if reader.language == "zh-CN" else row.category_name_en
    times = [reader.say("found", at=telling.local(row.received_at))]
    if row.handled_at is not None:
        times.append(reader.say("right", at=telling.local(row.handled_at)))
    photos: Sequence[tuple[str, bytes]] = ()
    if with_photos:
        photos = _photos(connection, files, district_id, case_id, reader)
    card = Card(
        office=reader.say("office", district=district.name),
        title=name,
        state=reader.say("late", state=state) if row.overdue else state,
        mark=_mark(row),
        lines=(reader.say("number", number=row.number), place, " · ".join(times)),
        photos=photos,
        address=f"{reader.origin.rstrip('/')}/#/case/{case_id}",
        scan=reader.say("scan"),
    )
    return Shared(card, _text(card))


def card_of_grid(
    connection: Connection,
    scope: Scope,
    grid: Row[Any],
    day: date,
    reader: Reader,
    *,
    today: date,
) -> Shared:
    """The card of what was put right in a grid on a day.

    Parameters
    ----------
    grid
        As `list_grids` tells it.
    """
    district = _district(connection, scope.district_id)
    rows = connection.execute(
        query("put_right_on", where=in_cases("c", scope)),
        {**scope.parameters(), "grid_id": grid.id, "day": day},
    ).all()
    count, checked = sum(row.cases for row in rows), sum(row.checked for row in rows)
    chinese = reader.language == "zh-CN"
    lines = [
        reader.say(
            "kind", name=row.category_name if chinese else row.category_name_en, count=row.cases
        )
        for row in rows[:MOST_KINDS]
    ]
    lines.append(reader.say("checked", count=checked) if count else reader.say("none"))
    card = Card(
        office=reader.say("office", district=district.name),
        title=reader.say("place", area=grid.area_name, grid=grid.name),
        state=reader.say("day" if day == today else "that-day", count=count, day=day),
        mark="done" if count else "stopped",
        lines=lines,
        photos=(),
        address=f"{reader.origin.rstrip('/')}/#sel=grid:{grid.id}",
        scan=reader.say("grid-scan"),
    )
    return Shared(card, _text(card))


def _district(connection: Connection, district_id: int) -> Row[Any]:
    columns: list[Any] = [District.name, District.time_zone]
    found: Row[Any] = connection.execute(select(*columns).where(District.id == district_id)).one()
    return found


def _mark(row: Row[Any]) -> Mark:
    if row.overdue:
        return "late"
    if row.state in {"handled", "verified", "closed"}:
        return "done"
    return "stopped" if row.state in {"void", "suspended"} else "open"


def _photos(
    connection: Connection, files: ObjectStore, district_id: int, case_id: UUID, reader: Reader
) -> list[tuple[str, bytes]]:
    rows = read_photos(connection, district_id, case_id)
    first = next((row for row in rows if row.role == "before"), None)
    last = next((row for row in reversed(rows) if row.role == "after"), None)
    shown = []
    for row in (first, last):
        found = None if row is None else find_photo(connection, district_id, row.id)
        if found is not None:
            shown.append((reader.say(found.role), read_picture(files, found.key)))
    return shown


def _text(card: Card) -> str:
    return "\n".join((f"【{card.state}】{card.title}", *card.lines, card.address))
