"""Pictures are decoded in processes of their own: what breaks one breaks nothing else."""

import io
import os
import signal
import struct
import zlib
from collections.abc import Iterator

import pytest
from photo_files import noise, picture
from PIL import Image

from data.photos import PhotoError, blur_picture, prepare_picture
from data.picture_workers import PictureWorkers


@pytest.fixture
def workers() -> Iterator[PictureWorkers]:
    """One process, begun when it is needed."""
    made = PictureWorkers(1)
    yield made
    made.close()


def fault(workers: PictureWorkers, raw: bytes) -> str:
    """Why a picture is refused."""
    with pytest.raises(PhotoError) as refused:
        prepare_picture(workers, raw)
    return refused.value.fault


def processes(workers: PictureWorkers) -> list[int]:
    """Ids of the idle processes."""
    return [process.pid for process in workers._idle]


def test_one_process_does_one_job_after_the_other(workers: PictureWorkers) -> None:
    assert processes(workers) == []
    first = prepare_picture(workers, picture((3000, 1500)))
    begun = processes(workers)
    again = prepare_picture(workers, picture((3000, 1500)))
    assert (first.width_px, first.height_px) == (2560, 1280)
    assert first.sha256 == again.sha256
    assert processes(workers) == begun
    assert len(begun) == 1


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG of one bit a pixel that says it has this size, with these rows in it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "unknown-kind"),
        (b"GIF89a" + bytes(40), "unknown-kind"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "heic"),
        (b"\xff\xd8\xff" + bytes(4000), "unknown-kind"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(40), "damaged"),
        (noise()[:-3000], "damaged"),
        (png(60_000, 60_000, zlib.compress(bytes(60_000))), "too-many-pixels"),
        (png(2**31 - 1, 2**31 - 1, b""), "too-many-pixels"),
        (png(7000, 7000, zlib.compress(bytes(500))), "damaged"),
        (bytes(15 * 1024 * 1024 + 1), "too-large"),
    ],
    ids=[
        *("empty", "gif", "heic", "no jpeg", "no webp", "broken off"),
        *("bomb", "larger bomb", "too few rows", "15 MB"),
    ],
)
def test_what_is_no_whole_picture_is_refused(
    workers: PictureWorkers, raw: bytes, expected: str
) -> None:
    assert fault(workers, raw) == expected
    assert prepare_picture(workers, picture()).width_px == 400


def test_too_little_memory_refuses_one_picture_and_not_the_next() -> None:
    workers = PictureWorkers(1, memory_bytes=300 * 1024 * 1024)
    assert fault(workers, picture((8000, 6000), "PNG", mode="RGBA")) == "too-heavy"
    assert processes(workers) == []
    assert prepare_picture(workers, picture()).width_px == 400
    workers.close()


def test_what_takes_too_long_is_ended() -> None:
    slow = picture((7000, 7000), "PNG")
    for workers in (PictureWorkers(1, processor_s=0), PictureWorkers(1, wait_s=0.01)):
        assert fault(workers, slow) == "too-heavy"
        assert processes(workers) == []
        workers.close()


def test_a_process_that_was_ended_is_replaced(workers: PictureWorkers) -> None:
    prepare_picture(workers, picture())
    (process,) = workers._idle
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert prepare_picture(workers, picture()).width_px == 400
    assert processes(workers) != [process.pid]


def test_what_was_blurred_is_gone(workers: PictureWorkers) -> None:
    whole = prepare_picture(workers, noise())
    done = blur_picture(
        workers,
        whole.body,
        [[(100, 100), (400, 100), (400, 300), (100, 300)], [(5, 5), (9, 5), (5, 9)]],
    )
    assert (done.width_px, done.height_px) == (900, 600)
    before, after = (Image.open(io.BytesIO(body)).convert("L") for body in (whole.body, done.body))
    inside, outside = (110, 110, 390, 290), (500, 320, 880, 580)

    def spread(image: Image.Image, box: tuple[int, int, int, int]) -> float:
        low, high = image.crop(box).getextrema()
        return float(high) - float(low)

    assert spread(before, inside) > 200
    assert spread(after, inside) < 40
    assert spread(after, outside) > 200


def test_a_part_beside_the_picture_changes_nothing(workers: PictureWorkers) -> None:
    whole = prepare_picture(workers, noise())
    far = blur_picture(workers, whole.body, [[(2000, 10), (2100, 10), (2100, 90)]])
    with Image.open(io.BytesIO(far.body)) as kept, Image.open(io.BytesIO(whole.body)) as was:
        pairs = zip(kept.convert("L").tobytes(), was.convert("L").tobytes(), strict=True)
        assert sum(abs(a - b) for a, b in pairs) / (900 * 600) < 8
