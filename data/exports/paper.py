"""From a page template to a PDF; WeasyPrint does the setting."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import segno
from jinja2 import Environment, StrictUndefined, Template

from data.exports.grid_file import GridFileError, check_place, draft_beside

Paper = Literal["A4", "A3"]
WIDTH_MM: Final[dict[Paper, float]] = {"A4": 210.0, "A3": 297.0}
HEIGHT_MM: Final[dict[Paper, float]] = {"A4": 297.0, "A3": 420.0}
MARGIN_MM: Final = 12.0


def check_pdf(path: Path, *, force: bool) -> None:
    """Refuse early what could not be written, would be lost, or would lack its letters.

    Raises
    ------
    GridFileError
        Another suffix than .pdf; a file that is there; no Chinese font on this machine.
    """
    if path.suffix.lower() != ".pdf":
        raise GridFileError(
            f"图册写成 PDF，文件名应以 .pdf 结尾，而不是“{path.suffix}”。",
            f"It is written as PDF: end the name with .pdf, not “{path.suffix}”.",
        )
    check_place(path, force=force)
    if not _has_chinese_font():
        raise GridFileError(
            "本机没有中文字体，PDF 里会缺字。请安装 fonts-noto-cjk 后再试。",
            "This machine has no Chinese font: install fonts-noto-cjk and try again.",
        )


def _has_chinese_font() -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return True  # without fontconfig's own tool nothing can be told
    listed = subprocess.run(
        [program, ":lang=zh", "family"], capture_output=True, text=True, check=False
    )
    return listed.returncode != 0 or bool(listed.stdout.strip())


def write_pdf(path: Path, template: str, paper: Paper, **values: Any) -> int:
    """Fill a template of `assets` and write it as a PDF, whole or not at all.

    Parameters
    ----------
    path
        The file; replaced when it is there.
    template
        Name of the template, such as "atlas.html".
    paper
        Size of the pages.
    values
        What the template names.

    Returns
    -------
    Number of pages.

    Raises
    ------
    GridFileError
        When a library that WeasyPrint needs is missing, or the file system refuses.
    """
    size = {"paper": paper, "width_mm": WIDTH_MM[paper], "margin_mm": MARGIN_MM}
    page = page_template(template).render(**size, **values)
    try:
        weasyprint = import_module("weasyprint")
    except OSError as error:
        raise GridFileError(
            "缺少排版所需的系统库，请安装 libpango-1.0-0、libpangoft2-1.0-0 和 "
            "libharfbuzz-subset0 后再试。",
            "A library for setting pages is missing: install libpango-1.0-0, libpangoft2-1.0-0 "
            "and libharfbuzz-subset0, then try again.",
        ) from error
    with draft_beside(path) as draft:
        try:
            document = weasyprint.HTML(string=page).render()
            document.write_pdf(draft)
            draft.replace(path)
        except OSError as error:
            raise GridFileError(
                f"写不出 {path}：{error}。", f"Cannot write {path}: {error}."
            ) from error
    return len(document.pages)


@cache
def page_template(name: str) -> Template:
    """Read a template of `assets`; a value it lacks is an error."""
    folder = files("data.exports").joinpath("assets")
    style = folder.joinpath("paper.css").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.globals["style"] = style
    return environment.from_string(folder.joinpath(name).read_text("utf-8"))


def qr_svg(address: str) -> str:
    """Draw a QR code as one ``svg`` element; error correction M."""
    return str(segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True))


def grid_address(base: str, grid_id: int, lon: float, lat: float) -> str:
    """The address that opens the map with a grid selected."""
    return f"{base.rstrip('/')}/#sel=grid%3A{grid_id}&at={lon:.5f}%2C{lat:.5f}%2C17"
