"""How few households must change grid: a flow over the borders between grids.

Households go from a grid to its neighbours; the least sum of what crosses a border, with every
grid within its limits afterwards, is a linear programme (min-cost flow with bounds, Ahuja,
Magnanti, Orlin 1993, ch. 9). It knows nothing of cells, so no plan can do with fewer; it says
which grid is best given up, and which one best divided.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from geo.grids.faces import FloatArray, IntArray

MISSED = 20.0
"""What a household beyond the limits costs, against one that changes grid."""


def least_flow(
    households: FloatArray, pairs: IntArray, low: FloatArray, high: FloatArray
) -> tuple[float, FloatArray]:
    """Find the fewest households that must cross a border.

    Parameters
    ----------
    households
        Of each grid now.
    pairs
        Neighbours, shape (n, 2), each pair once.
    low, high
        Limits of each grid afterwards, households.

    Returns
    -------
    What it costs (households that cross, and ``MISSED`` for each that is still beyond a limit),
    and the households of each grid afterwards.
    """
    grids, borders = len(households), len(pairs)
    both = np.concatenate([pairs, pairs[:, ::-1]]) if borders else np.zeros((0, 2), dtype=np.int64)
    column, one = np.arange(2 * borders), np.arange(grids)
    # Now - gone + come = within the limits + over - under.
    rows = np.concatenate([both[:, 0], both[:, 1], one, one, one])
    columns = np.concatenate(
        [column, column, *(2 * borders + turn * grids + one for turn in range(3))]
    )
    signs = np.repeat([-1.0, 1.0, -1.0, -1.0, 1.0], [2 * borders] * 2 + [grids] * 3)
    balance = coo_array((signs, (rows, columns)), shape=(grids, 2 * borders + 3 * grids))
    least = np.concatenate([np.zeros(2 * borders), low, np.zeros(2 * grids)])
    most = np.concatenate([np.full(2 * borders, np.inf), high, np.full(2 * grids, np.inf)])
    price = np.concatenate([np.ones(2 * borders), np.zeros(grids), np.full(2 * grids, MISSED)])
    found = milp(
        price,
        constraints=LinearConstraint(balance.tocsc(), -households, -households),
        bounds=Bounds(least, most),
    )
    if found.x is None:
        # Nothing bounds what is missed, so there is always an answer.
        raise RuntimeError(found.message)
    within, over, under = found.x[2 * borders :].reshape(3, grids)
    return float(price @ found.x), np.asarray(within + over - under)
