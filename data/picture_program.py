"""A program that decodes pictures others sent, one after the other, within bounds.

It runs as a process of its own (`data.picture_workers` starts it): a file that is made to be slow,
to fill the memory or to break a decoder must not take the server with it.

Each job is one line of JSON with `size` bytes of a file behind it; each answer is one line of JSON
with as many bytes behind it as its `sizes` say, or with a `fault` alone. Jobs:

`photo`: a picture is turned upright, made smaller, and encoded anew with nothing but its pixels;
    its small version comes second. `taken` tells what the camera wrote beside it.
`blur`: parts of a picture are made unreadable for good, and both versions are encoded anew.

Arguments: bytes of memory for all; seconds of the processor for each job.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import resource
import struct
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from PIL import ExifTags, Image, ImageDraw, ImageFile, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "WEBP")
_QUALITY: Final = 82
# What is blurred keeps at most so many colours along its longer side, of at least so many pixels.
_COLOURS_LEFT: Final = 6
_COLOUR_PX: Final = 24
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow raises for notes that are cut off, of another type than they should be, or endless.
_BROKEN_NOTES: Final = (
    *(TypeError, ValueError, KeyError, IndexError, ZeroDivisionError, OverflowError),
    *(OSError, SyntaxError, struct.error),
)


class _RefusedError(Exception):
    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def prepare(raw: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes, bytes]:
    """Make a photo ready to be kept: what is told of it, the picture, and its small version."""
    with _opened(raw, asked["most_pixels"]) as image:
        notes = image.getexif()
        taken = read_taken(notes)
        # JPEG can be decoded at a half, a quarter or an eighth: much less memory and time.
        image.draft("RGB", (asked["side_px"],) * 2)
        turn = _turn(notes)
        flat = _flat(image, asked["side_px"])
    upright = flat if turn is None else flat.transpose(turn)
    told = {"width": upright.width, "height": upright.height, "taken": taken}
    return told, _jpeg(upright), _jpeg(_within(upright, asked["thumb_px"]))


def blur(raw: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes, bytes]:
    """Make parts of a picture unreadable; `polygons` are lists of x, y in its pixels."""
    with _opened(raw, asked["most_pixels"]) as image:
        picture = image.convert("RGB")
    for polygon in asked["polygons"]:
        _blur_within(picture, [(float(x), float(y)) for x, y in polygon])
    told = {"width": picture.width, "height": picture.height, "taken": {}}
    return told, _jpeg(picture), _jpeg(_within(picture, asked["thumb_px"]))


def _blur_within(picture: Image.Image, polygon: Sequence[tuple[float, float]]) -> None:
    """Replace what lies within by a few mean colours: nothing is left that could be undone."""
    left, top = (max(0, math.floor(min(side))) for side in zip(*polygon, strict=True))
    right = min(picture.width, math.ceil(max(x for x, _ in polygon)) + 1)
    bottom = min(picture.height, math.ceil(max(y for _, y in polygon)) + 1)
    if right <= left or bottom <= top:
        return
    part = picture.crop((left, top, right, bottom))
    cell_px = max(_COLOUR_PX, max(part.size) / _COLOURS_LEFT)
    few = part.resize([max(1, round(side / cell_px)) for side in part.size], Image.Resampling.BOX)
    mask = Image.new("1", part.size)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in polygon], fill=1, outline=1)
    picture.paste(few.resize(part.size, Image.Resampling.BILINEAR), (left, top), mask)


@contextlib.contextmanager
def _opened(raw: bytes, most_pixels: int) -> Any:
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise _RefusedError("too-many-pixels")
            yield image
    except UnidentifiedImageError:
        raise _RefusedError("unknown-kind") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        # What Pillow's decoders raise for a file that breaks off or contradicts itself.
        raise _RefusedError("damaged") from None


def _flat(image: Image.Image, side_px: int) -> Image.Image:
    """On white, and made smaller before anything else: a copy of 50 megapixels is 200 MB."""
    clear = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    if image.mode not in {"L", "RGB", "RGBA"}:
        image = image.convert("RGBA" if clear else "RGB")
    image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if not clear:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def _within(image: Image.Image, side_px: int) -> Image.Image:
    smaller = image.copy()
    smaller.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    return smaller


def _jpeg(image: Image.Image) -> bytes:
    # A new image holds pixels only: no EXIF, no comment, no colour profile goes along.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _turn(notes: Image.Exif) -> Image.Transpose | None:
    with contextlib.suppress(*_BROKEN_NOTES):
        return _TURNS.get(int(notes.get(ExifTags.Base.Orientation, 1)))
    return None


def read_taken(notes: Image.Exif) -> dict[str, Any]:
    """Read where and when a picture was taken from its EXIF; what is not there is left out.

    Returns
    -------
    `local` (ISO without a zone) with `offset` (`+08:00`) where the camera knows it, `utc` (ISO, by
    satellites), `lon` and `lat` in degrees with the `datum` they are said to be in.
    """
    taken: dict[str, Any] = {}
    for read in (_local_time, _satellite_time, _position):
        with contextlib.suppress(*_BROKEN_NOTES):
            taken |= read(notes)
    return taken


def _local_time(notes: Image.Exif) -> dict[str, str]:
    own = notes.get_ifd(ExifTags.IFD.Exif)
    said = _words(own.get(ExifTags.Base.DateTimeOriginal))
    if not said:
        return {}
    day, _, clock = said.partition(" ")
    offset = _words(own.get(ExifTags.Base.OffsetTimeOriginal))
    found = {"local": f"{day.replace(':', '-')}T{clock}"}
    return found | {"offset": offset} if offset else found


def _satellite_time(notes: Image.Exif) -> dict[str, str]:
    gps = notes.get_ifd(ExifTags.IFD.GPSInfo)
    day = _words(gps[ExifTags.GPS.GPSDateStamp]).replace(":", "-")
    hours, minutes, seconds = (float(part) for part in gps[ExifTags.GPS.GPSTimeStamp])
    return {"utc": f"{day}T{int(hours):02d}:{int(minutes):02d}:{int(seconds):02d}+00:00"}


def _position(notes: Image.Exif) -> dict[str, Any]:
    gps = notes.get_ifd(ExifTags.IFD.GPSInfo)
    lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
    # Cameras that found nothing write 0, 0.
    if not (abs(lon) <= 180 and abs(lat) <= 90) or lon == lat == 0:
        return {}
    return {"lon": lon, "lat": lat, "datum": _words(gps.get(ExifTags.GPS.GPSMapDatum))[:40]}


def _degrees(parts: Any, half: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    total = degrees + minutes / 60 + seconds / 3600
    return -total if _words(half).upper() == negative else total


def _words(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return text.replace("\0", "").strip()


JOBS: Final = {"photo": prepare, "blur": blur}


def main(arguments: list[str]) -> None:
    """Do jobs until nobody gives any more."""
    memory, seconds = map(int, arguments)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked_on, told_on = sys.stdin.buffer, sys.stdout.buffer
    while line := asked_on.readline():
        asked = json.loads(line)
        raw = asked_on.read(asked["size"])
        _begin_clock(seconds)
        try:
            told, *bodies = JOBS[asked["job"]](raw, asked)
        except _RefusedError as refused:
            _answer(told_on, {"fault": refused.fault})
        except MemoryError:
            # What was left half done may still hold the memory: the next job gets a new process.
            _answer(told_on, {"fault": "too-heavy"})
            return
        else:
            _answer(told_on, told, *bodies)


def _begin_clock(seconds: int) -> None:
    """Give this job its seconds of the processor, beyond what went before."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used) + seconds, hard))


def _answer(told_on: BinaryIO, told: dict[str, Any], *bodies: bytes) -> None:
    head = told | {"sizes": [len(body) for body in bodies]}
    told_on.write(json.dumps(head).encode() + b"\n" + b"".join(bodies))
    told_on.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
