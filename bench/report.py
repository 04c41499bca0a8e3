"""The table of a run: on the screen and, section by section, in `bench/results.md`."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.result import Result, figure

RESULTS = Path(__file__).parent / "results.md"
HEADER = """# What the benches measured

Written by `make bench`; each section by the last run of that bench and size. Ratio is ours : peer,
measured in alternation on the same machine; a goal of ≥ 40 means 40 times the peer's figure.
"""
COLUMNS = ("what", "ours", "peer", "ratio", "unit", "goal", "reached", "note")


def rows_of(results: Iterable[Result]) -> list[tuple[str, ...]]:
    """Write results as cells, in the order of `COLUMNS`."""
    reached = {True: "yes", False: "**no**", None: ""}
    return [
        (
            one.what,
            figure(one.ours),
            f"{figure(one.peer)} {one.peer_name}".strip(),
            figure(one.ratio),
            one.unit,
            one.goal,
            reached[one.reached],
            one.note,
        )
        for one in results
    ]


def section(bench: str, size: str, machine: str, results: Sequence[Result]) -> str:
    """One section of the file: heading, machine, table."""
    lines = [
        f"## {bench}, {size}",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {machine}",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
        *("| " + " | ".join(_cell(text) for text in row) + " |" for row in rows_of(results)),
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def put_section(text: str, fresh: str) -> str:
    """Put a section into the file's text in place of the one with its heading; all are sorted."""
    kept = {_heading(part): part for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]}
    kept[_heading(fresh)] = fresh
    return "\n".join([HEADER, *(kept[name].rstrip() + "\n" for name in sorted(kept))])


def _heading(part: str) -> str:
    return part.split("\n", 1)[0]


def write(bench: str, size: str, machine: str, results: Sequence[Result]) -> None:
    """Write a bench's section into `bench/results.md`."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    fresh = put_section(text, section(bench, size, machine, results))
    RESULTS.write_text(fresh, encoding="utf-8")
