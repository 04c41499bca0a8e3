"""Cards to share in a chat group: a picture of 750 px, drawn here, that names nobody.

What it shows stands in the case: its number, kind, state and grid, never the address or what was
written. Photos are those of the case as they are now, with what was made unreadable.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import segno
from PIL import Image, ImageDraw, ImageOps

from data.exports.chinese_fonts import chinese_font

WIDTH_PX: Final = 750
PADDING_PX: Final = 40
_PHOTO_GAP_PX: Final = 18
_PHOTO_PX: Final = (WIDTH_PX - 2 * PADDING_PX - _PHOTO_GAP_PX) // 2
_QR_PX: Final = 168
_PAPER, _INK, _QUIET, _LINE = "#ffffff", "#14202b", "#5a6672", "#d9dee3"
Mark = Literal["done", "open", "late", "stopped"]
# Told apart by the sign in front too, for who sees no difference in colour.
_MARKS: Final[dict[Mark, tuple[str, str]]] = {
    "done": ("✓", "#1f6f5c"),
    "open": ("…", "#2b5c8a"),
    "late": ("!", "#a63d1f"),
    "stopped": ("–", "#5a6672"),
}


@dataclass(frozen=True)
class Card:
    """What a card says; all words are in the language of the reader.

    Parameters
    ----------
    mark
        Which sign and colour the state has.
    lines
        Below the title, such as where and when.
    photos
        JPEG bytes with the word over each; at most four, two in a row.
    address
        What the QR code opens.
    """

    office: str
    title: str
    state: str
    mark: Mark
    lines: Sequence[str]
    photos: Sequence[tuple[str, bytes]]
    address: str
    scan: str

    @property
    def facts(self) -> str:
        """All that makes two cards differ."""
        shown = [f"{word}:{len(body)}" for word, body in self.photos]
        told = (self.office, self.title, self.state, self.mark, *self.lines, *shown)
        return "\n".join((*told, self.address, self.scan))


def draw_card(card: Card) -> bytes:
    """Draw a card as PNG.

    Raises
    ------
    NoFontError
        The machine has no Chinese font.
    """
    lines = [piece for line in card.lines for piece in _wrapped(line, 30, _text_px())]
    titles = _wrapped(card.title, 46, _text_px(), bold=True)
    rows = (len(card.photos) + 1) // 2
    head_px = 96
    height = (
        head_px
        + 44
        + 64 * len(titles)
        + 84
        + 46 * len(lines)
        + rows * (_PHOTO_PX + 60)
        + _QR_PX
        + 2 * PADDING_PX
    )
    sheet = Image.new("RGB", (WIDTH_PX, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    _head(pen, card, head_px)
    y: float = head_px + 36
    for title in titles:
        pen.text((PADDING_PX, y), title, _INK, chinese_font(46, bold=True))
        y += 64
    y = _state(pen, card, y + 12)
    for line in lines:
        pen.text((PADDING_PX, y), line, _INK, chinese_font(30))
        y += 46
    y = _photos(sheet, pen, card, y + 14)
    _foot(sheet, pen, card, y + 12)
    out = io.BytesIO()
    # Photos make a PNG of all colours large; 200 are enough in a chat.
    (sheet.quantize(200, dither=Image.Dither.FLOYDSTEINBERG) if card.photos else sheet).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def _text_px() -> int:
    return WIDTH_PX - 2 * PADDING_PX


def _wrapped(words: str, size_px: int, width_px: int, *, bold: bool = False) -> list[str]:
    """Break a line where it is full; Chinese breaks anywhere, Latin words at their spaces."""
    font = chinese_font(size_px, bold=bold)
    lines: list[str] = []
    line = ""
    for piece in _pieces(words):
        if line and font.getlength(line + piece) > width_px:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line else lines


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for mark in words:
        joins = pieces and mark.isascii() and mark != " " and pieces[-1][-1].isascii()
        if joins and pieces[-1][-1] != " ":
            pieces[-1] += mark
        else:
            pieces.append(mark)
    return pieces


def _head(pen: ImageDraw.ImageDraw, card: Card, height: int) -> None:
    pen.rectangle((0, 0, WIDTH_PX, height), _INK)
    pen.text((PADDING_PX, height / 2), card.office, _PAPER, chinese_font(32, bold=True), "lm")


def _state(pen: ImageDraw.ImageDraw, card: Card, y: float) -> float:
    sign, colour = _MARKS[card.mark]
    font = chinese_font(30, bold=True)
    words = f"{sign}  {card.state}"
    wide = font.getlength(words) + 40
    pen.rounded_rectangle((PADDING_PX, y, PADDING_PX + wide, y + 54), 10, colour)
    pen.text((PADDING_PX + 20, y + 27), words, _PAPER, font, "lm")
    return y + 76


def _photos(sheet: Image.Image, pen: ImageDraw.ImageDraw, card: Card, y: float) -> float:
    for number, (word, body) in enumerate(card.photos):
        x = PADDING_PX + (number % 2) * (_PHOTO_PX + _PHOTO_GAP_PX)
        top = int(y) + (number // 2) * (_PHOTO_PX + 60)
        pen.text((x, top), word, _QUIET, chinese_font(26))
        sheet.paste(_square(body), (x, top + 40))
    return y + ((len(card.photos) + 1) // 2) * (_PHOTO_PX + 60)


def _square(body: bytes) -> Image.Image:
    """The middle of a photo; a large JPEG is decoded no larger than it is shown."""
    with Image.open(io.BytesIO(body), formats=("JPEG",)) as photo:
        photo.draft("RGB", (2 * _PHOTO_PX, 2 * _PHOTO_PX))
        return ImageOps.fit(photo.convert("RGB"), (_PHOTO_PX, _PHOTO_PX))


def _foot(sheet: Image.Image, pen: ImageDraw.ImageDraw, card: Card, y: float) -> None:
    pen.line((PADDING_PX, y, WIDTH_PX - PADDING_PX, y), _LINE, 2)
    top = int(y) + 22
    sheet.paste(_qr(card.address), (PADDING_PX, top))
    x = PADDING_PX + _QR_PX + 26
    for number, line in enumerate(_wrapped(card.scan, 26, WIDTH_PX - PADDING_PX - x)):
        pen.text((x, top + 34 + 40 * number), line, _QUIET, chinese_font(26))


def _qr(address: str) -> Image.Image:
    """A code whose modules are all of the same size, in the middle of its square."""
    code = segno.make(address, error="m", micro=False)
    scale = max(1, _QR_PX // code.symbol_size(border=1)[0])
    drawn = io.BytesIO()
    code.save(drawn, kind="png", border=1, scale=scale)
    square = Image.new("RGB", (_QR_PX, _QR_PX), _PAPER)
    with Image.open(drawn) as picture:
        gap = (_QR_PX - picture.width) // 2
        square.paste(picture.convert("RGB"), (gap, gap))
    return square
