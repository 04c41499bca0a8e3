-- Grids in force on a day in some communities: what a plan for them would replace.
SELECT version.grid_id AS id,
       version.code,
       version.name,
       community.code AS area,
       ST_AsBinary(version.geom) AS geometry
FROM grid_version AS version
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
JOIN area AS community
  ON community.district_id = grid.district_id AND community.id = grid.community_id
WHERE version.district_id = :district_id
  AND version.validity @> CAST(:on AS date)
  AND community.code = ANY(:communities)
ORDER BY version.code
