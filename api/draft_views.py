"""What the API tells of a draft that is edited."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import geopandas as gpd
import shapely
from pydantic import BaseModel, Field

from casework.plan_states import PlanState
from data import plan_drafts, plan_edits, plan_history

EditKind = Literal[
    "move", "split", "merge", "give-building", "give-block", "snap", "even-out", "lock", "unlock",
    "rename", "kind", "renumber",
]  # fmt: skip


class GridPolygon(BaseModel):
    """A GeoJSON polygon, WGS 84, longitude first; neighbours share vertices digit by digit."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: list[list[tuple[float, float]]]


class DraftProblem(BaseModel):
    """Something to look at.

    Of a grid: `households-off` {off_pct, households, target}, `no-households`, `building-cut`
    {count, building_ids}. Of an edit: `back-to-draft`, `building-cut`.
    """

    code: Literal["households-off", "no-households", "building-cut", "back-to-draft"]
    params: dict[str, Any] = Field(examples=[{"off_pct": 14.2, "households": 343, "target": 300}])


class DraftGrid(BaseModel):
    """A grid of a draft."""

    grid_id: int
    revision: int = Field(description="Revision of the draft when this grid was last edited.")
    code: str = Field(examples=["370303001001001"])
    name: str = Field(examples=["第一网格"])
    area_id: int
    area_code: str = Field(examples=["370303001001"])
    kind: Literal["general", "micro", "site"]
    locked: bool
    households: int
    buildings: int
    off_pct: float | None = Field(
        description="Against the fair target of its community, H / round(H / target); of a "
        "micro-grid against its range; null for a whole site."
    )
    problems: list[DraftProblem]
    geometry: GridPolygon


class Draft(BaseModel):
    """A draft as it is edited."""

    plan_id: int
    status: PlanState
    revision: int = Field(description="Grows with each edit, undo and redo.")
    target_households: int
    tolerance_pct: float = Field(
        description="Amber beyond this, red and a problem beyond twice it."
    )
    can_undo: bool
    can_redo: bool
    undo_label: EditKind | None = Field(description="Kind of the edit that would be undone.")
    redo_label: EditKind | None
    grids: list[DraftGrid]


class DraftBuildings(BaseModel):
    """Where the buildings of a draft's communities are counted, in columns of equal length."""

    id: list[int]
    lon: list[float] = Field(description="Of a point inside the building.")
    lat: list[float]
    households: list[int]
    name: list[str | None]
    compound: list[str | None]


class LineProperties(BaseModel):
    """What a line is."""

    kind: Literal["road", "water"]
    name: str | None
    highway: str | None = Field(description="OpenStreetMap class of a road.")


class LineGeometry(BaseModel):
    """A GeoJSON line."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]]


class LineFeature(BaseModel):
    """A road, or the bank of a river or lake."""

    type: Literal["Feature"] = "Feature"
    properties: LineProperties
    geometry: LineGeometry


class DraftLines(BaseModel):
    """Lines that a boundary may follow, GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[LineFeature]


class EditAnswer(BaseModel):
    """What an edit, an undo or a redo did."""

    revision: int
    status: PlanState = Field(description="Always `draft`: editing takes a checked plan back.")
    changed: list[DraftGrid]
    removed: list[int]
    can_undo: bool
    can_redo: bool
    undo_label: EditKind | None
    redo_label: EditKind | None
    problems: list[DraftProblem] = Field(description="To tell the planner about the edit itself.")


def draft_view(
    plan: plan_drafts.DraftPlan,
    grids: Iterable[plan_drafts.DraftGrid],
    history: plan_history.History,
) -> Draft:
    """Render a draft."""
    return Draft(
        plan_id=plan.id,
        status=plan.status,
        revision=plan.revision,
        target_households=plan.limits.households,
        tolerance_pct=plan.limits.tolerance_pct,
        grids=[grid_view(grid) for grid in grids],
        **_labels(history),
    )


def answer_view(edited: plan_edits.Edited) -> EditAnswer:
    """Render what an edit did."""
    return EditAnswer(
        revision=edited.revision,
        status="draft",
        changed=[grid_view(grid) for grid in edited.changed],
        removed=edited.removed,
        problems=[_problem(problem) for problem in edited.problems],
        **_labels(edited.history),
    )


def grid_view(grid: plan_drafts.DraftGrid) -> DraftGrid:
    """Render a grid; its coordinates keep every digit."""
    rings = [grid.shape.exterior, *grid.shape.interiors]
    known = {name: value for name, value in vars(grid).items() if name not in {"shape", "problems"}}
    return DraftGrid(
        **known,
        problems=[_problem(problem) for problem in grid.problems],
        geometry=GridPolygon(
            coordinates=[shapely.get_coordinates(ring).tolist() for ring in rings]
        ),
    )


def buildings_view(frame: gpd.GeoDataFrame) -> DraftBuildings:
    """Render buildings as columns."""
    return DraftBuildings(
        id=frame["id"].tolist(),
        lon=frame.geometry.x.tolist(),
        lat=frame.geometry.y.tolist(),
        households=frame["households"].tolist(),
        name=_texts(frame["name"]),
        compound=_texts(frame["compound"]),
    )


def lines_view(frame: gpd.GeoDataFrame) -> DraftLines:
    """Render lines, each part on its own; of water, the banks."""
    features = []
    for row in frame.itertuples(index=False):
        shape = row.geometry.boundary if row.geometry.area > 0 else row.geometry
        properties = LineProperties(kind=row.kind, name=_text(row.name), highway=_text(row.highway))
        features += [
            LineFeature(
                properties=properties,
                geometry=LineGeometry(coordinates=shapely.get_coordinates(part).tolist()),
            )
            for part in shapely.get_parts(shape)
        ]
    return DraftLines(features=features)


def _texts(column: Iterable[Any]) -> list[str | None]:
    return [_text(value) for value in column]


def _text(value: Any) -> str | None:
    """A missing text is NaN in a frame whose column has others."""
    return value if isinstance(value, str) else None


def _labels(history: plan_history.History) -> Mapping[str, Any]:
    return {
        "can_undo": history.undo is not None,
        "can_redo": history.redo is not None,
        "undo_label": history.undo,
        "redo_label": history.redo,
    }


def _problem(problem: plan_drafts.GridProblem) -> DraftProblem:
    return DraftProblem(code=problem.code, params=problem.params)
