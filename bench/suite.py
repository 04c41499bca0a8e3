"""The benches of `make bench`: name → module that has `run(size: Size) -> list[Result]`."""

from typing import Final

BENCHES: Final[dict[str, str]] = {
    "addresses": "bench.addresses",
    "ingest": "bench.ingest",
    "lists": "bench.lists",
    "map": "bench.map",
    "osm": "bench.osm",
    "patrols": "bench.patrols",
    "points": "bench.points",
    "raster_tiles": "bench.raster_tiles",
    "status_tiles": "bench.status_tiles",
}
