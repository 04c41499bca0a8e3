-- Temporary grids in force on a day. There are few: they are transformed as they are drawn.
SELECT ST_AsMVT(f, 'temporary', 4096, 'geom', 'id')
FROM (
    SELECT t.id, t.name, t.kind, CAST(upper(t.validity) - 1 AS text) AS last_day,
           to_char(lower(t.period), 'YYYY-MM-DD"T"HH24:MI') AS begins,
           to_char(upper(t.period), 'YYYY-MM-DD"T"HH24:MI') AS ends,
           ST_AsMVTGeom(
               ST_Transform(t.geom, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 64
           ) AS geom
    FROM temporary_grid AS t
    WHERE t.district_id = :district_id AND t.validity @> CAST(:on AS date)
      AND t.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.015625), 4326)
) AS f
WHERE f.geom IS NOT NULL
