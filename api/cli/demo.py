"""The demo town on the command line: load it, and say who may sign in."""

from rich.console import Console
from rich.table import Table

from api.demo import DEMO_PASSWORD, DemoError, demo_accounts, load_demo
from api.processes import ProcessError
from api.settings import Settings
from data.server import DatabaseUrls


def load(settings: Settings, urls: DatabaseUrls) -> None:
    """Load the demo town if it is not complete; `ProcessError` says why it could not."""
    try:
        load_demo(settings, urls, console=Console())
    except DemoError as error:
        raise ProcessError(
            f"演示城镇未能载入 · The demo town could not be loaded: {error}"
        ) from error


def print_accounts() -> None:
    """Print the demo accounts and their password."""
    table = Table(
        title=f"演示账号，密码均为 · Demo accounts, password of all: [bold]{DEMO_PASSWORD}[/]",
        title_justify="left",
        box=None,
        show_header=False,
    )
    for account in demo_accounts():
        table.add_row(f"[bold]{account.login}[/]", account.role_zh, account.role_en)
    Console().print(table)
