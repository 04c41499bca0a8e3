"""What the API tells of a list: how it is read, what would become of it, what became of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Row

from api.case_views import ActorRef, NamedRef, ref
from api.shapes import Ref
from data.addresses import Candidate
from data.report_lists.check import Checked, Understood
from data.report_lists.fields import HIDDEN, field_of
from data.report_lists.filing import KnownRow
from data.report_lists.layout import Arranged, ListLayout
from data.report_lists.placing import Doubt, Placing
from data.report_lists.ready import ReadyRow
from data.report_lists.rows import Fault
from data.report_lists.sheets import Cell
from data.report_lists.words import Meanings, WordField

MOST_SHOWN: Final = 200
_HEAD_ROWS: Final = 14
_SAMPLES: Final = 4
_LONGEST: Final = 60


class ListSheet(BaseModel):
    """A sheet of the file."""

    name: str
    rows: int
    chosen: bool


class ListColumn(BaseModel):
    """A column of the list; of one about persons no cell is shown."""

    name: str
    private: bool
    likely: str | None = Field(description="Our field that its name means.")
    samples: list[str]


class HeadRow(BaseModel):
    """A row at the top of the sheet, to see where the header is."""

    row: int
    cells: list[str]


class ListPreview(BaseModel):
    """How a list is read."""

    file_format: str = Field(examples=["XLSX"])
    encoding: str | None
    sheets: list[ListSheet]
    head: list[HeadRow]
    columns: list[ListColumn]
    layout: ListLayout
    remembered: bool = Field(description="As it was said for an earlier list of this header.")


class WordChoice(BaseModel):
    """What a word may stand for."""

    meaning: str
    name: str
    score: float


class UnknownListWord(BaseModel):
    """A word that nobody has given a meaning yet."""

    field: WordField
    word: str
    rows: int
    suggestions: list[WordChoice]


class ListCandidate(BaseModel):
    """Where a row may lie."""

    label: str
    score: float
    grid: Ref | None


class CheckedRow(BaseModel):
    """A row that will be a case."""

    sheet: str
    row: int
    external_number: str | None
    category_id: int
    description: str | None
    address: str | None
    occurred_at: AwareDatetime | None
    struck_off: bool
    doubt: Doubt | None = Field(description="Why it will wait for its place; null: it has one.")
    candidates: list[ListCandidate]


class ListCase(BaseModel):
    """A case that a row is already."""

    id: UUID
    number: str
    state: str


class ChangedRow(BaseModel):
    """A row that is a case already and says something else by now."""

    sheet: str
    row: int
    external_number: str | None
    description: str | None
    address: str | None
    fields: list[str]
    struck_off: bool = Field(description="Struck off there, still to be put right here.")
    struck_off_at: AwareDatetime | None
    case: ListCase | None = Field(description="Null: it lies in another's area.")


class ListFault(BaseModel):
    """A row that cannot be a case, and why."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    message_zh: str
    message_en: str


class ListCounts(BaseModel):
    """What would become of all rows."""

    new: int
    placed: int
    triage: int
    known: int
    changed: int
    proposed: int = Field(description="Known, struck off there, and still to be put right here.")
    struck_off: int = Field(description="New, and struck off there already.")
    failed: int
    left_out: int
    passed: dict[str, int] = Field(description="Blank rows, sums, notes, repeated headers.")
    hidden: int = Field(description="Telephone and identity numbers taken out of texts.")


class ListCheck(BaseModel):
    """What would become of a list; of each kind of row the first 200."""

    layout: ListLayout
    counts: ListCounts
    words: list[UnknownListWord]
    rows: list[CheckedRow] = Field(description="Those that will wait for their place first.")
    changed: list[ChangedRow]
    faults: list[ListFault]


class ListOutcome(BaseModel):
    """What has become of a list's rows so far."""

    new: int
    triage: int
    handled: int
    known: int
    changed: int
    proposed: int
    accepted: int
    failed: int = 0
    left_out: int = 0
    hidden: int = 0
    failure: Literal["internal", "not-allowed"] | None = None


class ListImport(BaseModel):
    """An import of a list."""

    id: UUID
    area: NamedRef
    source: str
    file_name: str
    state: Literal["waiting", "running", "done", "failed"]
    done: int
    total: int
    outcome: ListOutcome
    asked_by: ActorRef | None
    asked_at: AwareDatetime
    finished_at: AwareDatetime | None


def preview(arranged: Arranged) -> ListPreview:
    """How a list is read."""
    page = arranged.pages[0]
    private = [at for at, name in enumerate(page.header.names) if name in arranged.private]
    head = [
        HeadRow(row=number, cells=_cells(row, private if at > page.header.last else []))
        for at, (number, row) in enumerate(
            zip(page.sheet.numbers[:_HEAD_ROWS], page.sheet.rows[:_HEAD_ROWS], strict=True)
        )
    ]
    chosen = {one.sheet.name for one in arranged.pages}
    return ListPreview(
        file_format=arranged.book.file_format,
        encoding=arranged.book.encoding,
        sheets=[
            ListSheet(name=sheet.name, rows=len(sheet.rows), chosen=sheet.name in chosen)
            for sheet in arranged.book.sheets
        ],
        head=head,
        columns=[_column(arranged, at) for at in range(len(page.header.names))],
        layout=arranged.layout,
        remembered=arranged.remembered,
    )


