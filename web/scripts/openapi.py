"""Print the API's OpenAPI description; needs no database."""

import json
import sys
import tempfile
from pathlib import Path

from pydantic import SecretStr

from api.app import create_app
from api.settings import Settings


def main() -> None:
    """Write the description to standard output."""
    with tempfile.TemporaryDirectory() as home:
        # Nothing connects before a request: any address will do.
        nowhere = SecretStr("postgresql+psycopg://nobody@127.0.0.1/nowhere")
        app = create_app(Settings(home=Path(home), database_url=nowhere))
        json.dump(app.openapi(), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
