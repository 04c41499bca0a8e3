"""What a file holds before anything in it is believed."""

from dataclasses import dataclass, field

import pandas as pd
from pyproj import CRS


@dataclass
class RawTable:
    """Rows as the file has them.

    Parameters
    ----------
    frame
        The file's columns under its own names; a column `geometry` of Shapely shapes (None where
        missing or broken) when the format has shapes, else none.
    rows
        The number of each row as a person counts it in that file.
    crs
        As the file states it; None when it does not.
    file_format, layer, layers
        Where the rows came from, and which layers there are.
    encoding
        Of the text, when it had to be found; None otherwise.
    cut_names
        Whether column names may have been cut short (Shapefile).
    has_shapes
        Whether `geometry` holds shapes.
    notes
        Codes of what the reader should tell the user although nothing is wrong.
    """

    frame: pd.DataFrame
    rows: list[int]
    crs: CRS | None
    file_format: str
    layer: str
    layers: tuple[str, ...] = ()
    encoding: str | None = None
    cut_names: bool = False
    has_shapes: bool = False
    notes: list[str] = field(default_factory=list)
