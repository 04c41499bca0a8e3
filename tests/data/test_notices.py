"""Notices: told once, to an account or a unit, read by each for himself."""

import small_town
from small_town import account_id
from sqlalchemy import Connection, text

from data.categories import create_unit
from data.notices import count_unread, holders, list_notices, mark_read, notify, notify_role

AT = small_town.AT
COMMANDER, EAST = account_id("commander"), account_id("commander.east")
EAST_STREET = small_town.PATHS[20]


def test_a_key_is_told_once(town: Connection) -> None:
    told = [
        notify(town, 1, at=AT, key="half:7", kind="half-time", account_id=COMMANDER)
        for _ in range(2)
    ]
    assert told == [True, False]
    assert [row.kind for row in list_notices(town, 1, COMMANDER, None, limit=5)] == ["half-time"]
    assert list_notices(town, 1, EAST, None, limit=5) == []


def test_each_of_a_unit_reads_for_himself(town: Connection) -> None:
    unit = create_unit(town, 1, 1, "环卫所", None)
    for number in range(5):
        notify(town, 1, at=AT, key=f"unit:{number}", kind="overdue", unit_id=unit)
        notify(town, 1, at=AT, key=f"own:{number}", kind="half-time", account_id=COMMANDER)
    assert count_unread(town, 1, COMMANDER, unit) == 10
    assert count_unread(town, 1, COMMANDER, None) == 5
    assert count_unread(town, 1, EAST, unit) == 5
    newest = list_notices(town, 1, COMMANDER, unit, limit=3)
    assert [row.kind for row in newest] == ["half-time", "overdue", "half-time"]
    older = list_notices(town, 1, COMMANDER, unit, limit=3, before_id=newest[-1].id)
    assert older[0].id < newest[-1].id
    assert mark_read(town, 1, COMMANDER, unit, up_to_id=newest[1].id, at=AT, only=True) == 1
    assert mark_read(town, 1, COMMANDER, unit, up_to_id=newest[1].id, at=AT) == 8
    assert count_unread(town, 1, COMMANDER, unit) == 1
    assert count_unread(town, 1, EAST, unit) == 5
    unread = list_notices(town, 1, COMMANDER, unit, limit=9, unread=True)
    assert [row.id for row in unread] == [newest[0].id]
    assert mark_read(town, 1, EAST, None, up_to_id=newest[1].id, at=AT) == 0


def test_the_nearest_holder_of_a_role_is_told(town: Connection) -> None:
    assert set(holders(town, 1, "commander", AT)) == {COMMANDER, EAST}
    assert holders(town, 1, "commander", AT, area_path=f"{EAST_STREET}.370399002001") == [EAST]
    assert holders(town, 1, "commander", AT, area_path=small_town.PATHS[11]) == [COMMANDER]
    town.execute(
        text(
            "UPDATE assignment SET validity = daterange('2026-01-01', '2026-02-01')"
            " WHERE account_id = :east"
        ),
        {"east": EAST},
    )
    assert holders(town, 1, "commander", AT, area_path=EAST_STREET) == [COMMANDER]
    town.execute(text("UPDATE account SET active = false WHERE id = :id"), {"id": COMMANDER})
    assert holders(town, 1, "commander", AT) == []


def test_every_holder_is_told_once(town: Connection) -> None:
    told = [notify_role(town, 1, "commander", at=AT, key="x", kind="overdue") for _ in range(2)]
    assert told == [2, 0]
