-- Grids in force on a day with their outlines, for counting in them.
SELECT v.grid_id, CAST(v.area_path AS text) AS area_path, ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
WHERE v.district_id = :district_id AND v.validity @> CAST(:on AS date)
ORDER BY v.grid_id
