"""Accounts in bulk: a workbook is checked row by row, then all of it is written, or nothing."""

import io
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from data.people_lists import COLUMNS, NAMES

People = Callable[[str], Person]
PATH = "/api/v1/account-lists"
HEAD = [NAMES[column][0] for column in COLUMNS]
WANG = ["wang.li", "王丽", "网格员", "和平社区", "第一网格、370399001002002"]
ZHAO = ["zhao", "赵强", "指挥员", "东街街道", None, None, None, "2026-12-31"]
LI = ["li.ming", "李明", "责任单位", "试验区", None, "环卫所", "2026年12月1日"]


def book(*rows: Sequence[Any], head: Sequence[Any] = HEAD, above: Sequence[Any] = ()) -> bytes:
    """A workbook of these rows, perhaps with a title above."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in ([above] if above else []) + [head, *rows]:
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send(who: Person, path: str, body: bytes, operation: UUID | None = None) -> Response:
    """Send a file."""
    headers = {**who.cookies, "X-Sanbai": "1", "Operation-Id": str(operation or uuid7())}
    return who.client.post(path, files={"file": ("名单.xlsx", body)}, headers=headers)


def check(who: Person, body: bytes) -> Any:
    """What would become of a file."""
    answer = send(who, f"{PATH}/check", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def count(engine: Engine) -> tuple[int, int, int]:
    """How many accounts, roles and codes there are."""
    with engine.connect() as connection:
        found = [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("account", "assignment", "sign_in_code")
        ]
    return found[0], found[1], found[2]


def test_a_list_is_checked_then_written_and_again_changes_nothing(
    person: People, engine: Engine, clock: Clock
) -> None:
    administrator, before = person("administrator"), count(engine)
    more = ["zhao", "赵强", "网格员", None, "370399001001001"]
    body = book(WANG, ZHAO, LI, more, above=["人员名单", "二〇二六年"])
    told = check(administrator, body)
    assert told["faults"] == []
    assert [(one["login"], one["outcome"], one["roles"]) for one in told["people"]] == [
        ("wang.li", "new", 2),
        ("zhao", "new", 2),
        ("li.ming", "new", 1),
    ]
    assert told["people"][1]["rows"] == [4, 6]
    assert count(engine) == before, "a check writes nothing"
    operation = uuid7()
    answer = send(administrator, PATH, body, operation)
    assert answer.status_code == 201, answer.text
    newcomers = answer.json()["newcomers"]
    assert [one["login"] for one in newcomers] == ["wang.li", "zhao", "li.ming"]
    after = count(engine)
    assert after == (before[0] + 3, before[1] + 5, before[2] + 3)
    replayed = send(administrator, PATH, body, operation).json()
    assert [one["code"] for one in replayed["newcomers"]] == [None] * 3
    clock.forward(days=1)
    again = send(administrator, PATH, body).json()
    assert (again["newcomers"], again["added"], again["same"]) == ([], 0, 3)
    assert count(engine) == after


def test_a_newcomer_gets_in_by_his_code(person: People, clock: Clock) -> None:
    administrator = person("administrator")
    newcomer = send(administrator, PATH, book(WANG)).json()["newcomers"][0]
    clock.forward(days=13)
    chosen = {"login": "wang.li", "code": newcomer["code"], "new_password": "我自己选的好口令"}
    client = administrator.client
    assert client.post("/api/v1/session/password", json=chosen).status_code == 204
    answer = client.post(
        "/api/v1/session", json={"login": "wang.li", "password": chosen["new_password"]}
    )
    assert [role["grid"]["id"] for role in answer.json()["roles"]] == [3, 4]
    person_page = administrator.read(f"/api/v1/accounts/{newcomer['id']}")
    assert [post["since"] for post in person_page["posts"]] == ["2026-11-20"] * 2


WRONG: list[tuple[list[Any], tuple[str, str, str]]] = [
    (["", "王丽", "网格员", "和平社区"], ("login", "missing", "")),
    (["王丽", "王丽", "网格员", "和平社区"], ("login", "form", "王丽")),
    (["wang", "", "网格员", "和平社区"], ("name", "missing", "")),
    (["wang", "王" * 65, "网格员", "和平社区"], ("name", "long", "王" * 65)),
    (["wang", "王丽", "", "和平社区"], ("role", "missing", "")),
    (["wang", "王丽", "镇长", "和平社区"], ("role", "unknown", "镇长")),
    (["wang", "王丽", "网格员", ""], ("area", "missing", "")),
    (["wang", "王丽", "网格员", "天上社区"], ("area", "unknown", "天上社区")),
    (["wang", "王丽", "网格员", "", "第一网格"], ("grids", "several", "第一网格")),
    (["wang", "王丽", "网格员", "和平社区", "第九网格"], ("grids", "unknown", "第九网格")),
    (
        ["wang", "王丽", "网格员", "和平社区", "370399001001001"],
        ("grids", "unknown", "370399001001001"),
    ),
    (["wang", "王丽", "审计", "和平社区", "第一网格"], ("grids", "officers", "第一网格")),
    (["wang", "王丽", "责任单位", "试验区"], ("unit", "missing", "")),
    (["wang", "王丽", "责任单位", "试验区", "", "天文台"], ("unit", "unknown", "天文台")),
    (["wang", "王丽", "网格员", "和平社区", "", "", "后天"], ("since", "day", "后天")),
    (
        ["wang", "王丽", "网格员", "和平社区", "", "", "2026-12-02", "2026-12-01"],
        ("last_day", "order", "2026-12-01"),
    ),
    (
        ["wang", "王丽", "网格员", "和平社区", "", "", "", "2026-11-19"],
        ("last_day", "order", "2026-11-19"),
    ),
    (
        ["wang", "王丽", "网格员", "和平社区", "", "", "2026-01-01", "2026-11-19"],
        ("last_day", "past", "2026-11-19"),
    ),
    (["zhao", "赵刚", "审计", "试验区"], ("name", "differs", "赵强")),
    (["zhao", "赵强", "指挥员", "东街街道"], ("role", "twice", "")),
    (["handler", "handler", "审计", "试验区", "", "市政所"], ("unit", "other", "环卫所")),
    (["officer", "王五", "审计", "试验区"], ("name", "other", "officer")),
    (
        ["officer.two", "officer.two", "网格员", "", "370399001001001", "", "", ""],
        ("login", "off", "officer.two"),
    ),
    (
        ["commander", "commander", "指挥员", "试验区", "", "", "", ""],
        ("since", "held", "2026-12-01 – "),
    ),
]


def test_a_row_that_is_wrong_is_told_and_nothing_is_written(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE account SET active = false WHERE login = 'officer.two'"))
        connection.execute(
            text(
                "UPDATE assignment SET validity = daterange('2026-12-01', NULL)"
                " WHERE role = 'commander'"
            )
        )
    administrator, before = person("administrator"), count(engine)
    for row, said in WRONG:
        fault = dict(zip(("row", "column", "code", "value"), (3, *said), strict=True))
        assert check(administrator, book(ZHAO, row))["faults"] == [fault], row
    answer = send(administrator, PATH, book(ZHAO, *(row for row, _ in WRONG)))
    assert (answer.status_code, answer.json()["code"]) == (422, "people-rows")
    assert len(answer.json()["params"]["faults"]) == len(WRONG)
    assert count(engine) == before


def test_somebody_with_an_account_is_given_more(person: People) -> None:
    administrator = person("administrator")
    body = book(
        ["officer", "officer", "网格员", None, "370399001001001、370399001001002"],
        ["example.wang", "示例", "网格员", "没有这个"],
    )
    told = check(administrator, body)
    assert told["examples"] == 1
    assert [(one["outcome"], one["roles"], one["kept"]) for one in told["people"]] == [
        ("more", 1, 1)
    ]
    answer = send(administrator, PATH, body).json()
    assert (answer["newcomers"], answer["added"]) == ([], 1)


def test_an_administrator_of_a_street_lists_nobody_elsewhere(
    person: People, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE assignment SET area_id = 20 WHERE role = 'administrator'"))
    administrator = person("administrator")
    rows = [
        ["sun", "孙", "网格员", "光明社区"],
        ["wu", "吴", "网格员", "和平社区"],
        ["officer", "officer", "网格员", "光明社区"],
    ]
    told = check(administrator, book(*rows))
    assert [one["login"] for one in told["people"]] == ["sun"]
    assert [(one["row"], one["column"], one["code"]) for one in told["faults"]] == [
        (3, "area", "unknown"),
        (4, "login", "taken"),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "list-unreadable"),
        (b"PK\x03\x04 no workbook", "list-unreadable"),
        (book(WANG, head=["甲", "乙", "丙", "丁", "戊"]), "people-columns"),
        (book(*[["a", "b", "c"]] * 1001), "people-rows"),
        (book(), "people-rows"),
    ],
)
def test_a_file_that_is_no_list(person: People, body: bytes, code: str) -> None:
    answer = send(person("administrator"), PATH, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_list_of_an_older_program_is_read(person: People) -> None:
    head = "账号,姓名,身份,社区,负责网格,手机号\r\n"
    body = (head + "wang.li,王丽,网格员,幸福社区,第一网格,13800000000\r\n").encode("gbk")
    told = check(person("administrator"), body)
    assert (told["faults"], told["people"][0]["roles"]) == ([], 1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_read_back(person: People, language: str) -> None:
    administrator = person("administrator")
    answer = administrator.get(f"{PATH}/file.xlsx", lang=language)
    filled = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = filled.worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 3
    role, area = (filled.worksheets[2].cell(2, at).value for at in (1, 2))
    sheet.append(["wang.li", "王丽", role, area])
    out = io.BytesIO()
    filled.save(out)
    told = check(administrator, out.getvalue())
    assert (told["examples"], told["faults"]) == (3, [])
    assert [one["outcome"] for one in told["people"]] == ["new"]
    assert person("commander").get(f"{PATH}/file.xlsx").status_code == 403
