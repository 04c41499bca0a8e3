"""What a draft can be drawn up by: what an area has, and lines and compounds that are uploaded."""

import tempfile
from pathlib import Path, PurePath
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.context import CurrentCaller, Now, Tx
from api.errors import Problem, not_found, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from data import division
from data.areas import area_path
from data.imports.problems import ImportFileError
from data.layers import district_today
from data.plan_layers import LayerRole, find_layers, keep_layer, read_layer_file
from data.plan_wishes import TownLine

router = APIRouter(prefix="/api/v1/areas/{area_id}", tags=["plans"])

LONGEST_NAME = 120


class DividedCommunity(BaseModel):
    """A community, and the grids in force in it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str = Field(examples=["370303001001"])
    name: str
    name_en: str | None
    households: int
    grids: int
    locked: int = Field(description="Of these grids.")


class LockedDraft(BaseModel):
    """A plan that is not published and has locked grids."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    locked: int


class PlanLayer(BaseModel):
    """Lines or polygons that were uploaded or drawn."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    role: LayerRole
    name: str
    shapes: int


class Division(BaseModel):
    """What there is in an area to divide it by."""

    communities: list[DividedCommunity]
    lines: dict[TownLine, int] = Field(description="Roads or surfaces of each kind.")
    compounds: int = Field(description="Compounds that were imported as polygons.")
    drafts: list[LockedDraft]
    layers: list[PlanLayer] = Field(description="Newest first, 50 at most.")


@router.get("/division")
def area_division(area_id: int, caller: CurrentCaller, tx: Tx, at: Now) -> Division:
    """Tell what a draft of an area can be drawn up by."""
    _require(tx, caller, area_id)
    today = district_today(tx, caller.district_id, at)
    found = division.read_division(tx, caller.district_id, area_id, today)
    return Division(
        communities=[DividedCommunity.model_validate(row) for row in found.communities],
        lines=found.lines,
        compounds=found.compounds,
        drafts=[LockedDraft.model_validate(row) for row in found.drafts],
        layers=[PlanLayer.model_validate(layer) for layer in found.layers],
    )


@router.post(
    "/plan-layers",
    status_code=201,
    response_model=PlanLayer,
    responses=problem_responses(409, 413, 422),
)
def add_plan_layer(
    area_id: int,
    file: Annotated[UploadFile, File()],
    role: Annotated[LayerRole, Form()],
    command: CurrentCommand,
    name: Annotated[str | None, Form(max_length=LONGEST_NAME)] = None,
) -> JSONResponse:
    """Keep barriers, lines to prefer or compounds: GeoPackage, zipped Shapefile or GeoJSON.

    At most 16 MB. Coordinates in a registered system are brought to WGS 84.
    """
    caller, tx = command.caller, command.tx
    _require(tx, caller, area_id)
    told = PurePath(file.filename or "layer").name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{PurePath(told).suffix.lower()}"
        path.write_bytes(file.file.read())
        try:
            frame = read_layer_file(path, role)
        except ImportFileError as error:
            raise _unreadable(error) from error
    layer_id = keep_layer(
        tx,
        caller.district_id,
        area_id,
        frame,
        role=role,
        name=(name or told)[:LONGEST_NAME],
        by=caller.account_id,
        at=command.at,
    )
    kept = find_layers(tx, caller.district_id, [layer_id])[layer_id]
    return command.keep(PlanLayer.model_validate(kept), 201)


def _require(tx: Connection, caller: Caller, area_id: int) -> None:
    path = area_path(tx, caller.district_id, area_id)
    if path is None:
        raise not_found("area")
    caller.require_at("plan:generate", path, what="area")


def _unreadable(error: ImportFileError) -> Problem:
    told = {"message_zh": error.message_zh, "message_en": error.message_en, "fault": error.code}
    return Problem(422, "unreadable-file", error.message_en, params=told)
