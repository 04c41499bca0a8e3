"""People who use the application in tests, and the clock it runs by."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import small_town
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image
from uuid_utils.compat import uuid7

from api.cookies import COOKIE


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.at = small_town.AT

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Move on, as `timedelta(**by)`."""
        self.at += timedelta(**by)


class Person:
    """Somebody who is signed in."""

    def __init__(self, client: TestClient, token: str, account_id: UUID) -> None:
        self.client = client
        self.account_id = account_id
        self.cookies = {"Cookie": f"{COOKIE}={token}"}

    def get(self, path: str, **query: Any) -> Response:
        """Ask for something."""
        return self.client.get(path, params=query, headers=self.cookies)

    def read(self, path: str, **query: Any) -> Any:
        """Ask for something that is there; its JSON."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, operation: UUID | None = None) -> Response:
        """Give a command under an operation id, a new one if none is given."""
        headers = {"X-Sanbai": "1", "Operation-Id": str(operation or uuid7())}
        return self.client.post(path, json=body, headers={**self.cookies, **headers})

    def do(self, path: str, body: Any = None) -> Any:
        """Give a command that is carried out; its JSON."""
        answer = self.post(path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def show(self, case_id: str, role: str) -> None:
        """Add a photo of a case, of before or after."""
        out = BytesIO()
        Image.new("RGB", (64, 48), "gray").save(out, "JPEG")
        headers = {"X-Sanbai": "1", "Operation-Id": str(uuid7())}
        answer = self.client.post(
            f"/api/v1/cases/{case_id}/photos",
            data={"role": role},
            files={"file": ("photo.jpg", out.getvalue(), "image/jpeg")},
            headers={**self.cookies, **headers},
        )
        assert answer.status_code == 201, answer.text

    def put(self, path: str, body: Any = None) -> Response:
        """Set something under a new operation id."""
        headers = {"X-Sanbai": "1", "Operation-Id": str(uuid7())}
        return self.client.put(path, json=body, headers={**self.cookies, **headers})
