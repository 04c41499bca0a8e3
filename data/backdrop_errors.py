"""Why a file cannot lie under a plan, or cannot be placed as asked."""

from typing import Any, Literal

BackdropFault = Literal[
    "too-large",
    "too-many-pixels",
    "too-many-lines",
    "too-many",
    "unknown-kind",
    "binary-drawing",
    "pdf-locked",
    "pdf-damaged",
    "pdf-too-many-pages",
    "pdf-no-such-page",
    "pdf-too-heavy",
    "pdf-blank",
    "damaged",
    "empty-drawing",
    "unknown-system",
    "elsewhere",
    "too-few",
    "same-place",
    "in-line",
    "mirrored",
]


class BackdropError(Exception):
    """A backdrop is refused; nothing has changed.

    Parameters
    ----------
    fault
        What is wrong.
    params
        For `elsewhere`: `lon`, `lat` of where it would lie (None where that is nowhere) and
        `fitting`, the systems with which it would lie over the town. For limits: `most`.
        For pages: `page`, and `pages`, how many there are.
    """

    def __init__(self, fault: BackdropFault, **params: Any) -> None:
        super().__init__(fault)
        self.fault = fault
        self.params = params
