"""What the households on a paper are: registered 户籍, resident 常住, or of a source unnamed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from data.database import query
from geo.limits import Language

_WORDS: Final[dict[Language, dict[str | None, str]]] = {
    "zh": {
        "registered": "户籍",
        "resident": "常住",
        None: "口径未注明（楼栋数据所载或按规则估算）",
    },
    "en": {
        "registered": "registered",
        "resident": "resident",
        None: "basis not stated (from the buildings' data, or estimated by rule)",
    },
}


@dataclass(frozen=True)
class BasisShare:
    """Households that were counted in one way.

    Attributes
    ----------
    basis
        "registered", "resident", or None where nobody said.
    households
        How many.
    counted_on
        The day of the latest count among them.
    """

    basis: str | None
    households: int
    counted_on: date


def read_basis(
    connection: Connection, district_id: int, communities: Collection[str]
) -> tuple[BasisShare, ...]:
    """Read how the households of some communities were counted, the most first.

    Parameters
    ----------
    communities
        Their codes.
    """
    rows = connection.execute(
        query("household_basis"),
        {"district_id": district_id, "communities": sorted(set(communities))},
    )
    return tuple(BasisShare(row.basis, row.households, row.counted_on) for row in rows)


def basis_text(shares: Sequence[BasisShare], language: Language) -> str:
    """Say in one line how households were counted, and when; empty where there are none.

    With more than one kind, how many there are of each.
    """
    if not shares:
        return ""
    words = _WORDS[language]
    apart = len(shares) > 1
    if language == "zh":
        told = [
            f"{words[share.basis]}{f' {share.households:,} 户' if apart else ''}"
            f"，截至 {share.counted_on}"
            for share in shares
        ]
        return "户数口径：" + "；".join(told)
    told = [
        f"{f'{share.households:,} ' if apart else ''}{words[share.basis]}, as of {share.counted_on}"
        for share in shares
    ]
    return "Households: " + "; ".join(told)
