"""Channels of notices: set where one may, tried, mended; nobody is told an address again."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import small_town
from fastapi.testclient import TestClient
from gateway import Gateway, open_gateway
from people import Person
from sqlalchemy import Engine, text

from api.settings import Settings
from api.worker import work
from data.jobs import defer
from data.notices import notify
from data.server import DatabaseUrls

People = Callable[[str], Person]
PATH = "/api/v1/notice-channels"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Where robots are asked."""
    with open_gateway() as opened:
        yield opened


@pytest.fixture
def administrator(person: People) -> Person:
    """Who sets channels."""
    return person("administrator")


def wanted(gateway: Gateway, unit_id: int, **said: Any) -> dict[str, Any]:
    """A channel of a unit."""
    address = {"via": "wecom", "url": gateway.url}
    return {"name": "工作群", "unit_id": unit_id, "address": address, **said}


def test_a_channel_is_made_tried_changed_and_removed(
    administrator: Person, gateway: Gateway, units: dict[str, int], engine: Engine
) -> None:
    made = administrator.do(PATH, wanted(gateway, units["环卫所"]))
    assert (made["unit"]["name"], made["via"], made["active"]) == ("环卫所", "wecom", True)
    told = administrator.read(PATH)
    assert [one["id"] for one in told["items"]] == [made["id"]]
    assert {"overdue", "on-call"} <= set(told["kinds"])
    assert "geheim" not in str(told)
    own = f"{PATH}/{made['id']}"
    assert administrator.do(f"{own}/trial") == {"arrived": True, "fault": None}
    assert "工作群" in gateway.texts[0]
    gateway.answers = [(200, {"errcode": 93000})]
    assert administrator.do(f"{own}/trial") == {"arrived": False, "fault": "refused:93000"}
    quiet = {"quiet_from": "22:00:00", "quiet_to": "07:00:00", "kinds": ["overdue"]}
    body = {"name": "另一群", "unit_id": units["市政所"], "active": False} | quiet
    changed = administrator.do(f"{own}/change", body)
    assert (changed["name"], changed["active"], changed["kinds"]) == ("另一群", False, ["overdue"])
    # It kept its address.
    assert administrator.do(f"{own}/trial")["arrived"]
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT string_agg(answer::text, '') FROM operation"))
        assert "geheim" not in kept.scalar_one()
    administrator.do(f"{own}/remove")
    assert administrator.read(PATH)["items"] == []
    assert administrator.post(f"{own}/remove").status_code == 404


def test_what_is_wrong_with_a_channel_is_said(
    administrator: Person, gateway: Gateway, units: dict[str, int], person: People
) -> None:
    def refused(**said: Any) -> Any:
        answer = administrator.post(PATH, wanted(gateway, units["环卫所"]) | said)
        return answer.status_code, answer.json().get("errors", [{}])[0].get("pointer")

    assert refused(address={"via": "wecom", "url": "javascript:1"}) == (422, "/address/url")
    assert refused(address={"via": "mail", "host": "smtp.example.cn"}) == (422, "/address/sender")
    assert refused(address={"via": "smoke", "url": gateway.url})[0] == 422
    assert refused(kinds=["rumour"])[0] == 422
    assert refused(quiet_from="22:00:00")[0] == 422
    assert refused(account_id=str(UUID(int=1)))[0] == 422
    assert refused(unit_id=999)[0] == 404
    assert person("commander").post(PATH, wanted(gateway, units["环卫所"])).status_code == 403
    assert person("commander").get(PATH).status_code == 403


def test_an_account_is_told_where_it_works(
    administrator: Person, gateway: Gateway, person: People
) -> None:
    officer = person("officer.east")
    body = wanted(gateway, 1) | {"unit_id": None, "account_id": str(officer.account_id)}
    made = administrator.do(PATH, body)
    assert made["account"]["display_name"] == "officer.east"
    assert made["area"]["name"] == "光明社区"


def test_the_worker_sends_and_shows_what_did_not_arrive(
    *,
    administrator: Person,
    gateway: Gateway,
    units: dict[str, int],
    engine: Engine,
    urls: DatabaseUrls,
    client: TestClient,
) -> None:
    made = administrator.do(PATH, wanted(gateway, units["环卫所"]))
    with engine.begin() as connection:
        notify(connection, 1, at=small_town.AT, key="a", kind="overdue", unit_id=units["环卫所"])
    gateway.answers = [(503, {})]
    home = client.app.state.context.settings.home
    settings = Settings(_env_file=None, home=home, database_url=urls.app)

    def run(minute: int) -> None:
        with engine.begin() as connection:
            defer(connection, "send_notices", {"timestamp": minute})
        at = small_town.AT.replace(minute=minute)
        asyncio.run(work(settings, lambda: at, until_idle=True, own_signals=False))

    run(0)
    (failure,) = administrator.read(f"{PATH}/failures")["items"]
    assert (failure["fault"], failure["attempts"]) == ("refused:503", 1)
    assert failure["next_at"] is not None
    assert administrator.do(f"{PATH}/{made['id']}/again") == {"count": 0}
    run(1)
    assert administrator.read(f"{PATH}/failures")["items"] == []
    assert administrator.read(PATH)["items"][0]["sent_at"] is not None
    assert sum("已超期" in words for words in gateway.texts) == 2
