"""What a phone did while it had no network, handed in together and answered one by one.

Each operation is carried out by the application itself, as if it had been sent alone with its
`Operation-Id` and whoever sends them: the same rights, checks, answers and repetition. No
connection is held meanwhile: each has a transaction of its own.
"""

import asyncio
import json
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import compile_path
from starlette.types import Message
from starlette.types import Scope as AsgiScope

from api.context import AppContext, Context, Now, current_session
from api.cookies import token_of
from api.errors import TITLES, problem_responses
from api.permissions import Caller, as_caller
from api.route_rights import require_for_route
from data.operations import operations_carried_out
from data.rights import let_act
from data.scope import Scope

router = APIRouter(prefix="/api/v1/sync", tags=["sync"], responses=problem_responses(401, 403))

MOST_OPERATIONS: Final = 200
SYNCED: Final = (
    "/api/v1/cases",
    "/api/v1/cases/{case_id}/actions",
    "/api/v1/shifts",
    "/api/v1/shifts/{shift_id}/points",
    "/api/v1/shifts/{shift_id}/end",
    "/api/v1/shifts/{shift_id}/streets",
    "/api/v1/shifts/{shift_id}/gaps",
    "/api/v1/rounds/{round_id}/reason",
)
"""All that may be handed in: what an officer does outside."""
# Who sends them and from where; all else belongs to the request that brings them.
_TAKEN_ALONG: Final = frozenset({b"authorization", b"cookie", b"host", b"origin", b"x-sanbai"})
# Nothing is wrong with the operation: signed in again, or a little later, it is taken.
_LATER: Final = frozenset({401, 408, 429})

Outcome = Literal["applied", "already", "conflict", "refused", "held", "later"]


class SyncOperation(BaseModel):
    """One command, as it would be sent alone."""

    id: UUID = Field(description="Its Operation-Id.")
    path: str = Field(max_length=200, examples=["/api/v1/cases"])
    body: dict[str, Any] = Field(default_factory=dict)
    needs: list[UUID] = Field(
        default_factory=list,
        max_length=MOST_OPERATIONS,
        description="Operations without which it makes no sense, of this batch or one before.",
    )


