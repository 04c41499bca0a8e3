"""The background worker: generation of grids, hotspots, and what time alone changes.

Jobs are rows of the database, put there by the transaction that needs them (`data.jobs.defer`) or
by the clock. Every task may run twice: a worker that is killed leaves its job to the next one.
"""

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from obstore.store import ObjectStore
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import JobAborted
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from api.context import Clock, system_clock
from api.list_acting import who_is_at
from api.settings import Settings
from data.case_exports import delete_old_exports
from data.database import open_engine
from data.density_files import remove_unused_density
from data.dispatching import dispatch_waiting
from data.duty_alerts import alert_on_call
from data.files import open_files
from data.hotspot_runs import Period, Unit, compute_run, refresh_hotspots
from data.housekeeping import district_ids, forget_what_is_over, make_track_weeks
from data.jobs import defer
from data.match_queue import match_left_over
from data.notice_delivery import Post, deliver_all, forget_deliveries
from data.photo_redactions import delete_forgotten_files
from data.photo_uploads import forget_uploads
from data.plan_file_care import remove_unused_plan_files
from data.plan_generation import generate_plan
from data.plan_reports import make_plan_report
from data.plan_runs import fail_run
from data.publication import place_open_cases, plans_taking_effect
from data.report_lists.runs import fail_import, run_import
from data.rounds import look_at_rounds, note_late_visits
from data.sealing import open_seal
from data.server import database_urls
from data.status import OVERDUE_BATCH, mark_overdue, refresh_patrol_counters
from data.street_matching import match_shift, match_waiting
from data.street_parts import renew_all_streets
from data.track_retention import thin_and_forget_tracks
from data.watch import Seen, watch_all

CONCURRENCY: Final = 2
"""One long job (a generation) and the short ones beside it."""
LONGEST_JOB_S: Final = 3600.0
GRACE_S: Final = 5.0
"""How long running jobs may still take when the worker is asked to end."""
STATEMENT_TIMEOUT_S: Final = 600.0

# Ended by a shutdown, a job begins anew with the next worker.
_AGAIN_AFTER_SHUTDOWN: Final = RetryStrategy(max_attempts=20, retry_exceptions={JobAborted})


@dataclass(frozen=True)
class Parts:
    """What tasks work with; without a post no notice is sent on."""

    engine: Engine
    files: ObjectStore
    clock: Clock
    post: Post | None = None
    track_whole_days: int = 30
    track_days: int = 90


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; then end within seconds, leaving unfinished jobs queued."""
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(work(settings))


async def work(
    settings: Settings,
    clock: Clock = system_clock,
    *,
    until_idle: bool = False,
    own_signals: bool = True,
) -> None:
    """Run the worker in the present event loop.

    Parameters
    ----------
    clock
        Gives the present moment in UTC.
    until_idle
        Return as soon as no job is left, rather than wait for the next one.
    own_signals
        Whether SIGTERM and SIGINT end it, by `asyncio.CancelledError`; they can be caught in
        the main thread only.
    """
    if own_signals:
        _end_when_asked()
    urls = database_urls(settings.home, settings.database_url, settings.migration_database_url)
    engine = open_engine(
        urls.app, pool_size=CONCURRENCY + 1, statement_timeout_s=STATEMENT_TIMEOUT_S
    )
    try:
        app = build_app(urls.app)
        add_tasks(app, _parts(settings, engine, clock))
        async with app.open_async():
            await app.run_worker_async(
                name="sanbai",
                concurrency=CONCURRENCY,
                wait=not until_idle,
                shutdown_graceful_timeout=LONGEST_JOB_S if until_idle else GRACE_S,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
    finally:
        engine.dispose()


def _parts(settings: Settings, engine: Engine, clock: Clock) -> Parts:
    key = settings.seal_key
    seal = open_seal(settings.home, None if key is None else key.get_secret_value())
    files = open_files(settings.home, settings.files_url)
    post = Post(seal, settings.origin)
    days = (settings.track_whole_days, settings.track_days)
    return Parts(engine, files, clock, post, *days)


def _end_when_asked() -> None:
    """Cancel this task on SIGTERM and SIGINT, from now on: the worker ends in order then.

    The queue's own handlers come only once it runs; until then a signal would kill.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)


