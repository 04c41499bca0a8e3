"""What the API is asked to do with a draft: one model for each kind of edit."""

from typing import Annotated, Literal, Self, assert_never

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from geo.redraw import edits

Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Place = tuple[Lon, Lat]
GridId = Annotated[int, Field(gt=0)]
GridIds = Annotated[list[GridId], Field(min_length=1, max_length=1000)]


class MovedVertex(BaseModel):
    """A vertex and where it goes."""

    model_config = ConfigDict(populate_by_name=True)

    from_: Place = Field(alias="from", description="As the draft gave it, digit by digit.")
    to: Place


class InsertedVertex(BaseModel):
    """A new vertex in an edge."""

    between: tuple[Place, Place] = Field(description="The two ends of the edge.")
    to: Place


class MoveEdit(BaseModel):
    """Move vertices; every grid that shares one follows. One put on another becomes one with it."""

    kind: Literal["move"]
    vertices: Annotated[list[MovedVertex], Field(max_length=200)] = []
    inserted: Annotated[list[InsertedVertex], Field(max_length=200)] = []

    @model_validator(mode="after")
    def _moves_something(self) -> Self:
        if not (self.vertices or self.inserted):
            raise ValueError("name a vertex to move, or one to insert")
        return self


class SplitEdit(BaseModel):
    """Divide a grid along a line; the part with most households keeps the grid's id."""

    kind: Literal["split"]
    grid_id: GridId
    line: Annotated[
        list[Place],
        Field(min_length=2, max_length=500, description="From one side of the grid to another."),
    ]


class MergeEdit(BaseModel):
    """Make one grid of neighbours; it keeps the id of the one with most households."""

    kind: Literal["merge"]
    grid_ids: Annotated[list[GridId], Field(min_length=2, max_length=100)]


class GiveBuildingEdit(BaseModel):
    """Give a building with the ground around it to a neighbour.

    One that is divided among grids by its units goes over whole, from each grid that holds a
    part of it.
    """

    kind: Literal["give-building"]
    building_id: int
    to_grid_id: GridId
    from_grid_id: GridId | None = Field(
        None, description="Give only what this grid holds of a divided building."
    )


class GiveBlockEdit(BaseModel):
    """Give the part of a grid that roads enclose around a point to a neighbour."""

    kind: Literal["give-block"]
    point: Place
    to_grid_id: GridId


class SnapEdit(BaseModel):
    """Lay the boundary between two grids on roads and banks near it."""

    kind: Literal["snap"]
    grid_ids: tuple[GridId, GridId]
    tolerance_m: float = Field(20, gt=0, le=200)


class EvenOutEdit(BaseModel):
    """Draw the boundaries between neighbours anew so that their households are alike."""

    kind: Literal["even-out"]
    grid_ids: Annotated[list[GridId], Field(min_length=2, max_length=30)]


class LockEdit(BaseModel):
    """Lock grids against every edit, or unlock them."""

    kind: Literal["lock", "unlock"]
    grid_ids: GridIds


class RenameEdit(BaseModel):
    """Give a grid another name."""

    kind: Literal["rename"]
    grid_id: GridId
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class KindEdit(BaseModel):
    """Make a grid general 综合, micro 微网格 or a whole site 专属."""

    kind: Literal["kind"]
    grid_id: GridId
    value: Literal["general", "micro", "site"]


class RenumberEdit(BaseModel):
    """Number all grids of the plan anew in reading order; locked ones keep their numbers."""

    kind: Literal["renumber"]


ShapeEdit = (
    MoveEdit | SplitEdit | MergeEdit | GiveBuildingEdit | GiveBlockEdit | SnapEdit | EvenOutEdit
)
LabelEdit = LockEdit | RenameEdit | KindEdit | RenumberEdit
AnyEdit = Annotated[ShapeEdit | LabelEdit, Field(discriminator="kind")]


class EditRequest(BaseModel):
    """One edit, and the revisions of the grids it was made on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "edit": {
                        "kind": "move",
                        "vertices": [{"from": [118.0512, 36.8021], "to": [118.0514, 36.8021]}],
                    },
                    "base": {"12": 3, "13": 0},
                },
                {
                    "edit": {
                        "kind": "split",
                        "grid_id": 12,
                        "line": [[118.0502, 36.8014], [118.0529, 36.8016]],
                    },
                    "base": {"12": 3},
                },
                {"edit": {"kind": "merge", "grid_ids": [12, 13]}, "base": {"12": 4, "13": 0}},
                {"edit": {"kind": "rename", "grid_id": 12, "name": "东风里"}, "base": {"12": 5}},
                {"edit": {"kind": "renumber"}, "base": {}},
            ]
        }
    )

    edit: AnyEdit
    base: dict[int, int] = Field(
        max_length=1000,
        description="Grid id → revision: of every grid that the edit names or whose ground it "
        "changes. A neighbour that only gains a vertex need not be named.",
    )


class StepRequest(BaseModel):
    """Undo or redo, on the draft as the planner sees it."""

    revision: int = Field(ge=0)


def edit_of(asked: AnyEdit) -> edits.Edit:
    """The edit in the words of the pure core."""
    match asked:
        case LockEdit():
            return edits.Lock(tuple(asked.grid_ids), locked=asked.kind == "lock")
        case RenameEdit():
            return edits.Rename(asked.grid_id, asked.name)
        case KindEdit():
            return edits.SetKind(asked.grid_id, asked.value)
        case RenumberEdit():
            return edits.Renumber()
        case _:
            return _shape_edit(asked)


def _shape_edit(asked: ShapeEdit) -> edits.ShapeEdit:
    done: edits.ShapeEdit
    match asked:
        case MoveEdit():
            vertices = tuple((vertex.from_, vertex.to) for vertex in asked.vertices)
            inserted = tuple((vertex.between, vertex.to) for vertex in asked.inserted)
            done = edits.Move(vertices, inserted)
        case SplitEdit():
            done = edits.Split(asked.grid_id, tuple(asked.line))
        case MergeEdit():
            done = edits.Merge(tuple(asked.grid_ids))
        case GiveBuildingEdit():
            done = edits.GiveBuilding(asked.building_id, asked.to_grid_id, asked.from_grid_id)
        case GiveBlockEdit():
            done = edits.GiveBlock(asked.point, asked.to_grid_id)
        case SnapEdit():
            done = edits.Snap(asked.grid_ids, asked.tolerance_m)
        case EvenOutEdit():
            done = edits.EvenOut(tuple(asked.grid_ids))
        case _:
            assert_never(asked)
    return done
