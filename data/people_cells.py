"""The cells of a list of people: who, in which role, and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Connection

from data.accounts import LOGIN_PATTERN, NewRole
from data.database import query
from data.report_lists.sheets import Cell
from data.scope import Scope

LONGEST: Final = 64
ROLE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "officer": ("网格员", "Grid officer", "officer", "专职网格员"),
    "planner": ("网格规划", "Planner", "规划员", "网格规划员"),
    "commander": ("指挥中心值班", "Duty officer", "commander", "指挥员", "值班员"),
    "handler": ("责任单位人员", "Handler", "责任单位", "处置人员", "Responsible unit"),
    "administrator": ("管理员", "Administrator"),
    "auditor": ("审计", "Auditor", "审计员"),
}
"""What each role is called: in Chinese, in English, and by other offices."""
_ROLES: Final = {word.casefold(): role for role, words in ROLE_WORDS.items() for word in words}
_SEPARATORS: Final = re.compile(r"[、，,;；\n]+")
Column = Literal["login", "name", "role", "area", "grids", "unit", "since", "last_day"]


class BadCellError(Exception):
    """A cell says what cannot be taken; `code` as of `data.people_lists.RowFault`."""

    def __init__(self, column: Column, code: str, value: str = "") -> None:
        super().__init__(f"{column}: {code}")
        self.column: Column = column
        self.code = code
        self.value = value


@dataclass(frozen=True)
class Cells:
    """A row, by its number as a person counts it."""

    row: int
    raw: Mapping[Column, Cell]

    def said(self, column: Column) -> str:
        """A cell as words; a number that is whole without its point."""
        cell = self.raw.get(column)
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return "" if cell is None else " ".join(str(cell).split())

    @property
    def login(self) -> str:
        """The login, in small letters."""
        return self.said("login").lower()

    def checked_login(self) -> str:
        """The login as accounts have it."""
        if not self.login:
            raise BadCellError("login", "missing")
        if not 2 <= len(self.login) <= LONGEST or re.match(LOGIN_PATTERN, self.login) is None:
            raise BadCellError("login", "form", self.said("login"))
        return self.login

    def checked_name(self) -> str:
        """The name that is shown."""
        name = self.said("name")
        if not name:
            raise BadCellError("name", "missing")
        if len(name) > LONGEST:
            raise BadCellError("name", "long", name)
        return name

    def role(self) -> str:
        """The role, whatever it is called."""
        said = self.said("role")
        if not said:
            raise BadCellError("role", "missing")
        if said.casefold() not in _ROLES:
            raise BadCellError("role", "unknown", said)
        return _ROLES[said.casefold()]


@dataclass(frozen=True)
class _Place:
    id: int
    code: str
    name: str
    path: str

    def lies_in(self, path: str) -> bool:
        return self.path == path or self.path.startswith(path + ".")


class Places:
    """Areas and grids that a list may name, by code or by name."""

    def __init__(self, rows: Any) -> None:
        self._of: dict[str, dict[str, list[_Place]]] = {"area": {}, "grid": {}}
        for row in rows:
            place = _Place(row.id, row.code, row.name, row.path)
            for word in {place.code, place.name, f"{place.code} {place.name}"}:
                self._of[row.kind].setdefault(word, []).append(place)

    def roles_of(self, line: Cells, role: str) -> list[NewRole]:
        """The roles of a row: on each of its grids, or within its area.

        Raises
        ------
        BadCellError
        """
        said = line.said("area")
        area = self._one("area", "area", said) if said else None
        grids = [word.strip() for word in _SEPARATORS.split(_grids_cell(line)) if word.strip()]
        if grids and role != "officer":
            raise BadCellError("grids", "officers", line.said("grids"))
        if grids:
            within = None if area is None else area.path
            found = [self._one("grid", "grids", word, within) for word in grids]
            return [NewRole(role, grid_id=id_) for id_ in dict.fromkeys(one.id for one in found)]
        if area is None:
            raise BadCellError("area", "missing")
        return [NewRole(role, area_id=area.id)]

    def _one(self, kind: str, column: Column, word: str, within: str | None = None) -> _Place:
        """The one place of a word; of a code and a name together, the code says which."""
        of = self._of[kind]
        found = of.get(word) or of.get(word.split(" ", maxsplit=1)[0], [])
        found = [place for place in found if within is None or place.lies_in(within)]
        if not found:
            raise BadCellError(column, "unknown", word)
        if len(found) > 1:
            raise BadCellError(column, "several", word)
        return found[0]


def _grids_cell(line: Cells) -> str:
    """The grids' cell with its line breaks, which part one grid from the next."""
    cell = line.raw.get("grids")
    return cell if isinstance(cell, str) else line.said("grids")


def read_places(connection: Connection, scope: Scope, day: date) -> Places:
    """Read the areas of a scope, and the grids in force there on a day."""
    asked = {**scope.parameters(), "day": day}
    return Places(connection.execute(query("places_for_people"), asked).all())
