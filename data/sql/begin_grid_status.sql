-- Counters for the grids of a plan. One that is redrawn keeps its counts; only its path may change.
INSERT INTO grid_status (district_id, grid_id, area_path)
SELECT v.district_id, v.grid_id, v.area_path
FROM grid_version AS v
WHERE v.district_id = :district_id AND v.plan_id = :plan_id
ON CONFLICT (district_id, grid_id)
DO UPDATE SET area_path = excluded.area_path, changed_in = pg_current_xact_id()