def build_app(url: str) -> App:
    """Make the queue on a database; its tasks are added by `add_tasks`."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = PsycopgConnector(
        conninfo=plain, min_size=1, max_size=4, kwargs={"application_name": "sanbai worker"}
    )
    return App(connector=connector)


def add_tasks(app: App, parts: Parts) -> None:
    """Give the queue its tasks, by the names under which jobs are deferred."""
    _add_plan_tasks(app, parts)
    _add_hotspot_tasks(app, parts)
    _add_street_tasks(app, parts)
    _add_list_tasks(app, parts)
    _add_clock_tasks(app, parts)


def _add_plan_tasks(app: App, parts: Parts) -> None:
    @app.task(name="generate_grids", pass_context=True, retry=_AGAIN_AFTER_SHUTDOWN)
    def generate_grids(
        context: JobContext, *, district_id: int, plan_id: int, run: int = 1
    ) -> None:
        def stop_when_asked(_done: int, _total: int, _stage: str) -> None:
            if context.should_abort():
                raise JobAborted

        engine = parts.engine
        try:
            generate_plan(
                engine, district_id, plan_id, now=parts.clock(), run=run, progress=stop_when_asked
            )
        except JobAborted:
            raise
        except BaseException:
            # Whatever it was, the planner must not wait for it for ever; the log has the cause.
            fail_run(engine, district_id, plan_id, run)
            raise

    @app.task(name="report_plan", retry=_AGAIN_AFTER_SHUTDOWN)
    def report_plan(*, district_id: int, plan_id: int) -> None:
        make_plan_report(parts.engine, district_id, plan_id, parts.clock())


def _add_hotspot_tasks(app: App, parts: Parts) -> None:
    @app.task(name="compute_hotspots")
    def compute_hotspots(*, district_id: int, unit: Unit, first: str, last: str) -> None:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
        with parts.engine.begin() as connection:
            compute_run(connection, parts.files, district_id, unit, period=period, at=parts.clock())

    @app.task(name="refresh_hotspots")
    def refresh(*, district_id: int) -> None:
        with parts.engine.begin() as connection:
            refresh_hotspots(connection, parts.files, district_id, parts.clock())
        # Only once no row names a raster any more, for good, may the file go.
        with parts.engine.begin() as connection:
            remove_unused_density(connection, parts.files, district_id)

    @app.periodic(cron="40 17 * * *")  # 01:40 in China: yesterday is whole, nobody waits
    @app.task(name="refresh_all_hotspots", queueing_lock="refresh_all_hotspots")
    def refresh_all(timestamp: int) -> None:  # noqa: ARG001 (procrastinate passes it)
        with parts.engine.begin() as connection:
            for district_id in district_ids(connection):
                arguments = {"district_id": district_id}
                defer(connection, "refresh_hotspots", arguments, lock=f"hotspots {district_id}")


def _add_street_tasks(app: App, parts: Parts) -> None:
    @app.task(name="match_shift", retry=_AGAIN_AFTER_SHUTDOWN)
    def match(*, district_id: int, shift_id: str) -> None:
        match_shift(parts.engine, district_id, UUID(shift_id), parts.clock())

    @app.task(name="match_waiting", retry=_AGAIN_AFTER_SHUTDOWN)
    def match_many(*, district_id: int) -> None:
        match_waiting(parts.engine, district_id, parts.clock())

    @app.periodic(cron="* * * * *")
    @app.task(name="renew_streets", queueing_lock="renew_streets")
    def renew(timestamp: int) -> None:  # noqa: ARG001
        renew_all_streets(parts.engine, parts.clock())


def _add_list_tasks(app: App, parts: Parts) -> None:
    @app.task(name="import_report_list", pass_context=True, retry=_AGAIN_AFTER_SHUTDOWN)
    def import_report_list(context: JobContext, *, district_id: int, list_id: str) -> None:
        def stop_when_asked() -> None:
            if context.should_abort():
                raise JobAborted

        at, which = parts.clock(), UUID(list_id)
        who_is = who_is_at(district_id, at)
        try:
            run_import(parts.engine, district_id, which, at, who_is, between=stop_when_asked)
        except JobAborted:
            raise
        except BaseException:
            # Whatever it was, nobody must wait for it for ever; the log has the cause.
            fail_import(parts.engine, district_id, which, at)
            raise


def _add_clock_tasks(app: App, parts: Parts) -> None:
    seen = Seen()

    @app.periodic(cron="* * * * *")
    @app.task(name="each_minute", queueing_lock="each_minute")
    def each_minute(timestamp: int) -> None:  # noqa: ARG001
        watch_all(parts.engine, parts.clock(), seen)
        mark_all_overdue(parts.engine, parts.clock())
        place_cases_of_new_plans(parts.engine, parts.clock())
        dispatch_waiting(parts.engine, parts.clock())
        alert_on_call(parts.engine, parts.clock())
        look_at_rounds(parts.engine, parts.clock())

    # Apart from the rest: whom it asks may take long to answer.
    @app.periodic(cron="* * * * *")
    @app.task(name="send_notices", queueing_lock="send_notices", lock="send_notices")
    def send_notices(timestamp: int) -> None:  # noqa: ARG001
        if parts.post is not None:
            deliver_all(parts.engine, parts.post, parts.clock())

    @app.periodic(cron="7 * * * *")
    @app.task(name="each_hour", queueing_lock="each_hour")
    def each_hour(timestamp: int) -> None:  # noqa: ARG001
        at = parts.clock()
        care = (make_track_weeks, forget_what_is_over, forget_deliveries)
        for step in (refresh_patrol_counters, match_left_over, note_late_visits, *care):
            with parts.engine.begin() as connection:
                step(connection, at)
        each_hour_care(parts)
        # Last: it asks for a lock that a long question may hold.
        with parts.engine.begin() as connection:
            thin_and_forget_tracks(
                connection, at, whole_days=parts.track_whole_days, days=parts.track_days
            )

    @app.periodic(cron="* * * * *")
    @app.task(name="resume_interrupted", queueing_lock="resume_interrupted")
    async def resume_interrupted(timestamp: int) -> None:  # noqa: ARG001
        """Queue again what a killed worker left behind."""
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.retry_job(job)


def each_hour_care(parts: Parts) -> None:
    """Delete the files of each district that nobody needs any more."""
    at = parts.clock()
    with parts.engine.begin() as connection:
        for district_id in district_ids(connection):
            remove_unused_plan_files(connection, parts.files, district_id, at)
            forget_uploads(connection, parts.files, district_id, at)
            delete_forgotten_files(connection, parts.files, district_id)
            delete_old_exports(parts.files, district_id, at)


def mark_all_overdue(engine: Engine, at: datetime) -> int:
    """Mark every case whose deadline has passed, a batch in a transaction.

    Returns
    -------
    How many were marked.
    """
    total = 0
    while True:
        with engine.begin() as connection:
            marked = mark_overdue(connection, at)
        total += marked
        if marked < OVERDUE_BATCH:
            return total


def place_cases_of_new_plans(engine: Engine, at: datetime) -> int:
    """Put open cases into the grids that came into force since yesterday.

    Returns
    -------
    How many moved.
    """
    with engine.connect() as connection:
        plans = plans_taking_effect(connection, at)
    moved = 0
    for plan in plans:
        with engine.begin() as connection:
            moved += place_open_cases(connection, plan.district_id, plan.id, at)
    return moved
