"""A picture that breaks off is refused whatever other libraries allow themselves."""

import io

import pytest
from PIL import Image, ImageFile

from data.pictures import FileRefusedError, open_picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_breaks_off_is_refused(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    out = io.BytesIO()
    Image.effect_noise((90, 70), 60).save(out, kind)
    whole = out.getvalue()
    with open_picture(whole, [kind]) as image:
        image.load()
    broken = whole[:-800]
    with pytest.raises(FileRefusedError, match="damaged"), open_picture(broken, [kind]) as image:
        image.load()
