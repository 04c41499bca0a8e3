"""Files as loggers, watches and back offices write them, of walks in the small town."""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGIN = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
"""Nine in the morning in Shandong."""
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
Walk = list[tuple[datetime, float, float]]


def walk(
    begin: datetime = BEGIN, *, fixes: int = 6, step_s: int = 30, lon: float = 118.002
) -> Walk:
    """Eastwards through grid 1 of the small town, 18 m at a time."""
    return [
        (begin + timedelta(seconds=step_s * at), round(lon + 0.0002 * at, 7), 36.83)
        for at in range(fixes)
    ]


def rows_of(fixes: Walk, *more: object) -> list[list[object]]:
    """Rows of a table: local time, longitude, latitude, and what is the same in each."""
    local = timedelta(hours=8)
    return [[f"{at + local:%Y-%m-%d %H:%M:%S}", lon, lat, *more] for at, lon, lat in fixes]


def write_gpx(path: Path, *tracks: Walk) -> Path:
    """A GPX file with one segment in each track."""
    parts = []
    for track in tracks:
        points = "".join(
            f'<trkpt lat="{lat}" lon="{lon}"><time>{at:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>'
            for at, lon, lat in track
        )
        parts.append(f"<trk><trkseg>{points}</trkseg></trk>")
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="logger"'
        f' xmlns="http://www.topografix.com/GPX/1/1">{"".join(parts)}</gpx>'
    )
    return path


def write_fit(path: Path, fixes: Walk, *, accuracy_m: int = 4, blanks: int = 0) -> Path:
    """A FIT activity file: a definition of `record`, then one message a fix.

    `blanks` records without a place come first, as a watch writes them before it has a fix.
    """
    fields = ((253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (31, 1, 0x02))
    body = struct.pack("<BBBHB", 0x40, 0, 0, 20, len(fields))
    body += b"".join(struct.pack("<BBB", *field) for field in fields)
    none = [(fixes[0][0], None, None)] * blanks
    for at, lon, lat in [*none, *fixes]:
        seconds = int((at - FIT_EPOCH).total_seconds())
        places = [0x7FFFFFFF if deg is None else round(deg / 180 * 2**31) for deg in (lat, lon)]
        body += struct.pack("<BIiiB", 0, seconds, *places, accuracy_m)
    header = struct.pack("<BBHI4s", 14, 0x10, 2132, len(body), b".FIT")
    header += struct.pack("<H", _crc(header))
    path.write_bytes(header + body + struct.pack("<H", _crc(header + body)))
    return path


def _crc(data: Iterable[int]) -> int:
    """CRC-16 of the FIT protocol, four bits at a time."""
    table: Sequence[int] = (
        0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
        0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
    )  # fmt: skip
    crc = 0
    for byte in data:
        for half in (byte & 0xF, byte >> 4):
            crc = (crc >> 4) ^ table[crc & 0xF] ^ table[half]
    return crc
