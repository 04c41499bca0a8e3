"""Commands that run Sanbai: `up`, `serve`, `worker`, `stop`, `demo`."""

import contextlib
import signal
from collections.abc import Iterator
from typing import Annotated

import typer
from psycopg.errors import InsufficientPrivilege
from rich.console import Console
from sqlalchemy.exc import ProgrammingError

from api import logs
from api.processes import (
    Children,
    end_with_parent,
    interrupt_on_any_signal,
    only_one,
    require_free_port,
    stop_running,
)
from api.settings import Settings
from api.site_address import site_address
from data.cluster import ClusterError, PrivateCluster
from data.database import open_engine
from data.doctor import require_extensions
from data.migrate import upgrade
from data.server import DATABASE, DatabaseUrls, database_urls, private_cluster

# Clusters of tests and benches, which a run that was killed leaves running.
OTHER_CLUSTERS = ("test-cluster", "bench-cluster")

Port = Annotated[int | None, typer.Option(help="Port to listen on (SANBAI_PORT).", min=1)]
WithParent = Annotated[bool, typer.Option("--with-parent", hidden=True)]
console = Console()


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the main application."""
    for command in (up, serve, worker, stop, demo):
        app.command()(command)


def settings_with(port: int | None) -> Settings:
    """Settings from the environment; `port` goes before them."""
    return Settings() if port is None else Settings(port=port)


@contextlib.contextmanager
def running_database(settings: Settings) -> Iterator[DatabaseUrls]:
    """Keep the private cluster running while it is used; with a URL of its own, just that."""
    with contextlib.ExitStack() as stack:
        if settings.database_url is None:
            stack.enter_context(private_cluster(settings.home).hold())
        yield database_urls(settings.home, settings.database_url, settings.migration_database_url)


def bring_up_to_date(settings: Settings, urls: DatabaseUrls) -> None:
    """Make the private database where there is none, and run the migrations still missing."""
    if settings.database_url is None:
        private_cluster(settings.home).create_database(DATABASE)
    engine = open_engine(urls.owner, pool_size=2, statement_timeout_s=0)
    try:
        require_extensions(engine)
        upgrade(engine, app_role=urls.app_role)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise ClusterError(
            f"{error.orig}\nThe role of SANBAI_MIGRATION_DATABASE_URL must own the database "
            "(ALTER DATABASE … OWNER TO …)."
        ) from error
    finally:
        engine.dispose()


def up(
    port: Port = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="载入演示城镇 Load the demo town on first use.")
    ] = False,
) -> None:
    """Start database, server and worker, and stay until Ctrl-C. 启动全部服务，按 Ctrl-C 结束。"""
    settings = settings_with(port)
    interrupt_on_any_signal()
    with only_one(settings):
        require_free_port(settings)
        with running_database(settings) as urls:
            bring_up_to_date(settings, urls)
            if demo:
                load_demo_town(settings, urls)
            _run_until_asked(settings, demo=demo)


def _run_until_asked(settings: Settings, *, demo: bool) -> None:
    children = Children(settings)
    try:
        children.begin("server", ["serve"])
        children.begin("worker", ["worker"])
        children.wait_until_ready()
        console.print(f"\n三百已就绪 · Sanbai is ready: [bold]{site_address(settings)}[/bold]")
        if demo:
            print_demo_accounts()
        console.print(f"日志 · Logs: {settings.home / 'log'}；按 Ctrl-C 结束 · Ctrl-C ends it\n")
        children.stay()
    except KeyboardInterrupt:
        console.print("\n正在结束 · Ending …")
    finally:
        children.end()


def serve(port: Port = None, with_parent: WithParent = False) -> None:
    """Run the web server alone. 仅启动网页服务。"""
    from api.app import create_app  # noqa: PLC0415 (only this command pays for it)
    from api.web_server import server_of  # noqa: PLC0415 (only this command pays for it)

    settings = settings_with(port)
    logs.configure(settings.log_level)
    if with_parent:
        end_with_parent()
    # Uvicorn ends gracefully on these and then raises them again: that must not kill us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    with running_database(settings):
        server = server_of(create_app(settings), settings)
        server.run()
    if not server.started:
        raise typer.Exit(1)


def worker(with_parent: WithParent = False) -> None:
    """Run the background worker alone. 仅启动后台任务。"""
    from api.worker import run_worker  # noqa: PLC0415 (only this command pays for it)

    settings = Settings()
    logs.configure(settings.log_level)
    if with_parent:
        end_with_parent()
    with running_database(settings):
        run_worker(settings)


def demo() -> None:
    """Load the demo town, or the rest of it. 载入演示城镇，中断后可继续。"""
    settings = Settings()
    with running_database(settings) as urls:
        bring_up_to_date(settings, urls)
        load_demo_town(settings, urls)
    print_demo_accounts()


def load_demo_town(settings: Settings, urls: DatabaseUrls) -> None:
    """Load the demo town if it is not there."""
    from api.cli.demo import load  # noqa: PLC0415 (brings pandas and the town's maker)

    load(settings, urls)


def print_demo_accounts() -> None:
    """Say who may sign in to the demo."""
    from api.cli.demo import print_accounts  # noqa: PLC0415 (brings pandas and the town's maker)

    print_accounts()


def stop() -> None:
    """Stop what `up` started, and the private database. 停止服务与数据库。"""
    home = Settings().home
    stopped = stop_running(home)
    others = (PrivateCluster(home / name) for name in OTHER_CLUSTERS)
    for cluster in (private_cluster(home), *others):
        if cluster.directory.is_dir():
            stopped = cluster.stop_if_unused() or stopped
    console.print("已停止 · Stopped." if stopped else "没有在运行 · Nothing was running.")
