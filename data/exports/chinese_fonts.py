"""The machine's Chinese font, for pictures that are drawn here."""

import shutil
import subprocess
from functools import cache

from PIL import ImageFont

WANTED = "Noto Sans CJK SC,Noto Sans SC,Source Han Sans SC,WenQuanYi Micro Hei,sans-serif"


class NoFontError(Exception):
    """This machine has no font that knows Chinese: install fonts-noto-cjk."""


@cache
def chinese_font(size_px: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A font for Chinese and Latin letters.

    Raises
    ------
    NoFontError
    """
    path, index = _file(bold=bold)
    return ImageFont.truetype(path, size_px, index=index, layout_engine=ImageFont.Layout.BASIC)


@cache
def _file(*, bold: bool) -> tuple[str, int]:
    program = shutil.which("fc-match")
    if program is None:
        raise NoFontError
    weight = "bold" if bold else "regular"
    asked = [program, "-f", "%{lang}\n%{file}\n%{index}", f"{WANTED}:lang=zh-cn:weight={weight}"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    lines = found.stdout.split("\n")
    # Where nothing fits, fontconfig names any font at all.
    if found.returncode != 0 or len(lines) < 3 or "zh-cn" not in lines[0].split("|"):
        raise NoFontError
    # The upper half of an index names an instance of a variable font.
    return lines[1], int(lines[2]) & 0xFFFF
