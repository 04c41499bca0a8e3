"""The gazetteer of each district, kept in memory while the layers that it is made from stay.

Memory: about 1.3 KB for each building, place and imported address (a test keeps it under 3 KB),
so a county of 200,000 buildings takes some 260 MB in each process that finds addresses. No more
than `MOST_DISTRICTS` are kept, and none
beyond `MOST_RECORDS` records in all but the one in use; a district whose layers have changed is
read again at the next question.
"""

from collections import OrderedDict
from threading import Lock, RLock

import shapely
from sqlalchemy import Connection, Row, text

from data.database import query
from geo.addresses.gazetteer import Gazetteer
from geo.addresses.records import AreaName, Record, RoadLine

MOST_DISTRICTS = 8
MOST_RECORDS = 600_000
Key = tuple[str, int]


class _Kept:
    """Gazetteers by database and district, the least recently used given up first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[Key, tuple[str, Gazetteer]] = OrderedDict()
        self._reading: dict[Key, RLock] = {}

    def reading(self, key: Key) -> RLock:
        """One thread reads a district; others that ask for it wait for what it reads."""
        with self._lock:
            return self._reading.setdefault(key, RLock())

    def get(self, key: Key, state: str) -> Gazetteer | None:
        with self._lock:
            held = self._held.get(key)
            if held is None or held[0] != state:
                return None
            self._held.move_to_end(key)
            return held[1]

    def put(self, key: Key, state: str, gazetteer: Gazetteer) -> None:
        with self._lock:
            self._held[key] = (state, gazetteer)
            self._held.move_to_end(key)
            while len(self._held) > 1 and self._is_too_much():
                self._held.popitem(last=False)

    def _is_too_much(self) -> bool:
        records = sum(len(gazetteer.records) for _, gazetteer in self._held.values())
        return len(self._held) > MOST_DISTRICTS or records > MOST_RECORDS

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


_kept = _Kept()


def gazetteer_of(connection: Connection, district_id: int) -> Gazetteer:
    """Return the gazetteer of a district as the transaction sees it.

    It is read once for each version of its layers (`data.layers`). What a transaction has changed
    itself is read for it alone, for the change may yet be undone.
    """
    row = connection.execute(query("gazetteer_state"), {"district_id": district_id}).one()
    if row.is_own:
        return read_gazetteer(connection, district_id)
    key = (str(connection.engine.url), district_id)
    with _kept.reading(key):
        held = _kept.get(key, row.state)
        if held is None:
            held = read_gazetteer(connection, district_id)
            _kept.put(key, row.state, held)
        return held


def forget_gazetteers() -> None:
    """Give up what is kept; the next question reads again."""
    _kept.clear()


def read_gazetteer(connection: Connection, district_id: int, *, imported: bool = True) -> Gazetteer:
    """Read a district's buildings, places, roads, areas, and imported addresses if wanted."""
    parameters = {"district_id": district_id}
    records = connection.execute(query("gazetteer_records"), parameters | {"imported": imported})
    roads = connection.execute(
        text(
            "SELECT id, name, ST_AsBinary(geom) AS line FROM road "
            "WHERE district_id = :district_id AND name IS NOT NULL ORDER BY id"
        ),
        parameters,
    )
    areas = connection.execute(query("gazetteer_areas"), parameters)
    return Gazetteer(
        [_record(row) for row in records],
        [RoadLine(row.id, row.name, shapely.from_wkb(bytes(row.line))) for row in roads],
        [AreaName(*row) for row in areas],
    )


def _record(row: Row[tuple[object, ...]]) -> Record:
    return Record(
        kind=row.kind,
        id=row.id,
        label=_label(row.name, row.compound, row.address),
        lon=row.lon,
        lat=row.lat,
        radius_m=row.radius_m,
        name=row.name,
        aliases=tuple(row.aliases),
        compound=row.compound,
        address=row.address,
        area_id=row.area_id,
        building_id=row.building_id,
    )


def _label(name: str | None, compound: str | None, address: str | None) -> str:
    """What people are shown: the address, with compound and name where it does not say them."""
    label = address or ""
    for part in (compound, name):
        if part and part not in label:
            label += part
    return label
