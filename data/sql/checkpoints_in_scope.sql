-- Checkpoints of grids that are seen, by grid and name.
SELECT c.id, c.grid_id, v.code AS grid_code, v.name AS grid_name, c.code, c.name,
       ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
FROM checkpoint AS c
JOIN grid_version AS v ON v.district_id = c.district_id AND v.grid_id = c.grid_id
    AND v.validity @> CAST(:on AS date)
WHERE c.district_id = :district_id AND c.ended_at IS NULL AND {seen}
  AND (CAST(:ids AS uuid[]) IS NULL OR c.id = ANY(CAST(:ids AS uuid[])))
  AND (CAST(:after_code AS text) IS NULL OR (v.code, c.id) > (:after_code, :after_id))
ORDER BY v.code, c.id
LIMIT :limit
