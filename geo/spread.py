"""A whole number spread over parts in proportion to their weights."""

from __future__ import annotations

from collections.abc import Sequence


def spread_count(total: int, weights: Sequence[int]) -> list[int]:
    """Spread a count by the method of the largest remainder (Hamilton's).

    In whole numbers throughout, so that the sum is exact whatever the weights.

    Parameters
    ----------
    total
        What is spread; not negative.
    weights
        One for each part; not negative, and not all 0 unless there is nothing to spread.

    Returns
    -------
    One share for each part: its exact share rounded down or up; of equal remainders the earlier
    part's is rounded up.

    Raises
    ------
    ValueError
        If the total or a weight is negative, or no part can take anything.
    """
    whole = sum(weights)
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a total and weights are not negative")
    if total > 0 and whole == 0:
        raise ValueError("nothing can be spread over weights of 0")
    if whole == 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda at: total * weights[at] % whole, reverse=True
    )
    for at in by_remainder[: total - sum(shares)]:
        shares[at] += 1
    return shares
