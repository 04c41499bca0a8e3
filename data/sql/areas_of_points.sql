-- The lowest area that holds each point; on a border shared by two, the smaller id.
SELECT p.position, a.id, a.code, a.name, a.level, a.path
FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY
     AS p (lon, lat, position)
CROSS JOIN LATERAL (
    SELECT a.id, a.code, a.name, a.level, CAST(a.path AS text) AS path
    FROM area AS a
    WHERE a.district_id = :district_id
      AND ST_Intersects(a.geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))
    ORDER BY nlevel(a.path) DESC, a.id
    LIMIT 1
) AS a