class SyncIn(BaseModel):
    """Operations in the order in which they were done."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "operations": [
                        {
                            "id": "019abcde-0000-7000-8000-000000000002",
                            "path": "/api/v1/shifts",
                            "body": {
                                "id": "019abcde-0000-7000-8000-000000000003",
                                "grid_ids": [1],
                                "tracked": True,
                                "started_at": "2026-11-22T01:00:00Z",
                            },
                        },
                        {
                            "id": "019abcde-0000-7000-8000-000000000004",
                            "path": "/api/v1/shifts/019abcde-0000-7000-8000-000000000003/end",
                            "body": {"ended_at": "2026-11-22T03:00:00Z"},
                            "needs": ["019abcde-0000-7000-8000-000000000002"],
                        },
                    ]
                }
            ]
        }
    )

    operations: list[SyncOperation] = Field(min_length=1, max_length=MOST_OPERATIONS)


class SyncResult(BaseModel):
    """What became of one operation."""

    id: UUID
    outcome: Outcome = Field(
        description="`applied`; `already`: it was carried out before; `conflict`: somebody else "
        "was there first, `problem` says what; `refused`: it will never be taken as it is; "
        "`held`: not tried, since one that it needs was not carried out; `later`: send it again."
    )
    status: int = Field(description="HTTP status of its own answer; of `held`: 424.")
    answer: Any = None
    problem: dict[str, Any] | None = None


class SyncTold(BaseModel):
    """What became of each operation, in their order."""

    results: list[SyncResult]


@dataclass
class _Answer:
    """What an application answers, gathered."""

    status: int = 0
    replayed: bool = False
    body: bytearray = field(default_factory=bytearray)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.replayed = (b"operation-replayed", b"true") in message["headers"]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


async def who_hands_in(request: Request, parts: AppContext, at: Now) -> Caller:
    """Who sends the batch: looked up first, in a transaction that ends before any operation."""

    def look_up() -> Caller:
        with parts.engine.begin() as connection:
            return as_caller(current_session(request, connection, at))

    async with parts.turns:
        who = await to_thread.run_sync(look_up)
    require_for_route(who, request.method, request.scope["route"].path)
    parts.signed_in.keep(token_of(request) or "", who, at)
    return who


@router.post("", responses=problem_responses(413, 422))
async def sync(
    body: SyncIn, request: Request, parts: AppContext, who: Annotated[Caller, Depends(who_hands_in)]
) -> SyncTold:
    """Carry out operations in the order given; each is answered by itself.

    An operation that is `held` or `later` was not carried out: it is sent again. The same batch
    may be sent again too; what was done before is `already`. At most 200 operations and 2 MiB.
    """
    done = await _done_before(body, parts, who)
    results: list[SyncResult] = []
    for operation in body.operations:
        result = _not_tried(operation, done, results) or await _carry_out(request, operation)
        if result.outcome in {"applied", "already"}:
            done.add(operation.id)
        results.append(result)
    return SyncTold(results=results)


async def _done_before(body: SyncIn, parts: Context, who: Caller) -> set[UUID]:
    """Operations of who hands in that were carried out before and are needed now."""
    asked = {need for operation in body.operations for need in operation.needs}

    def look_up() -> set[UUID]:
        with parts.engine.begin() as connection:
            let_act(connection, Scope(who.district_id, account_id=who.account_id))
            return operations_carried_out(connection, who.district_id, who.account_id, asked)

    if not asked:
        return set()
    async with parts.turns:
        return await to_thread.run_sync(look_up)


def _not_tried(
    operation: SyncOperation, done: Set[UUID], before: Sequence[SyncResult]
) -> SyncResult | None:
    """Why an operation is not even tried, if so."""
    if before and before[-1].outcome == "later" and before[-1].status in {429, 503}:
        # A server with too much to do is not asked two hundred times.
        return before[-1].model_copy(update={"id": operation.id})
    if not _is_synced(operation.path):
        detail = "Only what is done outside is handed in so: send it by itself."
        return _refusal(operation, "refused", 404, "not-synced", detail, path=operation.path)
    missing = [str(need) for need in operation.needs if need not in done]
    if missing:
        detail = "An operation that this one needs was not carried out."
        return _refusal(operation, "held", 424, "needs-not-done", detail, needs=missing)
    return None


async def _carry_out(request: Request, operation: SyncOperation) -> SyncResult:
    content = json.dumps(operation.body, ensure_ascii=False, separators=(",", ":"))
    sent = content.encode("utf-8", "surrogatepass")
    waiting = [{"type": "http.request", "body": sent, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    answer = _Answer()
    # An unforeseen failure is answered and logged, and then raised anew: here it ends this
    # operation only.
    failures = await asyncio.gather(
        request.app(_scope_of(request, operation, sent), receive, answer.send),
        return_exceptions=True,
    )
    if failures[0] is not None and not answer.status:
        raise failures[0]
    return _result(operation, answer)


def _scope_of(request: Request, operation: SyncOperation, sent: bytes) -> AsgiScope:
    kept = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path", "state")
    return {
        **{name: request.scope[name] for name in kept if name in request.scope},
        "method": "POST",
        "path": operation.path,
        "raw_path": operation.path.encode(),
        "query_string": b"",
        "headers": [
            *((name, value) for name, value in request.scope["headers"] if name in _TAKEN_ALONG),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(sent)).encode()),
            (b"operation-id", str(operation.id).encode()),
        ],
    }


def _result(operation: SyncOperation, answer: _Answer) -> SyncResult:
    said = json.loads(answer.body)
    if answer.status < 300:
        outcome: Outcome = "already" if answer.replayed else "applied"
        return SyncResult(id=operation.id, outcome=outcome, status=answer.status, answer=said)
    if answer.status == 409:
        outcome = "conflict"
    else:
        outcome = "later" if answer.status in _LATER or answer.status >= 500 else "refused"
    return SyncResult(id=operation.id, outcome=outcome, status=answer.status, problem=said)


def _refusal(
    operation: SyncOperation, outcome: Outcome, status: int, code: str, detail: str, **params: Any
) -> SyncResult:
    problem = {
        "type": f"urn:sanbai:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
        "params": params,
    }
    return SyncResult(id=operation.id, outcome=outcome, status=status, problem=problem)


def _is_synced(path: str) -> bool:
    return any(pattern.fullmatch(path) for pattern in _SYNCED_PATTERNS)


_SYNCED_PATTERNS: Final = [compile_path(path)[0] for path in SYNCED]
