"""Categories of hazards: the short list that ships, and reading a district's own."""

import csv
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from casework.states import Proof
from data.schema import Category, Unit


def shipped_categories() -> list[dict[str, Any]]:
    """The rows of `data/categories.csv`."""
    lines = files("data").joinpath("categories.csv").read_text(encoding="utf-8").splitlines()
    return [{**row, "limit_minutes": int(row["limit_minutes"])} for row in csv.DictReader(lines)]


def seed_categories(connection: Connection, district_id: int) -> int:
    """Give a new district the categories that ship; those it has already stay as they are.

    Returns
    -------
    int
        Categories added.
    """
    rows = [{"district_id": district_id, **row} for row in shipped_categories()]
    added = insert(Category).values(rows).on_conflict_do_nothing().returning(Category.id)
    return len(connection.execute(added).all())


def ask_for_proof(connection: Connection, district_id: int, proof: Proof) -> None:
    """Ask the same proof of a repair of every category: `none`, a photo, or one of before too."""
    connection.execute(
        update(Category).where(Category.district_id == district_id).values(proof=proof)
    )


def list_categories(
    connection: Connection, district_id: int, *, limit: int, after_id: int = 0
) -> Sequence[Row[Any]]:
    """Categories in use, by id."""
    return connection.execute(
        select(Category)
        .where(Category.district_id == district_id, Category.active, Category.id > after_id)
        .order_by(Category.id)
        .limit(limit)
    ).all()


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
    values = {"district_id": district_id, "area_id": area_id, "name": name, "name_en": name_en}
    connection.execute(insert(Unit).values(values).on_conflict_do_nothing())
    return connection.execute(
        select(Unit.id).where(Unit.district_id == district_id, Unit.name == name)
    ).scalar_one()
