-- Roads that one can walk along, as lines.
SELECT r.name, r.highway, ST_AsBinary(ST_Force2D((ST_Dump(r.geom)).geom)) AS geometry
FROM road AS r
WHERE r.district_id = :district_id AND NOT r.highway = ANY(CAST(:not_walked AS text[]))
ORDER BY r.id
