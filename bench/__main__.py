"""Run benches: `python -m bench [--full] [NAME …]`; without a name, all of the suite."""

import argparse
import importlib
import subprocess
import sys
import time

from rich.console import Console
from rich.table import Table

from bench import machine, report
from bench.result import Result
from bench.sizes import FULL, SMALL, Size
from bench.suite import BENCHES

console = Console()


def main() -> int:
    """Run the benches asked for, each in a process of its own; 1 if one broke off."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--full", action="store_true", help="100,000 grids and 1,000,000 cases")
    asked.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    said = asked.parse_args()
    unknown = [name for name in said.names if name not in BENCHES]
    if unknown:
        asked.error(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    names = said.names or list(BENCHES)
    if len(names) == 1:
        run_one(names[0], FULL if said.full else SMALL)
        return 0
    again = [sys.executable, "-m", "bench", *(["--full"] if said.full else [])]
    broken = [name for name in names if subprocess.run([*again, name], check=False).returncode]
    if broken:
        console.print(f"[red]broke off: {', '.join(broken)}[/red]")
    return 1 if broken else 0


def run_one(name: str, size: Size) -> None:
    """Run a bench, print its table, write it into the file of results."""
    begun = time.perf_counter()
    where = machine.describe()
    console.print(f"[bold]{name}[/bold], {size.name}; {where}")
    results: list[Result] = importlib.import_module(BENCHES[name]).run(size)
    report.write(name, size.name, where, results)
    show(results)
    console.print(f"{name}: {time.perf_counter() - begun:.0f} s\n")


def show(results: list[Result]) -> None:
    """Print the table of one bench."""
    table = Table(*report.COLUMNS)
    for row in report.rows_of(results):
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
