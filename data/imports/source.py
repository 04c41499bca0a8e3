"""Opening a file: what it is by its content, not by its name, and how it is unpacked."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from data.imports.columns import Kind
from data.imports.layers import read_geojson, read_gpx, read_layer, read_parquet, read_shapefile
from data.imports.limits import ARCHIVE_ERRORS, MAX_FILE_BYTES
from data.imports.problems import ImportFileError
from data.imports.raw import RawTable
from data.imports.table import read_csv, read_xlsx

_MAGIC: Final = (
    (b"SQLite format 3\0", "gpkg"),
    (b"fgb\x03", "fgb"),
    (b"PAR1", "parquet"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"\xd0\xcf\x11\xe0", "xlsx"),
)
_SUFFIXES: Final = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpx": "gpx",
    ".zip": "zip",
    ".shp": "shp",
    ".gpkg": "gpkg",
    ".fgb": "fgb",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
}
_SHAPEFILE_PARTS: Final = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_PACKED_SUFFIXES: Final = frozenset(_SUFFIXES) - {".zip", ".txt"}
_ENCRYPTED_FLAG = 0x1


def open_source(path: Path, kind: Kind, layer: str | None, encoding: str | None) -> RawTable:
    """Read a file's rows as they stand, whatever its format.

    Parameters
    ----------
    path
        The file; a Shapefile by its .shp or as a ZIP.
    kind
        What is looked for.
    layer
        Layer or sheet; None for the one that fits.
    encoding
        Of text without a stated encoding; None to find out.

    Raises
    ------
    ImportFileError
        If the file is missing, empty, too large, of an unknown format or cannot be read.
    """
    if not path.is_file():
        raise ImportFileError("file_missing", path=path.name)
    size = path.stat().st_size
    if size == 0:
        raise ImportFileError("file_empty", path=path.name)
    if size > MAX_FILE_BYTES:
        raise ImportFileError("file_too_large", size_mb=size >> 20, limit_mb=MAX_FILE_BYTES >> 20)
    found = format_of(path)
    if found == "zip":
        with _unpacked(path, layer) as inner:
            return _read(inner, kind, format_of(inner), None, encoding)
    return _read(path, kind, found, layer, encoding)


def _read(path: Path, kind: Kind, found: str, layer: str | None, encoding: str | None) -> RawTable:
    readers: dict[str, Callable[[], RawTable]] = {
        "gpkg": lambda: read_layer(path, kind, file_format="GeoPackage", layer=layer),
        "fgb": lambda: read_layer(path, kind, file_format="FlatGeobuf", layer=None),
        "geojson": lambda: read_geojson(path, kind),
        "shp": lambda: read_shapefile(path, kind, encoding),
        "parquet": lambda: read_parquet(path),
        "gpx": lambda: read_gpx(path, kind),
        "csv": lambda: read_csv(path, kind, encoding),
        "xlsx": lambda: read_xlsx(path, kind, layer),
    }
    return readers[found]()


def format_of(path: Path) -> str:
    """Tell a file's format by its content, else by its name.

    Raises
    ------
    ImportFileError
        If it is none that can be read.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    by_name = _SUFFIXES.get(path.suffix.lower())
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if _is_workbook(path) else "zip"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "geojson"
    if b"<gpx" in text:
        return "gpx"
    if by_name is None or (b"\0" in head and by_name == "csv" and head[:2] not in _UTF16):
        raise ImportFileError("format_unknown", path=path.name)
    return by_name


_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except ARCHIVE_ERRORS:
        return path.suffix.lower() in {".xlsx", ".xlsm"}


@contextmanager
def _unpacked(path: Path, layer: str | None) -> Iterator[Path]:
    """Unpack the one layer of a ZIP into a temporary folder, under names of our own.

    Names from the archive never become paths, so that none can lead out of the folder.
    """
    with (
        open_archive(path) as archive,
        tempfile.TemporaryDirectory(prefix="sanbai-import-") as folder,
    ):
        entries = _chosen_entries(archive, path, layer)
        main = Path(folder) / "layer"
        try:
            for suffix, entry in entries.items():
                target = Path(folder) / f"{_entry_stem(entry)}{suffix}"
                target.write_bytes(archive.read(entry))
                main = target if suffix in _PACKED_SUFFIXES else main
        except ARCHIVE_ERRORS as error:
            raise ImportFileError("zip_broken", path=path.name, reason=str(error)) from error
        yield main


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a ZIP; names without a stated encoding are UTF-8 (macOS) or GBK (Windows)."""
    for encoding in ("utf-8", "gb18030", "cp437"):
        try:
            return zipfile.ZipFile(path, metadata_encoding=encoding)
        except UnicodeDecodeError:
            continue
        except ARCHIVE_ERRORS as error:
            raise ImportFileError("zip_broken", path=path.name, reason=str(error)) from error
    raise ImportFileError("zip_broken", path=path.name, reason="file names")


def _entry_stem(entry: zipfile.ZipInfo) -> str:
    """Return a packed file's name without folder and suffix, safe as a file name."""
    stem = PurePosixPath(entry.filename.replace("\\", "/")).stem
    kept = "".join(mark for mark in stem if mark.isalnum() or mark in "-_")
    return kept[:80] or "layer"


def _chosen_entries(
    archive: zipfile.ZipFile, path: Path, layer: str | None
) -> dict[str, zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not is_clutter(entry)]
    size = sum(entry.file_size for entry in entries)
    if size > MAX_FILE_BYTES:
        raise ImportFileError("file_too_large", size_mb=size >> 20, limit_mb=MAX_FILE_BYTES >> 20)
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise ImportFileError("zip_broken", path=path.name, reason="password")
    layers = [entry for entry in entries if _suffix(entry) in _PACKED_SUFFIXES]
    names = [entry.filename for entry in entries]
    if not layers:
        raise ImportFileError("zip_without_layer", path=path.name, names=", ".join(names[:10]))
    if layer is not None:
        layers = [entry for entry in layers if PurePosixPath(entry.filename).stem == layer]
    if not layers:
        raise ImportFileError("layer_missing", layer=layer, layers=", ".join(names[:10]))
    if len(layers) > 1:
        stems = [PurePosixPath(entry.filename).stem for entry in layers]
        raise ImportFileError("layer_unclear", layers=", ".join(stems))
    main = layers[0]
    if _suffix(main) != ".shp":
        return {_suffix(main): main}
    stem = main.filename[: -len(".shp")]
    return {
        _suffix(entry): entry
        for entry in entries
        if _suffix(entry) in _SHAPEFILE_PARTS and entry.filename[: -len(".shp")] == stem
    }


def is_clutter(entry: zipfile.ZipInfo) -> bool:
    """Tell folders and what macOS leaves in an archive from files somebody meant."""
    name = PurePosixPath(entry.filename).name
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or name.startswith("._")


def _suffix(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.lower()
