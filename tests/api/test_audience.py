"""Who among the listeners is told of a case or a grid, and what becomes of a slow one."""

import asyncio
from uuid import UUID

from api.live.audience import MOST_UNREAD_BYTES, Audience, Listener
from api.permissions import Caller
from data.changed_cases import Standing
from data.scope import Places, Scope


def somebody(
    number: int, grids: Places, *, unit_id: int | None = None, cases: Places | None = None
) -> Listener:
    places = grids if cases is None else cases
    account_id = UUID(int=number)
    caller = Caller(1, account_id, f"login{number}", "", unit_id, ())
    scope = Scope(1, places.area_paths, places.grid_ids, unit_id, account_id)
    return Listener("token", caller, grids, scope)


def test_a_case_is_seen_by_place_by_unit_and_by_who_reported_it() -> None:
    audience = Audience()
    street = somebody(1, Places(("1.2",)))
    grid = somebody(2, Places((), (7,)))
    unit = somebody(3, Places((), (8,)), unit_id=5)
    reporter = somebody(4, Places((), (9,)))
    everybody = (street, grid, unit, reporter)
    for one in everybody:
        audience.join(one)
    case = Standing("1.2.3", 7, 5)
    assert audience.seeing_case(case, UUID(int=4)) == set(everybody)
    assert audience.seeing_case(Standing("1.21", 70, None), UUID(int=0)) == set()
    assert audience.seeing_case(Standing("1.2", None, None), UUID(int=0)) == {street}
    assert audience.groups_seeing("1.2.3", 7) == {street.grids, grid.grids}
    for one in everybody:
        audience.leave(one)
    assert audience.seeing_case(case, UUID(int=4)) == set()
    assert audience.groups_seeing("1.2.3", 7) == set()
    assert not audience.groups


def test_who_reads_too_slowly_is_told_to_load_anew() -> None:
    async def read() -> tuple[bytes, bytes]:
        slow = somebody(1, Places())
        for _ in range(40):
            slow.put(b"x" * (MOST_UNREAD_BYTES // 30))
        slow.put(b"event: after\n\n")
        first = await slow.read()
        slow.end(b"event: end\n\n")
        slow.put(b"event: never\n\n")
        return first, await slow.read() + await slow.read()

    first, last = asyncio.run(read())
    assert len(first) <= MOST_UNREAD_BYTES
    assert first.startswith(b"event: reload\n")
    assert first.endswith(b"event: after\n\n")
    assert last == b"event: end\n\n"
