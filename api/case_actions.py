"""What somebody asks to do with a case."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.positions import Lat, Lon, as_point
from casework.moments import utc_text
from casework.states import Actor, Case
from data.case_types import Step
from geo.datum import Datum

Words = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
# What another step writes on a case is not asked for by itself.
AskedAction = Literal[
    "confirm",
    "reject",
    "dispatch",
    "accept",
    "return",
    "rectify",
    "handle",
    "withdraw",
    "verify",
    "rework",
    "close",
    "ask-extension",
    "grant-extension",
    "refuse-extension",
    "suspend",
    "resume",
    "place",
    "supervise",
    "escalate",
    "whistle",
    "report-in",
    "answer",
    "merge",
    "unmerge",
    "join",
    "leave",
    "appeal",
    "dismiss-appeal",
    "reopen",
    "void",
]


class ActionOnCase(BaseModel):
    """What somebody wants to do with a case, and at which `seq` he saw it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"action": "dispatch", "seq": 1, "unit_id": 3},
                {"action": "handle", "seq": 2, "text": "已清运，现场冲洗干净"},
                {"action": "rectify", "text": "当场清走"},
                {"action": "place", "seq": 1, "lon": 118.3052, "lat": 36.6014},
                {
                    "action": "suspend",
                    "seq": 2,
                    "until": "2027-03-15T00:00:00Z",
                    "text": "冬季不能施工",
                },
                {"action": "answer", "seq": 5, "how": "phone", "text": "已告知处理结果"},
            ]
        }
    )

    action: AskedAction
    seq: int | None = Field(
        None,
        ge=1,
        description="The last `seq` the client knows. Only for rectify none is needed: what its "
        "finder put right on the spot he wrote down before he could know of other steps.",
    )
    text: Words | None = Field(None, examples=["已清运，现场冲洗干净"])
    unit_id: int | None = Field(
        None, description="For dispatch: who puts it right; for report-in: who has come."
    )
    unit_ids: Annotated[list[int], Field(max_length=20)] = Field(
        default_factory=list, description="For whistle: who is called."
    )
    until: AwareDatetime | None = Field(
        None, description="For suspend, ask-extension; for grant-extension where it is another."
    )
    how: Literal["phone", "message", "in-person"] | None = Field(None, description="For answer.")
    case_id: UUID | None = Field(None, description="For merge and join: the other case.")
    lon: Lon | None = Field(None, description="For place.")
    lat: Lat | None = Field(None, description="For place.")
    datum: Datum = "wgs84"
    occurred_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _complete(self) -> "ActionOnCase":
        if self.action == "dispatch" and self.unit_id is None:
            raise ValueError("dispatch needs unit_id")
        if self.action == "place" and (self.lon is None or self.lat is None):
            raise ValueError("place needs lon and lat")
        if self.seq is None and self.action != "rectify":
            raise ValueError("seq is missing")
        return self

    def as_it_stands(self, case: Case, account_id: UUID) -> "ActionOnCase":
        """The same with the `seq` of the case where it says none.

        What the rules sent to a unit meanwhile waits for another's check as any handling does.
        """
        if self.seq is not None:
            return self
        sent_on = case.state != "reported" and case.reported_by == account_id
        action = "handle" if sent_on else "rectify"
        return self.model_copy(update={"action": action, "seq": case.seq})

    def step(self, actor: Actor, unit_id: int | None) -> Step:
        """What it comes to, done by somebody of a unit; `seq` is known."""
        if self.seq is None:
            raise ValueError("seq is missing")
        # One of a unit that was called reports in for his own.
        own = self.action == "report-in" and "commander" not in actor.roles
        facts: dict[str, Any] = {} if self.how is None else {"how": self.how}
        if self.until is not None:
            name = "deadline_at" if self.action == "grant-extension" else "until"
            facts[name] = utc_text(self.until)
        point = None
        if self.action == "place" and self.lon is not None and self.lat is not None:
            point = as_point(self.lon, self.lat, self.datum)
        return Step(
            action=self.action,
            expected_seq=self.seq,
            occurred_at=self.occurred_at,
            text=self.text,
            unit_id=unit_id if own else self.unit_id,
            unit_ids=tuple(self.unit_ids),
            point=point,
            other=self.case_id,
            facts=facts,
        )
