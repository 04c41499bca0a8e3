-- Parts of streets in grids that are seen: those never visited first, then those not visited for
-- longest; or, where a place is given, the nearest first.
SELECT p.id, p.name, p.highway, p.length_m, p.walked_at, p.walked_how,
       ST_AsGeoJSON(p.geom, 6) AS geometry, g.grid_ids, g.grids,
       CAST(ST_Distance(
           CAST(p.geom AS geography),
           CAST(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geography)
       ) AS double precision) AS away_m
FROM street_part AS p
JOIN LATERAL (
    SELECT array_agg(v.grid_id ORDER BY v.code) AS grid_ids,
           array_agg(concat_ws(' ', a.name, coalesce(v.name, v.code)) ORDER BY v.code) AS grids
    FROM street_part_grid AS m
    JOIN grid_version AS v ON v.district_id = m.district_id AND v.grid_id = m.grid_id
    JOIN area AS a ON a.district_id = v.district_id AND a.path = v.area_path
    WHERE m.district_id = p.district_id AND m.part_id = p.id
      AND {seen}
      AND v.validity @> CAST(:on AS date)
      AND (CAST(:grid_id AS bigint) IS NULL OR v.grid_id = :grid_id)
      AND (CAST(:area_path AS ltree) IS NULL OR v.area_path <@ CAST(:area_path AS ltree))
) AS g ON g.grid_ids IS NOT NULL
-- The few metres between the lanes of a crossing are no street that anybody goes to.
WHERE p.district_id = :district_id AND p.until IS NULL AND p.length_m >= 10
  AND (CAST(:west AS double precision) IS NULL
       OR p.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326))
  AND (CAST(:before AS timestamptz) IS NULL OR p.walked_at IS NULL OR p.walked_at < :before)
  AND (CAST(:after_at AS timestamptz) IS NULL
       OR (coalesce(p.walked_at, CAST('0001-01-01T00:00Z' AS timestamptz)), p.id) > (:after_at, :after_id))
ORDER BY away_m NULLS FIRST,
         coalesce(p.walked_at, CAST('0001-01-01T00:00Z' AS timestamptz)), p.id
LIMIT :limit
