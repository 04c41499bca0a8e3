"""Whether the server lives, and whether it is ready for work."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.context import AppContext
from data.migrate import current_and_head

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """What readiness rests on; `status` is `ready` when every check is `ok`."""

    status: Literal["ready", "not-ready"]
    checks: dict[str, str]


@router.get("/healthz")
def healthz() -> Alive:
    """Tell that the process answers."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
def readyz(parts: AppContext, response: Response) -> Ready:
    """Tell whether the database answers and its schema is the newest."""
    try:
        current, head = current_and_head(parts.engine)
    except SQLAlchemyError:
        checks = {"database": "does not answer", "schema": "unknown"}
    else:
        schema = "ok" if current == head else f"is {current}, should be {head}: run `sanbai up`"
        checks = {"database": "ok", "schema": schema}
    if any(value != "ok" for value in checks.values()):
        response.status_code = 503
        return Ready(status="not-ready", checks=checks)
    return Ready(status="ready", checks=checks)
