"""`sanbai import addresses` and `sanbai addresses find`, as somebody types them."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api.cli import app
from data.server import DatabaseUrls

Run = Callable[..., Result]
LIST = (
    ("名称", "别名", "村", "地址", "经度", "纬度"),
    ("关帝庙", "老爷庙", "", "", 118.036, 36.816),
    ("惠民超市", "", "", "幸福路2号", "", ""),
    ("没影的店", "", "", "", "", ""),
)


@pytest.fixture
def run(urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a database of the test's own, in a folder of its own."""
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "地名.csv").open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows(LIST)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def stored(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM address ORDER BY id")).scalars())


def test_check_refuse_store_again(run: Run, engine: Engine, tmp_path: Path) -> None:
    words = ("import", "addresses", "地名.csv", "--datum", "wgs84")
    refused = run(*words, "--report", "bad.csv")
    assert refused.exit_code == 1
    assert stored(engine) == []
    assert "没影的店" in (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")
    checked = run(*words, "--skip-bad", "--check")
    assert checked.exit_code == 0, checked.output
    assert "Checked only" in checked.output
    assert stored(engine) == []
    for added in (2, 0):
        done = run(*words, "--skip-bad")
        assert done.exit_code == 0, done.output
        assert re.search(rf"Added +{added} ", done.output)
    assert stored(engine) == ["关帝庙", "惠民超市"]
    found = run("addresses", "find", "老爷庙旁边", "惠民超市")
    assert found.exit_code == 0, found.output
    assert found.output.count("确定 certain") == 2
    assert "惠民超市" in found.output


def test_addresses_are_found_one_by_one(run: Run) -> None:
    found = run("addresses", "find", "幸福家园一号楼", "火星路1号")
    assert found.exit_code == 0, found.output
    assert "1.00" in found.output
    assert "370399001001001" in found.output
    assert "没有候选" in found.output
    assert run("addresses", "find").exit_code == 2


def test_a_file_of_addresses_becomes_a_list_of_what_was_found(run: Run, tmp_path: Path) -> None:
    rows = (("编号", "发生地点"), (1, "和平家园3#楼"), (2, "=幸福家园"), (3, ""))
    with (tmp_path / "台账.csv").open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows(rows)
    done = run("addresses", "find", "--file", "台账.csv", "--column", "发生地点", "--out", "o.csv")
    assert done.exit_code == 0, done.output
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second, third = csv.DictReader(file)
    assert (first["确定 certain"], first["网格编码 grid_code"]) == ("是 yes", "370399001002001")
    assert first["把握 score"] == "1.000"
    assert second["地址 address"] == "'=幸福家园"
    assert (second["确定 certain"], third["候选 candidate"]) == ("否 no", "")
    assert run("addresses", "find", "--file", "不存在.csv").exit_code == 1
