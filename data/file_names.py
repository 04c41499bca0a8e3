"""Names of files that people send."""

import re
from typing import Final

MOST_CHARACTERS: Final = 120
# What separates folders, controls a terminal or turns the direction of a text.
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069<>:\"|?*]")


def plain_name(name: str, otherwise: str) -> str:
    """The last part of a file's name, made safe to show and to save under.

    Parameters
    ----------
    name
        As it was sent; folders before it are left out.
    otherwise
        Its name when nothing is left of it.
    """
    last = _UNSAFE.sub("", re.split(r"[/\\]", name)[-1]).strip(" .")
    if len(last) > MOST_CHARACTERS:
        stem, dot, suffix = last.rpartition(".")
        keep = f"{dot}{suffix}" if stem and len(suffix) <= 8 else ""
        last = last[: MOST_CHARACTERS - len(keep)] + keep
    return last or otherwise
