"""The description of the API is complete, and the same each time it is made."""

import json
import subprocess
import sys

from api.openapi import description

# A sign-in, and questions that bring a file with them: nothing is changed by these.
NO_COMMANDS = {
    "/api/v1/session",
    "/api/v1/session/password",
    "/api/v1/session/card/look",
    "/api/v1/session/card",
    "/api/v1/session/second-factor",
    "/api/v1/session/second-factor/confirm",
    "/api/v1/session/second-factor/codes",
    "/api/v1/session/second-factor/remove",
    "/api/v1/sign-in-cards/sheet.pdf",
    "/api/v1/report-lists/preview",
    "/api/v1/report-lists/check",
    "/api/v1/report-lists/faults.xlsx",
    "/api/v1/rota/check",
    "/api/v1/cases/steps/preview",
    "/api/v1/account-lists/check",
    "/api/v1/calendar/{year}/read",
    "/api/v1/messages/read",
    "/api/v1/paper-templates/{kind}/trial",
    "/api/v1/ticket-replies/verdicts/check",
    # Its operations bring theirs.
    "/api/v1/sync",
}


def test_every_operation_is_described() -> None:
    told = description()
    names = set()
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["operationId"] not in names, where
            names.add(operation["operationId"])
            for status, response in operation["responses"].items():
                if int(status) >= 400 and status != "503":
                    assert "application/problem+json" in response["content"], (where, status)
            if method != "get" and path not in NO_COMMANDS:
                headers = {p["name"].lower() for p in operation["parameters"]}
                assert {"operation-id", "x-sanbai"} <= headers, where


def test_every_reference_leads_somewhere() -> None:
    told = description()
    text = json.dumps(told)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in told["components"]["schemas"], name
    assert "__" not in "".join(told["components"]["schemas"])


def test_bodies_have_examples() -> None:
    schemas = description()["components"]["schemas"]
    for name in ("Report", "ActionOnCase", "SignIn", "PointsIn"):
        assert schemas[name]["examples"], name


def test_it_is_printed_in_a_stable_order() -> None:
    command = [sys.executable, "-m", "api.openapi"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert json.loads(printed) == json.loads(json.dumps(description()))
    assert list(json.loads(printed)["paths"]) == sorted(description()["paths"])
