"""The set-up's shell scripts: what they say on other machines, and that nothing is lost unasked."""

import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    shutil.copytree(REPOSITORY / "setup", tmp_path / "setup")
    return tmp_path


def bash(checkout, script, **environment):
    return subprocess.run(
        ["bash", "-c", script],
        cwd=checkout,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(checkout), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_system_is_told_what_to_install_and_nothing_is_tried(checkout):
    with (checkout / "setup" / "packages.sh").open("a") as script:
        script.write("on_debian_12() { return 1; }\nmissing_packages() { say chromium; }\n")
    result = bash(checkout, "bash setup/prepare.sh test")
    assert result.returncode == 1
    assert "chromium" in result.stderr
    assert "Ubuntu 24.04" in result.stderr
    assert "going to install" not in result.stdout


def test_without_root_and_sudo_the_commands_are_told(checkout):
    script = """
    . setup/common.sh; . setup/packages.sh
    may_become_root() { return 1; }
    install_packages postgresql-15
    """
    result = bash(checkout, script)
    assert result.returncode == 1
    assert "apt-get install --no-install-recommends postgresql-15" in result.stderr


def test_a_failed_step_shows_the_end_of_its_log_and_stops(checkout):
    result = bash(checkout, ". setup/common.sh; step 'Bad step' ls /nowhere-at-all; echo went on")
    assert result.returncode == 1
    assert "/nowhere-at-all" in result.stderr
    assert ".sanbai/log/setup-bad-step.log" in result.stderr
    assert "went on" not in result.stdout


def test_a_failed_installation_is_not_taken_for_done(checkout):
    script = """
    . setup/common.sh; . setup/packages.sh
    as_root() { case $* in *apt-get*) return 9 ;; esac; }
    dpkg() { :; }
    step 'Debian packages' install_with_apt postgresql-15
    """
    assert bash(checkout, script).returncode == 1


def test_a_step_is_fresh_only_for_the_same_value(checkout):
    script = """
    . setup/common.sh
    fresh modules 1 && exit 1
    stamp modules 1
    fresh modules 2 && exit 2
    fresh modules 1
    """
    assert bash(checkout, script).returncode == 0


def test_clean_deletes_nothing_when_nobody_can_be_asked(checkout):
    kept = checkout / ".sanbai" / "cluster" / "data"
    kept.mkdir(parents=True)
    result = bash(checkout, "bash setup/clean.sh")
    assert result.returncode == 1
    assert "YES=1" in result.stderr
    assert kept.is_dir()


def test_clean_deletes_what_was_made_also_where_it_had_to_go_elsewhere(checkout):
    elsewhere = checkout / "elsewhere" / "0123456789ab"
    elsewhere.mkdir(parents=True)
    cluster = checkout / ".sanbai" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "cluster.json").write_text(f'{{\n  "version": 15,\n  "base": "{elsewhere}"\n}}')
    (checkout / "kept.txt").touch()
    result = bash(checkout, "bash setup/clean.sh", YES="1")
    assert result.returncode == 0
    assert not (checkout / ".sanbai").exists()
    assert not elsewhere.exists()
    assert (checkout / "kept.txt").exists()
