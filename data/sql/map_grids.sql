-- Grids in force in an area with their counters and the name of their community.
SELECT v.code, v.name, community.name AS area, v.households,
       coalesce(s.open_cases, 0) AS open, coalesce(s.overdue_cases, 0) AS overdue,
       coalesce(s.handled_cases, 0) AS handled, coalesce(s.closed_cases, 0) AS closed,
       ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
JOIN area AS community
  ON community.district_id = g.district_id AND community.id = g.community_id
LEFT JOIN grid_status AS s ON s.district_id = v.district_id AND s.grid_id = v.grid_id
WHERE v.district_id = :district_id
  AND v.area_path <@ CAST(:path AS ltree)
  AND v.validity @> CAST(:day AS date)
ORDER BY v.code
