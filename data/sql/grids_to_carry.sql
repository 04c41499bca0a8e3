-- Grids of some communities as they stand: those in force on a day, or those of a plan; all of
-- them, or only the locked ones.
SELECT version.grid_id, version.code, version.name, version.kind, version.locked,
       version.households, community.id AS area_id, community.code AS area,
       ST_AsBinary(version.geom) AS geometry
FROM grid_version AS version
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
JOIN area AS community
  ON community.district_id = grid.district_id AND community.id = grid.community_id
WHERE version.district_id = :district_id
  AND grid.community_id = ANY(:communities)
  AND CASE WHEN CAST(:plan_id AS bigint) IS NULL THEN version.validity @> CAST(:on AS date)
           ELSE version.plan_id = :plan_id END
  AND (version.locked OR NOT :locked_only)
ORDER BY version.code
