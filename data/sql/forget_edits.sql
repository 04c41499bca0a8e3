-- Forget the edits of a plan, all or only the undone ones; the ids of the grids they touched.
WITH gone AS (
    DELETE FROM plan_edit
    WHERE district_id = :district_id AND plan_id = :plan_id
      AND (NOT :undone OR undone_at IS NOT NULL)
    RETURNING before, after
)
SELECT DISTINCT CAST(touched.grid ->> 'grid_id' AS bigint) AS grid_id
FROM gone, jsonb_array_elements(gone.before || gone.after) AS touched (grid)
