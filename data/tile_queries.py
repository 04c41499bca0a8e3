"""One query per tile layer: PostGIS makes the bytes of a vector tile."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from data.database import query
from data.hotspots import unit_in_scope
from data.scope import Scope, in_cases

STATEMENT_TIMEOUT_MS = 10_000

_IN_SCOPE = {"cases": ("c", in_cases), "hexagons": ("h", unit_in_scope)}


def tile_query(layer: str, scope: Scope) -> TextClause:
    """Return the query of a layer; layers that need rights have the scope's condition in it."""
    if layer in _IN_SCOPE:
        alias, condition = _IN_SCOPE[layer]
        return query(f"tile_{layer}", in_scope=condition(alias, scope))
    return query(f"tile_{layer}")


def query_tile(
    connection: Connection, layer: str, scope: Scope, parameters: Mapping[str, Any]
) -> bytes:
    """Return a layer's tile as Mapbox Vector Tile bytes, empty where nothing lies.

    Parameters
    ----------
    layer
        A name of `tiles.layers.LAYERS`; the MVT layer has the same name.
    parameters
        `z`, `x`, `y` and what else the layer's query names.

    Notes
    -----
    A tile that takes longer than `STATEMENT_TIMEOUT_MS` is given up: the map asks for many.
    """
    connection.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"))
    tile: memoryview | bytes | None = connection.execute(
        tile_query(layer, scope), scope.parameters() | dict(parameters)
    ).scalar_one()
    return b"" if tile is None else bytes(tile)
