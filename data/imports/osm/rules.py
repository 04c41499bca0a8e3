"""The table that says how many households a building has: ours, or one that a town made of it."""

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.imports.columns import KINDS, map_columns
from data.imports.layers import take_columns
from data.imports.problems import BadRow, ImportFileError, Problem, refuse_rows
from data.imports.raw import RawTable
from data.imports.rows import take_values
from data.imports.source import open_source
from geo.households import HouseholdRule

_KIND: Final = KINDS["household_rules"]
_UTC: Final = ZoneInfo("UTC")
_SEPARATORS: Final = str.maketrans(dict.fromkeys("、，,;；|/", " "))
_ANY: Final = frozenset({"*", "any", "任意", "全部"})


def default_rules_text() -> str:
    """Return our table of rules as CSV, to be changed and given back."""
    return files("data.imports.osm").joinpath("households.csv").read_text(encoding="utf-8")


def read_rules(path: Path | None, *, layer: str | None = None) -> list[HouseholdRule]:
    """Read a table of rules from CSV or XLSX.

    Parameters
    ----------
    path
        The file; None takes the table that Sanbai brings.
    layer
        Sheet, where there are several.

    Raises
    ------
    ImportFileError
        If the file cannot be read, or rows are wrong: names each row and column.
    """
    if path is None:
        with as_file(files("data.imports.osm").joinpath("households.csv")) as ours:
            return read_rules(ours)
    raw = open_source(path, _KIND, layer, None)
    mapping = map_columns(_KIND.fields, take_columns(raw), {})
    for needed in ("building", "households", "m2_per_household"):
        if needed not in mapping:
            raise ImportFileError(
                "column_missing",
                field=needed,
                field_zh=next(field.name_zh for field in _KIND.fields if field.name == needed),
                columns=", ".join(take_columns(raw)),
            )
    values, bad = take_values(raw, _KIND, mapping, _UTC)
    rules = [_rule(values, at) for at in range(len(raw.rows))]
    bad += _faults(raw, rules, mapping, {row.row for row in bad})
    if bad:
        raise refuse_rows(bad, len(raw.rows))
    return rules


def _rule(values: dict[str, list[Any]], at: int) -> HouseholdRule:
    cell = {name: column[at] for name, column in values.items()}
    return HouseholdRule(
        uses=_words(cell["building"]),
        landuses=_words(cell["landuse"]),
        levels_from=cell["levels_from"],
        levels_to=cell["levels_to"],
        m2_from=cell["m2_from"],
        m2_to=cell["m2_to"],
        households=cell["households"],
        m2_per_household=cell["m2_per_household"],
        levels=cell["levels"],
    )


def _words(cell: str | None) -> frozenset[str]:
    words = frozenset((cell or "").translate(_SEPARATORS).split())
    return frozenset() if words & _ANY else words


def _faults(
    raw: RawTable, rules: Sequence[HouseholdRule], mapping: dict[str, str], told: set[int]
) -> list[BadRow]:
    bad = []
    for number, rule in zip(raw.rows, rules, strict=True):
        fault = None if number in told else _fault(rule)
        if fault is not None:
            name, value, problem = fault
            bad.append(BadRow(number, mapping.get(name, name), value, problem))
    return bad


def _fault(rule: HouseholdRule) -> tuple[str, str, Problem] | None:
    """Find what is wrong with a rule: our column, its value, the problem."""
    if rule.households is None and rule.m2_per_household is None:
        return "households", "", Problem("rule_says_nothing")
    if rule.households is not None and rule.m2_per_household is not None:
        return "m2_per_household", f"{rule.m2_per_household:g}", Problem("rule_says_two")
    if rule.m2_per_household is not None and rule.m2_per_household <= 0:
        return "m2_per_household", f"{rule.m2_per_household:g}", Problem("rule_m2_bad")
    if rule.levels is not None and rule.levels == 0:
        return "levels", "0", Problem("rule_levels_bad")
    ranges = (
        ("levels_from", rule.levels_from, rule.levels_to),
        ("m2_from", rule.m2_from, rule.m2_to),
    )
    for name, first, last in ranges:
        if first is not None and last is not None and first > last:
            params = {"first": f"{first:g}", "last": f"{last:g}"}
            return name, f"{first:g}", Problem("rule_range_bad", params)
    return None
