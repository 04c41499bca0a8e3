-- Grids as published on a day, or as a draft plan draws them. The simplified shapes carry the
-- spatial index; the envelope is written out so that the planner sees a constant.
SELECT ST_AsMVT(f, 'grids', 4096, 'geom', 'id')
FROM (
    SELECT v.grid_id AS id, v.code, v.name, v.kind,
           ST_AsMVTGeom(s.geom, ST_TileEnvelope(:z, :x, :y), 4096, 64) AS geom
    FROM grid_shape AS s
    JOIN grid_version AS v ON v.district_id = s.district_id AND v.id = s.grid_version_id
    WHERE s.district_id = :district_id AND s.min_zoom = :band
      AND s.geom && ST_TileEnvelope(:z, :x, :y, margin => 0.015625)
      AND CASE WHEN CAST(:plan_id AS bigint) IS NULL THEN v.validity @> CAST(:on AS date)
               ELSE v.plan_id = :plan_id END
) AS f
WHERE f.geom IS NOT NULL
