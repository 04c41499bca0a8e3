"""Print the API's description: `python -m api.openapi > openapi.json`, for typed clients."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from api.app import create_app
from api.settings import Settings


def description() -> dict[str, Any]:
    """The OpenAPI description; it needs no database and is the same wherever it is made."""
    with tempfile.TemporaryDirectory() as home:
        # Nothing connects to it: the description is made from the routes alone.
        nowhere = SecretStr("postgresql://nobody@localhost/none")
        settings = Settings(_env_file=None, home=Path(home), database_url=nowhere)
        return create_app(settings).openapi()


def main() -> None:
    """Write it to standard output, keys sorted, so that a change shows as a small difference."""
    json.dump(description(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
