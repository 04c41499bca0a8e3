"""Pages of PDF files: drawn as scans, and refused in words that say what to mend."""

import pytest
import sheets
import small_town
import weasyprint

from data import backdrop_pages
from data.backdrop_errors import BackdropError, BackdropFault
from data.backdrop_placing import MOST_BYTES, prepare_backdrop
from data.backdrop_scans import read_jpeg

TOWN = small_town.BOXES[11]
A4, WIDE = (595, 842), (842, 595)
# For whom the standard password handler asks before it shows anything.
LOCK = "/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{0}>/U<{0}>>>/ID[<00><00>]".format("00" * 32)


def refused(raw: bytes, page: int = 1) -> tuple[BackdropFault, dict[str, object]]:
    with pytest.raises(BackdropError) as caught:
        prepare_backdrop(raw, "x.pdf", None, TOWN, page)
    return caught.value.fault, caught.value.params


def test_the_first_page_is_drawn_unless_another_is_asked_for() -> None:
    raw = sheets.pdf([A4, WIDE, A4])
    first = prepare_backdrop(raw, "控规.pdf", "local", TOWN)
    assert (first.kind, first.name, first.raw) == ("scan", "控规.pdf", raw)
    assert (first.page, first.pages, first.placed) == (1, 3, None)
    assert first.size_px == (2895, 4096)
    pixels = read_jpeg(first.picture[0])
    assert pixels[1000, 700, :3].max() < 20
    assert pixels[3000, 700, :3].min() > 235
    assert pixels[1000, 2000, :3].min() > 235
    second = prepare_backdrop(raw, "控规.pdf", "EPSG:4548", TOWN, 2)
    assert (second.page, second.pages, second.size_px) == (2, 3, (4096, 2895))


def test_what_an_office_program_makes_is_drawn() -> None:
    page = weasyprint.HTML(string="<body style='background:#06c'>规划<p>路").write_pdf()
    drawn = backdrop_pages.draw_page(b"\r\n" + page, 1)
    assert drawn.pages == 1
    assert drawn.pixels[2000, 1400].tolist() == [0, 102, 204, 255]


def test_what_cannot_be_drawn_says_what_to_mend() -> None:
    whole = sheets.pdf([A4, A4])
    assert refused(whole, 3) == ("pdf-no-such-page", {"page": 3, "pages": 2})
    assert refused(sheets.pdf([])) == ("pdf-damaged", {})
    assert refused(b"%PDF-1.7\n") == ("pdf-damaged", {})
    assert refused(whole.replace(b"/Catalog", b"/Katalog")[:200]) == ("pdf-damaged", {})
    assert refused(sheets.pdf([(14400, 1)])) == ("pdf-damaged", {})
    assert refused(whole.replace(b"/Root", LOCK.encode() + b"/Root")) == ("pdf-locked", {})
    assert refused(sheets.pdf([A4], content="% nothing")) == ("pdf-blank", {"page": 1})
    assert refused(whole + bytes(MOST_BYTES)) == ("too-large", {"most": MOST_BYTES})


def test_pages_and_pictures_are_counted_before_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    size = "/Width 20000/Height 20000/BitsPerComponent 8/ColorSpace/DeviceGray"
    heavy = sheets.pdf([A4], content="q 500 0 0 500 0 0 cm /I Do Q", picture=size)
    monkeypatch.setattr(backdrop_pages, "MOST_PIXELS", 400_000_000)
    assert refused(heavy)[0] == "pdf-blank", "its picture holds nothing"
    monkeypatch.setattr(backdrop_pages, "MOST_PIXELS", 399_999_999)
    assert refused(heavy)[0] == "too-many-pixels"
    monkeypatch.setattr(backdrop_pages, "MOST_PAGES", 1)
    assert refused(sheets.pdf([A4, A4])) == ("pdf-too-many-pages", {"most": 1, "pages": 2})


def test_a_page_that_takes_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "0 0 1 rg 0 0 595 842 re f " * 20_000
    with monkeypatch.context() as less:
        less.setattr(backdrop_pages, "MOST_PROCESSOR_S", 1)
        assert refused(sheets.pdf([A4], content=endless * 20))[0] == "pdf-too-heavy"
    with monkeypatch.context() as less:
        less.setattr(backdrop_pages, "MOST_WAIT_S", 0.01)
        assert refused(sheets.pdf([A4]))[0] == "pdf-too-heavy"
    monkeypatch.setattr(backdrop_pages, "MOST_MEMORY_BYTES", 64 * 1024**2)
    assert refused(sheets.pdf([A4]))[0] == "pdf-too-heavy"
