"""The OpenAPI description: what FastAPI writes, made true for this application.

Every failure is a problem (`application/problem+json`), every route but a few asks for a session,
every command for two headers; the first line of a docstring is a route's summary.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.cookies import COOKIE, SAFE_METHODS
from api.errors import TITLES, ProblemBody
from api.route_rights import PUBLIC, ROUTES

_PROBLEM = {"$ref": "#/components/schemas/ProblemBody"}
_UNUSED = ("HTTPValidationError", "ValidationError")
_CSRF_HEADER = {
    "name": "X-Sanbai",
    "in": "header",
    "required": True,
    "description": "Always 1: a page of another site cannot send it.",
    "schema": {"type": "string", "const": "1"},
}


def install(app: FastAPI) -> None:
    """Make the application give the finished description at `/openapi.json`."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            plain = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
            app.openapi_schema = _finish(plain)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def _finish(plain: dict[str, Any]) -> dict[str, Any]:
    schemas = plain["components"]["schemas"]
    body = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= body.pop("$defs", {})
    schemas["ProblemBody"] = body
    for name in _UNUSED:
        schemas.pop(name, None)
    plain["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE}
    }
    for path, operations in plain["paths"].items():
        for method, operation in operations.items():
            _finish_operation(method.upper(), path, operation)
    return plain


def _finish_operation(method: str, path: str, operation: dict[str, Any]) -> None:
    first, _, rest = operation.get("description", "").partition("\n")
    operation["summary"] = first.rstrip(".")
    operation["description"] = rest.strip() or first
    asks = ["422"] if operation.get("parameters") or operation.get("requestBody") else []
    if "{" in path:
        asks.append("404")
    if ROUTES.get((method, path)) != PUBLIC:
        operation["security"] = [{"session": []}]
        asks += ["401", "403"]
        if method not in SAFE_METHODS:
            operation.setdefault("parameters", []).append(_CSRF_HEADER)
    names = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
    if "operation-id" in names:
        # The same id for another command.
        asks.append("409")
    responses = operation["responses"]
    for status in asks:
        responses.setdefault(status, {})
    for status, response in responses.items():
        if int(status) >= 400 and status != "503":
            response["description"] = TITLES.get(int(status), "Error")
            response["content"] = {"application/problem+json": {"schema": _PROBLEM}}
    operation["responses"] = dict(sorted(responses.items()))
