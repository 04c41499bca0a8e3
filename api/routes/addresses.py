"""Where an address is: a building or place, its grid, and how sure that is."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import CurrentCaller, Now, Tx, scope_for
from api.shapes import LonLat, Ref
from data.addresses import Candidate, find_address, seen_from

router = APIRouter(prefix="/api/v1/addresses", tags=["locate"])
# Those who see a part of the district are shown the best of what lies in it.
_LOOKED_AT = 20


class AddressCandidate(BaseModel):
    """A place that the address may mean."""

    kind: Literal["building", "address", "place", "pole", "road", "crossing", "area"]
    label: str = Field(examples=["幸福路12号阳光小区3号楼"])
    centre: LonLat
    score: float = Field(description="0 to 1.", examples=[0.97])
    precision_m: float = Field(description="How far from the point the place may lie, metres.")
    grid: Ref | None = Field(description="The grid in force that holds the point.")
    building_id: int | None


class AddressFound(BaseModel):
    """What an address came to, the best candidate first."""

    text: str
    score: float = Field(description="Of the best candidate; 0 without one.")
    certain: bool = Field(description="Whether the best one may be taken without asking anybody.")
    candidates: list[AddressCandidate]


@router.get("")
def addresses(
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    q: Annotated[
        str,
        Query(
            max_length=200, examples=["幸福路12号 阳光小区3号楼2单元"], description="As written."
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> AddressFound:
    """Find what an address means within the caller's area; never a guess where two fit alike."""
    scope = scope_for(caller, "map:read")
    whole = find_address(tx, scope.district_id, q, at=at, limit=max(limit, _LOOKED_AT))
    found = seen_from(whole, scope)
    return AddressFound(
        text=q,
        score=found.score,
        certain=found.certain,
        candidates=[shown_candidate(one) for one in found.candidates[:limit]],
    )


def shown_candidate(one: Candidate) -> AddressCandidate:
    """A candidate as it is told."""
    grid = None
    if one.grid_id is not None:
        grid = Ref(id=one.grid_id, code=one.grid_code or "", name=one.grid_name or "")
    return AddressCandidate(
        kind=one.kind,
        label=one.label,
        centre=(one.lon, one.lat),
        score=one.score,
        precision_m=one.precision_m,
        grid=grid,
        building_id=one.building_id,
    )
