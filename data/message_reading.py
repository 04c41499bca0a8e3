"""What a pasted message may be about: its kind of hazard and its place, each with how sure that is.

Nothing is guessed: below its score, or beside another as likely, a kind or a place is offered among
others and not chosen.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from data.addresses import Found, find_addresses, seen_from
from data.categories import list_categories
from data.report_lists.remember import MOST_CATEGORIES
from data.schema import ReportWord
from data.scope import Scope

CERTAIN_KIND: Final = 0.7
"""From this score on a kind is chosen, unless another is nearly as likely."""
CLEAR: Final = 0.6
"""A rival with more than this share of the best one's score leaves the choice open."""
MOST_KINDS: Final = 4
MOST_PLACES: Final = 5
_MOST_CLAUSES: Final = 12
_WORD_SCORES: Final = {2: 0.5, 3: 0.7}
_LONG_WORD, _PAIR, _NAME, _TAUGHT = 0.8, 0.75, 0.95, 0.85
_CLAUSES: Final = re.compile(r"[，,。；;！!？?\n]+")
_PLACE_MARKS: Final = re.compile(
    r"[路街巷道胡同号楼栋院村庄桥园校店场站河组]|小区|家园|花园|广场|公园|市场|门口|路口|社区|\d"
)
_LABEL: Final = re.compile(r"^(?:地点|地址|位置|具体位置|地段)[:： ]+")


@dataclass(frozen=True)
class LikelyKind:
    """A category that the words may mean, and the words that say so."""

    category_id: int
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class MessageSense:
    """What a message may be about.

    Attributes
    ----------
    kinds, place
        The likeliest first.
    kind_certain
        Whether the first kind may be chosen for whoever confirms it.
    place_text
        The words of the message that speak of the place found; "" where none does.
    """

    kinds: tuple[LikelyKind, ...]
    kind_certain: bool
    place: Found
    place_text: str


def make_sense(
    connection: Connection, district_id: int, text: str, scope: Scope, at: datetime
) -> MessageSense:
    """Find what a message may be about.

    Parameters
    ----------
    text
        The words, without what is private.
    scope
        Where whoever asks may see places.
    """
    kinds = likely_kinds(
        text,
        list_categories(connection, district_id, limit=MOST_CATEGORIES),
        _taught(connection, district_id),
    )
    certain = bool(kinds) and kinds[0].score >= CERTAIN_KIND
    if certain and len(kinds) > 1:
        certain = kinds[1].score <= CLEAR * kinds[0].score
    place, words = _place(connection, district_id, text, scope, at)
    return MessageSense(kinds, certain, place, words)


def likely_kinds(
    text: str, categories: Sequence[Row[Any]] | Sequence[Any], taught: Mapping[str, str]
) -> tuple[LikelyKind, ...]:
    """Categories that the words of a text may mean, the likeliest first.

    Parameters
    ----------
    categories
        With `id`, `standard`, `kind`, `code` and `name`.
    taught
        Word of another office → id of the category that somebody said it stands for.
    """
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    found = []
    for one in categories:
        words = {word: score for word, score in _words_of(one) if _says(clauses, word)}
        words |= {
            word: _TAUGHT
            for word, meaning in taught.items()
            if meaning == str(one.id) and len(word) > 1 and word in text
        }
        if words:
            found.append(LikelyKind(one.id, _together(words), tuple(sorted(words))))
    found.sort(key=lambda kind: (-kind.score, kind.category_id))
    return tuple(found[:MOST_KINDS])


def _words_of(category: Any) -> Iterable[tuple[str, float]]:
    yield category.name, _NAME
    for word in _shipped_words().get((category.standard, category.kind, category.code), ()):
        yield word, _PAIR if "+" in word else _WORD_SCORES.get(len(word), _LONG_WORD)


@cache
def _shipped_words() -> Mapping[tuple[str, str, str], tuple[str, ...]]:
    """The words of `data/category_words.csv`; of a pair, a+b, both stand in one clause."""
    lines = files("data").joinpath("category_words.csv").read_text(encoding="utf-8").splitlines()
    return {
        (row["standard"], row["kind"], row["code"]): tuple(row["words"].split())
        for row in csv.DictReader(lines)
    }


def _says(clauses: Sequence[str], word: str) -> bool:
    parts = word.split("+")
    return any(all(part in clause for part in parts) for clause in clauses)


def _together(words: Mapping[str, float]) -> float:
    """Each word leaves less doubt; one within another says nothing more."""
    doubt = 1.0
    for word, score in words.items():
        if not any(word != other and word in other.replace("+", "") for other in words):
            doubt *= 1 - score
    return round(1 - doubt, 2)


def _taught(connection: Connection, district_id: int) -> dict[str, str]:
    rows = connection.execute(
        select(ReportWord.word, ReportWord.meaning).where(
            ReportWord.district_id == district_id,
            ReportWord.field == "category",
            ReportWord.meaning != "",
        )
    )
    return {row.word: row.meaning for row in rows}


def _place(
    connection: Connection, district_id: int, text: str, scope: Scope, at: datetime
) -> tuple[Found, str]:
    """The best that any clause says of a place; two that differ are not certain."""
    clauses = [_LABEL.sub("", one.strip()) for one in _CLAUSES.split(text)]
    asked = [one for one in dict.fromkeys(clauses) if len(one) > 1 and _PLACE_MARKS.search(one)]
    told = [
        seen_from(found, scope)
        for found in find_addresses(connection, district_id, asked[:_MOST_CLAUSES], at=at, limit=20)
    ]
    likely = sorted((one for one in told if one.best is not None), key=lambda one: -one.score)
    if not likely:
        return Found(text, 0.0, False, None, ()), ""
    best = likely[0]
    candidates = list(best.candidates)
    for other in likely[1:]:
        known = {one.label for one in candidates}
        candidates += [one for one in other.candidates if one.label not in known]
    rivals = [one for one in likely if one.score > CLEAR * best.score and one.best is not None]
    certain = best.certain and len({one.best.label for one in rivals if one.best}) == 1
    candidates.sort(key=lambda one: -one.score)
    shown = tuple(candidates[:MOST_PLACES])
    return Found(best.text, best.score, certain, best.best, shown), best.text
