"""Notices on their way out: once each, quiet at night but for red, tried again, secrets sealed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
import small_town
from gateway import Gateway, open_gateway, open_mailbox
from small_town import account_id
from sqlalchemy import Engine, text

from casework.states import Actor
from data.case_types import NewCase, Point
from data.cases import create_case
from data.categories import create_unit, seed_categories
from data.database import open_engine
from data.notice_channels import (
    Channel,
    add_channel,
    list_channels,
    list_failures,
    try_again,
)
from data.notice_delivery import BACK_OFF_MIN, Post, deliver_all, forget_deliveries
from data.notice_senders import Address, AddressError, SendError, check_address, send
from data.notices import notify
from data.sealing import SealError, open_seal
from data.server import DatabaseUrls

AT = small_town.AT
MINUTE = timedelta(minutes=1)
ROOT = (small_town.PATHS[1],)
# Ten at night in China.
NIGHT = AT + timedelta(hours=12)


@pytest.fixture
def engine(fresh_urls: DatabaseUrls) -> Iterator[Engine]:
    """The small town with categories, as the worker has it."""
    owner = open_engine(fresh_urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, 1)
    owner.dispose()
    opened = open_engine(fresh_urls.app, pool_size=4)
    yield opened
    opened.dispose()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Where robots are asked."""
    with open_gateway() as opened:
        yield opened


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The key of a server that is reached by a name."""
    return Post(open_seal(tmp_path, None), "https://sanbai.example.cn")


@pytest.fixture
def unit(engine: Engine) -> int:
    """A unit that is told."""
    with engine.begin() as connection:
        return create_unit(connection, 1, 1, "环卫所", None)


def channel(engine: Engine, unit: int, post: Post, address: Address, **how: Any) -> int:
    """A channel of the unit."""
    usual = Channel(1, None, unit, "环卫所群", None, None, "zh-CN", active=True)
    with engine.begin() as connection:
        return add_channel(connection, 1, replace(usual, **how), address, seal=post.seal, at=AT)


def tell(engine: Engine, unit: int, key: str, at: datetime = AT, **said: Any) -> None:
    """A notice for the unit."""
    with engine.begin() as connection:
        notify(connection, 1, at=at, key=key, unit_id=unit, **({"kind": "half-time"} | said))


def file(engine: Engine, severity: str) -> UUID:
    """A case in grid 1, where 张三 left his number."""
    with engine.begin() as connection:
        category = connection.execute(text("SELECT min(id) FROM category")).scalar_one()
        new = NewCase(
            uuid4(),
            category,
            Point(118.005, 36.83),
            "张三 13812345678 说垃圾成堆",
            AT,
            "phone",
            severity=severity,
            address="幸福路2号3单元502张三家",
        )
        officer = Actor(account_id("officer"), frozenset({"officer"}))
        create_case(connection, 1, new, officer, AT)
    return new.id


def test_each_goes_once_in_one_message(
    engine: Engine, gateway: Gateway, post: Post, unit: int
) -> None:
    channel(engine, unit, post, Address("wecom", gateway.url))
    tell(engine, unit, "before", AT - MINUTE)
    case = file(engine, "yellow")
    tell(engine, unit, "a", case_id=case, kind="overdue")
    tell(engine, unit, "b")
    assert deliver_all(engine, post, AT) == 2
    assert deliver_all(engine, post, AT + MINUTE) == 0
    ((path, body),) = gateway.came
    assert path == "/robot?key=geheim-0815"
    words = body["text"]["content"]
    assert "三百 · 试验区" in words
    assert "【已超期】 2026000001" in words
    assert f"https://sanbai.example.cn/#/case/{case}" in words
    assert "【时限过半】" in words
    # The case's id is drawn, any digits may stand in it.
    for private in ("张三", "13812345678", "502", "幸福路"):
        assert private not in words.replace(str(case), "")


def test_two_workers_at_once_send_it_once(
    engine: Engine, gateway: Gateway, post: Post, unit: int
) -> None:
    channel(engine, unit, post, Address("wecom", gateway.url))
    tell(engine, unit, "a")
    together = Barrier(3)

    def work() -> int:
        together.wait()
        return deliver_all(engine, post, AT)

    with ThreadPoolExecutor(3) as pool:
        sent = [one.result() for one in [pool.submit(work) for _ in range(3)]]
    assert sum(sent) == len(gateway.came) == 1


def test_a_robot_that_says_no_with_200_has_not_taken_it(
    engine: Engine, gateway: Gateway, post: Post, unit: int
) -> None:
    made = channel(engine, unit, post, Address("wecom", gateway.url))
    gateway.answers = [(200, {"errcode": 93000})] * (len(BACK_OFF_MIN) + 1)
    tell(engine, unit, "a")
    at = AT
    for minutes in BACK_OFF_MIN:
        assert deliver_all(engine, post, at) == 0
        before = len(gateway.came)
        at += timedelta(minutes=minutes)
        assert deliver_all(engine, post, at - MINUTE / 2) == 0
        assert len(gateway.came) == before
    assert deliver_all(engine, post, at) == 0
    with engine.begin() as connection:
        (failure,) = list_failures(connection, 1, ROOT, limit=5)
        (told,) = list_channels(connection, 1, ROOT, limit=5)
        assert (failure.state, failure.fault, failure.attempts) == (
            "failed",
            "refused:93000",
            len(BACK_OFF_MIN) + 1,
        )
        assert (told.failed, told.waiting, told.sent_at) == (1, 0, None)
        assert try_again(connection, 1, made, at) == 1
    assert deliver_all(engine, post, at) == 1


def test_at_night_only_red_goes_and_the_rest_in_the_morning(
    engine: Engine, gateway: Gateway, post: Post, unit: int
) -> None:
    channel(engine, unit, post, Address("feishu", gateway.url), quiet=(time(21), time(7)))
    tell(engine, unit, "yellow", NIGHT, case_id=file(engine, "yellow"))
    tell(engine, unit, "red", NIGHT, case_id=file(engine, "red"), kind="soon-due")
    assert deliver_all(engine, post, NIGHT) == 1
    assert "即将到期" in gateway.texts[0]
    assert "时限过半" not in gateway.texts[0]
    assert deliver_all(engine, post, NIGHT + timedelta(hours=8, minutes=59)) == 0
    assert deliver_all(engine, post, NIGHT + timedelta(hours=9)) == 1
    assert "时限过半" in gateway.texts[1]


def test_only_the_kinds_asked_for_go_and_what_is_long_over_does_not(
    engine: Engine, gateway: Gateway, post: Post, unit: int
) -> None:
    channel(engine, unit, post, Address("wecom", gateway.url), kinds=("overdue",))
    tell(engine, unit, "a")
    tell(engine, unit, "b", kind="overdue")
    late = AT + timedelta(days=1, minutes=1)
    assert deliver_all(engine, post, late) == 0
    tell(engine, unit, "c", late, kind="overdue")
    tell(engine, unit, "d", late)
    assert deliver_all(engine, post, late) == 1
    assert len(gateway.came) == 1


def test_a_long_list_goes_in_parts(engine: Engine, gateway: Gateway, post: Post, unit: int) -> None:
    channel(engine, unit, post, Address("wecom", gateway.url))
    for number in range(50):
        tell(engine, unit, f"n{number}", case_id=None)
    sent = [deliver_all(engine, post, AT + minute * MINUTE) for minute in range(4)]
    assert sum(sent) == 50
    assert 0 < sent[0] <= 20
    for _, body in gateway.came:
        assert len(body["text"]["content"].encode()) <= 2048


def test_those_who_never_answer_keep_nobody_else_waiting(
    engine: Engine, gateway: Gateway, post: Post, unit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        channel(engine, unit, post, Address("wecom", gateway.url))
    tell(engine, unit, "a")
    monkeypatch.setattr("data.notice_delivery.MOST_S", -1.0)
    assert deliver_all(engine, post, AT) == 0
    monkeypatch.setattr("data.notice_delivery.MOST_S", 30.0)
    assert deliver_all(engine, post, AT) == 3


def test_the_address_is_sealed_and_another_key_does_not_open_it(
    engine: Engine, gateway: Gateway, post: Post, unit: int, tmp_path: Path
) -> None:
    channel(engine, unit, post, Address("wecom", gateway.url))
    with engine.begin() as connection:
        kept = connection.execute(text("SELECT sealed, shown FROM notice_channel")).one()
    assert b"geheim" not in kept.sealed
    assert "geheim" not in kept.shown
    assert (tmp_path / "seal.key").stat().st_mode & 0o077 == 0
    tell(engine, unit, "a")
    other = Post(open_seal(tmp_path, "another key, given by a setting"), None)
    assert deliver_all(engine, other, AT) == 0
    assert gateway.came == []
    with engine.begin() as connection:
        assert list_failures(connection, 1, ROOT, limit=5)[0].fault == "sealed"
    with pytest.raises(SealError):
        other.seal.open(bytes(kept.sealed))
    assert open_seal(tmp_path, None).open(bytes(kept.sealed)).count("geheim") == 1


def test_what_was_sent_long_ago_is_forgotten(
    engine: Engine, gateway: Gateway, post: Post, unit: int
) -> None:
    channel(engine, unit, post, Address("wecom", gateway.url))
    tell(engine, unit, "a")
    deliver_all(engine, post, AT)
    with engine.begin() as connection:
        assert forget_deliveries(connection, AT + timedelta(days=29)) == 0
        assert forget_deliveries(connection, AT + timedelta(days=31)) == 1


def test_robots_are_signed_where_they_have_a_secret(gateway: Gateway) -> None:
    send(Address("dingtalk", gateway.url, "SEC1"), "t", "b", AT)
    assert "&timestamp=1795140000000&sign=" in gateway.came[0][0]
    send(Address("feishu", gateway.url, "SEC2"), "t", "b", AT)
    assert gateway.came[1][1]["timestamp"] == "1795140000"
    assert gateway.came[1][1]["sign"]
    gateway.answers = [(200, "no object"), (200, {}), (302, {}), (200, {"code": 19021})]
    for fault in ("unreadable", "unreadable", "refused:302", "refused:19021"):
        with pytest.raises(SendError) as error:
            send(Address("feishu", gateway.url), "t", "b", AT)
        assert error.value.fault == fault


def test_a_gateway_of_ones_own_keeps_its_parameters(gateway: Gateway) -> None:
    send(Address("webhook", gateway.url), "标题", "内容", AT)
    ((path, body),) = gateway.came
    assert path == "/robot?key=geheim-0815"
    assert (body["title"], body["message"]) == ("标题", "内容")
    gateway.answers = [(500, {})]
    with pytest.raises(SendError, match="refused:500"):
        send(Address("webhook", gateway.url), "t", "b", AT)


def test_mail_goes_to_every_mailbox() -> None:
    with open_mailbox() as (port, letters):
        address = Address(
            "mail",
            host="127.0.0.1",
            port=port,
            security="none",
            sender="sanbai@example.cn",
            to=("a@example.cn", "b@example.cn"),
        )
        check_address(address)
        send(address, "Title", "Words", AT)
    assert len(letters) == 2
    assert all("Subject: Title" in letter for letter in letters)
    with pytest.raises(SendError, match="unreachable"):
        send(replace(address, port=1), "t", "b", AT)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (Address("wecom", "file:///etc/passwd"), "url"),
        (Address("webhook", "http://[::1"), "url"),
        (Address("dingtalk", ""), "url"),
        (Address("mail", host="a b", sender="a@b.cn", to=("c@d.cn",)), "host"),
        (Address("mail", host="smtp.example.cn", sender="a", to=("c@d.cn",)), "sender"),
        (Address("mail", host="smtp.example.cn", sender="a@b.cn"), "to"),
        (Address("mail", host="smtp.example.cn", sender="a@b.cn", to=("a,b@c",)), "to"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(address: Address, field: str) -> None:
    with pytest.raises(AddressError) as error:
        check_address(address)
    assert error.value.field == field


def test_nobody_listens() -> None:
    with open_gateway() as closed:
        url = closed.url
    for via in ("wecom", "webhook"):
        with pytest.raises(SendError, match="unreachable"):
            send(Address(via, url), "t", "b", AT)
