-- The district's own outline and path.
SELECT CAST(a.path AS text) AS path, ST_AsBinary(a.geom) AS geometry
FROM area AS a
WHERE a.district_id = :district_id AND a.level = 'district'
