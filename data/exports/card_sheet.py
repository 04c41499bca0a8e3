"""Sign-in cards on A4: eight a sheet, to be cut apart and handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from data.exports.paper import check_pdf, qr_svg, write_pdf

Language = Literal["zh", "en"]
CARDS_A_SHEET: Final = 8
_WORDS: Final = {
    "zh": {
        "title": "登录卡",
        "use": "用手机相机扫一扫，或在登录页选“用登录卡”并输入卡号。第一次使用时自己设一个 PIN。",
        "until": "请在 {day} 前首次使用，过期作废。",
        "lost": "遗失请马上告诉管理员作废。卡和 PIN 不要放在一起。",
    },
    "en": {
        "title": "Sign-in card",
        "use": "Scan with the phone's camera, or choose “Use a card” when signing in and enter the "
        "number. At the first use choose a PIN of your own.",
        "until": "Use it for the first time before {day}.",
        "lost": "When lost, tell the administrator at once. Keep the PIN apart from the card.",
    },
}


@dataclass(frozen=True)
class PrintedCard:
    """A card as it is printed.

    Parameters
    ----------
    code
        The secret: whoever has it and the PIN gets in.
    """

    name: str
    code: str


def write_cards(
    path: Path,
    cards: Sequence[PrintedCard],
    *,
    place: str,
    base: str,
    first_use_before: date,
    language: Language = "zh",
) -> int:
    """Write cards as a PDF; the number of its pages.

    Parameters
    ----------
    place
        Whose cards these are, such as the district's name.
    base
        Address of the site, such as ``https://sanbai.example.cn``.
    first_use_before
        The day after which an unused card opens nothing.

    Raises
    ------
    GridFileError
        As of `check_pdf` and `write_pdf`.
    """
    check_pdf(path, force=True)
    words = _WORDS[language] | {
        "until": _WORDS[language]["until"].format(day=first_use_before.isoformat())
    }
    drawn = [
        {
            "name": card.name,
            "code": _in_lines(card.code),
            "qr": qr_svg(card_address(base, card.code)),
        }
        for card in cards
    ]
    sheets = [drawn[at : at + CARDS_A_SHEET] for at in range(0, len(drawn), CARDS_A_SHEET)]
    return write_pdf(
        path, "cards.html", "A4", sheets=sheets, place=place, words=words, language=language
    )


def _in_lines(code: str) -> list[str]:
    """Two groups a line: so it is read out and typed in."""
    groups = code.split("-")
    return ["-".join(groups[at : at + 2]) for at in range(0, len(groups), 2)]


def card_address(base: str, code: str) -> str:
    """The address that a card's QR code opens; what stands after # is never sent to a server."""
    return f"{base.rstrip('/')}/#/card/{code}"
