-- The grids of a plan with all that a check looks at.
SELECT v.grid_id, v.code, v.name, v.kind, v.locked, v.households, v.buildings, community.code AS area,
       ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
JOIN area AS community
  ON community.district_id = g.district_id AND community.id = g.community_id
WHERE v.district_id = :district_id AND v.plan_id = :plan_id
ORDER BY v.grid_id