def _column(arranged: Arranged, at: int) -> ListColumn:
    name = arranged.names[at]
    private = name in arranged.private
    samples: list[str] = []
    if not private:
        cells = (row[at] for page in arranged.pages for _, row in page.body)
        texts = dict.fromkeys(_text(cell) for cell in cells if cell is not None)
        samples = list(texts)[:_SAMPLES]
    return ListColumn(name=name, private=private, likely=field_of(name), samples=samples)


def _cells(row: Sequence[Cell], private: Sequence[int]) -> list[str]:
    return [
        (HIDDEN if at in private and cell is not None else _text(cell))
        for at, cell in enumerate(row)
    ]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        shown = f"{cell:%Y-%m-%d %H:%M}"
    else:
        shown = cell.isoformat() if isinstance(cell, date) else str(cell)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def check_told(checked: Checked, meanings: Meanings, seen: Sequence[bool]) -> ListCheck:
    """What would become of a list.

    Parameters
    ----------
    seen
        Of each known row, whether the caller may see its case.
    """
    understood, parted = checked.understood, checked.sorted
    pairs = list(zip(parted.new, checked.placings, strict=True))
    waiting = [pair for pair in pairs if pair[1].doubt is not None]
    placed = [pair for pair in pairs if pair[1].doubt is None]
    changed = [
        (known, visible)
        for known, visible in zip(parted.known, seen, strict=True)
        if known.fields or known.struck_off
    ]
    return ListCheck(
        layout=understood.arranged.layout,
        counts=ListCounts(
            new=len(pairs),
            placed=len(placed),
            triage=len(waiting),
            known=len(parted.known),
            changed=sum(1 for known in parted.known if known.fields),
            proposed=sum(1 for known in parted.known if known.struck_off),
            struck_off=sum(1 for row in parted.new if row.struck_off),
            **beside(understood),
            passed=understood.read.passed,
        ),
        words=[
            UnknownListWord(
                field=one.field,
                word=one.word,
                rows=one.rows,
                suggestions=[
                    WordChoice(**vars(choice)) for choice in meanings.suggestions(one.word)
                ]
                if one.field == "category"
                else [],
            )
            for one in understood.ready.unknown
        ],
        rows=[_row(row, placing) for row, placing in [*waiting, *placed][:MOST_SHOWN]],
        changed=[_changed(known, visible) for known, visible in changed[:MOST_SHOWN]],
        faults=[_fault(fault) for fault in understood.faults[:MOST_SHOWN]],
    )


def beside(understood: Understood) -> dict[str, int]:
    """Rows of a list that will be no cases, as counts."""
    return {
        "failed": len({(fault.sheet, fault.bad.row) for fault in understood.faults}),
        "left_out": understood.ready.left_out,
        "hidden": understood.read.hidden,
    }


def _row(row: ReadyRow, placing: Placing) -> CheckedRow:
    told = row.model_dump(include=set(CheckedRow.model_fields))
    return CheckedRow(
        **told,
        doubt=placing.doubt,
        candidates=[_candidate(one) for one in placing.candidates[:3]],
    )


def _candidate(one: Candidate) -> ListCandidate:
    return ListCandidate(
        label=one.label, score=one.score, grid=ref(one.grid_id, one.grid_code, one.grid_name)
    )


def _changed(known: KnownRow, visible: bool) -> ChangedRow:
    told = known.row.model_dump(include=set(ChangedRow.model_fields))
    case = known.case
    shown = ListCase(id=case.case_id, number=case.number, state=case.state) if visible else None
    return ChangedRow(
        **told | {"struck_off": known.struck_off}, fields=list(known.fields), case=shown
    )


def _fault(fault: Fault) -> ListFault:
    bad = fault.bad
    return ListFault(
        sheet=fault.sheet,
        row=bad.row,
        column=bad.column,
        value=bad.value[:_LONGEST],
        code=bad.code,
        message_zh=bad.message_zh,
        message_en=bad.message_en,
    )


def list_import(row: Row[Any]) -> ListImport:
    """An import, from its row of `report_lists.sql`."""
    asked_by = None
    if row.display_name is not None:
        asked_by = ActorRef(id=row.asked_by, display_name=row.display_name)
    return ListImport(
        id=row.id,
        area=NamedRef(id=row.area_id, name=row.area_name),
        source=row.source,
        file_name=row.file_name,
        state=row.state,
        done=row.done,
        total=row.total,
        outcome=ListOutcome.model_validate(row.result),
        asked_by=asked_by,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
    )
