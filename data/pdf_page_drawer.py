"""A program that draws one page of a PDF: the file comes on stdin, the picture goes to stdout.

It runs as a process of its own (`data.backdrop_pages` starts it), because PDFium serves one thread
at a time, and because a file that is made to be slow, to fill the memory or to break the library
must not take the server with it.

Arguments: the page, counted from 1; the longest side of the picture in pixels; the most pages of a
file; the most pixels of the pictures on the page; seconds of the processor; bytes of memory.

It answers with one line of JSON, `{"width", "height", "pages"}`, and the rows of the picture, three
bytes a pixel; or with `{"fault", "params"}` alone.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
import pypdfium2.raw

_DEEPEST: Final = 15
_LOCKED: Final = (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)


class _RefusedError(Exception):
    def __init__(self, fault: str, **params: int) -> None:
        super().__init__(fault)
        self.fault = fault
        self.params = params


@dataclass(frozen=True)
class Picture:
    """A drawn page: its rows, three bytes a pixel, and how many pages the file has."""

    rows: bytes
    width_px: int
    height_px: int
    pages: int


def draw(raw: bytes, number: int, longest_px: int, most_pages: int, most_pixels: int) -> Picture:
    """Draw a page; what is too much is found before anything is drawn."""
    try:
        with pypdfium2.PdfDocument(raw) as document:
            pages = len(document)
            if pages > most_pages:
                raise _RefusedError("pdf-too-many-pages", most=most_pages, pages=pages)
            if number > pages > 0:
                raise _RefusedError("pdf-no-such-page", page=number, pages=pages)
            page = document[number - 1]
            if _pixels_on(page) > most_pixels:
                raise _RefusedError("too-many-pixels", most=most_pixels)
            return _render(page, longest_px, pages)
    except pypdfium2.PdfiumError as error:
        raise _RefusedError("pdf-locked" if error.err_code in _LOCKED else "pdf-damaged") from error


def _pixels_on(page: Any) -> int:
    """Pixels of all pictures on a page, by what the file says of them."""
    kinds = [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    return sum(
        math.prod(found.get_px_size()) for found in page.get_objects(kinds, max_depth=_DEEPEST)
    )


def _render(page: Any, longest_px: int, pages: int) -> Picture:
    sides = page.get_size()
    scale = longest_px / max(1e-6, *sides)
    if not min(sides) * scale >= 1:
        raise _RefusedError("pdf-damaged")
    bitmap = page.render(scale=scale, rev_byteorder=True)
    row, whole = 3 * bitmap.width, memoryview(bitmap.buffer).cast("B")
    rows = b"".join(
        whole[start : start + row]
        for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
    )
    return Picture(rows, bitmap.width, bitmap.height, pages)


def main(arguments: list[str]) -> None:
    """Draw the page that the arguments name."""
    number, longest_px, most_pages, most_pixels, seconds, memory = map(int, arguments)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        drawn = draw(sys.stdin.buffer.read(), number, longest_px, most_pages, most_pixels)
    except _RefusedError as refused:
        _answer({"fault": refused.fault, "params": refused.params}, b"")
    except MemoryError:
        _answer({"fault": "pdf-too-heavy", "params": {}}, b"")
    else:
        head = {"width": drawn.width_px, "height": drawn.height_px, "pages": drawn.pages}
        _answer(head, drawn.rows)


def _answer(head: dict[str, Any], rows: bytes) -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    sys.stdout.buffer.write(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
