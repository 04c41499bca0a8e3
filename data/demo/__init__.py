"""The demo town and its history, made by rule and chance, the same each time."""

from data.demo.history import History, make_history
from data.demo.town import Town, make_town
from data.demo.truth import Planted, random_points

__all__ = ["History", "Planted", "Town", "make_history", "make_town", "random_points"]
