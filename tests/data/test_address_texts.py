"""The test set of addresses is what it says it is: both halves, and the town they are about."""

import csv
from pathlib import Path

from fixtures.addresses.town import draw_town, to_wgs84, write_layers

FOLDER = Path(__file__).parent.parent / "fixtures" / "addresses"


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_layers_are_those_of_the_town(tmp_path: Path) -> None:
    write_layers(draw_town(), tmp_path)
    for layer in ("areas", "roads", "buildings", "places"):
        assert (tmp_path / f"{layer}.csv").read_text() == (FOLDER / f"{layer}.csv").read_text()


def test_every_truth_lies_in_the_town() -> None:
    spots = draw_town().spots
    for row in _rows("tune") + _rows("held"):
        assert row["expect"] in {"found", "may", "none"}
        assert (row["expect"] == "none") == (not row["lon"])
        if row["truth_id"]:
            spot = spots[row["truth_id"]]
            assert (float(row["lon"]), float(row["lat"])) == to_wgs84(spot.x, spot.y)


def test_the_halves_share_no_text_and_few_phrasings() -> None:
    tune, held = _rows("tune"), _rows("held")
    texts = [row["text"] for row in tune + held]
    assert len(texts) == len(set(texts)) >= 1_000
    assert {row["kind"] for row in tune if row["phrasing"]} == {
        row["kind"] for row in held if row["phrasing"]
    }
    known = {(row["kind"], row["phrasing"]) for row in tune}
    phrasings = {(row["kind"], row["phrasing"]) for row in held if row["phrasing"]}
    assert len(phrasings - known) >= len(phrasings) / 3
