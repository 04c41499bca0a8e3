-- Rivers, lakes and ponds that show at this zoom: at least so many degrees wide or high.
SELECT ST_AsMVT(f, 'water', 4096, 'geom', 'id')
FROM (
    SELECT w.id, w.name, w.kind,
           ST_AsMVTGeom(
               ST_Simplify(ST_Transform(w.geom, 3857), :tolerance_3857),
               ST_TileEnvelope(:z, :x, :y), 4096, 64
           ) AS geom
    FROM water AS w
    WHERE w.district_id = :district_id
      AND w.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.015625), 4326)
      AND greatest(ST_XMax(w.geom) - ST_XMin(w.geom), ST_YMax(w.geom) - ST_YMin(w.geom))
          >= :least_deg
) AS f
WHERE f.geom IS NOT NULL
