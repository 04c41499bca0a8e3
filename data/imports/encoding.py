"""Text of unknown encoding: UTF-8 or GBK, told apart by what can be read, never by trust.

A .cpg file or an Excel export often names an encoding that is not the one used. Chinese in
GBK is practically never valid UTF-8, so the bytes themselves are the better witness.
"""

import codecs
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from data.imports.problems import ImportFileError

_GUESSES: Final = ("utf-8", "gb18030")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CJK = re.compile(r"[\u4e00-\u9fff]")
_LATIN_RUN = re.compile(r"[\u0080-\u00ff\u0152-\u0178\u2013-\u2122]{4,}")
_DBF_MAX_CHECKED_BYTES = 64_000_000
# Values wider than this that end in half a character were cut off, not misread.
_CUT_TAIL_BYTES = 3


def decode_text(raw: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Decode a text file.

    Parameters
    ----------
    raw
        The file's bytes; a byte order mark wins over everything.
    encoding
        What the caller says it is; None to find out.

    Returns
    -------
    text, encoding
        The text without byte order mark, and the encoding it was in.

    Raises
    ------
    ImportFileError
        If it is in none of the encodings tried; names the row where reading stops.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return _decode_strictly(raw, name), name.removesuffix("-sig")
    if encoding is not None:
        return _decode_strictly(raw, _known(encoding)), encoding
    farthest = 0
    for name in _GUESSES:
        try:
            return raw.decode(name), name
        except UnicodeDecodeError as error:
            farthest = max(farthest, error.start)
    raise ImportFileError("encoding_unknown", row=raw.count(b"\n", 0, farthest) + 1)


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise ImportFileError("encoding_wrong", encoding=encoding, row=1) from error
    # GBK and GB2312 files of today hold characters that only GB 18030 knows.
    return "gb18030" if name in {"gbk", "gb2312"} else name


def _decode_strictly(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise ImportFileError("encoding_wrong", encoding=name, row=row) from error


def is_garbled(text: str) -> bool:
    """Tell whether a text was once decoded wrongly (mojibake).

    Three signs: the replacement character and what it turns into in GBK; a long run of Latin
    letters with accents that is Chinese when read as UTF-8 or GBK; Chinese in GBK whose bytes
    are Chinese in UTF-8. Names such as "Vilimalé" pass.
    """
    if text.isascii():
        return False
    if "\ufffd" in text or "锟斤拷" in text or "烫烫烫" in text:
        return True
    run = _LATIN_RUN.search(text)
    if run is not None and any(
        _reads_as_chinese(run.group(), wrong, right)
        for wrong in ("latin-1", "cp1252")
        for right in ("utf-8", "gb18030")
    ):
        return True
    return _CJK.search(text) is not None and _reads_as_chinese(text, "gb18030", "utf-8")


def _reads_as_chinese(text: str, wrong: str, right: str) -> bool:
    try:
        return _CJK.search(text.encode(wrong).decode(right)) is not None
    except UnicodeError:
        return False


def dbf_encoding(path: Path, declared: str | None) -> str | None:
    """Find the encoding of a DBF's text from its bytes.

    Parameters
    ----------
    path
        The .dbf file.
    declared
        What the .cpg file or the caller says; kept where the bytes allow it.

    Returns
    -------
    str or None
        Its name, or None when the table holds nothing but ASCII.

    Raises
    ------
    ImportFileError
        If no encoding reads it.
    """
    samples = list(_dbf_texts(path))
    if all(value.isascii() for _, value in samples):
        return None
    guesses = [*([_known(declared)] if declared is not None else []), *_GUESSES]
    row = 1
    for name in guesses:
        bad = next((row for row, value in samples if not _decodes(value, name)), None)
        if bad is None:
            return name.upper()
        row = max(row, bad)
    raise ImportFileError("encoding_unknown", row=row)


def _decodes(value: bytes, encoding: str) -> bool:
    """Tell whether bytes are text, allowing half a character cut off at the field's end."""
    try:
        value.decode(encoding)
    except UnicodeDecodeError as error:
        return len(value) > _CUT_TAIL_BYTES and error.start >= len(value) - _CUT_TAIL_BYTES
    return True


def decode_cut(value: bytes, encoding: str) -> str:
    """Decode text of a DBF, dropping half a character cut off at its end."""
    try:
        return value.decode(encoding)
    except UnicodeDecodeError as error:
        return value[: error.start].decode(encoding)


def _dbf_texts(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (row, bytes) of each text value of a DBF; row 0 for the column names."""
    raw = path.read_bytes()[:_DBF_MAX_CHECKED_BYTES]
    if len(raw) < 32:
        raise ImportFileError("file_unreadable", path=path.name, reason="DBF")
    header_size, record_size = struct.unpack_from("<HH", raw, 8)
    offset, columns = 1, []
    for start in range(32, header_size - 31, 32):
        if raw[start : start + 1] == b"\r" or start + 32 > len(raw):
            break
        yield 0, raw[start : start + 11].split(b"\0")[0]
        width = raw[start + 16]
        if raw[start + 11 : start + 12] == b"C":
            columns.append((offset, width))
        offset += width
    for row, start in enumerate(range(header_size, len(raw) - record_size + 1, record_size or 1)):
        for at, width in columns:
            value = raw[start + at : start + at + width].rstrip(b" \0")
            if not value.isascii():
                yield row + 1, value
