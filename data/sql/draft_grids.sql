-- The grids of a draft as they are edited; of all its communities, or of some.
SELECT version.grid_id, version.revision, version.code, version.name, version.kind,
       version.locked, version.households, version.buildings, version.area_m2,
       CAST(version.area_path AS text) AS area_path,
       community.id AS area_id, community.code AS area_code,
       CAST(version.geom AS text) AS geom, CAST(version.label AS text) AS label,
       ST_AsBinary(version.geom) AS geometry
FROM grid_version AS version
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
JOIN area AS community
  ON community.district_id = grid.district_id AND community.id = grid.community_id
WHERE version.district_id = :district_id AND version.plan_id = :plan_id
  AND (CAST(:communities AS bigint[]) IS NULL OR grid.community_id = ANY(:communities))
ORDER BY version.grid_id
