"""What answers about places have in common: references, points, boxes, outlines."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from api.errors import Problem

LonLat = tuple[float, float]
Box = tuple[float, float, float, float]


class Ref(BaseModel):
    """A place by its id, code and name."""

    id: int
    code: str = Field(examples=["370303001001001"])
    name: str = Field(examples=["第一网格"])


class Outline(BaseModel):
    """A GeoJSON geometry, WGS 84, longitude first."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


BboxText = Annotated[
    str | None,
    Query(
        alias="bbox",
        description="west,south,east,north in degrees",
        examples=["118.02,36.78,118.08,36.83"],
    ),
]


def read_bbox(text: str | None) -> Box | None:
    """Read `west,south,east,north`.

    Raises
    ------
    Problem
        422, if it is not four numbers of the globe in this order.
    """
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or not (
        -180 <= numbers[0] <= numbers[2] <= 180 and -90 <= numbers[1] <= numbers[3] <= 90
    ):
        raise Problem(
            422,
            "invalid",
            "Give bbox as west,south,east,north in degrees.",
            errors=[{"pointer": "/bbox", "in": "query", "code": "bbox", "message": "no such box"}],
        )
    west, south, east, north = numbers
    return (west, south, east, north)
