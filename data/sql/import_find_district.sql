-- The district that holds most of a sample of points, if any holds one.
SELECT a.district_id
FROM unnest(CAST(:shape AS bytea[])) AS u (shape)
JOIN area AS a ON a.level = 'district' AND ST_Intersects(a.geom, ST_GeomFromWKB(u.shape, 4326))
GROUP BY a.district_id
ORDER BY count(*) DESC, a.district_id
LIMIT 1
