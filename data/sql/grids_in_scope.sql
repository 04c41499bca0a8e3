-- Grids in force on a day, or as one plan draws them, by code.
SELECT v.grid_id AS id, v.id AS version_id, v.code, v.name, v.kind, v.households, v.buildings,
       v.area_m2, ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
       ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south,
       ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north,
       lower(v.validity) AS valid_from, upper(v.validity) AS valid_to,
       a.id AS area_id, a.code AS area_code, a.name AS area_name,
       CAST(v.area_path AS text) AS area_path
FROM grid_version AS v
JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
JOIN area AS a ON a.district_id = g.district_id AND a.id = g.community_id
WHERE {in_scope}
  AND CASE WHEN CAST(:plan_id AS bigint) IS NULL THEN v.validity @> CAST(:on AS date)
           ELSE v.plan_id = :plan_id END
  AND (CAST(:grid_id AS bigint) IS NULL OR v.grid_id = :grid_id)
  AND (CAST(:area_id AS bigint) IS NULL OR v.area_path <@ (
      SELECT chosen.path FROM area AS chosen
      WHERE chosen.district_id = :district_id AND chosen.id = :area_id
  ))
  AND (NOT :boxed OR v.geom && ST_MakeEnvelope(
      CAST(:west AS float8), CAST(:south AS float8),
      CAST(:east AS float8), CAST(:north AS float8), 4326))
  AND (CAST(:named AS text) IS NULL OR v.name ILIKE :named
       OR starts_with(v.code, CAST(:code_from AS text)))
  AND (CAST(:after_code AS text) IS NULL
       OR (v.code, v.grid_id) > (CAST(:after_code AS text), CAST(:after_id AS bigint)))
ORDER BY v.code, v.grid_id
LIMIT :limit
