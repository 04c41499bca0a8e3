-- The grids of a plan, as they are exported and scored.
SELECT version.code,
       version.name,
       community.code AS area,
       version.households,
       ST_AsBinary(version.geom) AS geometry
FROM grid_version AS version
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
JOIN area AS community
  ON community.district_id = grid.district_id AND community.id = grid.community_id
WHERE version.district_id = :district_id AND version.plan_id = :plan_id
ORDER BY version.code
