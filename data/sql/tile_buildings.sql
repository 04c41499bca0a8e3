-- Buildings that show at this zoom: at least so many degrees wide or high.
SELECT ST_AsMVT(f, 'buildings', 4096, 'geom', 'id')
FROM (
    SELECT b.id, b.name, b.use, b.levels, b.compound,
           ST_AsMVTGeom(
               ST_Simplify(ST_Transform(b.geom, 3857), :tolerance_3857),
               ST_TileEnvelope(:z, :x, :y), 4096, 64
           ) AS geom
    FROM building AS b
    WHERE b.district_id = :district_id
      AND b.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.015625), 4326)
      AND greatest(ST_XMax(b.geom) - ST_XMin(b.geom), ST_YMax(b.geom) - ST_YMin(b.geom))
          >= :least_deg
) AS f
WHERE f.geom IS NOT NULL
