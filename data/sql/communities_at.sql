-- Communities whose grids in a plan lie at a point; on a border there are two.
SELECT DISTINCT grid.community_id
FROM grid_version AS version
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
WHERE version.district_id = :district_id AND version.plan_id = :plan_id
  AND ST_DWithin(version.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 1e-7)
ORDER BY grid.community_id
