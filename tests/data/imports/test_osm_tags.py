"""What tags of OpenStreetMap come to."""

import pytest

from data.imports.osm import tags as meaning


@pytest.mark.parametrize(
    ("tags", "levels"),
    [
        ({"building:levels": "6"}, 6),
        ({"building:levels": "3-5"}, 5),
        ({"building:levels": "6;7"}, 7),
        ({"building:levels": "１８层"}, 18),
        ({"building:levels": "2.5"}, 3),
        ({"building:levels": "0"}, 1),
        ({"height": "18"}, 6),
        ({"height": "20,5 m"}, 7),
        ({"building:levels": "many", "height": "9m"}, 3),
        ({}, None),
    ],
)
def test_levels(tags: dict[str, str], levels: int | None) -> None:
    assert meaning.levels_of(tags) == (levels, None)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"building:levels": "many"}, "building:levels"),
        ({"building:levels": "900"}, "building:levels"),
        ({"height": "tall"}, "height"),
        ({"height": "9000"}, "height"),
    ],
)
def test_levels_that_cannot_be_read_are_told(tags: dict[str, str], told: str) -> None:
    assert meaning.levels_of(tags) == (None, told)


@pytest.mark.parametrize(
    ("tags", "address"),
    [
        ({"addr:street": "幸福路", "addr:housenumber": "12"}, "幸福路12号"),
        ({"addr:street": "幸福路", "addr:housenumber": "12号院"}, "幸福路12号院"),
        (
            {"addr:street": "幸福路", "addr:housenumber": "3", "addr:unit": "2"},
            "幸福路3号2单元",
        ),
        ({"addr:street": "Städtle", "addr:housenumber": "43"}, "Städtle 43"),
        ({"addr:full": " 幸福路 12号 ", "addr:street": "x"}, "幸福路 12号"),
        ({"addr:housenumber": "7"}, "7"),
        ({"addr:city": "Vaduz"}, None),
    ],
)
def test_addresses(tags: dict[str, str], address: str | None) -> None:
    assert meaning.address_of(tags) == address


@pytest.mark.parametrize(
    ("tags", "use"),
    [
        ({"building": "yes"}, None),
        ({"building": "house"}, "house"),
        ({"building": "yes", "amenity": "school"}, "school"),
        ({"building": "yes", "amenity": "police"}, "public"),
        ({"building": "yes", "shop": "bakery"}, "retail"),
    ],
)
def test_uses(tags: dict[str, str], use: str | None) -> None:
    assert meaning.use_of(tags) == use


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "residential"}, "residential"),
        ({"highway": "residential", "tunnel": "building_passage"}, "residential"),
        ({"railway": "light_rail"}, "light_rail"),
        ({"highway": "proposed"}, None),
        ({"highway": "primary", "tunnel": "yes"}, None),
        ({"highway": "pedestrian", "area": "yes"}, None),
        ({"railway": "abandoned"}, None),
    ],
)
def test_roads(tags: dict[str, str], kind: str | None) -> None:
    assert meaning.road_class(tags) == kind


def test_water_and_places() -> None:
    assert meaning.water_kind({"natural": "water", "water": "reservoir"}) == "reservoir"
    assert meaning.water_kind({"natural": "wood"}) is None
    assert meaning.waterway_kind({"waterway": "stream"}) == "stream"
    assert meaning.waterway_kind({"waterway": "stream", "tunnel": "culvert"}) is None
    assert meaning.place_kind({"landuse": "residential"}) == "compound"
    assert meaning.place_kind({"leisure": "park"}) == "park"
    assert meaning.place_kind({"amenity": "bench"}) is None
