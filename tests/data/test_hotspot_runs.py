"""Hotspots over the database: the planted place is found, runs are kept, scope holds."""

from datetime import date, timedelta
from io import BytesIO

import numpy as np
import pytest
import small_town
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import MemoryStore
from PIL import Image
from sqlalchemy import Connection, text

from data.density_files import picture_of, remove_unused_density
from data.hotspot_runs import Period, compute_run, refresh_hotspots, regular_periods
from data.hotspots import find_run, latest_run_id, list_runs, units_of_run
from data.scope import Scope

TODAY = date(2026, 11, 20)
WHOLE = Scope(1, ("370399",))
PLANTED = (118.0055, 36.8255)


def plant(town: Connection) -> None:
    """Spread 150 cases over 75 days, and 45 more around one place in the last two weeks."""
    rng = np.random.default_rng(7)
    spread = np.column_stack([rng.uniform(118, 118.04, 150), rng.uniform(36.8, 36.84, 150)])
    close = np.array(PLANTED) + rng.normal(0, 0.0022, (45, 2))
    days = [*(index % 75 for index in range(150)), *(index % 14 for index in range(45))]
    town.execute(
        text(
            "INSERT INTO category (district_id, id, standard, kind, code, name, name_en, severity)"
            " VALUES (1, 1, 'T', 'matter', '1', '垃圾', 'rubbish', 'blue')"
        )
    )
    for (lon, lat), days_ago in zip(np.vstack([spread, close]).tolist(), days, strict=True):
        town.execute(
            text(
                "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state,"
                " seq, source, area_path, geom, datum_in, reported_by, occurred_at, received_at,"
                " deadline_at) VALUES (1, gen_random_uuid(), gen_random_uuid()::text, 1, 'blue',"
                " 'closed', 1, 'patrol', '370399', ST_SetSRID(ST_MakePoint(:lon, :lat), 4326),"
                " 'wgs84', gen_random_uuid(), :at, :at, :at)"
            ),
            {"lon": lon, "lat": lat, "at": small_town.AT - timedelta(days=days_ago)},
        )


def test_the_planted_place_is_found_and_is_new(town: Connection) -> None:
    plant(town)
    files = MemoryStore()
    period = Period(TODAY - timedelta(days=27), TODAY)
    run_id = compute_run(town, files, 1, "h3", period=period, at=small_town.AT)
    assert run_id == latest_run_id(town, 1, "h3")
    hot = [u for u in units_of_run(town, WHOLE, run_id, TODAY) if u.verdict == "much-more"]
    assert hot
    inside = (
        "SELECT bool_or(ST_Intersects(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))) "
        "FROM hotspot_unit WHERE run_id = :run AND unit_key = ANY(:keys)"
    )
    values = {"lon": PLANTED[0], "lat": PLANTED[1], "run": run_id}
    assert town.execute(text(inside), values | {"keys": [u.unit_key for u in hot]}).scalar_one()
    assert {unit.trend for unit in hot} == {"new"}
    assert max(unit.q for unit in hot) <= 0.01


def test_cases_are_counted_once_in_grids_and_in_cells(town: Connection) -> None:
    plant(town)
    files = MemoryStore()
    period = Period(TODAY - timedelta(days=80), TODAY)
    for unit in ("h3", "grid"):
        run_id = compute_run(town, files, 1, unit, period=period, at=small_town.AT)
        units = units_of_run(town, WHOLE, run_id, TODAY)
        assert sum(u.cases for u in units) == 195
        run = find_run(town, 1, run_id=run_id)
        assert run is not None
        assert (run.cases, run.settings["regular"]) == (195, False)


def test_who_has_one_grid_sees_its_cells_only(town: Connection) -> None:
    plant(town)
    period = Period(TODAY - timedelta(days=27), TODAY)
    files = MemoryStore()
    grid_run = compute_run(town, files, 1, "grid", period=period, at=small_town.AT)
    cell_run = compute_run(town, files, 1, "h3", period=period, at=small_town.AT)
    officer = Scope(1, grid_ids=(1,))
    assert [unit.unit_key for unit in units_of_run(town, officer, grid_run, TODAY)] == ["1"]
    everywhere = len(units_of_run(town, WHOLE, cell_run, TODAY))
    assert 0 < len(units_of_run(town, officer, cell_run, TODAY)) < everywhere
    assert units_of_run(town, Scope(2, ("370399",)), cell_run, TODAY) == []


