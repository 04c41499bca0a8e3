"""Days as people send them: of this century and the next."""

from datetime import date
from typing import Annotated

from pydantic import Field

# A calendar's last day has none after it.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
