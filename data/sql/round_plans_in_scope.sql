-- Plans of rounds of grids that are seen, by the grid's code; those that are over last.
SELECT p.id, p.grid_id, v.code, v.name, p.every_days, p.weekdays, p.from_minute, p.to_minute,
       p.starts_on, p.ends_on
FROM round_plan AS p
JOIN grid_version AS v ON v.district_id = p.district_id AND v.grid_id = p.grid_id
    AND v.validity @> CAST(:on AS date)
WHERE p.district_id = :district_id AND {seen}
  AND (CAST(:plan_ids AS uuid[]) IS NULL OR p.id = ANY(CAST(:plan_ids AS uuid[])))
  AND (p.ends_on IS NULL OR p.ends_on >= CAST(:on AS date) OR CAST(:plan_ids AS uuid[]) IS NOT NULL)
  AND (CAST(:after_code AS text) IS NULL OR (v.code, p.id) > (:after_code, :after_id))
ORDER BY v.code, p.id
LIMIT :limit
