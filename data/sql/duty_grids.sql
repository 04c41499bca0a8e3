-- Outlines of grids that are in force on a day, of those that somebody looks after.
SELECT v.grid_id, ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
WHERE v.district_id = :district_id AND v.grid_id = ANY(CAST(:grid_ids AS bigint[]))
  AND v.validity @> CAST(:day AS date)
ORDER BY v.grid_id
