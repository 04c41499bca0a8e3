"""Codes and names of grids.

A grid's code has 15 digits: the 12 of its community (6 county, GB/T 2260; 3 street; 3
community) and 3 of sequence, numbered west to east and north to south (Beijing DB11 practice;
15 characters also in GB/T 47678). Its name is 第一网格, 第二网格 … within the community.
"""

from __future__ import annotations

import numpy as np

from geo.grids.faces import FloatArray, IntArray

MOST_GRIDS = 999
_DIGITS = "零一二三四五六七八九"


def provisional_area_code(position: int) -> str:
    """Code of an area that has none: its place in the file, from 1, as twelve digits.

    No county code of GB/T 2260 starts with 0, so a provisional code is never mistaken for one.
    """
    return f"{position:012d}"


def grid_code(area_code: str, sequence: int) -> str:
    """Fifteen digits: the area's twelve and the sequence, 1 … 999."""
    _check_sequence(sequence)
    return f"{area_code}{sequence:03d}"


def grid_name(sequence: int) -> str:
    """第一网格, 第二网格 … 第九百九十九网格."""
    return f"第{chinese_number(sequence)}网格"


def chinese_number(number: int) -> str:
    """Write 1 … 999 in Chinese as it is spoken: 十, 二十一, 一百零五, 一百一十.

    Raises
    ------
    ValueError
        For any other number.
    """
    _check_sequence(number)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


def _check_sequence(number: int) -> None:
    if not 1 <= number <= MOST_GRIDS:
        raise ValueError(f"{number} is not between 1 and {MOST_GRIDS}")


def reading_order(x: FloatArray, y: FloatArray, size_m2: FloatArray) -> IntArray:
    """Order of the grids of one area, as a page is read: rows from the north, each from the west.

    Parameters
    ----------
    x, y
        A point inside each grid, metres, x to the east and y to the north.
    size_m2
        Size of each grid; a row is as high as the side of a typical (median) one.

    Returns
    -------
    Indices of the grids in the order in which they are numbered.
    """
    row_m = max(float(np.sqrt(np.median(size_m2))), 1.0)
    row = np.floor((y.max() - y) / row_m)
    return np.asarray(np.lexsort((-y, x, row)), dtype=np.int64)
