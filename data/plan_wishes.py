"""What a planner asked for when a draft was drawn up, kept with the plan to draw it up again.

An empty object says what every town gets without any wish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from geo.grids import GridOptions

Way = Literal["anew", "least-change"]
AreaKind = Literal["general", "micro", "site"]
TownLine = Literal["motorway", "railway", "main-road", "water"]
LEAST_HOUSEHOLDS: Final = 10
Households = Annotated[int, Field(ge=LEAST_HOUSEHOLDS, le=100_000)]
LayerIds = Annotated[tuple[int, ...], Field(max_length=10)]

PROBLEM_AT_TOLERANCES: Final = 2.0
"""A grid off by more than this many tolerances is a problem to look at."""
ROAD_CLASSES: Final[Mapping[TownLine, frozenset[str]]] = {
    "motorway": frozenset({"motorway", "motorway_link", "trunk", "trunk_link"}),
    "railway": frozenset({"rail", "railway", "light_rail", "narrow_gauge"}),
    "main-road": frozenset({"primary", "primary_link", "secondary", "secondary_link"}),
}
"""OpenStreetMap classes of the roads that a kind of line stands for."""


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AreaWish(_Wish):
    """What one community is divided into."""

    area_id: int
    kind: AreaKind = Field("general", description="综合, micro 微网格 or one whole site 专属.")
    households: Households | None = Field(
        None, description="Households of a grid of this community; null: as the plan says."
    )


class LineWish(_Wish):
    """Lines of the town by kind, and layers that were uploaded or drawn."""

    town: tuple[TownLine, ...] = ()
    layers: LayerIds = ()


class CompoundWish(_Wish):
    """Compounds 小区 to keep whole: those imported as places, and layers that were uploaded."""

    town: bool = False
    layers: LayerIds = ()


class MicroRange(_Wish):
    """Households of a micro-grid 微网格."""

    least: int = Field(50, ge=1, le=10_000)
    most: int = Field(80, ge=1, le=10_000)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most or self.least + self.most < 2 * LEAST_HOUSEHOLDS:
            raise ValueError("least may not be above most, and their mean is 10 at least")
        return self


class PlanWishes(_Wish):
    """What a draft is drawn up by, beside its target households."""

    way: Way = Field(
        "anew", description="`least-change`: from the grids in force, moving the fewest households."
    )
    tolerance_pct: float = Field(
        5.0, ge=1, le=50, description="Off the fair target: amber beyond this, red beyond twice it."
    )
    micro: MicroRange = MicroRange()
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Same input, same seed: same grids.")
    areas: Annotated[tuple[AreaWish, ...], Field(max_length=10_000)] = Field(
        (), description="Communities that are not divided like the others."
    )
    only: Annotated[tuple[int, ...], Field(min_length=1, max_length=10_000)] | None = Field(
        None,
        description="Communities to divide; the others keep the grids in force. Null: all.",
    )
    locked_of: Literal["in-force"] | int | None = Field(
        None,
        description="Locked grids that stay as they are: of the grids in force, or of a plan. "
        "A draft that is drawn up again keeps its own.",
    )
    barriers: LineWish = Field(LineWish(), description="No grid lies across these.")
    preferred: LineWish = Field(LineWish(), description="Followed before other lines.")
    compounds: CompoundWish = Field(CompoundWish(), description="Kept whole where they fit.")

    @model_validator(mode="after")
    def _areas_once(self) -> Self:
        named = [wish.area_id for wish in self.areas]
        if len(set(named)) < len(named):
            raise ValueError("a community is named twice")
        return self

    @property
    def layer_ids(self) -> frozenset[int]:
        """Layers that the wishes name."""
        return frozenset(self.barriers.layers + self.preferred.layers + self.compounds.layers)

    @property
    def area_ids(self) -> frozenset[int]:
        """Communities that the wishes name."""
        return frozenset(wish.area_id for wish in self.areas) | frozenset(self.only or ())

    def options(self, households: int) -> GridOptions:
        """What grids are made by, for a target of so many households."""
        return GridOptions(
            households=households,
            micro_households=micro_mean(self.micro.least, self.micro.most),
            micro_range=(self.micro.least, self.micro.most),
            tolerance=self.tolerance_pct / 100,
            seed=self.seed,
        )


NO_WISHES: Final = PlanWishes()


@dataclass(frozen=True)
class Limits:
    """How many households the grids of a plan should have.

    Attributes
    ----------
    households
        Target of a general grid.
    tolerance_pct
        How far off the fair target a grid may be without being marked.
    micro
        Range of a micro-grid.
    of_area
        Target of the communities that have one of their own, by id.
    kinds
        What the communities are divided into that are not divided like the others, by id.
    """

    households: int = 300
    tolerance_pct: float = 5.0
    micro: tuple[int, int] = (50, 80)
    of_area: Mapping[int, int] = field(default_factory=dict)
    kinds: Mapping[int, AreaKind] = field(default_factory=dict)

    @property
    def problem_pct(self) -> float:
        """How far off the fair target a grid is a problem to look at."""
        return PROBLEM_AT_TOLERANCES * self.tolerance_pct

    def divides_by(self, area_id: int) -> int | None:
        """Households in a grid of a community when it is divided; None for one whole site."""
        kind = self.kinds.get(area_id, "general")
        if kind == "site":
            return None
        usual = micro_mean(*self.micro) if kind == "micro" else self.households
        return self.of_area.get(area_id, usual)


def micro_mean(least: int, most: int) -> int:
    """Households that a micro-grid is made for, by its range."""
    return max(LEAST_HOUSEHOLDS, (least + most) // 2)


def limits_of(households: int, wishes: Mapping[str, Any]) -> Limits:
    """Limits of a plan, from its row: its target and what was asked for."""
    asked = PlanWishes.model_validate(wishes)
    return Limits(
        households=households,
        tolerance_pct=asked.tolerance_pct,
        micro=(asked.micro.least, asked.micro.most),
        of_area={
            wish.area_id: wish.households for wish in asked.areas if wish.households is not None
        },
        kinds={wish.area_id: wish.kind for wish in asked.areas},
    )
