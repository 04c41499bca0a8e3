"""What can go wrong when grids are made: the input, or the result."""

from __future__ import annotations


class GridError(Exception):
    """Root of the errors of grid generation.

    Parameters
    ----------
    code
        Stable name of the error, for programs (``area_invalid``, ``areas_overlap`` …).
    message_zh, message_en
        What is wrong, where, and what to mend, in plain words.
    """

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en

    def __reduce__(self) -> tuple[type[GridError], tuple[str, str, str]]:
        """Let it come back from another process as it was."""
        return type(self), (self.code, self.message_zh, self.message_en)


class GridInputError(GridError):
    """The input cannot be divided until its owner mends it."""


class GridPlanError(GridError):
    """The finished plan failed its own check and is not handed out."""
