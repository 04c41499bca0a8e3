-- The outlines of all grids in force on a day, for an index of them in memory.
SELECT v.grid_id, ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
WHERE v.district_id = :district_id AND v.validity @> CAST(:on AS date)
ORDER BY v.grid_id
