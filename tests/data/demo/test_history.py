"""The history of the demo town could have happened, and what was planted in it shows."""

from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from casework.course import WHO, move_of
from data.calendars import shipped_calendar
from data.categories import shipped_categories
from data.demo import History, Planted, Town, make_history, random_points
from data.demo.courses import TIME_ZONE
from data.demo.ground import LOCAL_CRS
from data.demo.hazards import KINDS, UNITS
from data.demo.history import due_date
from tests.data.demo.conftest import UNTIL

LIMITS = {category.code: category.limit for category in shipped_categories()}
CALENDAR = shipped_calendar(TIME_ZONE)


def role_of(login: str) -> str:
    if login in UNITS:
        return "handler"
    return login.rstrip("0123456789")


def test_every_step_is_legal_and_none_comes_before_the_last(history: History) -> None:
    steps = dict(list(history.steps.groupby("case")))
    for case in history.cases.itertuples():
        state, at, handled_by = "reported", case.occurred_at, None
        assert role_of(case.reporter) in WHO["report"]
        rows = steps.get(case.case, pd.DataFrame())
        assert rows.empty or rows["seq"].tolist() == list(range(2, 2 + len(rows)))
        for step in rows.itertuples():
            assert step.at >= at
            assert role_of(step.actor) in WHO[step.action]
            assert not (step.action == "verify" and step.actor == handled_by)
            assert (step.unit != "") == (step.action == "dispatch")
            handled_by = step.actor if step.action == "handle" else handled_by
            move = move_of(state, step.action)
            assert move is not None
            state, at = move.after[0], step.at
    assert (history.cases["occurred_at"] <= UNTIL).all()
    assert (history.steps["at"] <= UNTIL).all()
    assert history.cases["occurred_at"].is_monotonic_increasing


def test_cases_end_in_every_way(history: History) -> None:
    cases = history.cases.set_index("case")
    last = history.steps.groupby("case")["action"].last().reindex(cases.index).fillna("report")
    first = history.steps.groupby("case")["action"].first().reindex(cases.index)
    due = pd.to_datetime(
        [due_date(case.occurred_at, LIMITS[case.category], CALENDAR) for case in cases.itertuples()]
    )
    handled = history.steps[history.steps["action"] == "handle"].groupby("case")["at"].first()
    late = handled.reindex(cases.index) > due
    overdue = last.isin(["report", "dispatch"]) & (due < UNTIL)
    assert 0.8 < (last == "close").mean() < 0.97
    assert (first == "handle").mean() > 0.2, "put right on the spot"
    assert 0.05 < late.mean() < 0.3
    assert 0 < overdue.mean() < 0.15
    assert (history.steps["action"] == "rework").any()
    assert (last == "void").any()
    assert cases["description"].str.len().min() >= 8
    assert (cases["address"] != "").all()


def test_shifts_do_not_overlap_and_officers_differ(history: History) -> None:
    shifts = history.shifts
    minutes = (shifts["ended_at"] - shifts["started_at"]).dt.total_seconds() / 60
    assert minutes.between(25, 65).all()
    for _, own in shifts.sort_values("started_at").groupby("officer"):
        assert (own["started_at"].iloc[1:].array > own["ended_at"].iloc[:-1].array).all()
    counts = shifts["officer"].value_counts()
    assert counts.max() > 2 * counts.min()
    weekday = shifts["started_at"].dt.tz_convert(TIME_ZONE).dt.day_of_week
    assert (weekday >= 5).sum() < 0.3 * len(shifts)


def test_fixes_follow_streets_at_walking_pace(history: History, town: Town) -> None:
    fixes = history.fixes
    points = gpd.GeoSeries.from_xy(fixes["lon"], fixes["lat"], crs=4326).to_crs(LOCAL_CRS)
    streets = town.roads.to_crs(LOCAL_CRS).geometry.to_numpy()
    away = shapely.distance(streets[shapely.STRtree(streets).nearest(points)], points)
    assert np.quantile(away, 0.95) < 15
    assert away.max() < 40
    same = fixes["shift"].diff() == 0
    seconds = fixes["at"].diff().dt.total_seconds()[same]
    assert seconds.between(15, 35).all()
    metres = points.distance(points.shift())[same]
    assert 0.6 < (metres / seconds).median() < 1.5
    assert (metres / seconds).max() < 4
    spans = fixes.groupby("shift")["at"].agg(["min", "max"]).reset_index()
    spans = spans.merge(history.shifts, on="shift")
    assert (spans["min"] >= spans["started_at"]).all()
    assert (spans["max"] <= spans["ended_at"]).all()


