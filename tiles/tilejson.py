"""TileJSON 3.0: what a layer holds and where its tiles are."""

from collections.abc import Sequence
from typing import Any

from tiles.layers import Layer


def describe(
    layer: Layer,
    url: str,
    bounds: Sequence[float],
    version: str,
    attribution: str | None = None,
) -> dict[str, Any]:
    """Describe a layer.

    Parameters
    ----------
    url
        Template of a tile's address with `{z}`, `{x}`, `{y}`.
    bounds
        West, south, east, north in degrees.
    version
        Of the layer's content; differs when any tile does.
    attribution
        Whose data it is, where that must be shown.
    """
    west, south, east, north = bounds
    named = {} if attribution is None else {"attribution": attribution}
    return named | {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": layer.title,
        "scheme": "xyz",
        "tiles": [url],
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "bounds": list(bounds),
        "center": [(west + east) / 2, (south + north) / 2, max(layer.minzoom, 13)],
        "version": "1.0.0",
        "content_version": version,
        "vector_layers": [
            {
                "id": layer.name,
                "description": layer.title,
                "fields": dict(layer.fields),
                "minzoom": layer.minzoom,
                "maxzoom": layer.maxzoom,
            }
        ],
    }
