"""Open pictures that others sent."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from PIL import Image, ImageFile, UnidentifiedImageError

MOST_PIXELS: Final = 50_000_000
# Pillow itself refuses a bomb of twice this size before it decodes anything.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class FileRefusedError(Exception):
    """A file that is not kept.

    Parameters
    ----------
    fault
        `too-large`, `too-many`, or of a picture `too-many-pixels`, `unknown-kind`, `damaged`.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@contextmanager
def open_picture(
    raw: bytes, formats: Sequence[str], refused: type[FileRefusedError] = FileRefusedError
) -> Iterator[Image.Image]:
    """Open a picture of certain formats, to be decoded within the block.

    Raises
    ------
    FileRefusedError
        As `refused`: it is too large, of another format, or breaks off.
    """
    # WeasyPrint, once imported, lets Pillow fill what is missing of a picture with grey.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(raw), formats=tuple(formats)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise refused("too-many-pixels")
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise refused("too-many-pixels") from None
    except UnidentifiedImageError:
        raise refused("unknown-kind") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        # What Pillow's decoders raise for a file that breaks off or contradicts itself.
        raise refused("damaged") from None
