"""Files with shapes in them: GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GeoParquet, GPX."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import pyproj
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError
from pyogrio.errors import GeometryError as BrokenGeometryError
from pyproj import CRS

from data.imports.columns import GeometryKind, Kind, plain
from data.imports.encoding import dbf_encoding, decode_cut
from data.imports.problems import ImportFileError
from data.imports.raw import RawTable

_READ_ERRORS: Final = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    FieldError,
    BrokenGeometryError,
    CRSError,
    UnboundLocalError,  # what pyogrio comes to on a .prj that GDAL cannot read
)
_LAYER_TYPES: Final[dict[GeometryKind, tuple[str, ...]]] = {
    "polygon": ("Polygon", "Surface"),
    "line": ("LineString", "Curve"),
    "line-or-polygon": ("LineString", "Polygon", "Curve", "Surface"),
    "point": ("Point",),
    "any": ("Point", "Polygon", "LineString", "Surface", "Curve"),
}
_UTF8_CHUNK_BYTES = 1 << 22


def read_layer(
    path: Path, kind: Kind, *, file_format: str, layer: str | None, encoding: str | None = None
) -> RawTable:
    """Read one layer of a file that GDAL opens.

    Parameters
    ----------
    path
        The file.
    kind
        What is looked for; chooses the layer where there are several.
    file_format
        Its name for the report.
    layer
        Name of the layer; None for the one that fits.
    encoding
        Of attribute text, for a Shapefile; None otherwise.

    Raises
    ------
    ImportFileError
        If it cannot be read, is empty, or the layer is not clear.
    """
    layers = _list_layers(path)
    chosen = _choose_layer(layers, kind, layer)
    try:
        with warnings.catch_warnings():
            # GDAL warns of oddities row by row; what matters is checked after reading.
            warnings.simplefilter("ignore", RuntimeWarning)
            frame = pyogrio.read_dataframe(
                path,
                layer=chosen,
                encoding=encoding,
                force_2d=True,
                on_invalid="ignore",
                datetime_as_string=True,
            )
    except UnicodeDecodeError as error:
        raise ImportFileError("text_not_utf8", path=path.name) from error
    except _READ_ERRORS as error:
        raise _unreadable(path, error) from error
    return _as_raw(frame, file_format, chosen, [name for name, _ in layers])


def _list_layers(path: Path) -> list[tuple[str, str | None]]:
    try:
        found = pyogrio.list_layers(path)
    except _READ_ERRORS as error:
        raise _unreadable(path, error) from error
    if len(found) == 0:
        raise ImportFileError("no_rows", layer=path.stem)
    return [(str(name), kind) for name, kind in found]


def _unreadable(path: Path, error: Exception) -> ImportFileError:
    reason = str(error).replace(f"{path.parent}/", "").split(";")[0].strip().rstrip(".")
    if "sqlite" in reason.lower():
        reason = f"SQLite: {reason.rsplit(': ', 1)[-1]}"
    return ImportFileError("file_unreadable", path=path.name, reason=reason)


def _choose_layer(layers: Sequence[tuple[str, str | None]], kind: Kind, wanted: str | None) -> str:
    names = [name for name, _ in layers]
    if wanted is not None:
        if wanted not in names:
            raise ImportFileError("layer_missing", layer=wanted, layers=", ".join(names))
        return wanted
    if len(names) == 1:
        return names[0]
    hinted = [name for name in names if any(hint in plain(name) for hint in _hints(kind))]
    fitting = [name for name, shape in layers if _may_hold(shape, kind.geometry)]
    both = [name for name in hinted if name in fitting]
    for candidates in (both, fitting):
        if len(candidates) == 1:
            return candidates[0]
    raise ImportFileError("layer_unclear", layers=", ".join(names))


def _hints(kind: Kind) -> list[str]:
    return [plain(hint) for hint in kind.layer_hints]


def _may_hold(shape: str | None, needed: GeometryKind) -> bool:
    if shape is None:
        return False
    return shape == "Unknown" or any(word in shape for word in _LAYER_TYPES[needed])


def _as_raw(frame: pd.DataFrame, file_format: str, layer: str, layers: Sequence[str]) -> RawTable:
    if len(frame) == 0:
        raise ImportFileError("no_rows", layer=layer)
    has_shapes = isinstance(frame, gpd.GeoDataFrame)
    crs = CRS.from_user_input(frame.crs) if has_shapes and frame.crs is not None else None
    plain_frame = pd.DataFrame(frame)
    if has_shapes:
        geometry_name = frame.geometry.name
        shapes = frame.geometry.to_numpy()
        plain_frame = plain_frame.drop(columns=geometry_name)
        plain_frame["geometry"] = pd.Series(shapes, index=plain_frame.index, dtype=object)
    return RawTable(
        frame=plain_frame.reset_index(drop=True),
        rows=list(range(1, len(plain_frame) + 1)),
        crs=crs,
        file_format=file_format,
        layer=layer,
        layers=tuple(layers),
        has_shapes=has_shapes,
    )


def read_shapefile(path: Path, kind: Kind, encoding: str | None) -> RawTable:
    """Read a Shapefile; its text encoding is found from the bytes of the table.

    Raises
    ------
    ImportFileError
        If one of its parts is missing, or it cannot be read.
    """
    parts = {part.suffix.lower(): part for part in _siblings(path)}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise ImportFileError("shapefile_part_missing", parts=", ".join(missing))
    declared = encoding
    if declared is None and ".cpg" in parts:
        declared = _declared_encoding(parts[".cpg"])
    found = dbf_encoding(parts[".dbf"], declared)
    # Latin-1 hands every byte through: a name or value may end in half a character, at which
    # a strict decoder would give up the whole file.
    raw = read_layer(path, kind, file_format="Shapefile", layer=None, encoding="ISO-8859-1")
    if found is not None:
        _recode(raw, found)
    raw.encoding, raw.cut_names = found, True
    if declared is not None and found is not None and plain(found) != plain(declared):
        raw.notes.append("encoding_not_as_declared")
    return raw


def _recode(raw: RawTable, encoding: str) -> None:
    """Turn text that was read byte for byte into what it says."""

    def recoded(value: Any) -> Any:
        return decode_cut(value.encode("latin-1"), encoding) if isinstance(value, str) else value

    raw.frame.columns = [recoded(name) for name in raw.frame.columns]
    for name in take_columns(raw):
        if not pd.api.types.is_numeric_dtype(raw.frame[name]):
            raw.frame[name] = [recoded(value) for value in values_of(raw, name)]


def _siblings(path: Path) -> list[Path]:
    return [part for part in path.parent.iterdir() if part.stem == path.stem]


def _declared_encoding(cpg: Path) -> str | None:
    """Return the .cpg file's word when Python knows it; ArcGIS also writes bare code pages."""
    word = cpg.read_bytes()[:64].decode("ascii", errors="ignore").strip().strip("\0")
    for name in (word, f"cp{word}"):
        try:
            "".encode(name)
        except (LookupError, ValueError):
            continue
        return name
    return None


