"""What passes to and from the store of cases: places, new cases, steps, and refusals."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casework.questions import Answer, Fault
from casework.states import Action, Case, Refusal


class CaseError(Exception):
    """A case cannot be filed or changed as asked."""


class UnknownCategoryError(CaseError):
    """There is no such category, or it is no longer used."""


class UnknownUnitError(CaseError):
    """There is no such unit."""


class UnknownCaseError(CaseError):
    """The other case cannot be what this one is to be merged with or made part of."""


class AnswersError(CaseError):
    """Answers to what a category asks are not proper; `faults` by the question's id."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = faults


class CaseExistsError(CaseError):
    """A case with this id was filed before."""


class CaseMovedOnError(CaseError):
    """Somebody else acted on the case meanwhile."""

    def __init__(self, expected_seq: int, seq: int, state: str) -> None:
        super().__init__(f"expected seq {expected_seq}, the case is at {seq} ({state})")
        self.expected_seq = expected_seq
        self.seq = seq
        self.state = state


class RefusedError(CaseError):
    """The course of a case does not allow this."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.action} refused: {refusal.reason}")
        self.refusal = refusal


@dataclass(frozen=True)
class Point:
    """A place in WGS 84 degrees, and the datum it came in."""

    lon: float
    lat: float
    datum_in: str = "wgs84"


@dataclass(frozen=True)
class Shape:
    """A line or an area in WGS 84 degrees as WKB in hexadecimal, and the point it is found by."""

    wkb: str
    point: Point

    @property
    def digest(self) -> str:
        """SHA-256 of the WKB, in hexadecimal: what the ledger holds of it."""
        return hashlib.sha256(bytes.fromhex(self.wkb)).hexdigest()


@dataclass(frozen=True)
class Place:
    """Where a point lies: its grid or None, the area's path, and the day it was asked for.

    `grid_id_filed` is its grid on the day that it happened, for a report that was written offline
    before a plan took effect; `temporary_ids` are temporary grids that lay over it that day.
    """

    grid_id: int | None
    area_path: str
    day: date
    grid_id_filed: int | None = None
    temporary_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class NewCase:
    """What is known of a hazard when it is reported.

    Parameters
    ----------
    point
        None where nobody knows it yet; then `area_path` says in which area it waits for it.
    severity
        None: as its category says.
    list_source
        The running list of another office that it came with.
    shape
        The line or area it is, of which `point` is a point.
    answers
        Answers to what its category asks; None: it was not asked.
    put_right_at
        When it was put right, for what is reported when all is done; somebody else checks it.
    owner
        Whose the thing is 权属, where known.
    """

    id: UUID
    category_id: int
    point: Point | None
    description: str
    occurred_at: datetime
    source: str
    severity: str | None = None
    accuracy_m: float | None = None
    address: str | None = None
    external_number: str | None = None
    area_path: str | None = None
    list_source: str | None = None
    put_right_at: datetime | None = None
    shape: Shape | None = None
    answers: Mapping[str, Answer] | None = None
    owner: str | None = None


@dataclass(frozen=True)
class Step:
    """What somebody wants to do with a case, and at which `seq` he saw it.

    Parameters
    ----------
    unit_id, unit_ids
        Who is charged with it, or has reported in; who is called.
    point
        Where it lies, for `place`.
    other
        The case that it is merged with or made part of, for `merge` and `join`.
    facts
        What else its line of the ledger says, as JSON.
    """

    action: Action
    expected_seq: int
    occurred_at: datetime | None = None
    text: str | None = None
    unit_id: int | None = None
    unit_ids: tuple[int, ...] = ()
    point: Point | None = None
    other: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredCase:
    """A case as it stands, with what rights are decided by."""

    district_id: int
    id: UUID
    case: Case
    overdue: bool
    area_path: str
    category_id: int

    @property
    def grid_id(self) -> int | None:
        """The grid it lies in now."""
        return self.case.grid_id
