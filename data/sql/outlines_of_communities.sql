-- Outlines of some communities.
SELECT id, ST_AsBinary(geom) AS geometry
FROM area
WHERE district_id = :district_id AND id = ANY(:communities)
ORDER BY id
