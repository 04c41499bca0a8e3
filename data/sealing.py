"""Sealing short secrets that have to be read again, such as the address of a chat robot.

The key lies beside the database, not in it: whoever comes by a dump alone reads nothing. It is the
setting `SANBAI_SEAL_KEY`, or is made once and kept in the home folder, for its owner only.
"""

import base64
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

KEY_FILE: Final = "seal.key"
_KEY_BYTES: Final = 32


class SealError(Exception):
    """What was sealed cannot be opened: it was sealed with another key."""


class Seal:
    """Seals words with a key, and opens what was sealed with it (AES-128-CBC with HMAC, Fernet)."""

    def __init__(self, key: str) -> None:
        digest = hashlib.sha256(f"sanbai seal {key}".encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def close(self, words: str) -> bytes:
        """Seal words; twice the same look different."""
        return self._fernet.encrypt(words.encode())

    def open(self, sealed: bytes) -> str:
        """The words that were sealed.

        Raises
        ------
        SealError
            They were sealed with another key, or changed since.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SealError from None


def open_seal(home: Path, key: str | None) -> Seal:
    """The seal of a server.

    Parameters
    ----------
    home
        Folder in which the key is made and kept where none is given.
    key
        As set; several servers on one database need the same.
    """
    return Seal(_kept_key(home) if key is None else key)


def _kept_key(home: Path) -> str:
    path = home / KEY_FILE
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(_KEY_BYTES), encoding="ascii")
        try:
            # Of two processes that begin together the second finds the first's key, whole.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
