-- Open cases that a plan may move: those that lie in its area, or in one of its communities'
-- grids, old or new. A case in triage is among them once a grid reaches it.
SELECT c.id, c.grid_id, CAST(c.area_path AS text) AS path,
       ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
FROM plan AS p
JOIN area AS a ON a.district_id = p.district_id AND a.id = p.area_id
JOIN case_in_scope AS c ON c.district_id = p.district_id AND c.geom && a.geom
WHERE p.district_id = :district_id AND p.id = :plan_id
  AND c.state NOT IN ('closed', 'void')
  AND (c.area_path <@ a.path OR ST_Intersects(a.geom, c.geom))
ORDER BY c.id
