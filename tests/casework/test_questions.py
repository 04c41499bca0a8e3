"""Follow-up questions of a category: what is a proper answer, and where it is kept."""

import math

import pytest

from casework.questions import Answer, Fault, Question, check_answers, told_and_kept

QUESTIONS = (
    Question("width", "路宽", "number", least=1, most=60, unit="米", needed=True),
    Question("lamp", "路灯", "choice", choices=("亮", "不亮")),
    Question("near", "附近有什么？", "text"),
)


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        ({"width": 7}, {}),
        ({"width": 7.5, "lamp": "亮", "near": "学校"}, {}),
        ({}, {"width": "missing"}),
        ({"width": "7"}, {"width": "not-a-number"}),
        ({"width": 0}, {"width": "out-of-range"}),
        ({"width": 61}, {"width": "out-of-range"}),
        ({"width": math.nan}, {"width": "out-of-range"}),
        ({"width": 7, "lamp": "红"}, {"lamp": "no-choice"}),
        ({"width": 7, "lamp": ""}, {}),
        ({"width": 7, "near": "远" * 501}, {"near": "too-long"}),
        ({"width": 7, "who": "张三"}, {"who": "unknown"}),
    ],
)
def test_an_answer_is_proper_or_says_what_is_wrong(
    answers: dict[str, Answer], faults: dict[str, Fault]
) -> None:
    assert check_answers(QUESTIONS, answers) == faults


def test_free_text_stays_out_of_the_ledger() -> None:
    lines, kept = told_and_kept(QUESTIONS, {"width": 7, "lamp": "亮", "near": "学校"})
    assert lines == ["附近有什么？ 学校"]
    assert kept == {"width": 7, "lamp": "亮"}
    assert told_and_kept(QUESTIONS, {"width": 7, "near": ""}) == ([], {"width": 7})
