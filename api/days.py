"""Days as people send them, of this century and the next, and times of the day."""

from datetime import date, time
from typing import Annotated

from pydantic import Field, WithJsonSchema

# A calendar's last day has none after it.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
# In the district's own time: the format "time" of a JSON schema asks for an offset.
DayTime = Annotated[
    time,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
            "examples": ["08:00"],
        }
    ),
]