def read_geojson(path: Path, kind: Kind) -> RawTable:
    """Read a GeoJSON file, which has to be in UTF-8.

    Raises
    ------
    ImportFileError
        If it is in another encoding, cut off, or no GeoJSON.
    """
    with path.open("r", encoding="utf-8") as file:
        try:
            while file.read(_UTF8_CHUNK_BYTES):
                pass
        except UnicodeDecodeError as error:
            # A file cut off in the middle of a character is told as what it is by the reader.
            if error.reason != "unexpected end of data":
                raise ImportFileError("text_not_utf8", path=path.name) from error
    return read_layer(path, kind, file_format="GeoJSON", layer=None)


def read_parquet(path: Path) -> RawTable:
    """Read a GeoParquet file.

    Raises
    ------
    ImportFileError
        If it cannot be read or has no GeoParquet metadata.
    """
    try:
        frame = gpd.read_parquet(path)
    except (ValueError, OSError, KeyError, pa.ArrowException, pyproj.exceptions.CRSError) as error:
        raise _unreadable(path, error) from error
    return _as_raw(frame, "GeoParquet", path.stem, [path.stem])


def read_gpx(path: Path, kind: Kind) -> RawTable:
    """Read the track points of a GPX file; a row is a point, counted through the file.

    Raises
    ------
    ImportFileError
        If it cannot be read or holds no track.
    """
    try:
        raw = read_layer(path, kind, file_format="GPX", layer="track_points")
    except ImportFileError as error:
        if error.code in {"no_rows", "layer_missing"}:
            raise ImportFileError("gpx_without_track") from error
        raise
    return raw


def take_columns(raw: RawTable) -> list[str]:
    """Return the file's own column names, without the shapes."""
    return [str(name) for name in raw.frame.columns if not (raw.has_shapes and name == "geometry")]


def values_of(raw: RawTable, column: str) -> list[Any]:
    """Return a column's values as Python objects, None for every kind of nothing."""
    series = raw.frame[column].astype(object)
    return [None if pd.isna(value) is True else value for value in series]
