-- When the newest of the published grids begins that a plan would replace: those of its
-- communities that are in force on its first day or later.
SELECT max(lower(old.validity)) AS latest_start
FROM grid_version AS old
JOIN grid AS g ON g.district_id = old.district_id AND g.id = old.grid_id
WHERE old.district_id = :district_id AND old.plan_id <> :plan_id
  AND old.validity && daterange(CAST(:day AS date), NULL)
  AND g.community_id IN (
      SELECT own.community_id
      FROM grid_version AS new
      JOIN grid AS own ON own.district_id = new.district_id AND own.id = new.grid_id
      WHERE new.district_id = :district_id AND new.plan_id = :plan_id
  )
