"""Grids of about 300 households: generate them, check them, score them."""

from geo.grids.coverage import Fault, find_faults
from geo.grids.errors import GridError, GridInputError, GridPlanError
from geo.grids.generate import generate
from geo.grids.options import GridOptions
from geo.grids.revision.least_change import revise
from geo.grids.score import GridScore, score

__all__ = [
    "Fault",
    "GridError",
    "GridInputError",
    "GridOptions",
    "GridPlanError",
    "GridScore",
    "find_faults",
    "generate",
    "revise",
    "score",
]
