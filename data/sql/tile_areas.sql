-- Areas, from the district down to the levels that are told apart at this zoom.
SELECT ST_AsMVT(f, 'areas', 4096, 'geom', 'id')
FROM (
    SELECT a.id, a.code, a.level, a.name, a.name_en,
           ST_AsMVTGeom(s.geom, ST_TileEnvelope(:z, :x, :y), 4096, 64) AS geom
    FROM area_shape AS s
    JOIN area AS a ON a.district_id = s.district_id AND a.id = s.area_id
    WHERE s.district_id = :district_id AND s.min_zoom = :band
      AND s.geom && ST_TileEnvelope(:z, :x, :y, margin => 0.015625)
      AND a.level = ANY(CAST(:kinds AS text[]))
) AS f
WHERE f.geom IS NOT NULL
