-- Where points lie: on a boundary the smallest grid id, so that it is the same grid every time; in
-- no grid the deepest area that holds it; outside everything the district itself. A point is never
-- lost: without a grid it goes to triage.
-- `grid_id_filed` is the grid of the day on which it happened, for what was written down offline
-- before a plan took effect; where nothing was in force then, and of a clock that is ahead, it is
-- the grid of the day of receipt.
SELECT day.day, g.grid_id, coalesce(earlier.grid_id, g.grid_id) AS grid_id_filed,
       ARRAY(SELECT t.id FROM temporary_grid AS t
             WHERE t.district_id = day.id
               AND t.period @> least(asked.occurred_at AT TIME ZONE day.time_zone, day.at)
               AND ST_Intersects(t.geom, p.geom)
             ORDER BY t.id) AS temporary_ids,
       CAST(coalesce(g.area_path, a.path, day.path) AS text) AS area_path
FROM (
    SELECT d.id, d.time_zone, root.path,
           CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS day,
           CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS at
    FROM district AS d
    JOIN area AS root ON root.district_id = d.id AND root.parent_id IS NULL
    WHERE d.id = :district_id
) AS day
CROSS JOIN unnest(
    CAST(:lons AS float8[]), CAST(:lats AS float8[]), CAST(:occurred AS timestamptz[])
) WITH ORDINALITY AS asked (lon, lat, occurred_at, position)
CROSS JOIN LATERAL (
    SELECT ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4326) AS geom,
           CAST(asked.occurred_at AT TIME ZONE day.time_zone AS date) AS occurred
) AS p
LEFT JOIN LATERAL (
    SELECT v.grid_id, v.area_path
    FROM grid_version AS v
    WHERE v.district_id = day.id AND v.validity @> day.day AND ST_Intersects(v.geom, p.geom)
    ORDER BY v.grid_id
    LIMIT 1
) AS g ON true
LEFT JOIN LATERAL (
    SELECT a.path
    FROM area AS a
    WHERE g.grid_id IS NULL AND a.district_id = day.id AND ST_Intersects(a.geom, p.geom)
    ORDER BY nlevel(a.path) DESC, a.id
    LIMIT 1
) AS a ON true
LEFT JOIN LATERAL (
    SELECT v.grid_id
    FROM grid_version AS v
    WHERE p.occurred < day.day AND v.district_id = day.id
      AND v.validity @> p.occurred AND ST_Intersects(v.geom, p.geom)
    ORDER BY v.grid_id
    LIMIT 1
) AS earlier ON true
ORDER BY asked.position
