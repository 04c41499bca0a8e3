"""What must be done again and again so that the database stays ready and small."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, text

from data.device_tokens import remove_old_tokens
from data.identities import remove_old_journeys
from data.operations import remove_old_operations
from data.plan_layers import forget_unused_layers
from data.report_lists.runs import forget_imports
from data.schema import District, Session
from data.sign_in import remove_old_attempts
from data.ways_in import remove_old_codes

WEEKS_AHEAD = 4


def make_track_weeks(connection: Connection, at: datetime) -> None:
    """Make the partitions of track points for this week and some to come.

    A shift makes its own when it must; made ahead, none waits for the lock that takes.
    """
    for week in range(WEEKS_AHEAD):
        connection.execute(
            text("SELECT make_track_week(CAST(:at AS date))"), {"at": at + timedelta(weeks=week)}
        )


def forget_what_is_over(connection: Connection, at: datetime) -> None:
    """Delete sessions that have ended; commands, wrong passwords, imports, files of long ago."""
    connection.execute(delete(Session).where(Session.expires_at < at))
    remove_old_operations(connection, at)
    remove_old_attempts(connection, at)
    remove_old_codes(connection, at)
    remove_old_journeys(connection, at)
    remove_old_tokens(connection, at)
    forget_unused_layers(connection, at)
    forget_imports(connection, at)


def district_ids(connection: Connection) -> list[int]:
    """List the districts."""
    return list(connection.execute(select(District.id).order_by(District.id)).scalars())
