"""Follow-up questions that a category asks when a hazard of its kind is reported, and answers.

An answer that is a number or a choice stands in the ledger. Free text does not, like every free
text: it goes with the description, which can be erased by law.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal["text", "number", "choice"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Answer = str | float | int
Fault = Literal["unknown", "missing", "not-a-number", "out-of-range", "no-choice", "too-long"]

LONGEST_ANSWER: Final = 500


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    id
        Short and stable: answers are kept under it.
    text, text_en
        As it is asked.
    choices
        What may be chosen, for `choice`.
    needed
        Whether it has to be answered.
    least, most
        Bounds of a number, both allowed; None: without.
    unit
        What a number counts, such as m or 米.
    """

    id: str
    text: str
    kind: Kind
    text_en: str | None = None
    choices: tuple[str, ...] = ()
    needed: bool = False
    least: float | None = None
    most: float | None = None
    unit: str | None = None


def check_answers(questions: Sequence[Question], answers: Mapping[str, Answer]) -> dict[str, Fault]:
    """What is wrong with answers, by the question's id; empty when all is well."""
    known = {question.id: question for question in questions}
    faults: dict[str, Fault] = dict.fromkeys(answers.keys() - known.keys(), "unknown")
    for question in questions:
        fault = _fault(question, answers.get(question.id))
        if fault is not None:
            faults[question.id] = fault
    return faults


def _fault(question: Question, answer: Answer | None) -> Fault | None:
    if answer is None or answer == "":
        return "missing" if question.needed else None
    match question.kind:
        case "number":
            return _fault_of_number(question, answer)
        case "choice":
            return None if answer in question.choices else "no-choice"
        case "text":
            return None if len(str(answer)) <= LONGEST_ANSWER else "too-long"


def _fault_of_number(question: Question, answer: Answer) -> Fault | None:
    if isinstance(answer, str):
        return "not-a-number"
    low = question.least is not None and answer < question.least
    high = question.most is not None and answer > question.most
    return "out-of-range" if low or high or not math.isfinite(answer) else None


def told_and_kept(
    questions: Sequence[Question], answers: Mapping[str, Answer]
) -> tuple[list[str], dict[str, Answer]]:
    """Part checked answers: lines of free text for the description, and what the ledger keeps."""
    lines = [
        f"{question.text} {answers[question.id]}"
        for question in questions
        if question.kind == "text" and answers.get(question.id)
    ]
    kept = {
        question.id: answers[question.id]
        for question in questions
        if question.kind != "text" and answers.get(question.id) not in (None, "")
    }
    return lines, kept
