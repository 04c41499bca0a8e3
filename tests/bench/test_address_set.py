"""What an answer to a text of the address set is worth, and how answers are counted."""

import pytest
from small_town import AT
from sqlalchemy import Connection, text

from bench.address_curve import Line, draw_curve
from bench.address_set import (
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

HERE = Spot(118.05, 36.80)
BESIDE = Spot(118.0503, 36.80)  # 27 m to the east
CAN_BE_TOLD = Text("幸福路12号", "door", "found", "幸福路12号", 118.05, 36.80, 12.0)
WITHIN_30_M = Text("幸福小学旁", "landmark", "may", "幸福小学", 118.05, 36.80, 30.0)
NOBODY_KNOWS = Text("老地方", "nonsense", "none", "", None, None, 0.0)


@pytest.mark.parametrize(
    ("one", "place", "verdict"),
    [
        (CAN_BE_TOLD, HERE, "right"),
        (CAN_BE_TOLD, BESIDE, "wrong"),
        (CAN_BE_TOLD, None, "silent"),
        (WITHIN_30_M, BESIDE, "right"),
        (NOBODY_KNOWS, HERE, "wrong"),
        (NOBODY_KNOWS, None, "silent"),
    ],
)
def test_an_answer_is_right_near_the_truth_only(
    one: Text, place: Spot | None, verdict: str
) -> None:
    assert judge(one, place) == verdict


def test_answers_are_counted_by_score_and_by_certainty() -> None:
    texts = [CAN_BE_TOLD, WITHIN_30_M, NOBODY_KNOWS, CAN_BE_TOLD]
    answers = [
        Answer(HERE, 0.9, True),
        Answer(BESIDE, 0.7, False),
        Answer(HERE, 0.8, False),
        Answer(BESIDE, 0.2, False),
    ]
    assert at_limit(texts, answers, 0.75) == Tally(right=1, wrong=1, found=1, findable=2)
    assert at_limit(texts, answers, 0.0) == Tally(right=2, wrong=2, found=1, findable=2)
    sure = at_certain(texts, answers)
    assert (sure.precision, sure.recall) == (1.0, 0.5)


def test_without_answers_there_is_no_precision() -> None:
    nothing = at_limit([NOBODY_KNOWS], [Answer(None, 0.0, False)], 0.5)
    assert (nothing.precision, nothing.recall) == (None, None)


def test_the_town_is_imported_whole(database: Connection) -> None:
    district_id = load_town(database, AT)
    counts = {
        layer: database.execute(
            text(f"SELECT count(*) FROM {layer} WHERE district_id = :id"), {"id": district_id}
        ).scalar_one()
        for layer in ("area", "building", "road", "place")
    }
    assert counts == {"area": 15, "building": 890, "road": 26, "place": 175}
    assert len(read_texts("tune")) > 500


def test_the_curve_names_axes_and_lines() -> None:
    line = Line("held out", [(0.9, 0.5, 1.0), (0.5, 0.9, 0.8)], (0.6, 0.99))
    drawn = draw_curve([line], "Addresses <地址>", 0.5)
    for words in ("recall", "precision", "held out", "Addresses &lt;地址&gt;", "99.0%"):
        assert words in drawn
