"""Which files of a folder or an archive hold tracks, and whose they are by their names."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import ZipInfo
from zoneinfo import ZoneInfo

from data.imports.limits import ARCHIVE_ERRORS, MAX_FILE_BYTES
from data.imports.problems import ImportFileError
from data.imports.source import format_of, is_clutter, open_archive
from data.imports.tracks.fixes import TrackFile
from data.imports.tracks.loggers import is_fit, read_fit_fixes, read_gpx_fixes
from data.imports.tracks.tables import read_csv_fixes, read_other_fixes
from geo.datum import Datum

MOST_FILES: Final = 100_000
# The whole tree of a GPX file is held in memory: some twelve times its bytes.
MAX_GPX_BYTES: Final = 256 << 20
_CLUTTER: Final = frozenset({"thumbs.db", "desktop.ini"})
_ENCRYPTED_FLAG: Final = 0x1


@dataclass(frozen=True)
class TrackSource:
    """A file to read: its name as seen from what was given, and where it lies now.

    ``refused`` says why it could not even be opened: an archive that is broken.
    """

    name: str
    path: Path
    refused: ImportFileError | None = None


@dataclass(frozen=True)
class TrackWords:
    """What the caller says of all files.

    Parameters
    ----------
    columns
        Ours → the file's.
    crs, datum, layer, encoding
        As for `data.imports.read.read_features`; GPX and FIT are WGS 84 unless `datum` says else.
    zone
        Of times that say none.
    """

    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    datum: Datum | None = None
    layer: str | None = None
    encoding: str | None = None


def track_sources(given: Path) -> Iterator[TrackSource]:
    """Walk over a file, a folder with all below it, or a ZIP; what a ZIP holds is unpacked singly.

    Yields
    ------
    TrackSource
        Its path is good until the next one is asked for.

    Raises
    ------
    ImportFileError
        If there is nothing of that name.
    """
    if given.is_dir():
        found = sorted(path for path in given.rglob("*") if path.is_file() and not _hidden(path))
        if not found:
            raise ImportFileError("no_rows", layer=given.name)
        for path in found[:MOST_FILES]:
            yield from _file_or_archive(path, path.relative_to(given).as_posix())
        return
    if not given.is_file():
        raise ImportFileError("file_missing", path=given.name)
    yield from _file_or_archive(given, given.name)


def _hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower() in _CLUTTER


def _file_or_archive(path: Path, name: str) -> Iterator[TrackSource]:
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    if not packed or format_of(path) != "zip":
        yield TrackSource(name, path)
        return
    try:
        yield from _unpacked(path)
    except ImportFileError as error:
        yield TrackSource(name, path, error)


def _unpacked(path: Path) -> Iterator[TrackSource]:
    with open_archive(path) as archive, tempfile.TemporaryDirectory(prefix="sanbai-") as folder:
        entries = [entry for entry in archive.infolist() if not _is_noise(entry)]
        _refuse_larger(sum(entry.file_size for entry in entries), MAX_FILE_BYTES)
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            # A name of our own: one from an archive could lead out of the folder.
            target = Path(folder) / f"track{PurePosixPath(name).suffix.lower()}"
            try:
                if entry.flag_bits & _ENCRYPTED_FLAG:
                    raise ImportFileError("zip_broken", path=path.name, reason="password")
                with archive.open(entry) as packed, target.open("wb") as out:
                    while piece := packed.read(1 << 20):
                        out.write(piece)
            except ARCHIVE_ERRORS as error:
                raise ImportFileError("zip_broken", path=path.name, reason=str(error)) from error
            yield TrackSource(name, target)
            target.unlink()


def _is_noise(entry: ZipInfo) -> bool:
    return is_clutter(entry) or _hidden(Path(entry.filename.replace("\\", "/")))


def read_track_file(source: TrackSource, words: TrackWords) -> TrackFile:
    """Read one file of tracks, whatever its format.

    Raises
    ------
    ImportFileError
        If it cannot be read as tracks.
    """
    path = source.path
    size = path.stat().st_size
    if size == 0:
        raise ImportFileError("file_empty", path=source.name)
    _refuse_larger(size, MAX_FILE_BYTES)
    if is_fit(path):
        return read_fit_fixes(path, datum=words.datum)
    found = format_of(path)
    if found == "gpx":
        _refuse_larger(size, MAX_GPX_BYTES)
        return read_gpx_fixes(path, datum=words.datum)
    if found == "csv" and words.crs is None:
        return read_csv_fixes(
            path,
            columns=words.columns,
            datum=words.datum,
            encoding=words.encoding,
            zone=words.zone,
        )
    return read_other_fixes(
        path,
        columns=words.columns,
        crs=words.crs,
        datum=words.datum,
        layer=words.layer,
        encoding=words.encoding,
        zone=words.zone,
    )


def _refuse_larger(size: int, limit: int) -> None:
    if size > limit:
        raise ImportFileError("file_too_large", size_mb=size >> 20, limit_mb=limit >> 20)


def login_of_name(name: str, logins: Sequence[str], pattern: str | None) -> str | None:
    """Tell whose tracks a file holds from its path.

    Parameters
    ----------
    name
        As seen from the folder or archive, with slashes.
    logins
        All that there are.
    pattern
        Such as ``track_{login}_*``, for the name without its suffix or the whole path; None
        looks for a login that stands by itself anywhere in the path.

    Returns
    -------
    str or None
        None where the path names nobody.

    Raises
    ------
    ImportFileError
        If it names several.
    """
    if pattern is not None:
        return _by_pattern(name, frozenset(logins), pattern)
    found = {login for login in logins if _stands_alone(login, name)}
    # "officer1" stands in "officer1.west" too, when both are logins.
    found -= {one for one in found for other in found if one != other and one in other}
    if len(found) > 1:
        raise ImportFileError("track_owners_several", logins=", ".join(sorted(found)))
    return next(iter(found), None)


def _by_pattern(name: str, logins: frozenset[str], pattern: str) -> str | None:
    parts = re.split(r"(\{login\}|\*)", pattern)
    words = {"{login}": "(?P<login>[^/]+?)", "*": ".*"}
    wanted = re.compile("".join(words.get(part, re.escape(part)) for part in parts))
    stem = PurePosixPath(name).stem
    for text in (stem, name, str(PurePosixPath(name).with_suffix(""))):
        match = wanted.fullmatch(text)
        if match is not None and match["login"] in logins:
            return match["login"]
    return None


def _stands_alone(login: str, name: str) -> bool:
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(login)}(?![0-9A-Za-z])", name) is not None
