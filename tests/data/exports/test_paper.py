"""The atlas and the consultation packet: what is on their pages."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
import small_town
from sqlalchemy import Connection

from data.draft_grids import store_draft
from data.exports import packet, paper
from data.exports.atlas import AtlasOptions, neighbour_names, write_atlas
from data.exports.grid_book import GridBook, book_in_force, book_of_plan
from data.exports.grid_file import GridFileError
from data.exports.packet import read_former, write_packet
from data.exports.paper import check_pdf, grid_address, qr_svg
from data.exports.sheet_ground import Ground, fit_sheet, read_ground, short_number
from data.exports.sheet_labels import LabelBoard, along_line
from data.exports.sheet_map import draw_grid
from data.plans import create_plan, find_plan, load_town

DAY = date(2026, 11, 20)


@pytest.fixture
def book(town: Connection) -> GridBook:
    """The grids in force in the western street."""
    return book_in_force(town, 1, 10, DAY)


@pytest.fixture
def ground(town: Connection, book: GridBook) -> Ground:
    """What lies under them."""
    return read_ground(town, book)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a template was filled to, beside the PDF that is made of it."""
    pages: list[str] = []
    template = paper.page_template

    class Kept:
        def __init__(self, name: str) -> None:
            self.template = template(name)

        def render(self, **values: object) -> str:
            pages.append(self.template.render(**values))
            return pages[-1]

    monkeypatch.setattr(paper, "page_template", Kept)
    return pages


def test_an_atlas_has_a_page_for_each_grid(
    book: GridBook, ground: Ground, page: list[str], tmp_path: Path
) -> None:
    options = AtlasOptions(address="https://map.example/", attribution="某局 <测绘>")
    pages = write_atlas(tmp_path / "图册.pdf", book, ground, options)
    assert (tmp_path / "图册.pdf").read_bytes().startswith(b"%PDF")
    assert pages == 2 + 4
    (html,) = page
    assert "西街街道网格图册" in html
    assert "东至第二网格，南至人民路，西至区域边界，北至区域边界" in html
    assert html.count("扫码打开") == 4
    assert html.count("户数口径：") == 1
    assert "某局 &lt;测绘&gt;" in html
    assert 'font-family: "Noto Sans CJK SC"' in html, "a style sheet is no text to be escaped"
    assert [left.name for left in tmp_path.iterdir()] == ["图册.pdf"]


def test_an_atlas_in_english_on_a3_without_codes(
    book: GridBook, ground: Ground, page: list[str], tmp_path: Path
) -> None:
    write_atlas(tmp_path / "a.pdf", book, ground, AtlasOptions("A3", "en"))
    (html,) = page
    assert "size: A3" in html
    assert "east to grid 第二网格; south to 人民路" in html
    assert "Scan to open" not in html
    assert "nobody yet" in html


def test_a_map_names_streets_neighbours_places_and_buildings(ground: Ground) -> None:
    sheet = fit_sheet(ground.grids.shapes[0], 180, 200)
    svg = draw_grid(sheet, ground, 0)
    for name in ("人民路", "第二网格", "和平社区第一网格", "幸福胡同"):
        assert f">{name}</text>" in svg
    assert ">N</text>" in svg
    assert "1:12,500" in svg
    close = fit_sheet(shapely.buffer(ground.buildings.shapes[0], 20), 180, 200)
    assert ">1</text>" in draw_grid(close, ground, 0)


def test_neighbours_share_an_edge(ground: Ground) -> None:
    assert neighbour_names(ground, 0) == ["第二网格", "和平社区第一网格"]
    assert neighbour_names(ground, 1)[-1] == "光明社区第一网格"


def test_a_sheet_has_a_round_scale_and_holds_its_shape() -> None:
    shape = shapely.box(100, 50, 470, 260)
    sheet = fit_sheet(shape, 186, 210)
    assert sheet.scale == 2500
    assert sheet.window.contains(shape)
    corners = sheet.on_paper(np.array([[285.0, 155.0], [100.0, 260.0]]))
    assert corners.tolist() == [[93.0, 105.0], [19.0, 63.0]]


def test_names_do_not_lie_over_one_another() -> None:
    board = LabelBoard(100, 100)
    assert board.put("人民路", (50, 50), size_mm=3, style="street")
    assert not board.put("建设路", (52, 51), size_mm=3, style="street")
    assert board.put("建设路", (50, 60), size_mm=3, style="street", angle_deg=10)
    assert not board.put("人民路", (1, 1), size_mm=3, style="street"), "it would leave the map"
    board.keep_free(0, 80, 40, 20)
    assert not board.put("河", (20, 90), size_mm=3, style="stream")
    assert board.put("<甲>", (80, 90), size_mm=3, style="name")
    assert "&lt;甲&gt;" in board.svg()


