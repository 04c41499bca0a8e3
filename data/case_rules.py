"""What a district has set about the course of its cases, and what a category asks for."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from casework.questions import Question
from casework.states import Proof, Rules, is_sampled
from data.schema import CaseRules, Category


@dataclass(frozen=True)
class DistrictRules:
    """Settings of a district.

    Attributes
    ----------
    sample_share
        Of what was put right at once, how much is checked by somebody else: 0 to 1.
    most_extensions
        How often the deadline of a case may be moved.
    longest_suspension_days
        For how long a case may be suspended.
    near_m, near_hours
        What is reported of one kind within this distance and time may be one thing.
    """

    sample_share: float = 0.1
    most_extensions: int = 2
    longest_suspension_days: int = 366
    near_m: float = 50
    near_hours: int = 24


@dataclass(frozen=True)
class CategoryCourse:
    """What a category asks for on the way.

    Attributes
    ----------
    proof
        Before a repair is found good.
    confirm_first
        Whether what others report is checked before it is filed.
    questions
        What is asked when it is reported.
    """

    proof: Proof
    confirm_first: bool
    questions: tuple[Question, ...]


def district_rules(connection: Connection, district_id: int) -> DistrictRules:
    """The settings of a district; the defaults where it has set none."""
    row = connection.execute(
        select(CaseRules).where(CaseRules.district_id == district_id)
    ).one_or_none()
    if row is None:
        return DistrictRules()
    names = DistrictRules.__dataclass_fields__
    return DistrictRules(**{name: getattr(row, name) for name in names})


def set_district_rules(connection: Connection, district_id: int, rules: DistrictRules) -> None:
    """Set the settings of a district; they hold for what is decided from now on."""
    values: dict[str, Any] = asdict(rules)
    row = insert(CaseRules).values(district_id=district_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["district_id"], set_=values))


def rules_for(connection: Connection, district_id: int, case_id: UUID, category_id: int) -> Rules:
    """What holds for the next step of a case."""
    district = district_rules(connection, district_id)
    proof: Any = connection.execute(
        select(Category.proof).where(
            Category.district_id == district_id, Category.id == category_id
        )
    ).scalar_one()
    return Rules(
        proof=proof,
        most_extensions=district.most_extensions,
        longest_suspension=timedelta(days=district.longest_suspension_days),
        sampled=is_sampled(case_id, district.sample_share),
    )


def ask_of_category(
    connection: Connection, district_id: int, category_id: int, asked: CategoryCourse
) -> bool:
    """Set what a category asks for; False when there is no such category."""
    changed = connection.execute(
        update(Category)
        .where(Category.district_id == district_id, Category.id == category_id)
        .values(
            proof=asked.proof,
            confirm_first=asked.confirm_first,
            questions=[asdict(question) for question in asked.questions],
        )
    )
    return changed.rowcount > 0
