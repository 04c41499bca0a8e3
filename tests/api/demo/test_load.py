"""The demo loads through the application, survives an interruption, and doubles nothing."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import Engine, func, select, text

from api.demo import DEMO_PASSWORD, DemoError, demo_accounts, is_loaded, load_demo, replay
from api.demo.crew import Crew
from api.demo.office import repeatable_id
from api.settings import Settings
from data.database import open_engine
from data.schema import (
    Account,
    CaseEvent,
    GridStatus,
    HazardCase,
    HotspotRun,
    Session,
    Shift,
    TrackPoint,
)
from data.server import DatabaseUrls

HOUSEHOLDS, DAYS = 3_000, 5


class PulledPlugError(Exception):
    """The machine was switched off."""


@pytest.fixture
def settings(fresh_urls: DatabaseUrls, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=SecretStr(fresh_urls.app),
        migration_database_url=SecretStr(fresh_urls.owner),
    )


@pytest.fixture
def engine(fresh_urls: DatabaseUrls) -> Iterator[Engine]:
    engine = open_engine(fresh_urls.owner, pool_size=1)
    yield engine
    engine.dispose()


def load(settings: Settings, urls: DatabaseUrls) -> None:
    load_demo(settings, urls, households=HOUSEHOLDS, days=DAYS, console=Console(quiet=True))


def counted(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.__name__: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Account, HazardCase, CaseEvent, Shift, TrackPoint, HotspotRun)
        }


def test_an_interrupted_load_goes_on_where_it_stopped(
    settings: Settings, fresh_urls: DatabaseUrls, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: Counter[str] = Counter()
    plan_days, live_through = replay.plan_days, Crew.live_through

    def note_plan(*args):
        days = plan_days(*args)
        planned.clear()
        for chains in days.values():
            for chain in chains:
                planned.update(command.path.split("/")[-1] for command in chain)
        return days

    days_begun = 0

    def stop_in_the_second_day(crew, chains):
        nonlocal days_begun
        days_begun += 1
        if days_begun == 2:
            live_through(crew, chains[: len(chains) // 2])
            raise PulledPlugError
        live_through(crew, chains)

    monkeypatch.setattr("api.demo.load.plan_days", note_plan)
    monkeypatch.setattr(Crew, "live_through", stop_in_the_second_day)
    with pytest.raises(PulledPlugError):
        load(settings, fresh_urls)
    with engine.connect() as connection:
        assert not is_loaded(connection)
    half = counted(engine)
    load(settings, fresh_urls)
    whole = counted(engine)

    assert 0 < half["CaseEvent"] < whole["CaseEvent"]
    assert whole["HazardCase"] == planned["cases"]
    assert whole["Shift"] == planned["shifts"] > 0
    assert whole["CaseEvent"] == planned["cases"] + planned["actions"]
    assert whole["TrackPoint"] > 50 * whole["Shift"]
    assert whole["HotspotRun"] > 0
    load(settings, fresh_urls)
    assert counted(engine) == whole
    _check_what_was_loaded(engine)


def _check_what_was_loaded(engine: Engine) -> None:
    with engine.connect() as connection:
        assert is_loaded(connection)
        logins = set(connection.execute(select(Account.login)).scalars())
        assert {account.login for account in demo_accounts()} <= logins
        assert connection.execute(select(func.count()).select_from(Session)).scalar_one() == 0
        in_order = connection.execute(
            text("SELECT count(*) FROM hazard_case WHERE received_at <> occurred_at")
        ).scalar_one()
        assert in_order == 0, "our clock was set to the moment of each report"
        ended = connection.execute(
            select(func.count()).select_from(Shift).where(Shift.ended_at.is_(None))
        ).scalar_one()
        assert ended == 0
        status = connection.execute(
            select(func.sum(GridStatus.closed_cases), func.sum(GridStatus.patrols_30d))
        ).one()
        assert min(status) > 0
        assert len(DEMO_PASSWORD) >= 8


def test_repeatable_ids_are_uuids_of_their_moment() -> None:
    at = datetime(2026, 8, 25, 1, 2, 3, tzinfo=UTC)
    one = repeatable_id(at, "case", 1)
    assert one == repeatable_id(at, "case", 1)
    assert one != repeatable_id(at, "case", 2)
    assert one.version == 7
    assert one < repeatable_id(at + timedelta(milliseconds=1), "case", 0)


def test_a_database_in_use_is_left_alone(
    settings: Settings, fresh_urls: DatabaseUrls, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO district (id, code, name, time_zone, created_at)"
                " VALUES (7, '370399', '别的县', 'Asia/Shanghai', now())"
            )
        )
        connection.execute(
            text(
                "INSERT INTO account (district_id, id, login, display_name, password_hash,"
                " created_at) VALUES (7, gen_random_uuid(), 'admin', '管理员', 'none', now())"
            )
        )
    with pytest.raises(DemoError, match="database of its own"):
        load(settings, fresh_urls)
    assert counted(engine) == {"Account": 1} | dict.fromkeys(
        ("HazardCase", "CaseEvent", "Shift", "TrackPoint", "HotspotRun"), 0
    )
