"""Every sentence an import can say about a bad file, in Chinese and English.

Each has two halves: what is wrong, and what to do about it. A test walks over
the table, so that no half is missing in either language.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Message:
    """What is wrong and what to mend, in both languages."""

    wrong_zh: str
    mend_zh: str
    wrong_en: str
    mend_en: str

    def wrong(self, language: Language) -> str:
        """Return what is wrong, with its blanks still open."""
        return self.wrong_zh if language == "zh" else self.wrong_en

    def mend(self, language: Language) -> str:
        """Return what to do, with its blanks still open."""
        return self.mend_zh if language == "zh" else self.mend_en