def test_names_along_a_line_read_upright() -> None:
    down = np.array([[50.0, 10.0], [10.0, 10.0]])
    assert along_line(down, 20) == ((30.0, 10.0), 0.0)
    assert along_line(down, 50) is None
    bent = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 1.0], [0.0, 1.0]])
    assert along_line(bent, 20) is None
    assert [short_number(name) for name in ("3号楼", "12栋", "综合楼")] == ["3", "12", "综合楼"]


def packet_book(town: Connection, shapes: list[shapely.Polygon], households: list[int]) -> GridBook:
    """A plan for community 11 of a first and a third grid."""
    plan_id = create_plan(
        town,
        1,
        11,
        name="合并",
        households=600,
        reason="",
        created_by=None,
        now=small_town.AT,
    )
    area = load_town(town, 1, 11)
    grids = area.areas[["code", "name", "geometry"]].rename(columns={"code": "area"})
    grids = grids.loc[[0, 0]].reset_index(drop=True).set_geometry(shapes, crs=4326)
    grids["code"] = ["370399001001001", "370399001001003"]
    grids["name"] = ["第一网格", "第三网格"]
    grids["households"] = households
    store_draft(
        town, 1, plan_id, areas=area.areas, buildings=area.buildings, grids=grids, now=small_town.AT
    )
    found = find_plan(town, plan_id)
    assert found is not None
    return book_of_plan(town, found, DAY)


def test_the_packet_says_who_goes_where(town: Connection, page: list[str], tmp_path: Path) -> None:
    """Grids 1 and 2 become one: it keeps an identity, the other ends."""
    west, south, east, north = small_town.BOXES[11]
    both = [shapely.box(west, south, 118.018, north), shapely.box(118.018, south, east, north)]
    book = packet_book(town, both, [600, 0])
    former = read_former(town, book)
    assert former["name"].tolist() == ["第一网格", "第二网格"]
    ground, options = read_ground(town, book), AtlasOptions("A4", "en")
    assert write_packet(tmp_path / "p.pdf", book, ground, former, AtlasOptions()) == 2
    (html,) = page
    text = re.sub(r"<[^>]*>|\s+", " ", html)
    text = re.sub(r" +", " ", text)
    assert "调整前 2 个网格，调整后 2 个，共 600 户" in text
    assert "第一网格 300 户 第二网格 300 户 转入 300 户，转出 0 户" in text
    assert "新划" in text
    assert "撤销，并入 第一网格、第三网格" in text
    assert text.count("（盖章）") == 2
    assert "户数口径：口径未注明" in text
    write_packet(tmp_path / "e.pdf", book, ground, former, options)
    assert "300 households in, 0 out" in page[1]


def test_a_grid_that_ends_goes_where_its_households_go(
    town: Connection, page: list[str], tmp_path: Path
) -> None:
    """A strip through the houses of grid 2 takes them; the first grid takes most of the ground."""
    strip = shapely.box(118.01, 36.829, 118.02, 36.831)
    rest = shapely.difference(shapely.box(*small_town.BOXES[11]), strip)
    book = packet_book(town, [rest, strip], [300, 300])
    former, ground = read_former(town, book), read_ground(town, book)
    write_packet(tmp_path / "p.pdf", book, ground, former, AtlasOptions())
    text = re.sub(r"<[^>]*>|\s+", " ", page[0])
    assert "撤销，并入 第三网格、第一网格" in text


def test_a_packet_is_of_a_plan(book: GridBook, ground: Ground, tmp_path: Path) -> None:
    with pytest.raises(GridFileError, match="made for a plan"):
        write_packet(tmp_path / "p.pdf", book, ground, book.grids, AtlasOptions())
    assert packet._WORDS["zh"].keys() == packet._WORDS["en"].keys()


def test_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GridFileError, match=r"end the name with \.pdf"):
        check_pdf(tmp_path / "a.docx", force=False)
    monkeypatch.setattr(paper, "_has_chinese_font", lambda: False)
    with pytest.raises(GridFileError, match="no Chinese font"):
        check_pdf(tmp_path / "a.pdf", force=False)


def test_a_code_opens_the_grid() -> None:
    address = grid_address("https://map.example/", 12, 118.005, 36.83)
    assert address == "https://map.example/#sel=grid%3A12&at=118.00500%2C36.83000%2C17"
    assert qr_svg(address).startswith("<svg")
