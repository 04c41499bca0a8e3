-- Roads and water around a place, for boundaries to follow.
SELECT line.kind, line.name, line.highway, ST_AsBinary(line.geom) AS geometry
FROM (
    SELECT 'road' AS kind, id, name, highway, geom FROM road WHERE district_id = :district_id
    UNION ALL
    SELECT 'water', id, name, NULL, geom FROM water WHERE district_id = :district_id
) AS line
WHERE line.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
ORDER BY line.kind, line.id
LIMIT :limit
