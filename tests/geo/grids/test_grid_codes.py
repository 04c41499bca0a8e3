"""Codes and names of grids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.grids.codes import (
    chinese_number,
    grid_code,
    grid_name,
    provisional_area_code,
    reading_order,
)

SPOKEN = {
    1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九", 100: "一百",
    101: "一百零一", 110: "一百一十", 111: "一百一十一", 205: "二百零五", 320: "三百二十",
    999: "九百九十九",
}  # fmt: skip
VALUE = {"零": 0, **{sign: at for at, sign in enumerate("一二三四五六七八九", 1)}}


@pytest.mark.parametrize(("number", "words"), SPOKEN.items())
def test_numbers_as_they_are_spoken(number, words):
    assert chinese_number(number) == words


@given(st.integers(1, 999))
def test_every_number_can_be_read_back(number):
    total = digit = 0
    for sign in chinese_number(number):
        if sign in "百十":
            total += (digit or 1) * (100 if sign == "百" else 10)
            digit = 0
        else:
            digit = VALUE[sign]
    assert total + digit == number


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_other_numbers_are_refused(number):
    with pytest.raises(ValueError, match="between 1 and 999"):
        grid_code("370303001001", number)


def test_code_and_name():
    assert grid_code("370303001001", 7) == "370303001001007"
    assert grid_name(12) == "第十二网格"


def test_a_provisional_code_is_no_real_one():
    assert provisional_area_code(12) == "000000000012"


def test_rows_from_the_north_each_from_the_west():
    x = np.array([250.0, 50, 150, 60, 160, 255])
    y = np.array([190.0, 180, 195, 80, 90, 85])
    order = reading_order(x, y, np.full(6, 100.0**2))
    assert order.tolist() == [1, 2, 0, 3, 4, 5]
