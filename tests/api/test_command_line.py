"""The list of commands is told at once, without what only some of them need."""

import subprocess
import sys

from typer.testing import CliRunner

from api.cli import SUB_APPLICATIONS, app

# Alone in a process: others of this one have loaded all of it.
LISTED = """
import sys
from typer.testing import CliRunner
from api.cli import app
told = CliRunner().invoke(app, ["--help"])
assert told.exit_code == 0, told.output
print(*sorted({"pandas", "geopandas", "numba", "scipy"} & set(sys.modules)))
"""


def test_a_list_of_commands_loads_neither_pandas_nor_numba() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LISTED], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_each_sub_application_is_listed_and_tells_its_commands() -> None:
    told = CliRunner().invoke(app, ["--help"]).output
    for name, (_, said) in SUB_APPLICATIONS.items():
        assert f"\n  {name} " in told
        own = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"})
        assert own.exit_code == 0, own.output
        assert said in " ".join(own.output.split())
