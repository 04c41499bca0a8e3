"""Cards to share: what they say, whom they do not name, and that they change with the case."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from people import Clock, Person
from PIL import Image

from casework.course import STATES
from casework.course_words import STATE_WORDS
from data.exports.share_card import WIDTH_PX, Card, draw_card

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]


@pytest.fixture
def commander(person: People) -> Person:
    """Who shares."""
    return person("commander")


@pytest.fixture
def case(commander: Person, report: Report) -> dict[str, Any]:
    """A case with what must not leave in it."""
    found: dict[str, Any] = commander.do(
        "/api/v1/cases", report(address="幸福路2号502张三家", description="13812345678 说有垃圾")
    )
    return found


def drawn(who: Person, path: str, **asked: Any) -> Image.Image:
    """The picture of a card."""
    answer = who.get(path, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    return Image.open(io.BytesIO(answer.content))


def test_a_case_is_shared_without_a_name(
    commander: Person, case: dict[str, Any], person: People
) -> None:
    path = f"/api/v1/cases/{case['id']}/card"
    told = commander.read(path)
    lines = told["text"].split("\n")
    assert lines[0] == "【已上报】暴露垃圾"
    assert lines[1:4] == [f"编号 {case['number']}", "幸福社区 第一网格", "2026-11-20 发现"]
    assert lines[4].endswith(f"/#/case/{case['id']}")
    assert commander.read(path, language="en")["text"].startswith("【Reported】Exposed rubbish")
    # The last line is the case's address: its digits are drawn.
    for private in ("张三", "138", "502", "commander"):
        assert private not in "".join(lines[:4])
    assert drawn(commander, told["picture"]).width == WIDTH_PX
    for stranger in ("commander.east", "officer.east"):
        assert person(stranger).get(path).status_code == 404
        assert person(stranger).get(f"{path}.png").status_code == 404


def test_photos_show_only_where_they_are_asked_for(commander: Person, case: dict[str, Any]) -> None:
    path = f"/api/v1/cases/{case['id']}/card.png"
    plain = commander.get(path)
    commander.show(case["id"], "before")
    assert commander.get(path).headers["etag"] == plain.headers["etag"]
    one = commander.get(path, photos=True)
    assert one.headers["etag"] != plain.headers["etag"]
    commander.show(case["id"], "after")
    both = drawn(commander, path, photos=True)
    assert both.height > Image.open(io.BytesIO(plain.content)).height
    # The grey of the photos, side by side.
    colours = both.convert("RGB")
    greys = [colours.getpixel((x, both.height - 500)) for x in (200, 550)]
    assert greys == [(128, 128, 128)] * 2


def test_a_card_is_kept_until_the_case_moves_on(
    commander: Person, case: dict[str, Any], units: dict[str, int]
) -> None:
    path = f"/api/v1/cases/{case['id']}/card.png"
    first = commander.get(path)
    again = commander.client.get(
        path, headers={**commander.cookies, "If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    commander.do(
        f"/api/v1/cases/{case['id']}/actions",
        {"action": "dispatch", "seq": case["seq"], "unit_id": units["环卫所"]},
    )
    assert commander.get(path).headers["etag"] != first.headers["etag"]


def test_what_was_put_right_in_a_grid_is_shared_by_day(
    commander: Person, case: dict[str, Any], report: Report, clock: Clock, person: People
) -> None:
    path = "/api/v1/grids/1/card"
    assert commander.read(path)["text"].split("\n")[0] == "【今日整改 0 件】幸福社区 第一网格"
    commander.do(f"/api/v1/cases/{case['id']}/actions", {"action": "handle", "seq": case["seq"]})
    commander.do("/api/v1/cases", report())
    told = commander.read(path)
    assert told["text"].split("\n")[:3] == [
        "【今日整改 1 件】幸福社区 第一网格",
        "暴露垃圾 1 件",
        "其中 0 件已核查",
    ]
    assert drawn(commander, told["picture"]).width == WIDTH_PX
    clock.forward(days=1)
    assert "今日整改 0 件" in commander.read(path)["text"]
    assert "11月20日整改 1 件" in commander.read(path, day="2026-11-20")["text"]
    assert person("commander.east").get(path).status_code == 404
    assert commander.get("/api/v1/grids/999/card").status_code == 404


@pytest.mark.parametrize("language", [0, 1])
def test_long_words_stay_on_the_card(language: int) -> None:
    for state in STATES:
        card = Card(
            office="三百 · 一个名字很长很长的试验区",
            title="电动自行车飞线充电及楼道堆物占用疏散通道" * 2,
            state=STATE_WORDS[state][language],
            mark="open",
            lines=(
                "A word-that-is-long " * 12,
                "某某街道办事处某某社区居民委员会第一百二十三网格" * 2,
            ),
            photos=(),
            address="https://sanbai.example.cn/#sel=case:019abcde-0000-7000-8000-000000000001",
            scan="Scan and sign in to see how it went, step by step, until it was put right",
        )
        sheet = Image.open(io.BytesIO(draw_card(card))).convert("L")
        margin = sheet.crop((WIDTH_PX - 30, 100, WIDTH_PX, sheet.height))
        assert margin.getextrema() == (255, 255), state
        assert sheet.crop((0, sheet.height - 20, WIDTH_PX, sheet.height)).getextrema()[0] == 255


def test_every_language_has_its_words() -> None:
    from data.share_cards import _WORDS

    for chinese, english in _WORDS.values():
        assert set(re.findall(r"{(\w+)", chinese)) == set(re.findall(r"{(\w+)", english))
        assert not re.search(r"[\u4e00-\u9fff]", english)
