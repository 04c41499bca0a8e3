"""The list of what was left out of many files of tracks, as a CSV that Excel opens."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.imports.messages import Language
from data.imports.problems import BadRow, ImportFileError
from data.imports.report import as_text, write_rows
from data.imports.track_messages import DROPPED
from data.imports.tracks.store import TracksStored

_HEADERS = {
    "zh": ("文件", "行", "列", "值", "问题", "怎么改"),
    "en": ("file", "row", "column", "value", "what is wrong", "what to do"),
}


@dataclass
class FileOutcome:
    """What one of many files came to.

    Parameters
    ----------
    name
        As seen from what was given.
    written
        Its format; empty where that could not be told.
    read
        Rows of the file.
    stored
        None where the file was refused.
    refused
        Why; nothing of the file was stored then.
    """

    name: str
    written: str = ""
    read: int = 0
    stored: TracksStored | None = None
    refused: ImportFileError | None = None

    @property
    def bad(self) -> list[BadRow]:
        """Rows at fault, whether the rest of the file was stored or not."""
        if self.refused is not None:
            return self.refused.bad
        return [] if self.stored is None else self.stored.bad.rows


@dataclass
class Totals:
    """What all files came to."""

    files: int = 0
    refused: int = 0
    read: int = 0
    bad: int = 0
    sums: TracksStored = field(default_factory=TracksStored)


def add_up(outcomes: Sequence[FileOutcome]) -> Totals:
    """Add up many files."""
    totals, sums = Totals(files=len(outcomes)), TracksStored(dropped=Counter())
    for outcome in outcomes:
        totals.read += outcome.read
        totals.refused += outcome.refused is not None
        stored = outcome.stored
        if stored is None:
            totals.bad += len(outcome.bad)
            continue
        totals.bad += stored.bad.count
        sums.shifts += stored.shifts
        sums.fixes += stored.fixes
        sums.seconds += stored.seconds
        sums.metres += stored.metres
        sums.gap_seconds += stored.gap_seconds
        sums.dropped.update(stored.dropped)
    totals.sums = sums
    return totals


def write_track_report(path: Path, outcomes: Sequence[FileOutcome], language: Language) -> None:
    """Write refused files, bad rows and counts of fixes left out, all or nothing.

    Parameters
    ----------
    path
        Where to; an older report is replaced.
    language
        Of the header and the messages.
    """
    write_rows(path, _HEADERS[language], _rows(outcomes, language))


def _rows(outcomes: Sequence[FileOutcome], language: Language) -> Iterator[tuple[object, ...]]:
    for outcome in outcomes:
        name = as_text(outcome.name)
        if outcome.refused is not None and not outcome.bad:
            problem = outcome.refused.problem
            yield (name, "", "", "", problem.wrong(language), problem.mend(language))
        for row in outcome.bad:
            told = (row.problem.wrong(language), row.problem.mend(language))
            yield (name, row.row, row.column, as_text(row.value), *told)
        if outcome.stored is not None:
            for reason, count in sorted(outcome.stored.dropped.items()):
                words = DROPPED[reason][language == "en"]
                yield (name, "", "", count, words, "")
