"""Failures as RFC 9457 problems: one code each, put into words by the client.

Routes raise `Problem`; exceptions of the inner packages are translated by the one table
`TRANSLATIONS`. A problem never shows a cause that is ours (a 500 has its request id only).
"""

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from data.accounts import LoginTakenError, UnknownPlaceError
from data.backdrop_errors import BackdropError
from data.case_shapes import CaseShapeError
from data.case_types import (
    AnswersError,
    CaseExistsError,
    CaseMovedOnError,
    RefusedError,
    UnknownCaseError,
    UnknownCategoryError,
    UnknownUnitError,
)
from data.exports.paper_writing import TemplateError
from data.exports.raster import BrokenDensityError
from data.patrols import (
    NotTrackedError,
    ShiftEndedError,
    ShiftExistsError,
    ShiftTimeError,
    UnknownGridError,
)
from data.photo_uploads import UploadError
from data.photos import PhotoError
from data.plan_papers import PaperError
from data.sounds import SoundError

logger = logging.getLogger("sanbai.api")

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported type",
    422: "Invalid input",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}


class Problem(Exception):  # noqa: N818 (the field's word for it)
    """A refusal that the caller can understand and mend.

    Parameters
    ----------
    status
        HTTP status.
    code
        Kebab-case name that clients put into words.
    detail
        One English sentence: what to mend.
    params
        What the words need (numbers, names).
    errors
        For bad input: `{pointer, code, message}` for each field.
    headers
        Sent with the answer, such as `Retry-After`.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        params: dict[str, Any] | None = None,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.params = params or {}
        self.errors = errors
        self.headers = headers

    def response(self, request: Request) -> JSONResponse:
        """Render as `application/problem+json`."""
        body: dict[str, Any] = {
            "type": f"urn:sanbai:problem:{self.code}",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "params": self.params,
            "instance": request.scope.get("request_id"),
        }
        if self.errors is not None:
            body["errors"] = self.errors
        return JSONResponse(body, self.status, self.headers, media_type="application/problem+json")


def not_found(what: str = "resource") -> Problem:
    """A thing that is not there, or lies outside the caller's area: the two look alike."""
    return Problem(404, "not-found", f"No such {what}.", params={"what": what})


class FieldProblem(BaseModel):
    """What is wrong with one field of the input."""

    model_config = ConfigDict(extra="allow")

    pointer: str = Field(examples=["/lon"])
    code: str
    message: str


