"""The demo town and its history, made by rule and chance, the same each time."""

from data.demo.town import Town, make_town

__all__ = ["Town", "make_town"]
