-- Rows that an earlier extract brought and this one, which covers their place, has no more. What
-- is in it but broken has not vanished.
WITH gone AS MATERIALIZED (
    SELECT t.external_id, {called} AS name, {shape} AS geom
    FROM {table} AS t
    WHERE t.district_id = :district_id AND starts_with(t.external_id, 'osm:')
      AND {shape} && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
      AND NOT EXISTS (SELECT FROM {staged} AS s WHERE s.external_id = t.external_id)
      AND NOT EXISTS (SELECT FROM osm_fault AS f WHERE f.external_id = t.external_id)
)
SELECT external_id, name FROM gone
WHERE EXISTS (
    SELECT FROM osm_region AS r WHERE ST_Intersects(r.geom, ST_PointOnSurface(gone.geom))
)
ORDER BY external_id
