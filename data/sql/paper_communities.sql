-- Communities of a plan: whether its grids there differ from those in force on a day (another
-- grid, code, name or shape), and whether a signed paper of this drawing covers the community.
WITH drawn AS (
    SELECT g.community_id, v.grid_id, v.code, v.name, v.geom
    FROM grid_version AS v
    JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
    WHERE v.district_id = :district_id AND v.plan_id = :plan_id
), present AS (
    SELECT g.community_id, v.grid_id, v.code, v.name, v.geom
    FROM grid_version AS v
    JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
    WHERE v.district_id = :district_id AND v.validity @> CAST(:on AS date)
      AND v.plan_id <> :plan_id
      AND g.community_id IN (SELECT community_id FROM drawn)
), changed AS (
    SELECT DISTINCT coalesce(d.community_id, p.community_id) AS community_id
    FROM drawn AS d
    FULL JOIN present AS p ON p.grid_id = d.grid_id AND p.community_id = d.community_id
    WHERE d.grid_id IS NULL OR p.grid_id IS NULL
       OR (d.code, d.name) <> (p.code, p.name)
       OR NOT (d.geom = p.geom OR ST_Equals(d.geom, p.geom))
)
SELECT a.id, a.code, a.name,
       a.id IN (SELECT community_id FROM changed) AS changed,
       EXISTS (
           SELECT 1 FROM plan_signature AS s
           WHERE s.district_id = :district_id AND s.plan_id = :plan_id
             AND s.revision = :revision AND (s.area_id IS NULL OR s.area_id = a.id)
       ) AS signed
FROM area AS a
WHERE a.district_id = :district_id AND a.id IN (SELECT community_id FROM drawn)
ORDER BY a.code
