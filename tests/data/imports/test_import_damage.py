"""Damaged copies of good files are read or refused in words, never with a traceback."""

import random
import shutil
from pathlib import Path

import pytest
import test_import_formats as formats

from data.imports.problems import ImportFileError
from data.imports.read import read_features

DAMAGED = ("gpkg", "geojson", "flatgeobuf", "geoparquet", "xlsx", "zip of shp gbk", "csv gbk")
COPIES = 25


def _damage(content: bytes, chance: random.Random) -> bytes:
    """Cut a file off, change some of its bytes, or put foreign ones into it."""
    kind = chance.choice(["cut", "change", "insert"])
    at = chance.randrange(len(content))
    if kind == "cut":
        return content[:at]
    if kind == "insert":
        return content[:at] + chance.randbytes(30) + content[at:]
    changed = bytearray(content)
    for _ in range(chance.choice([1, 3, 20])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _is_told(path: Path) -> bool:
    """Read a file or have it refused, with words in both languages."""
    try:
        read_features(path, "buildings", datum="wgs84")
    except ImportFileError as error:
        return bool(error.message_zh and error.message_en)
    return True


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_told(name: str, tmp_path: Path) -> None:
    good = formats.WRITERS[name](tmp_path)
    content = good.read_bytes()
    chance = random.Random(f"damage {name}")  # noqa: S311 (chance, not a secret)
    for copy in range(COPIES):
        path = tmp_path / f"copy{copy}{good.suffix}"
        path.write_bytes(_damage(content, chance))
        assert _is_told(path)


@pytest.mark.parametrize("part", [".dbf", ".shp", ".shx", ".prj", ".cpg"])
def test_a_damaged_part_of_a_shapefile_is_told(part: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    good = formats.WRITERS["shp gbk with cpg"](whole)
    chance = random.Random(f"damage {part}")  # noqa: S311 (chance, not a secret)
    for copy in range(COPIES):
        folder = tmp_path / f"copy{copy}"
        shutil.copytree(whole, folder)
        damaged = folder / good.with_suffix(part).name
        damaged.write_bytes(_damage(damaged.read_bytes(), chance))
        assert _is_told(folder / good.name)
