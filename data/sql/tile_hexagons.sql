-- Cells of one hotspot run that the caller may see.
SELECT ST_AsMVT(f, 'hexagons', 4096, 'geom')
FROM (
    SELECT h.unit_key AS key, h.verdict, h.cases,
           ST_AsMVTGeom(
               ST_Transform(h.geom, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 64
           ) AS geom
    FROM hotspot_unit AS h
    WHERE {in_scope}
      AND h.run_id = :run_id
      AND h.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.015625), 4326)
) AS f
WHERE f.geom IS NOT NULL
