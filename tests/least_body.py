"""The least that a JSON schema of our description lets pass: bodies for walks over all routes."""

from typing import Any

from uuid_utils.compat import uuid7


def least(schema: dict[str, Any], named: dict[str, Any]) -> Any:
    """A small value that fits a schema; its own example where it has one.

    Parameters
    ----------
    named
        The schemas that references name.
    """
    if "$ref" in schema:
        return least(named[schema["$ref"].rsplit("/", 1)[1]], named)
    if schema.get("examples"):
        return schema["examples"][0]
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return least(schema[word][0], named)
    if "enum" in schema:
        return schema["enum"][0]
    return _of_type(schema, named)


def _of_type(schema: dict[str, Any], named: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        return {name: least(schema["properties"][name], named) for name in wanted}
    if kind == "array":
        return [least(schema["items"], named) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        formats = {"uuid": str(uuid7()), "date": "2026-12-01", "date-time": "2026-11-20T00:00Z"}
        plain = "x" * max(1, schema.get("minLength", 1))
        return formats.get(schema.get("format", ""), plain)
    return max(schema.get("minimum", 1), 1)
