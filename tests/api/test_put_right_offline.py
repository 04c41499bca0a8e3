"""What its finder put right on the spot and wrote down without a network: told without a `seq`."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Person

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sent_on", [False, True])
def test_put_right_before_the_case_was_known(
    person: People, report: Report, units: dict[str, int], *, sent_on: bool
) -> None:
    officer, body = person("officer"), report()
    officer.do("/api/v1/cases", body)
    path = f"/api/v1/cases/{body['id']}/actions"
    if sent_on:
        charge = {"action": "dispatch", "seq": 1, "unit_id": units["环卫所"]}
        person("commander").do(path, charge)
    for role in ("before", "after"):
        officer.show(body["id"], role)
    told = officer.do(path, {"action": "rectify", "text": "当场清走"})
    # What a unit was charged with meanwhile is found good by somebody else.
    assert told["state"] in ({"handled"} if sent_on else {"closed", "handled"})
    assert told["ledger"][-1]["action"] == ("handle" if sent_on else "rectify")
    assert told["ledger"][-1]["text"] == "当场清走"


def test_any_other_step_says_what_it_saw(
    person: People, report: Report, units: dict[str, int]
) -> None:
    body = report()
    person("officer").do("/api/v1/cases", body)
    path = f"/api/v1/cases/{body['id']}/actions"
    for step in ({"action": "handle"}, {"action": "void", "text": "误报"}):
        assert person("commander").post(path, step).status_code == 422
    # Another's finding is not one's own to have put right.
    charge = {"action": "dispatch", "seq": 1, "unit_id": units["环卫所"]}
    person("commander").do(path, charge)
    told = person("commander").post(path, {"action": "rectify"})
    assert (told.status_code, told.json()["code"]) == (409, "action-not-allowed")
