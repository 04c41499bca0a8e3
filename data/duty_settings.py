"""How duty works in a district: what is urgent, what is dispatched by itself, how long to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from data.schema import DutySetting


@dataclass(frozen=True)
class DutySettings:
    """Settings of a district.

    Parameters
    ----------
    dispatched
        Severities whose cases go to the unit that the rules name by themselves.
    urgent
        Severities about which whoever is on call is told at once.
    patience_minutes
        How long one has to accept before the next on call is told.
    """

    dispatched: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ("red",)
    patience_minutes: int = 10

    @property
    def patience(self) -> timedelta:
        """How long one has to accept."""
        return timedelta(minutes=self.patience_minutes)


def duty_settings(connection: Connection, district_id: int) -> DutySettings:
    """Read the settings; the usual ones where nobody has set them."""
    row = connection.execute(
        select(DutySetting).where(DutySetting.district_id == district_id)
    ).one_or_none()
    if row is None:
        return DutySettings()
    return DutySettings(tuple(row.dispatched), tuple(row.urgent), row.patience_minutes)


def set_duty(
    connection: Connection, district_id: int, settings: DutySettings, *, by: UUID, at: datetime
) -> None:
    """Keep settings from now on."""
    values = {
        "dispatched": list(settings.dispatched),
        "urgent": list(settings.urgent),
        "patience_minutes": settings.patience_minutes,
        "changed_by": by,
        "changed_at": at,
    }
    connection.execute(
        insert(DutySetting)
        .values(district_id=district_id, **values)
        .on_conflict_do_update(index_elements=["district_id"], set_=values)
    )
