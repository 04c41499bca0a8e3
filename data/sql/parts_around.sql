-- Parts of streets in a box, as they are drawn now.
SELECT p.id, ST_AsBinary(p.geom) AS geometry
FROM street_part AS p
WHERE p.district_id = :district_id AND p.until IS NULL
  AND p.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
ORDER BY p.id
