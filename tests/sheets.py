"""Drawings and scans that tests put under a plan."""

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from PIL import Image
from pyproj import Transformer
from rasterio import Affine
from rasterio.io import MemoryFile

GAUSS_KRUEGER = "EPSG:4547"
"""CGCS2000, three-degree zone about 114° E, without the zone's number."""
ZONE_117 = "EPSG:4548"


def in_system(system: str, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places in degrees, in another system."""
    convert = Transformer.from_crs(4326, system, always_xy=True)
    return [convert.transform(*place) for place in places]


def line(points: Sequence[tuple[float, float]], layer: str = "道路") -> str:
    """Entities of a DXF: one line for each pair of points."""
    parts = ""
    for (x1, y1), (x2, y2) in pairwise(points):
        parts += f"0\nLINE\n8\n{layer}\n10\n{x1:.4f}\n20\n{y1:.4f}\n11\n{x2:.4f}\n21\n{y2:.4f}\n"
    return parts


def writing(words: str, place: tuple[float, float]) -> str:
    """A text of a DXF."""
    return f"0\nTEXT\n8\n注记\n10\n{place[0]:.4f}\n20\n{place[1]:.4f}\n40\n2.5\n1\n{words}\n"


def dxf(entities: str, encoding: str = "gbk") -> bytes:
    """A DXF of AutoCAD 2000, as Chinese offices have them."""
    page = {"gbk": "ANSI_936", "utf-8": "UTF-8"}[encoding]
    return (
        f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\n{page}\n"
        f"0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n"
    ).encode(encoding)


def picture(size: tuple[int, int] = (400, 300), kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A white sheet with a dark square in its upper left quarter."""
    sheet = Image.new("RGB", size, "white")
    sheet.paste((0, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    sheet.convert(mode).save(out, kind)
    return out.getvalue()


def geotiff(system: str, transform: Affine, size: tuple[int, int] = (80, 60), **more: Any) -> bytes:
    """A TIFF that says where it lies: red on its left half, blue on its right."""
    bands = np.zeros((3, size[1], size[0]), dtype=np.uint8)
    bands[0, :, : size[0] // 2] = 255
    bands[2, :, size[0] // 2 :] = 255
    with MemoryFile() as file:
        with file.open(
            driver="GTiff",
            width=size[0],
            height=size[1],
            count=3,
            dtype="uint8",
            crs=system,
            transform=transform,
            **more,
        ) as dataset:
            dataset.write(bands)
        return bytes(file.read())


def pdf(pages: Sequence[tuple[int, int]], *, content: str = "", picture: str = "") -> bytes:
    """A PDF whose pages have these sizes in points and a dark upper left quarter.

    Parameters
    ----------
    content
        What the pages show instead.
    picture
        Entries of a picture that pages name /I.
    """
    first = 4
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        f"<</Type/XObject/Subtype/Image/Length 0 {picture}>>stream\n\nendstream",
    ]
    for i, (width, height) in enumerate(pages):
        shown = content or f"0 g 0 {height / 2} {width / 2} {height / 2} re f"
        bodies.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]"
            f"/Resources<</XObject<</I 3 0 R>>>>/Contents {first + 2 * i + 1} 0 R>>"
        )
        bodies.append(f"<</Length {len(shown)}>>stream\n{shown}\nendstream")
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{tail}".encode()
