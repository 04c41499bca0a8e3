"""A picture that breaks off is refused whatever other libraries allow themselves."""

import io

import pytest
from PIL import Image, ImageFile

from data.pictures import open_picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_breaks_off_is_refused(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    out = io.BytesIO()
    Image.effect_noise((90, 70), 60).save(out, kind)
    whole = out.getvalue()
    with open_picture(whole, [kind]) as image:
        image.load()
    with pytest.raises(OSError, match="truncated"), open_picture(whole[:-800], [kind]) as image:
        image.load()
