"""An address as somebody wrote it → candidates with their grids, or a person is asked."""

from datetime import timedelta

import pytest
from small_town import AT, DISTRICT
from sqlalchemy import Connection, text

from data.addresses import CERTAIN_SCORE, find_address, find_addresses
from data.gazetteers import forget_gazetteers, gazetteer_of
from data.layers import touch_layer


def test_a_building_is_found_with_its_grid(town: Connection) -> None:
    found = find_address(town, DISTRICT, "幸福路２号 幸福家园1＃楼2单元", at=AT)
    assert found.certain
    assert found.best is not None
    assert (found.best.kind, found.best.building_id, found.best.grid_id) == ("building", 1, 1)
    assert found.best.label == "幸福路2号幸福家园1号楼"
    assert found.best.area_path == "370399.370399001.370399001001"
    assert found.score == found.best.score == 1.0


def test_two_equal_places_are_never_chosen_from(town: Connection) -> None:
    """Grids 1 and 2 each have a building of 幸福家园; 12号楼 is neither of them."""
    for words in ("幸福家园12号楼", "幸福家园", "人民路", "1号楼", "", "？？"):
        assert not find_address(town, DISTRICT, words, at=AT).certain, words


def test_many_addresses_get_the_answers_that_each_gets_alone(town: Connection) -> None:
    texts = ["和平路6号", "幸福小学东边100米", "和平路6号", "没有这个地方", "光明家园5号楼对面"]
    together = find_addresses(town, DISTRICT, texts, at=AT)
    assert together == [find_address(town, DISTRICT, one, at=AT) for one in texts]
    assert [one.text for one in together] == texts
    assert find_addresses(town, DISTRICT, [], at=AT) == []


def test_grids_are_those_in_force_at_the_time(town: Connection) -> None:
    before = AT - timedelta(days=400)
    found = find_address(town, DISTRICT, "幸福家园1号楼", at=before)
    assert found.best is not None
    assert found.best.grid_id is None
    assert found.best.building_id == 1


def test_what_is_imported_is_seen_at_once_and_unseen_when_it_is_undone(town: Connection) -> None:
    forget_gazetteers()
    assert find_address(town, DISTRICT, "关帝庙", at=AT).best is None
    kept = gazetteer_of(town, DISTRICT)
    assert gazetteer_of(town, DISTRICT) is kept
    with town.begin_nested() as savepoint:
        town.execute(
            text(
                "INSERT INTO place (district_id, external_id, name, kind, geom, updated_at) VALUES"
                " (1, 'temple', '关帝庙', 'landmark', 'SRID=4326;POINT(118.031 36.835)', :at)"
            ),
            {"at": AT},
        )
        touch_layer(town, DISTRICT, "places", AT)
        found = find_address(town, DISTRICT, "关帝庙旁", at=AT)
        assert found.certain
        assert found.best is not None
        assert found.best.grid_id == 6
        savepoint.rollback()
    assert find_address(town, DISTRICT, "关帝庙", at=AT).best is None
    assert gazetteer_of(town, DISTRICT) is kept


@pytest.mark.parametrize("words", ["幸福小学", "幸福小學", "幸福小学门口"])
def test_a_landmark_is_found(town: Connection, words: str) -> None:
    found = find_address(town, DISTRICT, words, at=AT)
    assert found.best is not None
    assert (found.best.kind, found.best.grid_id) == ("place", 2)
    assert found.score >= CERTAIN_SCORE
