"""Trying a template of a paper before it is used: what is wrong with it, how it looks filled."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response, UploadFile

from api.context import AppContext, CurrentCaller, Tx
from api.errors import problem_responses
from data.case_papers import DOCX, current_template
from data.exports.paper_forms import NAMES, Kind, shipped_form
from data.exports.paper_sample import sample_values
from data.exports.paper_writing import MOST_BYTES, fields_of, fill

router = APIRouter(
    prefix="/api/v1/paper-templates", tags=["papers"], responses=problem_responses(401, 403, 422)
)
PAPER: dict[int | str, dict[str, Any]] = {
    200: {"content": {DOCX: {}}, "description": "A filled paper, of a case that is none."}
}


@router.post(
    "/{kind}/trial",
    response_class=Response,
    responses=PAPER | problem_responses(413, 415),
)
def try_paper_template(kind: Kind, file: UploadFile, caller: CurrentCaller) -> Response:
    """Fill a template with a sample; refused, with their names, where it names unknown fields.

    Nothing is kept.
    """
    caller.require("template:manage")
    raw = file.file.read(MOST_BYTES + 1)
    fields_of(raw)
    return _filled(kind, raw)


@router.get("/{kind}/trial", response_class=Response, responses=PAPER)
def paper_sample(kind: Kind, caller: CurrentCaller, tx: Tx, parts: AppContext) -> Response:
    """Fill the template that is used now with a sample."""
    caller.require("template:read")
    raw, _ = current_template(tx, parts.files, caller.district_id, kind)
    return _filled(kind, raw)


@router.get(
    "/{kind}/shipped",
    response_class=Response,
    responses={200: {"content": {DOCX: {}}, "description": "The template as it is shipped."}},
)
def shipped_paper_template(kind: Kind, caller: CurrentCaller) -> Response:
    """Give the shipped template, to begin one's own from."""
    caller.require("template:read")
    return _file(shipped_form(kind), f"{NAMES[kind][0]}.docx")


def _filled(kind: Kind, raw: bytes) -> Response:
    return _file(fill(raw, sample_values(kind)), f"{NAMES[kind][0]}_试填.docx")


def _file(body: bytes, name: str) -> Response:
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
    }
    return Response(body, media_type=DOCX, headers=headers)
