-- Cases the caller may see, newest first where a tile holds more than can be told apart.
SELECT ST_AsMVT(f, 'cases', 4096, 'geom')
FROM (
    SELECT CAST(c.id AS text) AS id, c.state, c.severity, c.overdue,
           ST_AsMVTGeom(
               ST_Transform(c.geom, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 64
           ) AS geom
    FROM case_in_scope AS c
    WHERE {in_scope}
      AND c.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.015625), 4326)
      AND c.state = ANY(CAST(:kinds AS text[]))
    ORDER BY c.received_at DESC, c.id
    LIMIT 20000
) AS f
WHERE f.geom IS NOT NULL
