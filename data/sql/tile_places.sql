-- Names on the map, a point each. A place is put into the one tile that holds its point: only
-- points within the envelope itself are taken, though outlines are looked up by their box.
SELECT ST_AsMVT(f, 'places', 4096, 'geom', 'id')
FROM (
    SELECT p.id, p.name, p.name_en, p.kind,
           ST_AsMVTGeom(
               ST_Transform(at.point, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 0
           ) AS geom
    FROM place AS p
    CROSS JOIN LATERAL (SELECT ST_PointOnSurface(p.geom) AS point) AS at
    WHERE p.district_id = :district_id
      AND p.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y), 4326)
      AND (CAST(:kinds AS text[]) IS NULL OR p.kind = ANY(CAST(:kinds AS text[])))
) AS f
WHERE f.geom IS NOT NULL
