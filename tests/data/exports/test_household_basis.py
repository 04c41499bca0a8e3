"""Papers say how their households were counted."""

from datetime import date

import small_town
from sqlalchemy import Connection, text

from data.exports.household_basis import BasisShare, basis_text, read_basis

COMMUNITY = "370399001001"


def count(town: Connection, building: int, basis: str, at: str) -> None:
    town.execute(
        text("UPDATE building SET households_basis = :basis, updated_at = :at WHERE id = :id"),
        {"basis": basis, "at": at, "id": building},
    )


def test_each_kind_is_told_with_its_latest_day(town: Connection) -> None:
    today = small_town.AT.date()
    whole = (BasisShare(None, 600, today),)
    assert read_basis(town, 1, [COMMUNITY, COMMUNITY]) == whole
    assert basis_text(whole, "zh") == (
        "户数口径：口径未注明（楼栋数据所载或按规则估算），截至 2026-11-20"
    )
    # 17:00 in UTC is the next day in China.
    count(town, 1, "registered", "2026-11-30T17:00:00Z")
    count(town, 5, "resident", "2026-12-05T00:00:00Z")
    mixed = read_basis(town, 1, [COMMUNITY])
    assert mixed == (
        BasisShare("registered", 300, date(2026, 12, 1)),
        BasisShare(None, 300, today),
    )
    assert basis_text(mixed, "en") == (
        "Households: 300 registered, as of 2026-12-01; 300 basis not stated "
        "(from the buildings' data, or estimated by rule), as of 2026-11-20"
    )


def test_where_nobody_lives_nothing_is_said(town: Connection) -> None:
    town.execute(text("UPDATE building SET households = 0"))
    assert read_basis(town, 1, [COMMUNITY]) == ()
    assert basis_text((), "zh") == basis_text((), "en") == ""
