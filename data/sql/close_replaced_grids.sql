-- The published grids that a plan replaces end on its first day: those of its communities. They
-- stay, dated.
UPDATE grid_version AS old
SET validity = daterange(lower(old.validity), CAST(:day AS date))
FROM grid AS g
WHERE g.district_id = old.district_id AND g.id = old.grid_id
  AND old.district_id = :district_id AND old.plan_id <> :plan_id
  AND old.validity && daterange(CAST(:day AS date), NULL)
  AND g.community_id IN (
      SELECT own.community_id
      FROM grid_version AS new
      JOIN grid AS own ON own.district_id = new.district_id AND own.id = new.grid_id
      WHERE new.district_id = :district_id AND new.plan_id = :plan_id
  )
