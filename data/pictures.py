"""Open pictures that others sent."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PIL import Image, ImageFile


@contextmanager
def open_picture(raw: bytes, formats: Sequence[str]) -> Iterator[Image.Image]:
    """Open a picture of certain formats; one that breaks off raises OSError when it is loaded.

    Raises
    ------
    PIL.UnidentifiedImageError, PIL.Image.DecompressionBombError, OSError
    """
    # WeasyPrint, once imported, lets Pillow fill what is missing of a picture with grey.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(raw), formats=tuple(formats)) as image:
        yield image
