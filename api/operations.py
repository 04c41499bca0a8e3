"""Commands that can be repeated: the same operation id gives the same answer, once done.

A command carries `Operation-Id`, a UUID (version 7) made by the client. It is stored with a digest
of the request and with the answer, in the transaction of the command itself.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Connection, insert, select, text
from starlette.datastructures import UploadFile

from api.context import CurrentCaller, Now, Tx
from api.errors import Problem
from api.permissions import Caller
from data.schema import Operation

OPERATION_ID: Final = "UUIDv7 made by the client"


def operation_missing() -> Problem:
    """A command without an id of its own."""
    return Problem(
        422, "operation-id-missing", "Send a UUID of your own as the header Operation-Id."
    )


def operation_reused() -> Problem:
    """A command under the id of another one."""
    return Problem(
        409, "operation-reused", "This Operation-Id was used for another command: make a new one."
    )


class Replay(Exception):  # noqa: N818 (no error: the answer was given before)
    """The command was carried out before; here is the answer it was given."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__("carried out before")
        self.status = status
        self.answer = answer


@dataclass(frozen=True)
class Command:
    """A command under way: its transaction, who gives it and when it was received."""

    tx: Connection
    caller: Caller
    at: datetime
    operation_id: UUID
    digest: bytes

    def keep(
        self, answer: BaseModel, status: int = 200, *, again: BaseModel | None = None
    ) -> JSONResponse:
        """Store the answer beside what was done, and render it.

        Parameters
        ----------
        again
            What is stored in its place and answers a repeated command: the answer without a secret
            that is told once.
        """
        body = answer.model_dump(mode="json")
        self.tx.execute(
            insert(Operation).values(
                district_id=self.caller.district_id,
                account_id=self.caller.account_id,
                id=self.operation_id,
                body_digest=self.digest,
                status=status,
                answer=body if again is None else again.model_dump(mode="json"),
                received_at=self.at,
            )
        )
        return JSONResponse(body, status)


async def request_digest(request: Request) -> bytes:
    """SHA-256 over method, path and what was sent.

    A form counts by its fields and files: its boundary differs each time that it is sent.
    """
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        digest.update(await request.body())
        return digest.digest()
    for name, value in sorted((await request.form()).multi_items(), key=lambda item: item[0]):
        part = value.encode() if isinstance(value, str) else await _whole(value)
        digest.update(f"{name}\n{len(part)}\n".encode() + part)
    return digest.digest()


async def _whole(upload: UploadFile) -> bytes:
    await upload.seek(0)
    part = await upload.read()
    await upload.seek(0)
    return part


def command(
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    digest: Annotated[bytes, Depends(request_digest)],
    operation_id: Annotated[UUID | None, Header(description=OPERATION_ID)] = None,
) -> Command:
    """Begin a command, or raise the answer it was given before."""
    if operation_id is None:
        raise operation_missing()
    # Two copies of one command at once: the second waits here and then finds the first's answer.
    tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"{caller.account_id}/{operation_id}"},
    )
    earlier = tx.execute(
        select(Operation.body_digest, Operation.status, Operation.answer).where(
            Operation.district_id == caller.district_id,
            Operation.account_id == caller.account_id,
            Operation.id == operation_id,
        )
    ).one_or_none()
    if earlier is None:
        return Command(tx, caller, at, operation_id, digest)
    if earlier.body_digest != digest:
        raise operation_reused()
    raise Replay(earlier.status, earlier.answer)


CurrentCommand = Annotated[Command, Depends(command)]


def install(app: FastAPI) -> None:
    """Answer repeated commands as the first time."""

    @app.exception_handler(Replay)
    def _replay(_: Request, replay: Replay) -> JSONResponse:
        return JSONResponse(replay.answer, replay.status, headers={"Operation-Replayed": "true"})
