"""What a district and its categories have set about the course of cases."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.context import CurrentCaller, Tx
from api.errors import not_found, problem_responses
from api.operations import CurrentCommand
from api.whole_district import require_whole_district
from casework.questions import Kind, Question
from casework.states import Proof
from data.case_rules import (
    CategoryCourse,
    DistrictRules,
    ask_of_category,
    district_rules,
    set_district_rules,
)

router = APIRouter(prefix="/api/v1", tags=["case rules"], responses=problem_responses(401, 403))

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Asked = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Choice = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class CaseRules(BaseModel):
    """Settings of a district; they hold for what is decided from now on."""

    sample_share: float = Field(
        ge=0, le=1, description="Of what was put right at once, how much somebody else checks."
    )
    most_extensions: int = Field(ge=0, le=20, description="How often a deadline may be moved.")
    longest_suspension_days: int = Field(ge=1, le=3660)
    near_m: float = Field(ge=1, le=1000, description="Reports of one kind this near, and")
    near_hours: int = Field(ge=1, le=8784, description="within so many hours, may be one thing.")


class CategoryQuestion(BaseModel):
    """A follow-up question that is asked when a hazard of the kind is reported."""

    id: Slug = Field(description="Answers are kept under it: it stays when the words change.")
    text: Asked = Field(examples=["占用了多宽？"])
    text_en: Asked | None = None
    kind: Kind
    choices: Annotated[list[Choice], Field(max_length=30)] = Field(default_factory=list)
    needed: bool = False
    least: float | None = None
    most: float | None = None
    unit: Annotated[str, StringConstraints(max_length=20)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> "CategoryQuestion":
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("a choice has choices, and nothing else has")
        if len(set(self.choices)) < len(self.choices):
            raise ValueError("no choice is there twice")
        return self


class CategoryRules(BaseModel):
    """What a category asks for on the way of its cases."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "proof": "before-and-after",
                    "confirm_first": True,
                    "questions": [
                        {"id": "width", "text": "占用了多宽？", "kind": "number", "unit": "米"}
                    ],
                }
            ]
        }
    )

    proof: Proof = Field(description="Photos that a repair is found good by.")
    confirm_first: bool = Field(
        description="Whether what others than a patrol or inspection report is checked first."
    )
    questions: Annotated[list[CategoryQuestion], Field(max_length=20)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _different(self) -> "CategoryRules":
        if len({question.id for question in self.questions}) < len(self.questions):
            raise ValueError("each question has an id of its own")
        return self


@router.get("/case-rules")
def case_rules(caller: CurrentCaller, tx: Tx) -> CaseRules:
    """Tell the district's settings."""
    caller.require("map:read")
    return _told(district_rules(tx, caller.district_id))


@router.post("/case-rules", response_model=CaseRules, responses=problem_responses(422))
def set_case_rules(body: CaseRules, command: CurrentCommand) -> Response:
    """Change the district's settings."""
    require_whole_district(command.tx, command.caller, "case-rules:write")
    rules = DistrictRules(**body.model_dump())
    set_district_rules(command.tx, command.caller.district_id, rules)
    return command.keep(_told(rules))


def _told(rules: DistrictRules) -> CaseRules:
    return CaseRules(**vars(rules))


@router.post(
    "/categories/{category_id}/case-rules",
    response_model=CategoryRules,
    responses=problem_responses(404, 422),
)
def set_category_rules(category_id: int, body: CategoryRules, command: CurrentCommand) -> Response:
    """Set what a category asks for: proof, a check before filing, follow-up questions."""
    require_whole_district(command.tx, command.caller, "case-rules:write")
    questions = tuple(
        Question(**question.model_dump() | {"choices": tuple(question.choices)})
        for question in body.questions
    )
    asked = CategoryCourse(body.proof, body.confirm_first, questions)
    if not ask_of_category(command.tx, command.caller.district_id, category_id, asked):
        raise not_found("category")
    return command.keep(body)
