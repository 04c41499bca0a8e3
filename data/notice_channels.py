"""Channels: where the notices of a unit or an account are sent to, set by administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from data.database import query
from data.exports.map_words import Language
from data.notice_senders import Address, SendError
from data.schema import NoticeChannel
from data.sealing import Seal, SealError


@dataclass(frozen=True)
class Channel:
    """A channel as somebody sets it.

    Parameters
    ----------
    area_id
        Where whoever may change it works.
    kinds
        Kinds of notices that go through it; None: all.
    quiet
        From when to when only what is urgent goes, on the district's clock.
    """

    area_id: int
    account_id: UUID | None
    unit_id: int | None
    name: str
    kinds: tuple[str, ...] | None
    quiet: tuple[time, time] | None
    language: Language
    active: bool

    def columns(self) -> dict[str, Any]:
        """For the store."""
        return {
            "area_id": self.area_id,
            "account_id": self.account_id,
            "unit_id": self.unit_id,
            "name": self.name,
            "kinds": None if self.kinds is None else list(self.kinds),
            "quiet_from": None if self.quiet is None else self.quiet[0],
            "quiet_to": None if self.quiet is None else self.quiet[1],
            "language": self.language,
            "active": self.active,
        }


def list_channels(
    connection: Connection, district_id: int, paths: Sequence[str], *, limit: int, after_id: int = 0
) -> Sequence[Row[Any]]:
    """Channels below these paths with what went through them, as `notice_channels.sql` tells it."""
    return connection.execute(
        query("notice_channels"),
        {
            "district_id": district_id,
            "paths": list(paths),
            "channel_id": None,
            "after_id": after_id,
            "limit": limit,
        },
    ).all()


def find_channel(
    connection: Connection, district_id: int, channel_id: int, paths: Sequence[str]
) -> Row[Any] | None:
    """One channel as `list_channels` tells it; None where it lies below none of the paths."""
    return connection.execute(
        query("notice_channels"),
        {
            "district_id": district_id,
            "paths": list(paths),
            "channel_id": channel_id,
            "after_id": 0,
            "limit": 1,
        },
    ).one_or_none()


def add_channel(
    connection: Connection,
    district_id: int,
    channel: Channel,
    address: Address,
    *,
    seal: Seal,
    at: datetime,
) -> int:
    """Make a channel; notices from now on go through it. Its id."""
    made: int = connection.execute(
        insert(NoticeChannel)
        .values(district_id=district_id, since=at, **channel.columns(), **_sealed(address, seal))
        .returning(NoticeChannel.id)
    ).scalar_one()
    return made


def change_channel(
    connection: Connection,
    district_id: int,
    channel_id: int,
    channel: Channel,
    address: Address | None,
    *,
    seal: Seal,
) -> None:
    """Change a channel; `address` None: it stays as it is."""
    values = channel.columns() | ({} if address is None else _sealed(address, seal))
    connection.execute(
        update(NoticeChannel)
        .where(NoticeChannel.district_id == district_id, NoticeChannel.id == channel_id)
        .values(values)
    )


def remove_channel(connection: Connection, district_id: int, channel_id: int) -> None:
    """Remove a channel with what is still on its way through it."""
    connection.execute(
        delete(NoticeChannel).where(
            NoticeChannel.district_id == district_id, NoticeChannel.id == channel_id
        )
    )


def _sealed(address: Address, seal: Seal) -> dict[str, Any]:
    return {
        "via": address.via,
        "sealed": seal.close(address.as_text()),
        "shown": address.shown,
    }


def open_address(sealed: bytes, seal: Seal) -> Address:
    """The address of a channel.

    Raises
    ------
    SendError
        `sealed`: it was sealed with another key and has to be entered anew.
    """
    try:
        return Address.of_text(seal.open(sealed))
    except SealError:
        raise SendError("sealed") from None


def area_of_unit(connection: Connection, district_id: int, unit_id: int) -> Row[Any] | None:
    """Id and path of a unit's area; None: no such unit."""
    return connection.execute(
        text(
            "SELECT a.id, CAST(a.path AS text) AS path FROM unit AS u"
            " JOIN area AS a ON a.district_id = u.district_id AND a.id = u.area_id"
            " WHERE u.district_id = :district_id AND u.id = :unit_id"
        ),
        {"district_id": district_id, "unit_id": unit_id},
    ).one_or_none()


def areas_of_account(
    connection: Connection, district_id: int, account_id: UUID, at: datetime
) -> Sequence[Row[Any]]:
    """Ids and paths of the areas in which an account has a post today."""
    return connection.execute(
        text(
            "SELECT DISTINCT a.id, CAST(a.path AS text) AS path"
            " FROM assignment AS s JOIN district AS d ON d.id = s.district_id"
            " LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id"
            " JOIN area AS a ON a.district_id = s.district_id"
            "   AND a.id = coalesce(s.area_id, g.community_id)"
            " WHERE s.district_id = :district_id AND s.account_id = :account_id AND"
            " s.validity @> CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date)"
            " ORDER BY a.id"
        ),
        {"district_id": district_id, "account_id": account_id, "at": at},
    ).all()


def list_failures(
    connection: Connection, district_id: int, paths: Sequence[str], *, limit: int
) -> Sequence[Row[Any]]:
    """What did not arrive, the newest first, as `notice_failures.sql` tells it."""
    return connection.execute(
        query("notice_failures"),
        {"district_id": district_id, "paths": list(paths), "limit": limit},
    ).all()


def try_again(connection: Connection, district_id: int, channel_id: int, at: datetime) -> int:
    """Put what failed through a channel in the last day on its way once more; how many."""
    done = connection.execute(
        text(
            "UPDATE notice_delivery AS d SET state = 'waiting', attempts = 0, next_at = :at"
            " WHERE d.district_id = :district_id AND d.channel_id = :channel_id"
            " AND d.state = 'failed'"
            " AND d.made_at > CAST(:at AS timestamptz) - CAST('1 day' AS interval)"
        ),
        {"district_id": district_id, "channel_id": channel_id, "at": at},
    )
    return done.rowcount


def list_kinds(rows: Sequence[Row[Any]]) -> list[str]:
    """The kinds that any of these channels names."""
    return sorted({kind for row in rows for kind in row.kinds or ()})


def channel_ids(connection: Connection, district_id: int) -> list[int]:
    """The active channels of a district."""
    return list(
        connection.execute(
            select(NoticeChannel.id)
            .where(NoticeChannel.district_id == district_id, NoticeChannel.active)
            .order_by(NoticeChannel.id)
        ).scalars()
    )
