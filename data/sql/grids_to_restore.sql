-- How the communities of a published plan were drawn on the day before it took effect.
SELECT v.grid_id, g.community_id, CAST(v.area_path AS text) AS area_path, v.code, v.name, v.kind,
       ST_AsBinary(v.geom) AS geometry
FROM plan AS p
JOIN grid_version AS v
  ON v.district_id = p.district_id AND v.validity @> p.effective_on - 1 AND v.plan_id <> p.id
JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
WHERE p.district_id = :district_id AND p.id = :plan_id
  AND g.community_id IN (
      SELECT own.community_id
      FROM grid_version AS n
      JOIN grid AS own ON own.district_id = n.district_id AND own.id = n.grid_id
      WHERE n.district_id = p.district_id AND n.plan_id = p.id
  )
ORDER BY v.code
