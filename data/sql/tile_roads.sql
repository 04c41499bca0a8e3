-- Roads of the classes drawn at this zoom; NULL means all of them.
SELECT ST_AsMVT(f, 'roads', 4096, 'geom', 'id')
FROM (
    SELECT r.id, r.name, r.highway,
           ST_AsMVTGeom(
               ST_Simplify(ST_Transform(r.geom, 3857), :tolerance_3857),
               ST_TileEnvelope(:z, :x, :y), 4096, 64
           ) AS geom
    FROM road AS r
    WHERE r.district_id = :district_id
      AND r.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.015625), 4326)
      AND (CAST(:kinds AS text[]) IS NULL OR r.highway = ANY(CAST(:kinds AS text[])))
) AS f
WHERE f.geom IS NOT NULL
