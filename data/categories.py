"""Categories of hazards: the short list that ships, and reading a district's own."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from casework.deadlines import Clock, Limit
from casework.limits import LimitRule
from casework.states import Proof
from data.limits import seed_limits
from data.schema import Category, Unit


@dataclass(frozen=True)
class ShippedCategory:
    """A category as it ships, with how long putting it right may take."""

    standard: str
    kind: str
    code: str
    name: str
    name_en: str
    severity: str
    limit: Limit


def shipped_categories() -> list[ShippedCategory]:
    """The rows of `data/categories.csv`."""
    lines = files("data").joinpath("categories.csv").read_text(encoding="utf-8").splitlines()
    found = []
    for row in csv.DictReader(lines):
        limit = Limit(cast("Clock", row.pop("clock")), int(row.pop("amount")))
        found.append(ShippedCategory(**row, limit=limit))
    return found


def seed_categories(connection: Connection, district_id: int) -> int:
    """Give a new district the categories that ship, with their limits; those it has stay.

    Returns
    -------
    int
        Categories added.
    """
    shipped = {(one.standard, one.kind, one.code): one for one in shipped_categories()}
    rows = [
        {
            "district_id": district_id,
            **{name: value for name, value in vars(one).items() if name != "limit"},
        }
        for one in shipped.values()
    ]
    table = Category
    added = connection.execute(
        insert(table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(table.id, table.standard, table.kind, table.code)
    ).all()
    limits = [
        LimitRule("handle", shipped[row.standard, row.kind, row.code].limit, row.id)
        for row in added
    ]
    seed_limits(connection, district_id, limits)
    return len(added)


@dataclass(frozen=True)
class NewCategory:
    """A kind of hazard of a district's own."""

    standard: str
    kind: str
    code: str
    name: str
    name_en: str
    severity: str
    active: bool = True


def add_category(connection: Connection, district_id: int, new: NewCategory) -> int | None:
    """Add a kind of hazard; None: there is one of this standard, group and code."""
    return connection.execute(
        insert(Category)
        .values(district_id=district_id, **vars(new))
        .on_conflict_do_nothing()
        .returning(Category.id)
    ).scalar_one_or_none()


def change_category(
    connection: Connection,
    district_id: int,
    category_id: int,
    *,
    name: str,
    name_en: str,
    severity: str,
    active: bool,
) -> bool:
    """Change what a kind is called and how severe; False: there is no such one."""
    changed = connection.execute(
        update(Category)
        .where(Category.district_id == district_id, Category.id == category_id)
        .values(name=name, name_en=name_en, severity=severity, active=active)
    )
    return changed.rowcount > 0


def ask_for_proof(connection: Connection, district_id: int, proof: Proof) -> None:
    """Ask the same proof of a repair of every category: `none`, a photo, or one of before too."""
    connection.execute(
        update(Category).where(Category.district_id == district_id).values(proof=proof)
    )


def list_categories(
    connection: Connection,
    district_id: int,
    *,
    limit: int,
    after_id: int = 0,
    retired: bool = False,
) -> Sequence[Row[Any]]:
    """Categories in use, by id; `retired`: those no longer offered as well."""
    asked = select(Category).where(Category.district_id == district_id, Category.id > after_id)
    if not retired:
        asked = asked.where(Category.active)
    return connection.execute(asked.order_by(Category.id).limit(limit)).all()


def find_category(connection: Connection, district_id: int, category_id: int) -> Row[Any] | None:
    """A category, whether in use or not; None: there is no such one."""
    return connection.execute(
        select(Category).where(Category.district_id == district_id, Category.id == category_id)
    ).one_or_none()


def list_units(
    connection: Connection, district_id: int, *, limit: int, after_id: int = 0
) -> Sequence[Row[Any]]:
    """Responsible units, by id."""
    return connection.execute(
        select(Unit)
        .where(Unit.district_id == district_id, Unit.id > after_id)
        .order_by(Unit.id)
        .limit(limit)
    ).all()


def units_by_id(connection: Connection, district_id: int, ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Units by their ids."""
    return connection.execute(
        select(Unit).where(Unit.district_id == district_id, Unit.id.in_(ids)).order_by(Unit.id)
    ).all()


def create_unit(
    connection: Connection, district_id: int, area_id: int, name: str, name_en: str | None
) -> int:
    """Make a responsible unit, or find the one of this name; its id."""
    made = add_unit(connection, district_id, area_id, name, name_en)
    if made is not None:
        return made
    return connection.execute(
        select(Unit.id).where(Unit.district_id == district_id, Unit.name == name)
    ).scalar_one()


def add_unit(
    connection: Connection, district_id: int, area_id: int, name: str, name_en: str | None
) -> int | None:
    """Make a responsible unit; None: there is one of this name."""
    values = {"district_id": district_id, "area_id": area_id, "name": name, "name_en": name_en}
    return connection.execute(
        insert(Unit).values(values).on_conflict_do_nothing().returning(Unit.id)
    ).scalar_one_or_none()


def change_unit(
    connection: Connection, district_id: int, unit_id: int, name: str, name_en: str | None
) -> bool | None:
    """Call a unit something else; False: there is no such one, None: another is called that."""
    table = Unit
    other = select(table.id).where(
        table.district_id == district_id, table.name == name, table.id != unit_id
    )
    if connection.execute(other).scalar_one_or_none() is not None:
        return None
    changed = connection.execute(
        update(table)
        .where(table.district_id == district_id, table.id == unit_id)
        .values(name=name, name_en=name_en)
    )
    return changed.rowcount > 0
