"""Signed papers of a plan 盖章件: the scan of the consultation packet with signatures and seals.

A paper is kept as it came, byte for byte: its digest is what proves it. It is of one community or
of the whole plan, and counts for the drawing that it was added to; the rule of approval is that
each community whose grids change has one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, delete, insert, select, text

from data.database import query
from data.file_names import plain_name
from data.pictures import FileRefusedError, open_picture
from data.schema import PlanSignature

MOST_BYTES: Final = 15 * 1024 * 1024
MOST_PAPERS: Final = 200
"""So many papers a plan may have."""

_PICTURES: Final = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png")}
_PDF: Final = ("application/pdf", "pdf")
# A PDF may begin a little late and end with a few stray bytes.
_PDF_EDGE_BYTES: Final = 1024


class PaperError(FileRefusedError):
    """A paper that is not kept; `fault` says why."""


@dataclass(frozen=True)
class Paper:
    """A scanned paper ready to be stored: the bytes as they came, and what they are."""

    body: bytes
    media_type: str
    suffix: str
    name: str

    @property
    def sha256(self) -> bytes:
        """Digest of the bytes."""
        return hashlib.sha256(self.body).digest()


def prepare_paper(raw: bytes, name: str) -> Paper:
    """Make sure that a file is a whole PDF, JPEG or PNG, by what is in it and not by its name.

    Raises
    ------
    PaperError
    """
    if len(raw) > MOST_BYTES:
        raise PaperError("too-large")
    media_type, suffix = _PDF if b"%PDF-" in raw[:_PDF_EDGE_BYTES] else _picture_kind(raw)
    if suffix == "pdf" and b"%%EOF" not in raw[-_PDF_EDGE_BYTES:]:
        raise PaperError("damaged")
    return Paper(raw, media_type, suffix, plain_name(name, f"scan.{suffix}"))


def _picture_kind(raw: bytes) -> tuple[str, str]:
    with open_picture(raw, tuple(_PICTURES), PaperError) as image:
        kind = str(image.format)
        image.load()
    return _PICTURES[kind]


def store_paper(files: ObjectStore, district_id: int, paper: Paper) -> str:
    """Put a paper into the store; the key it lies under."""
    name = paper.sha256.hex()
    key = f"papers/{district_id}/{name[:2]}/{name}.{paper.suffix}"
    files.put(key, paper.body)
    return key


def add_paper(
    connection: Connection,
    district_id: int,
    plan_id: int,
    paper_id: UUID,
    *,
    area_id: int | None,
    revision: int,
    key: str,
    paper: Paper,
    added_by: UUID,
    at: datetime,
) -> None:
    """Add a stored paper to a plan, whose row is locked by the caller.

    Raises
    ------
    PaperError
        `too-many`.
    """
    held: int = connection.execute(
        text(
            "SELECT count(*) FROM plan_signature "
            "WHERE district_id = :district_id AND plan_id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).scalar_one()
    if held >= MOST_PAPERS:
        raise PaperError("too-many")
    connection.execute(
        insert(PlanSignature).values(
            district_id=district_id,
            id=paper_id,
            plan_id=plan_id,
            area_id=area_id,
            revision=revision,
            name=paper.name,
            key=key,
            sha256=paper.sha256,
            media_type=paper.media_type,
            size_bytes=len(paper.body),
            added_by=added_by,
            received_at=at,
        )
    )


def papers_of(connection: Connection, district_id: int, plan_id: int) -> Sequence[Row[Any]]:
    """The papers of a plan, oldest first, with their community and who added each."""
    return connection.execute(
        text(
            "SELECT s.id, s.area_id, s.revision, s.name, s.sha256, s.media_type, s.size_bytes, "
            "s.added_by, s.received_at, c.display_name, a.code AS area_code, "
            "a.name AS area_name FROM plan_signature AS s "
            "LEFT JOIN account AS c ON c.district_id = s.district_id AND c.id = s.added_by "
            "LEFT JOIN area AS a ON a.district_id = s.district_id AND a.id = s.area_id "
            "WHERE s.district_id = :district_id AND s.plan_id = :plan_id "
            "ORDER BY s.received_at, s.id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).all()


def find_paper(
    connection: Connection, district_id: int, plan_id: int, paper_id: UUID
) -> Row[str, str, str, bytes] | None:
    """`name`, `key`, `media_type` and `sha256` of a paper, or None."""
    return connection.execute(
        select(
            PlanSignature.name, PlanSignature.key, PlanSignature.media_type, PlanSignature.sha256
        ).where(
            PlanSignature.district_id == district_id,
            PlanSignature.plan_id == plan_id,
            PlanSignature.id == paper_id,
        )
    ).one_or_none()


def remove_paper(connection: Connection, district_id: int, paper_id: UUID) -> None:
    """Take a paper away; its file goes with the next `data.plan_file_care` run."""
    connection.execute(
        delete(PlanSignature).where(
            PlanSignature.district_id == district_id, PlanSignature.id == paper_id
        )
    )


def paper_communities(
    connection: Connection, district_id: int, plan_id: int, revision: int, on: date
) -> Sequence[Row[Any]]:
    """Communities of a plan: `id`, `code`, `name`, `changed` (its grids), `signed`."""
    return connection.execute(
        query("paper_communities"),
        {"district_id": district_id, "plan_id": plan_id, "revision": revision, "on": on},
    ).all()


def communities_without_paper(
    connection: Connection, district_id: int, plan_id: int, revision: int, on: date
) -> list[str]:
    """Codes of the communities whose grids a plan changes and that no signed paper covers."""
    rows = paper_communities(connection, district_id, plan_id, revision, on)
    return [row.code for row in rows if row.changed and not row.signed]
