"""How well addresses are found: precision and recall, on texts the parser's author did not see.

    .venv/bin/python -m bench.addresses

The peer is what a program does without knowing addresses: the longest label of the gazetteer that
is the most like a part of the text (rapidfuzz), taken where no other label is as like and as long.
"""

import os
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, text

from bench.address_curve import CURVE, Line, draw_curve
from bench.address_set import (
    HALVES,
    Answer,
    Spot,
    Tally,
    Text,
    at_certain,
    at_limit,
    judge,
    load_town,
    read_texts,
)
from bench.result import Result
from bench.sizes import SMALL, Size
from data.addresses import find_addresses
from data.cluster import PrivateCluster
from data.database import open_engine
from data.migrate import upgrade

ROOT = Path(__file__).parent.parent
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LIMITS = [round(0.30 + 0.05 * step, 2) for step in range(15)]
FINE_LIMITS = [step / 200 for step in range(200, 0, -1)]
NAMES = {
    "tune": "tune: for the author 调试集",
    "held": "held out 留出集",
    "peer": "most like label, held out 最像的名称",
}
PEER_LIMIT = 0.9
PEER_CANDIDATES = 50
LEAST_PRECISION = 0.2
TITLE = "Addresses found, by score limit 地址查找：查准率与查全率"
GOALS = {"precision": "≥ 97", "recall": "≥ 80"}
console = Console()


@contextmanager
def town() -> Iterator[tuple[Connection, int]]:
    """Open a connection to the town of the set, and give the id of its district."""
    cluster = PrivateCluster(ROOT / ".sanbai" / "bench-cluster")
    name = f"addresses_{os.getpid()}"
    with cluster.hold():
        cluster.create_database(name)
        engine = open_engine(cluster.url("sanbai_owner", name))
        try:
            upgrade(engine, app_role="sanbai_app")
            with engine.begin() as connection:
                yield connection, load_town(connection, AT)
        finally:
            engine.dispose()
            cluster.drop_database(name)


def answers_of_ours(connection: Connection, district_id: int, texts: list[Text]) -> list[Answer]:
    """Ask the product."""
    found = find_addresses(connection, district_id, [one.text for one in texts], at=AT)
    return [Answer(one.best, one.score, one.certain) for one in found]


def answers_of_peer(connection: Connection, texts: list[Text]) -> list[Answer]:
    """Ask the peer; certain is one whose score passes `PEER_LIMIT` and no other's equals it."""
    places = _labels(connection)
    labels = [label for label, _ in places]
    answers = []
    for one in texts:
        said = unicodedata.normalize("NFKC", one.text)
        best = process.extract(said, labels, scorer=fuzz.partial_ratio, limit=PEER_CANDIDATES)
        ranked = sorted(best, key=lambda found: (found[1], len(found[0])), reverse=True)
        first, second = ranked[0], ranked[1]
        clear = (second[1], len(second[0])) < (first[1], len(first[0]))
        score = first[1] / 100
        answers.append(Answer(places[first[2]][1], score, clear and score >= PEER_LIMIT))
    return answers


def _labels(connection: Connection) -> list[tuple[str, Spot]]:
    rows = connection.execute(
        text(
            "WITH said AS ("
            " SELECT coalesce(compound || name, address) AS label, geom FROM building"
            " UNION ALL SELECT name, geom FROM place UNION ALL SELECT name, geom FROM road)"
            " SELECT label, ST_X(ST_Centroid(geom)) AS lon, ST_Y(ST_Centroid(geom)) AS lat"
            " FROM said WHERE label IS NOT NULL ORDER BY label, lon"
        )
    ).all()
    return [(row.label, Spot(row.lon, row.lat)) for row in rows]


def run(size: Size) -> list[Result]:  # noqa: ARG001
    """Measure both halves, draw the curve, and ask the peer; the set has one size."""
    results: list[Result] = []
    lines: list[Line] = []
    with town() as (connection, district_id):
        answers_of_ours(connection, district_id, read_texts("tune")[:1])
        for half in HALVES:
            texts = read_texts(half)
            begun = time.process_time()
            ours = answers_of_ours(connection, district_id, texts)
            spent_s = time.process_time() - begun
            peers = answers_of_peer(connection, texts)
            results += _results(half, texts, ours, peers)
            lines.append(_line(half, texts, ours))
            console.print(_table(half, texts, ours), _by_kind(half, texts, ours))
        results.append(
            Result(
                "addresses", "texts found in bulk", len(texts) / spent_s, None, "", "texts/s", "",
                "of our process's CPU time; gazetteer of 1,100 places in memory",
            )
        )  # fmt: skip
        lines.append(_line("peer", texts, peers))
    CURVE.write_text(draw_curve(lines, TITLE, LEAST_PRECISION), encoding="utf-8")
    return results


def _results(half: str, texts: list[Text], ours: list[Answer], peers: list[Answer]) -> list[Result]:
    mine, theirs = at_certain(texts, ours), at_certain(texts, peers)
    note = f"{len(texts)} texts, {mine.findable} of them can be told; {mine.wrong} wrong of "
    note += f"{mine.right + mine.wrong} answers; by the label most alike: "
    return [
        Result(
            "addresses",
            f"{what} of certain answers, {half}",
            100 * (getattr(mine, what) or 0),
            None,
            "",
            "%",
            goal,
            note + _percent(getattr(theirs, what)),
        )
        for what, goal in GOALS.items()
    ]


def _line(name: str, texts: list[Text], answers: list[Answer]) -> Line:
    points = []
    for limit in FINE_LIMITS:
        count = at_limit(texts, answers, limit)
        if count.precision is not None and count.recall is not None:
            points.append((limit, count.recall, count.precision))
    sure = at_certain(texts, answers)
    certain = None if sure.precision is None else (sure.recall or 0, sure.precision)
    return Line(NAMES[name], points, certain)


def _table(half: str, texts: list[Text], answers: list[Answer]) -> Table:
    table = Table("score ≥", "answers", "right", "wrong", "precision", "recall", title=half)
    rows: list[tuple[str, Tally]] = [
        (f"{limit:.2f}", at_limit(texts, answers, limit)) for limit in LIMITS
    ]
    rows.append(("certain", at_certain(texts, answers)))
    for words, count in rows:
        shares = (_percent(count.precision), _percent(count.recall))
        given = (count.right + count.wrong, count.right, count.wrong)
        table.add_row(words, *(str(number) for number in given), *shares)
    return table


def _by_kind(half: str, texts: list[Text], answers: list[Answer]) -> Table:
    """What becomes of each kind of text when only certain answers are taken."""
    table = Table("kind", "texts", "right", "wrong", "left to a human", title=f"{half}, certain")
    kinds = sorted({one.kind for one in texts})
    for kind in kinds:
        verdicts = [
            judge(one, answer.place if answer.certain else None)
            for one, answer in zip(texts, answers, strict=True)
            if one.kind == kind
        ]
        counts = [verdicts.count(verdict) for verdict in ("right", "wrong", "silent")]
        table.add_row(kind, str(len(verdicts)), *(str(count) for count in counts))
    return table


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


if __name__ == "__main__":
    for result in run(SMALL):
        console.print(result)