def near(history: History, planted: Planted) -> pd.Series:
    centre = gpd.GeoSeries.from_xy([planted.lon], [planted.lat], crs=4326).to_crs(LOCAL_CRS)
    return history.cases.to_crs(LOCAL_CRS).distance(centre.iloc[0]) <= planted.radius_m


def per_day(history: History, chosen: pd.Series, first: datetime, last: datetime) -> float:
    at = history.cases["occurred_at"]
    return float((chosen & (at >= first) & (at < last)).sum() / ((last - first).days or 1))


def test_new_and_fading_hotspots_show_in_time_and_place(history: History) -> None:
    by_kind = {planted.kind: planted for planted in history.planted}
    start = history.cases["occurred_at"].min()
    fortnight, half = UNTIL - timedelta(days=14), start + timedelta(days=45)
    inside = near(history, by_kind["new"])
    assert per_day(history, inside, fortnight, UNTIL) > 3 * per_day(
        history, inside, start, fortnight
    )
    inside = near(history, by_kind["fading"])
    assert per_day(history, inside, start, half) > 3 * per_day(history, inside, half, UNTIL)
    elsewhere = ~(near(history, by_kind["new"]) | near(history, by_kind["fading"]))
    change = per_day(history, elsewhere, fortnight, UNTIL) / per_day(
        history, elsewhere, start, fortnight
    )
    assert 0.6 < change < 1.6


def test_the_heavily_patrolled_place_is_ordinary_per_hour(
    history: History, grids: gpd.GeoDataFrame
) -> None:
    planted = next(p for p in history.planted if p.kind == "patrolled")
    assert planted.cases == 0
    centre = gpd.GeoSeries.from_xy([planted.lon], [planted.lat], crs=4326).to_crs(LOCAL_CRS)
    away = grids.to_crs(LOCAL_CRS).distance(centre.iloc[0])
    rounds = history.shifts["grid"].value_counts()
    heavy = str(grids["code"][away.idxmin()])
    assert rounds[heavy] > 3 * rounds.drop(heavy).median()
    shifts = history.shifts.assign(
        hours=(history.shifts["ended_at"] - history.shifts["started_at"]) / timedelta(hours=1)
    )
    on_patrol = history.cases[history.cases["source"] == "patrol"]
    joined = pd.merge_asof(
        on_patrol.rename(columns={"reporter": "officer"}).drop(columns="geometry"),
        shifts.sort_values("started_at"),
        left_on="occurred_at", right_on="started_at", by="officer",
    )  # fmt: skip
    found = joined["grid"].value_counts()
    hours = shifts.groupby("grid")["hours"].sum()
    rate = found[heavy] / hours[heavy]
    usual = found.drop(heavy).sum() / hours.drop(heavy).sum()
    assert 0.6 < rate / usual < 1.6


def test_random_points_lie_in_the_community_they_were_made_in(town: Town) -> None:
    points = random_points(town, 1_000, seed=5)
    outline = town.areas.set_index("code").geometry[points["area_code"]].to_numpy()
    assert shapely.contains_xy(outline, points["lon"], points["lat"]).all()
    assert points["area_code"].nunique() == (town.areas["level"] == "community").sum()
    pd.testing.assert_frame_equal(points, random_points(town, 1_000, seed=5))
    assert not points.equals(random_points(town, 1_000, seed=6))


def test_same_seed_same_history(town: Town, grids: gpd.GeoDataFrame, history: History) -> None:
    shuffled = grids.sample(frac=1, random_state=1)
    again = make_history(town, shuffled, UNTIL)
    pd.testing.assert_frame_equal(history.cases.to_wkb(), again.cases.to_wkb(), check_exact=True)
    for part in ("steps", "shifts", "fixes"):
        one, two = getattr(history, part), getattr(again, part)
        pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_an_earlier_end_only_cuts_the_past(
    town: Town, grids: gpd.GeoDataFrame, history: History
) -> None:
    earlier = UNTIL - timedelta(hours=6)
    cut = make_history(town, grids, earlier, days=89)
    assert (cut.cases["occurred_at"] <= earlier).all()
    assert (cut.shifts["ended_at"] <= earlier).all()
    assert len(cut.cases) < len(history.cases)


def test_what_cannot_be_is_refused(town: Town, grids: gpd.GeoDataFrame) -> None:
    with pytest.raises(ValueError, match="time zone"):
        make_history(town, grids, UNTIL.replace(tzinfo=None))
    with pytest.raises(ValueError, match="divide the town"):
        make_history(town, grids.head(0), UNTIL)


def test_every_kind_of_hazard_has_a_category_and_a_unit() -> None:
    assert {kind.code for kind in KINDS} <= set(LIMITS)
    assert {kind.unit for kind in KINDS} == set(UNITS)
