-- Codes of a plan that grids of other communities bear on its first day or later. Those of its own
-- communities end on that day.
SELECT DISTINCT other.code
FROM grid_version AS other
JOIN grid AS g ON g.district_id = other.district_id AND g.id = other.grid_id
WHERE other.district_id = :district_id AND other.plan_id <> :plan_id
  AND other.validity && daterange(CAST(:day AS date), NULL)
  AND other.code IN (SELECT v.code FROM grid_version AS v
                     WHERE v.district_id = :district_id AND v.plan_id = :plan_id)
  AND g.community_id NOT IN (
      SELECT own.community_id
      FROM grid_version AS v
      JOIN grid AS own ON own.district_id = v.district_id AND own.id = v.grid_id
      WHERE v.district_id = :district_id AND v.plan_id = :plan_id
  )
ORDER BY other.code
