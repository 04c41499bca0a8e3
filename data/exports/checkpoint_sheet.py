"""Checkpoints on A4: eight a sheet, to be cut apart, laminated and put up where they belong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from data.exports.card_sheet import CARDS_A_SHEET
from data.exports.paper import check_pdf, qr_svg, write_pdf

Language = Literal["zh", "en"]
_WORDS: Final = {
    "zh": {
        "title": "巡查打卡点",
        "use": "巡查到此，在巡查页点“扫码打卡”对准二维码；扫不了就手工输入编号。",
        "until": "打卡只记这里附近的街巷有人走过，会注明是扫码得来。",
        "lost": "如有破损或移位，请告诉社区或街道指挥中心。",
    },
    "en": {
        "title": "Patrol checkpoint",
        "use": "On your round, choose “Scan a checkpoint” on the duty page, or type in the number.",
        "until": "It only says that the streets around here were visited, marked as scanned.",
        "lost": "If it is damaged or was moved, please tell the community or the street's office.",
    },
}


@dataclass(frozen=True)
class PrintedCheckpoint:
    """A checkpoint as it is printed; `address` is what its QR code says."""

    name: str
    code: str
    address: str


def write_checkpoints(
    path: Path,
    checkpoints: Sequence[PrintedCheckpoint],
    *,
    place: str,
    language: Language = "zh",
) -> int:
    """Write checkpoints as a PDF; the number of its pages.

    Raises
    ------
    GridFileError
        As of `check_pdf` and `write_pdf`.
    """
    check_pdf(path, force=True)
    drawn = [
        {"name": one.name, "code": [one.code], "qr": qr_svg(one.address)} for one in checkpoints
    ]
    sheets = [drawn[at : at + CARDS_A_SHEET] for at in range(0, len(drawn), CARDS_A_SHEET)]
    return write_pdf(
        path,
        "cards.html",
        "A4",
        sheets=sheets,
        place=place,
        words=_WORDS[language],
        language=language,
    )