class ProblemBody(BaseModel):
    """A failure, RFC 9457; `code` and `params` are what a client puts into words."""

    type: str = Field(examples=["urn:sanbai:problem:case-moved-on"])
    title: str
    status: int
    code: str = Field(examples=["case-moved-on"])
    detail: str
    params: dict[str, Any] = {}
    instance: str | None = Field(None, description="Id of the request, as in the log.")
    errors: list[FieldProblem] | None = None


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe failures of a route, for its OpenAPI entry."""
    return {
        status: {"description": TITLES.get(status, "Error"), "model": ProblemBody}
        for status in statuses
    }


def invalid(pointer: str, code: str, message: str, **params: Any) -> Problem:
    """One field that must be mended."""
    return Problem(
        422,
        "invalid",
        message,
        params=params,
        errors=[{"pointer": pointer, "in": "body", "code": code, "message": message}],
    )


def _refused(error: RefusedError) -> Problem:
    refusal = error.refusal
    params = {"action": refusal.action, "state": refusal.state, "reason": refusal.reason}
    if refusal.reason == "role":
        return Problem(403, "forbidden", "Your role does not allow this.", params=params)
    if refusal.reason in _SAY:
        pointer, detail = _SAY[refusal.reason]
        return invalid(pointer, refusal.reason, detail, **params)
    return Problem(409, "action-not-allowed", _WHY[refusal.reason], params=params)


def _answers(error: AnswersError) -> Problem:
    faults = [
        {"pointer": f"/answers/{name}", "in": "body", "code": fault, "message": fault}
        for name, fault in sorted(error.faults.items())
    ]
    return Problem(422, "invalid", "Mend the answers to what the category asks.", errors=faults)


# What a step lacks, and where to say it.
_SAY = {
    "text": ("/text", "Say why, or what was done."),
    "unit": ("/unit_id", "Say which unit."),
    "units": ("/unit_ids", "Say which units."),
    "date": ("/until", "Say until when: later than now or the deadline, and not too far off."),
    "place": ("/lon", "Say where it lies."),
    "case": ("/case_id", "Say which other case."),
    "how": ("/how", "Say how: phone, message or in-person."),
    "paper": ("/kind", "Say which paper."),
    "deadline": ("/deadline_at", "Say by when."),
}
_WHY = {
    "state": "The case is not in a state for this.",
    "same-person": "Someone other than who put it right must check it.",
    "other-person": "Only who found it, or who put it right, may do this.",
    "unconfirmed": "The report has to be checked before it is filed.",
    "photo": "A photo of the repair is needed first; the category may ask for one of before too.",
    "photos": "A photo of before and one of after are needed first.",
    "no-deadline": "The case has no deadline.",
    "late": "The deadline has passed: more time is asked for before it.",
    "too-many": "The deadline was moved as often as it may be, or an extension is being asked for.",
    "not-yet": "Its day has not come.",
    "level": "It has been passed up as far as that.",
    "nothing": "There is nothing to do this to.",
    "merged": "The case is a duplicate, or has duplicates.",
    "parts-open": "Cases that are parts of this one are still open.",
}


def _photo(error: PhotoError) -> Problem:
    params = {"reason": error.fault}
    if error.fault in {"too-large", "too-many-pixels", "too-heavy"}:
        detail = "A photo has at most 15 MB and 50 megapixels."
        if error.fault == "too-heavy":
            detail = "The picture takes too much to decode: save it anew as JPEG."
        return Problem(413, "too-large", detail, params=params)
    detail = "Send a JPEG, PNG or WebP picture that is whole."
    if error.fault == "heic":
        detail = "HEIC is not taken: set the camera to 'Most Compatible', or share it as JPEG."
    return Problem(415, "unsupported-photo", detail, params=params)


_SOUND = {
    "too-large": (413, "sound-too-large", "A voice note has at most 3 MB, some two minutes."),
    "unknown-kind": (415, "unsupported-sound", "Send a voice note as WebM, Ogg or M4A."),
}
_TEMPLATE = {
    "too-large": (413, "A template has at most 5 MB, 50 MB unpacked."),
    "not-docx": (415, "Send a DOCX that Word or WPS opens."),
    "syntax": (422, "The braces of a field are not closed, or hold more than its name."),
    "unknown-fields": (422, "It names fields that there are not."),
    "not-allowed": (422, "A template may name fields and choose by `if`, and nothing else."),
    "no-fields": (422, "It names no field: everything on it would stay the same."),
}


def _template(error: TemplateError) -> Problem:
    status, detail = _TEMPLATE[error.fault]
    params = {"fields": "、".join(error.names)}
    return Problem(status, f"template-{error.fault}", detail, params=params)


_UPLOAD = {
    "exists": (409, "This id was used for another file: make a new one."),
    "too-many": (409, "Finish or leave alone some of what is on its way first."),
    "part": (422, "Send each part whole, at an offset that was asked for."),
    "incomplete": (409, "Parts are missing: ask which, and send them."),
    "differs": (409, "The parts together are another file: send all of them again."),
}


def _upload(error: UploadError) -> Problem:
    status, detail = _UPLOAD[error.fault]
    return Problem(status, f"upload-{error.fault}", detail, params=error.params)


def _paper(error: PaperError) -> Problem:
    params = {"reason": error.fault}
    if error.fault == "too-many":
        return Problem(409, "papers-too-many", "A plan has at most 200 papers.", params=params)
    if error.fault in {"too-large", "too-many-pixels"}:
        detail = "A paper has at most 15 MB and 50 megapixels."
        return Problem(413, "paper-too-large", detail, params=params)
    detail = "Send a PDF, JPEG or PNG that is whole."
    return Problem(415, "unsupported-paper", detail, params=params)


_BACKDROP = {
    "too-large": (413, "A backdrop has at most 40 MB."),
    "too-many-pixels": (413, "A scan has at most 150 megapixels: scan it coarser."),
    "too-many-lines": (
        413,
        "A drawing has at most 400,000 vertices: leave some out.",
    ),
    "too-many": (409, "A plan has at most 20 backdrops: take some away first."),
    "unknown-kind": (415, "Send a DXF, PNG, JPEG, TIFF or PDF."),
    "binary-drawing": (415, "Save the drawing as a plain (ASCII) DXF."),
    "pdf-locked": (415, "The PDF has a password: save it without one."),
    "pdf-damaged": (415, "The PDF is damaged: export it anew, or save the page as a picture."),
    "pdf-too-many-pages": (413, "A PDF has at most 1,000 pages: save only those you need."),
    "pdf-no-such-page": (422, "The PDF has no such page."),
    "pdf-too-heavy": (413, "The page takes too much to draw: save it as PNG, JPEG or TIFF."),
    "pdf-blank": (422, "There is nothing on this page: choose another."),
    "damaged": (415, "The file breaks off or contradicts itself."),
    "empty-drawing": (415, "The drawing holds no lines in its model space."),
    "unknown-system": (422, "Choose the coordinate system of the drawing, or local."),
    "elsewhere": (422, "With this coordinate system it does not lie over the town."),
    "too-few": (422, "Set two points for a similarity, three for an affine map."),
    "same-place": (422, "Two control points lie in the same place."),
    "in-line": (422, "The control points lie in one line."),
    "mirrored": (422, "The control points would turn the sheet over: some are mixed up."),
}


def _backdrop(error: BackdropError) -> Problem:
    status, detail = _BACKDROP[error.fault]
    return Problem(status, f"backdrop-{error.fault}", detail, params=error.params)


def _moved_on(error: CaseMovedOnError) -> Problem:
    params = {"expected_seq": error.expected_seq, "seq": error.seq, "state": error.state}
    detail = "Somebody else acted on the case meanwhile: load it again."
    return Problem(409, "case-moved-on", detail, params=params)


Translation = Callable[[Any], Problem]
TRANSLATIONS: dict[type[Exception], Translation] = {
    DataError: lambda _: Problem(
        422, "invalid", "A value is out of range or holds a character that cannot be stored."
    ),
    LoginTakenError: lambda _: Problem(409, "login-taken", "Another account has this login."),
    UnknownPlaceError: lambda _: invalid("/unit_id", "unknown", "No such unit."),
    RefusedError: _refused,
    PhotoError: _photo,
    SoundError: lambda error: Problem(*_SOUND[error.fault]),
    UploadError: _upload,
    TemplateError: _template,
    PaperError: _paper,
    BrokenDensityError: lambda _: Problem(
        500, "density-broken", "The density file of this run is damaged: have it computed again."
    ),
    BackdropError: _backdrop,
    CaseMovedOnError: _moved_on,
    CaseExistsError: lambda _: Problem(409, "case-exists", "A case with this id is filed already."),
    UnknownCategoryError: lambda _: invalid("/category_id", "unknown", "No such category."),
    UnknownGridError: lambda _: invalid("/grid_ids", "unknown", "A grid is not in force."),
    ShiftExistsError: lambda _: Problem(409, "shift-exists", "A shift with this id was begun."),
    ShiftEndedError: lambda error: Problem(
        409, "shift-ended", "It was ended before.", params={"ended_at": error.ended_at.isoformat()}
    ),
    NotTrackedError: lambda _: Problem(409, "not-tracked", "This duty keeps no track."),
    ShiftTimeError: lambda _: invalid(
        "/ended_at", "time", "A shift begins no later than now and ends within a day of its begin."
    ),
    UnknownUnitError: lambda _: invalid("/unit_id", "unknown", "No such unit."),
    AnswersError: _answers,
    CaseShapeError: lambda error: invalid(
        "/shape", error.fault, "Send a valid line or area of at most 1,000 vertices."
    ),
    UnknownCaseError: lambda _: invalid("/case_id", "unknown", "No such case to join it with."),
    OperationalError: lambda _: Problem(
        503, "database-unavailable", "The database does not answer; try again in a moment."
    ),
}


def _http(error: HTTPException) -> Problem:
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(
        error.status_code, "bad-request"
    )
    return Problem(error.status_code, code, str(error.detail))


def _invalid(error: RequestValidationError) -> Problem:
    errors = [
        {
            "pointer": "/" + "/".join(str(part) for part in item["loc"][1:]),
            "in": item["loc"][0],
            "code": item["type"],
            "message": item["msg"],
        }
        for item in error.errors()
    ]
    fields = ", ".join(item["pointer"] for item in errors)
    return Problem(422, "invalid", f"Mend these and send again: {fields}.", errors=errors)


def install(app: FastAPI) -> None:
    """Make every failure of the application a problem."""

    @app.exception_handler(Problem)
    def _problem(request: Request, error: Problem) -> JSONResponse:
        return error.response(request)

    @app.exception_handler(HTTPException)
    def _http_exception(request: Request, error: HTTPException) -> JSONResponse:
        return _http(error).response(request)

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        return _invalid(error).response(request)

    @app.exception_handler(Exception)
    def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        logger.error("unforeseen failure", exc_info=error)
        return Problem(500, "internal", "Something failed on our side.").response(request)

    for kind, translate in TRANSLATIONS.items():
        _install_translation(app, kind, translate)


def _install_translation(app: FastAPI, kind: type[Exception], translate: Translation) -> None:
    @app.exception_handler(kind)
    def _translated(request: Request, error: Exception) -> JSONResponse:
        problem = translate(error)
        if problem.status >= 500:
            logger.error("%s", problem.code, exc_info=error)
        return problem.response(request)
