"""A pasted chat message: what it may be about, before anybody reports it."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import problem_responses
from api.routes.addresses import AddressCandidate, shown_candidate
from casework.chat import LONGEST, read_chat
from data.message_reading import make_sense
from data.schema import District

router = APIRouter(
    prefix="/api/v1/messages", tags=["messages"], responses=problem_responses(401, 403, 422)
)


class Pasted(BaseModel):
    """A message as it was copied out of a chat."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "张三 2026/11/22 8:03\n幸福路2号三号楼东侧垃圾成堆 13812345678"}]
        }
    )

    text: Annotated[str, StringConstraints(max_length=LONGEST)]


class LikelyCategory(BaseModel):
    """A kind of hazard that the words may mean."""

    category_id: int
    score: float = Field(description="0 to 1.", examples=[0.8])
    because: list[str] = Field(description="The words that say so; a+b: both in one clause.")


class TakenOut(BaseModel):
    """What was taken out of the text, and how often; it is kept nowhere."""

    kind: Literal["sender", "name", "phone", "identity", "plate", "mail", "account"]
    count: int


class MessageRead(BaseModel):
    """What a message may be about. Nothing of it is kept: whoever reports confirms every part."""

    text: str = Field(description="Without senders, names, numbers.")
    removed: list[TakenOut]
    messages: int
    pictures: int = Field(description="Pictures that the message speaks of.")
    said_at: AwareDatetime | None
    categories: list[LikelyCategory] = Field(description="The likeliest first.")
    category_certain: bool = Field(description="Whether the first may be chosen beforehand.")
    place_text: str = Field(description="The words that speak of the place.")
    places: list[AddressCandidate] = Field(description="The likeliest first.")
    place_certain: bool = Field(description="Whether the first may be chosen beforehand.")


@router.post("/read")
def read_message(body: Pasted, caller: CurrentCaller, tx: Tx, at: Now) -> MessageRead:
    """Read a pasted message: words, time, kind and place as far as they can be told.

    Who wrote it, telephone and identity numbers, number plates and names that say they are names
    are taken out; nothing is stored.
    """
    caller.require("case:report")
    told = read_chat(body.text, _local(tx, caller.district_id, at))
    sense = make_sense(tx, caller.district_id, told.text, scope_for(caller, "map:read"), at)
    return MessageRead(
        text=told.text,
        removed=[TakenOut(kind=kind, count=count) for kind, count in told.removed.items()],
        messages=told.messages,
        pictures=told.pictures,
        said_at=told.said_at,
        categories=[LikelyCategory(**vars(kind)) for kind in sense.kinds],
        category_certain=sense.kind_certain,
        place_text=sense.place_text,
        places=[shown_candidate(one) for one in sense.place.candidates],
        place_certain=sense.place.certain,
    )


def _local(tx: Tx, district_id: int, at: datetime) -> datetime:
    zone: str = tx.execute(
        select(District.time_zone).where(District.id == district_id)
    ).scalar_one()
    return at.astimezone(ZoneInfo(zone))
