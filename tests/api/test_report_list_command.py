"""`sanbai import reports`, as somebody types it."""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import running_list
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api.cli.imports import app
from data.server import DatabaseUrls

Run = Callable[..., Result]
WORDS = (
    *("--word", "category:道路坑洼=06013"),
    *("--word", "source:市民来信来访=message"),
    *("--word", "state:研判中=open"),
)


@pytest.fixture
def run(urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a database of the test's own, in a folder of its own."""
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "台账.xlsx").write_bytes(running_list.workbook())
    (tmp_path / "台账.csv").write_bytes(running_list.table())
    return lambda *words: CliRunner().invoke(
        app, ["reports", *(str(word) for word in words)], catch_exceptions=False
    )


def counts(engine: Engine) -> tuple[int, int]:
    with engine.connect() as connection:
        return (
            connection.execute(text("SELECT count(*) FROM hazard_case")).scalar_one(),
            connection.execute(text("SELECT count(*) FROM case_event")).scalar_one(),
        )


def told(result: Result, name: str) -> int:
    found = re.search(rf"{name}\s+(\d+)", result.output)
    assert found is not None, result.output + result.stderr
    return int(found[1])


def test_check_then_import_then_again_without_a_word(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    said = ("--as", "commander", "--name", "西街12345", "--area", "370399001", *WORDS)
    checked = run("台账.xlsx", *said, "--check")
    assert checked.exit_code == 0, checked.output + checked.stderr
    assert "Checked only" in checked.output
    assert counts(engine) == (0, 0)
    done = run("台账.xlsx", *said, "--report", "未导入.xlsx", "--lang", "en")
    assert done.exit_code == 0, done.output + done.stderr
    assert (told(done, "New"), told(done, "Known"), told(done, "Not imported")) == (7, 0, 1)
    assert "来电人, 联系电话" in done.output
    assert counts(engine) == (7, 9)
    sheet = openpyxl.load_workbook(tmp_path / "未导入.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["Row in the list", "Why not imported"]
    # Name, columns and words are remembered by the shape of the header, for its GBK twin too.
    again = run("台账.csv", "--as", "commander", "--area", "370399001")
    assert again.exit_code == 0, again.output + again.stderr
    assert (told(again, "New"), told(again, "Known")) == (0, 6)
    assert counts(engine) == (7, 9)


def test_what_is_not_known_is_named_with_a_way_to_say_it(run: Run) -> None:
    result = run("台账.xlsx", "--as", "commander", "--name", "西街12345", "--check", "--lang", "en")
    assert "--word category:道路坑洼=" in result.output
    assert "道路破损" in result.output
    assert "the 1st or the 10th of March" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("台账.xlsx", "--as", "nobody"), "nobody"),
        (("台账.xlsx", "--as", "planner", "--name", "x"), "planner"),
        (("台账.xlsx", "--as", "commander.east", "--name", "x", "--area", "370399001"), "east"),
        (("台账.xlsx", "--as", "commander"), "has no name yet"),
        (("没有.xlsx", "--as", "commander"), "没有.xlsx"),
        (
            ("台账.xlsx", "--as", "commander", "--name", "x", "--column", "description=联系电话"),
            "about persons",
        ),
    ],
)
def test_refusals_say_why(run: Run, words: tuple[str, ...], said: str, engine: Engine) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.output + result.stderr
    assert counts(engine) == (0, 0)
