"""The quality report of a plan through the API: made by the worker, kept until an edit."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from drafts import draft
from people import Person
from sqlalchemy import Engine, text

from api.worker import Parts, add_tasks, build_app
from data.files import open_files
from data.plan_reports import make_plan_report

People = Callable[[str], Person]
REPORT = "/api/v1/plans/2/report"


@pytest.fixture
def planner(engine: Engine, person: People) -> Person:
    """The planner; a draft redraws community 11 as a northern and a southern grid."""
    with engine.begin() as connection:
        draft(connection, status="draft")
    return person("planner")


@pytest.fixture
def reported(planner: Person, engine: Engine) -> Person:
    """The planner, with the report made."""
    ask(planner)
    make_plan_report(engine, small_town.DISTRICT, 2, small_town.AT)
    return planner


def ask(who: Person) -> Any:
    answer = who.post(REPORT)
    assert answer.status_code == 202, answer.text
    return answer.json()


def count(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def edit(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE plan SET revision = revision + 1 WHERE id = 2"))


def test_nothing_before_it_is_asked_for(planner: Person) -> None:
    told = planner.read(REPORT)
    assert (told["state"], told["report"], told["misses"]) == ("none", None, [])
    assert planner.get(f"{REPORT}.html").json()["code"] == "report-not-current"


def test_it_is_asked_for_once(planner: Person, engine: Engine) -> None:
    assert ask(planner) == {"state": "waiting"}
    assert ask(planner) == {"state": "waiting"}
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'report_plan'"
    assert count(engine, jobs) == 1
    assert planner.read(REPORT)["state"] == "waiting"


def test_the_content_says_what_the_plan_is(reported: Person) -> None:
    told = reported.read(REPORT)
    assert (told["state"], told["current"]) == ("done", True)
    report = told["report"]
    assert report["title"] == "幸福社区"
    assert report["wanted"] == 300
    assert report["seed"] is None, "it was not generated"
    assert sorted(grid["households"] for grid in report["grids"]) == [0, 600]
    assert {miss["reason"] for miss in told["misses"]} <= {"search", "indivisible", "neighbours"}
    for miss in told["misses"]:
        assert miss["why_zh"]
        assert miss["advice_en"]
        assert "None" not in miss["why_zh"] + miss["why_en"]


@pytest.mark.parametrize(
    ("form", "begins"), [("html", b"<!doctype html>"), ("pdf", b"%PDF"), ("xlsx", b"PK")]
)
def test_as_a_file(reported: Person, form: str, begins: bytes) -> None:
    answer = reported.get(f"{REPORT}.{form}")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(begins)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    if form == "html":
        assert "幸福社区网格划分质量报告" in answer.text
        assert "Quality of the grids" in reported.get(f"{REPORT}.html", lang="en").text


@pytest.mark.parametrize("figure", ["histogram", "map"])
def test_as_a_picture(reported: Person, figure: str) -> None:
    answer = reported.get(f"{REPORT}/{figure}.svg")
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("<svg")
    assert reported.get(f"{REPORT}/other.svg").status_code == 422


def test_no_request_draws_the_map(reported: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise AssertionError("drawn within a request")

    for drawn_by in ("quality_figures.deviation_map", "quality_report.deviation_map"):
        monkeypatch.setattr(f"data.exports.{drawn_by}", refuse)
    picture = reported.get(f"{REPORT}/map.svg")
    assert picture.status_code == 200
    page = reported.get(f"{REPORT}.html").text
    assert page.count("<svg") == 2, "histogram and map"
    assert picture.text not in page, "a panel is narrower than a page"


def test_an_edit_makes_it_old(reported: Person, engine: Engine) -> None:
    edit(engine)
    told = reported.read(REPORT)
    assert (told["state"], told["current"]) == ("done", False)
    assert told["report"] is not None, "the old one is still there to read"
    for path in (f"{REPORT}.html", f"{REPORT}/map.svg"):
        refused = reported.get(path)
        assert (refused.status_code, refused.json()["code"]) == (409, "report-not-current")
    ask(reported)
    make_plan_report(engine, small_town.DISTRICT, 2, small_town.AT)
    assert reported.read(REPORT)["current"] is True


def test_why_there_is_none_is_told(planner: Person, engine: Engine) -> None:
    with engine.begin() as connection:
        wishes = '{"areas": [{"area_id": 999}]}'
        connection.execute(
            text("UPDATE plan SET wishes = CAST(:wishes AS jsonb) WHERE id = 2"), {"wishes": wishes}
        )
    ask(planner)
    make_plan_report(engine, small_town.DISTRICT, 2, small_town.AT)
    told = planner.read(REPORT)
    assert told["state"] == "failed"
    assert told["failure"]["code"] == "wish_area_gone"
    assert told["failure"]["message_zh"]
    ask(planner)
    assert planner.read(REPORT)["failure"] is None


def test_who_may_read_it(reported: Person, person: People) -> None:
    assert person("auditor").read(REPORT)["state"] == "done"
    assert person("officer").get(REPORT).status_code in {403, 404}
    assert person("commander.east").get(REPORT).status_code == 404
    assert reported.get("/api/v1/plans/99/report").status_code == 404


def test_the_report_goes_with_its_plan(reported: Person, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM grid_version WHERE plan_id = 2"))
        connection.execute(text("DELETE FROM plan WHERE id = 2"))
    assert count(engine, "SELECT count(*) FROM plan_report") == 0
    make_plan_report(engine, small_town.DISTRICT, 2, small_town.AT)
    assert count(engine, "SELECT count(*) FROM plan_report") == 0


def test_the_worker_knows_the_task(engine: Engine, tmp_path: Any) -> None:
    app = build_app("postgresql://nobody@localhost/none")
    add_tasks(app, Parts(engine, open_files(tmp_path, None), lambda: small_town.AT))
    assert "report_plan" in app.tasks
