"""Cards to share in a chat group: a picture and a few words, without anybody's name."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from api.caching import PRIVATE, etag_of, is_current
from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, not_found, problem_responses
from api.permissions import Caller
from data.cases import find_case
from data.exports.chinese_fonts import NoFontError
from data.exports.share_card import draw_card
from data.grids import list_grids
from data.layers import district_today
from data.share_cards import Reader, Shared, card_of_case, card_of_grid

router = APIRouter(
    prefix="/api/v1", tags=["cards"], responses=problem_responses(401, 403, 404, 422)
)
WithPhotos = Annotated[
    bool, Query(description="Show before and after; look at them first: faces, plates, writing.")
]
PNG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}}, "description": "The card, 750 px wide."}
}


class ShareText(BaseModel):
    """What is written beside the picture."""

    text: str
    picture: str = Field(description="Where the picture is.")


def _reader(
    request: Request,
    parts: AppContext,
    language: Annotated[Literal["zh-CN", "en"], Query(description="Of the words on it.")] = "zh-CN",
) -> Reader:
    return Reader(language, parts.settings.origin or str(request.base_url))


Whose = Annotated[Reader, Depends(_reader)]


@router.get("/cases/{case_id}/card")
def case_card_text(
    case_id: UUID, caller: CurrentCaller, tx: Tx, parts: AppContext, reader: Whose
) -> ShareText:
    """Give the words to share of a case: kind, state, grid, days; no name, no address."""
    told = _of_case(tx, caller, case_id, parts, reader, photos=False)
    picture = f"/api/v1/cases/{case_id}/card.png?language={reader.language}"
    return ShareText(text=told.text, picture=picture)


@router.get("/cases/{case_id}/card.png", response_class=Response, responses=PNG)
def case_card(
    *,
    case_id: UUID,
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    parts: AppContext,
    reader: Whose,
    photos: WithPhotos = False,
) -> Response:
    """Draw the card of a case; its photos only where they are asked for."""
    return _picture(request, parts, _of_case(tx, caller, case_id, parts, reader, photos=photos))


def _of_case(
    tx: Tx, caller: Caller, case_id: UUID, parts: Context, reader: Reader, *, photos: bool
) -> Shared:
    caller.require("case:read")
    stored = find_case(tx, caller.district_id, case_id)
    if stored is None or caller.actor_in(stored) is None:
        raise not_found("case")
    return card_of_case(tx, parts.files, caller.district_id, case_id, reader, with_photos=photos)


@dataclass(frozen=True)
class OfGrid:
    """What was put right in a grid on a day, as it is shared."""

    day: date
    told: Shared


def _of_grid(
    *,
    grid_id: int,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    reader: Whose,
    day: Annotated[date | None, Query(description="A day of the district; none: today.")] = None,
) -> OfGrid:
    caller.require("case:read")
    scope = scope_for(caller, "case:read")
    today = district_today(tx, caller.district_id, at)
    rows = list_grids(tx, scope, today, grid_id=grid_id, limit=1)
    if not rows:
        raise not_found("grid")
    shown = day or today
    return OfGrid(shown, card_of_grid(tx, scope, rows[0], shown, reader, today=today))


GridShared = Annotated[OfGrid, Depends(_of_grid)]


@router.get("/grids/{grid_id}/card")
def grid_card_text(grid_id: int, reader: Whose, shared: GridShared) -> ShareText:
    """Give the words to share of what was put right in a grid on a day."""
    query = f"language={reader.language}&day={shared.day}"
    return ShareText(text=shared.told.text, picture=f"/api/v1/grids/{grid_id}/card.png?{query}")


@router.get("/grids/{grid_id}/card.png", response_class=Response, responses=PNG)
def grid_card(request: Request, parts: AppContext, shared: GridShared) -> Response:
    """Draw the card of what was put right in a grid on a day."""
    return _picture(request, parts, shared.told)


def _picture(request: Request, parts: Context, told: Shared) -> Response:
    """The drawn card, kept in memory as long as nothing on it changes."""
    tag = etag_of(told.card.facts, *(body for _, body in told.card.photos))
    headers = {
        "ETag": tag,
        "Cache-Control": PRIVATE,
        "Vary": "Cookie",
        "Content-Disposition": "inline",
    }
    if is_current(request, tag):
        return Response(status_code=304, headers=headers)
    try:
        body = parts.memory.get_or_make(("share card", tag), lambda: draw_card(told.card))
    except NoFontError:
        raise Problem(
            503, "no-chinese-font", "The server has no Chinese font: install fonts-noto-cjk."
        ) from None
    return Response(body, media_type="image/png", headers=headers)
