"""`sanbai doctor` finds what is wrong and says how to mend it; settings are written down."""

import dataclasses
import io
import re
import socket
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from api import doctor
from api.cli import app
from api.cli.doctor import _table
from api.cli.server import bring_up_to_date
from api.settings import Settings
from data.cluster import ClusterError
from data.database import open_engine
from data.doctor import DatabaseFacts, inspect_database
from data.server import DatabaseUrls

ROOT = Path(__file__).parents[2]
FINE = DatabaseFacts(
    server_version=150018,
    postgis="3.3.2",
    geos="3.11.1",
    missing_extensions=(),
    encoding="UTF8",
    collation="C.UTF-8",
    chinese_trigrams=4,
    too_powerful=False,
    clock_off_s=0.0,
    revision="0001",
    newest_revision="0001",
)


def states(facts):
    return {f.what.en: f.state for f in doctor.look_at_database(facts)}


def test_a_database_made_by_us_is_fine(fresh_urls):
    engine = open_engine(fresh_urls.app, pool_size=2)
    findings = list(doctor.look_at_database(inspect_database(engine)))
    engine.dispose()
    assert [f for f in findings if f.state != "ok"] == []
    assert len(findings) == 7


@pytest.mark.parametrize(
    ("change", "what", "advice"),
    [
        ({"server_version": 140011}, "PostgreSQL", "Upgrade"),
        ({"postgis": "3.2.1"}, "PostGIS / GEOS", "3.3"),
        ({"postgis": None, "geos": None}, "PostGIS / GEOS", "Install PostGIS"),
        ({"missing_extensions": ("ltree",)}, "Extensions", "CREATE EXTENSION ltree"),
        ({"chinese_trigrams": 0}, "Chinese search (encoding, locale)", "C.UTF-8"),
        ({"encoding": "SQL_ASCII"}, "Chinese search (encoding, locale)", "UTF8"),
        ({"revision": None}, "Schema version", "sanbai up"),
        ({"clock_off_s": 90.0}, "Clock", "timedatectl"),
    ],
)
def test_each_fault_is_found_alone_and_has_advice(change, what, advice):
    findings = list(doctor.look_at_database(dataclasses.replace(FINE, **change)))
    wrong = [f for f in findings if f.state != "ok"]
    assert [(f.what.en, f.state) for f in wrong] == [(what, "mend")]
    assert advice in wrong[0].mend.en
    assert re.search(r"[\u4e00-\u9fff]", wrong[0].mend.zh)


def test_a_role_that_passes_by_row_security_is_worth_a_look():
    assert states(dataclasses.replace(FINE, too_powerful=True))["Rights of the run-time role"] == (
        "look"
    )


def test_a_port_in_use_is_found(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = Settings(home=tmp_path, port=other.getsockname()[1])
        found = {f.what.en: f for f in doctor.look_at_machine(settings)}["Port"]
    assert found.state == "mend"
    assert "make demo PORT=" in found.mend.en


def test_a_full_disk_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "FREE_DISK_GB", 1e9)
    found = {f.what.en: f for f in doctor.look_at_machine(Settings(home=tmp_path / "new"))}
    assert found["Free disk space"].state == "mend"


def test_both_languages_say_the_same_lines():
    findings = list(doctor.look_at_database(dataclasses.replace(FINE, revision=None)))
    for language, words in (("zh", "自动迁移"), ("en", "it migrates")):
        console = Console(width=200, record=True, file=io.StringIO())
        console.print(_table(findings, language))
        assert words in console.export_text()


def test_an_unreachable_database_fails_and_says_why(monkeypatch, tmp_path):
    monkeypatch.setenv("SANBAI_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("SANBAI_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["doctor", "--lang", "en"])
    assert result.exit_code == 1
    assert "SANBAI_DATABASE_URL" in result.output


def test_a_database_without_extensions_is_refused_with_the_commands(cluster, tmp_path):
    cluster.create_database("bare", template="template0")
    url = cluster.url("sanbai_owner", "bare")
    settings = Settings(home=tmp_path, database_url=url)
    try:
        with pytest.raises(
            ClusterError, match="CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm"
        ):
            bring_up_to_date(settings, DatabaseUrls(url, url))
    finally:
        cluster.drop_database("bare")


def test_the_example_file_names_every_setting_with_its_default():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    written = dict(line.split("=", 1) for line in lines if line.startswith("SANBAI_"))
    expected = {
        f"SANBAI_{name.upper()}": "" if field.default is None else str(field.default)
        for name, field in Settings.model_fields.items()
    }
    assert written == expected
    for field in Settings.model_fields.values():
        assert f"# {field.description}" in lines