def test_without_cases_there_is_too_little_data_and_no_density(town: Connection) -> None:
    period = Period(TODAY - timedelta(days=27), TODAY)
    run_id = compute_run(town, MemoryStore(), 1, "grid", period=period, at=small_town.AT)
    assert {u.verdict for u in units_of_run(town, WHOLE, run_id, TODAY)} == {"too-few-data"}
    run = find_run(town, 1, run_id=run_id)
    assert run is not None
    assert (run.cases, run.density_key) == (0, None)


def test_before_the_first_grid_there_is_nothing_to_count_in(town: Connection) -> None:
    period = Period(date(2025, 1, 1), date(2025, 1, 28))
    assert compute_run(town, MemoryStore(), 1, "grid", period=period, at=small_town.AT) is None


def test_refreshing_computes_what_is_missing_and_the_newest_again(town: Connection) -> None:
    plant(town)
    files = MemoryStore()
    periods = regular_periods(TODAY)
    assert len(refresh_hotspots(town, files, 1, small_town.AT)) == 2 * len(periods)
    assert len(refresh_hotspots(town, files, 1, small_town.AT)) == 2
    tomorrow = small_town.AT + timedelta(days=1)
    assert len(refresh_hotspots(town, files, 1, tomorrow)) == 2
    runs = list_runs(town, 1, unit="h3", limit=100)
    assert [run.period_to for run in runs] == [p.last for p in regular_periods(tomorrow.date())]
    page = list_runs(town, 1, unit="h3", limit=2)
    after = (page[1].period_to.isoformat(), page[1].id)
    assert list_runs(town, 1, unit="h3", after=after, limit=100) == runs[2:]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_regular_periods_end_today_and_on_sundays_within_ninety_days(today: date) -> None:
    periods = regular_periods(today)
    assert periods[0].last == today
    assert all(period.last.isoweekday() == 7 and period.last < today for period in periods[1:])
    assert all((today - period.first).days < 90 for period in periods)
    assert len({period.last for period in periods}) == len(periods) >= 9


def test_a_density_picture_is_clear_outside_the_scope(town: Connection) -> None:
    plant(town)
    files = MemoryStore()
    period = Period(TODAY - timedelta(days=80), TODAY)
    run_id = compute_run(town, files, 1, "h3", period=period, at=small_town.AT)
    run = find_run(town, 1, run_id=run_id)
    assert run is not None

    def drawn(scope: Scope) -> tuple[float, float]:
        """Share of the western and of the eastern half that is not clear."""
        picture = picture_of(town, files, scope, run.density_key, TODAY)
        alpha = np.array(Image.open(BytesIO(picture.png)))[:, :, 3] > 0
        west, _, east, _ = picture.bbox
        middle = round((118.02 - west) / (east - west) * alpha.shape[1])
        return alpha[:, : middle - 1].mean(), alpha[:, middle + 1 :].mean()

    assert min(drawn(WHOLE)) > 0.3
    west, east = drawn(Scope(1, (small_town.PATHS[20],)))
    assert west == 0 < east
    west, east = drawn(Scope(1, grid_ids=(1,)))
    assert east == 0 < west
    assert drawn(Scope(1)) == (0, 0)


def test_rasters_that_no_run_names_are_removed(town: Connection) -> None:
    plant(town)
    files = MemoryStore()
    period = Period(TODAY - timedelta(days=27), TODAY)
    compute_run(town, files, 1, "h3", period=period, at=small_town.AT)
    assert remove_unused_density(town, files, 1) == 0
    town.execute(text("DELETE FROM hotspot_run"))
    assert remove_unused_density(town, files, 1) == 1
    assert list(files.list().collect()) == []


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_has_a_first_and_a_later_last_day(days: int) -> None:
    with pytest.raises(ValueError, match="period"):
        Period(TODAY, TODAY + timedelta(days=days))
