"""Proof that the files that cases rest on are those that were handed in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy import Connection, text

from data.database import query


@dataclass(frozen=True)
class FileFault:
    """A file that is no proof; `missing` from the store, `changed`, or `unknown` to the ledger."""

    case_id: UUID
    kind: Literal["photo", "sound", "paper", "signed"]
    id: UUID
    what: Literal["missing", "changed", "unknown"]


def count_files(connection: Connection, district_id: int, case_id: UUID | None = None) -> int:
    """How many files the cases of a district, or one case, rest on."""
    count: int = connection.execute(
        text(f"SELECT count(*) FROM ({query('case_files')}) AS files"),  # noqa: S608 (SQL of ours)
        {"district_id": district_id, "case_id": case_id},
    ).scalar_one()
    return count


def check_files(
    connection: Connection, files: ObjectStore, district_id: int, case_id: UUID | None = None
) -> Iterator[FileFault | None]:
    """Read every such file and compare its SHA-256 with its row and its row with the ledger.

    One answer a file, None where it holds; one file is in memory at a time.
    """
    rows = connection.execute(
        query("case_files"),
        {"district_id": district_id, "case_id": case_id},
        execution_options={"yield_per": 1000},
    )
    for row in rows:
        what = _what_ails(files, row.key, row.sha256)
        if what is None and not row.known:
            what = "unknown"
        yield None if what is None else FileFault(row.case_id, row.kind, row.id, what)


def _what_ails(
    files: ObjectStore, key: str, sha256: bytes
) -> Literal["missing", "changed", "unknown"] | None:
    try:
        body = bytes(files.get(key).bytes())
    except FileNotFoundError:
        return "missing"
    return None if hashlib.sha256(body).digest() == sha256 else "changed"
