"""A pasted message comes to a kind, a place and a time, or to nothing; and is kept nowhere."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Person
from sqlalchemy import Engine, text

People = Callable[[str], Person]
PATH = "/api/v1/messages/read"


@pytest.fixture
def officer(person: People) -> Person:
    """Who reports."""
    return person("officer")


def read(who: Person, words: str) -> dict[str, Any]:
    """What a message comes to."""
    answer = who.client.post(PATH, json={"text": words}, headers={**who.cookies, "X-Sanbai": "1"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_kind_place_and_time_are_found_and_nobody_is_named(
    officer: Person, categories: dict[str, int], engine: Engine
) -> None:
    told = read(
        officer,
        "李四 2026/11/20 8:03\n幸福路2号幸福家园1号楼东边井盖没了，王先生 13812345678\n[图片]",
    )
    assert told["text"] == "幸福路2号幸福家园1号楼东边井盖没了，***先生 ***"
    assert {one["kind"]: one["count"] for one in told["removed"]} == {
        "sender": 1,
        "name": 1,
        "phone": 1,
    }
    assert told["said_at"] == "2026-11-20T08:03:00+08:00"
    assert (told["messages"], told["pictures"]) == (1, 1)
    assert told["category_certain"]
    assert told["categories"][0]["category_id"] == categories["C01"]
    assert told["categories"][0]["because"] == ["井盖+没", "井盖没了"]
    assert told["place_certain"]
    assert told["places"][0]["building_id"] == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM operation")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM hazard_case")).scalar_one() == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("三号楼下面垃圾成堆，臭得很", "06010"),
        ("消防通道被私家车堵了", "09012"),
        ("路口的红绿灯不亮了", "C09"),
        ("五楼邻居在楼道里堆了一堆纸箱", "M13"),
        ("有人拉线给电动车充电", "M12"),
        ("下了雨这条路全是积水，污水也冒出来了", None),
        ("谢谢大家", None),
        ("垃圾", None),
    ],
)
def test_a_kind_is_chosen_only_where_the_words_say_it(
    officer: Person, categories: dict[str, int], words: str, code: str | None
) -> None:
    told = read(officer, words)
    assert told["category_certain"] == (code is not None)
    if code is not None:
        assert told["categories"][0]["category_id"] == categories[code]


def test_two_places_are_not_chosen_from(officer: Person, person: People) -> None:
    told = read(person("commander"), "和平路6号有垃圾，幸福路2号幸福家园1号楼也有")
    assert not told["place_certain"]
    assert len(told["places"]) >= 2
    assert read(officer, "幸福家园有垃圾")["place_certain"] is False
    assert read(officer, "你好")["places"] == []


def test_what_an_office_said_of_its_words_counts(
    officer: Person, categories: dict[str, int], engine: Engine
) -> None:
    assert read(officer, "门口有僵尸车")["categories"] == []
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO report_word (district_id, field, word, meaning, said_at)"
                " VALUES (1, 'category', '僵尸车', :meaning, now())"
            ),
            {"meaning": str(categories["M11"])},
        )
    told = read(officer, "门口有僵尸车")
    assert told["category_certain"]
    assert told["categories"][0]["category_id"] == categories["M11"]


def test_only_who_may_report_asks_and_not_from_another_site(
    officer: Person, person: People
) -> None:
    auditor = person("auditor")
    headers = {**auditor.cookies, "X-Sanbai": "1"}
    assert auditor.client.post(PATH, json={"text": "a"}, headers=headers).status_code == 403
    plain = officer.client.post(PATH, json={"text": "a"}, headers=officer.cookies)
    assert plain.status_code == 403
    long = officer.client.post(
        PATH, json={"text": "甲" * 20_001}, headers={**officer.cookies, "X-Sanbai": "1"}
    )
    assert long.status_code == 422
