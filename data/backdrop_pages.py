"""Pages of PDF files under a plan: drawn by a process of their own, within bounds."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from data.backdrop_errors import BackdropError
from data.backdrop_scans import LONGEST_SIDE_PX, MOST_PIXELS, Pixels

logger = logging.getLogger(__name__)

MOST_PAGES: Final = 1000
MOST_PROCESSOR_S: Final = 30
MOST_WAIT_S: Final = 120
MOST_MEMORY_BYTES: Final = 2 * 1024**3
_BEGINS_WITHIN: Final = 1024
_DRAWER: Final = Path(__file__).with_name("pdf_page_drawer.py")


@dataclass(frozen=True)
class DrawnPage:
    """A page as a picture.

    Attributes
    ----------
    pixels
        (height, width, 4), red, green, blue, alpha; 4,096 pixels on its longer side.
    number, pages
        Which page it is, counted from 1, and how many the file has.
    """

    pixels: Pixels
    number: int
    pages: int


def is_pdf(raw: bytes) -> bool:
    """Whether a file is a PDF: its header may stand behind other bytes, as readers allow."""
    return b"%PDF-" in raw[:_BEGINS_WITHIN]


def draw_page(raw: bytes, number: int) -> DrawnPage:
    """Draw a page of a PDF on white.

    Parameters
    ----------
    number
        Counted from 1.

    Raises
    ------
    BackdropError
        `pdf-locked`, `pdf-damaged`, `pdf-too-many-pages`, `pdf-no-such-page` and
        `too-many-pixels`, all before anything is drawn; `pdf-too-heavy` when drawing takes too
        much time or memory; `pdf-blank` when nothing is to be seen.
    """
    limits = (LONGEST_SIDE_PX, MOST_PAGES, MOST_PIXELS, MOST_PROCESSOR_S, MOST_MEMORY_BYTES)
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_DRAWER), str(number), *map(str, limits)],
            input=raw,
            capture_output=True,
            timeout=MOST_WAIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BackdropError("pdf-too-heavy") from error
    if done.returncode < 0:
        # Killed at one of its limits, or PDFium gave up on the file.
        logger.warning("a PDF page could not be drawn: signal %d", -done.returncode)
        raise BackdropError("pdf-too-heavy")
    if done.returncode > 0:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    line, _, rows = done.stdout.partition(b"\n")
    head = json.loads(line)
    if "fault" in head:
        raise BackdropError(head["fault"], **head["params"])
    colours = np.frombuffer(rows, dtype=np.uint8).reshape(head["height"], head["width"], 3)
    if (colours == colours[0, 0]).all():
        raise BackdropError("pdf-blank", page=number)
    pixels = np.full((*colours.shape[:2], 4), 255, dtype=np.uint8)
    pixels[..., :3] = colours
    return DrawnPage(pixels, number, head["pages"])
