"""Grids are written whole or not at all, and read back whoever wrote them."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data.exports.grid_file import GridFileError, read_grids, write_grids


@pytest.fixture
def grids() -> gpd.GeoDataFrame:
    """Two grids side by side."""
    return gpd.GeoDataFrame(
        {
            "code": ["370303001001001", "370303001001002"],
            "name": ["第一网格", "第二网格"],
            "area": ["370303001001"] * 2,
            "households": [290, 310],
        },
        geometry=[
            shapely.box(118.0, 36.0, 118.01, 36.01),
            shapely.box(118.01, 36.0, 118.02, 36.01),
        ],
        crs="EPSG:4490",
    )


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson"])
def test_what_is_written_can_be_read(grids: gpd.GeoDataFrame, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"网格{suffix}"
    write_grids(path, grids)
    back = read_grids(path).sort_values("code")
    assert back["code"].tolist() == grids["code"].tolist()
    assert back["name"].tolist() == grids["name"].tolist()
    assert back["households"].tolist() == [290, 310]
    assert back.crs == ("EPSG:4326" if suffix == ".geojson" else "EPSG:4490")
    assert shapely.coverage_is_valid(back.geometry.to_numpy())
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


def test_a_file_that_is_there_is_kept_unless_forced(
    grids: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "grids.gpkg"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(GridFileError, match="--force"):
        write_grids(path, grids)
    assert path.read_text(encoding="utf-8") == "mine"
    write_grids(path, grids, force=True)
    assert len(read_grids(path)) == 2


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    grids: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grids.gpkg"
    path.write_text("mine", encoding="utf-8")

    def interrupted(draft: Path, target: Path) -> None:
        assert draft.exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_grids(path, grids, force=True)
    assert path.read_text(encoding="utf-8") == "mine"
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "words"), [("grids.docx", "Unknown output format"), ("none/grids.gpkg", "not exist")]
)
def test_what_cannot_be_written(
    grids: gpd.GeoDataFrame, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(GridFileError, match=words) as raised:
        write_grids(tmp_path / name, grids)
    assert raised.value.message_zh


def test_files_that_hold_no_grids(grids: gpd.GeoDataFrame, tmp_path: Path) -> None:
    text = tmp_path / "notes.gpkg"
    text.write_text("not a map", encoding="utf-8")
    with pytest.raises(GridFileError, match="Cannot read"):
        read_grids(text)
    points = grids.set_geometry(grids.geometry.representative_point())
    points.to_file(tmp_path / "points.gpkg", layer="grids")
    with pytest.raises(GridFileError, match="not polygons"):
        read_grids(tmp_path / "points.gpkg")
    two = tmp_path / "two.gpkg"
    grids.to_file(two, layer="one")
    grids.to_file(two, layer="other")
    with pytest.raises(GridFileError, match="one, other"):
        read_grids(two)
