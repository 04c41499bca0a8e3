-- Grids of a plan (after), those in force on a day that it replaces (before), and those around
-- them that stay: read in one statement, so that all are of one moment.
WITH own AS (
    SELECT DISTINCT g.community_id
    FROM grid_version AS v
    JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
    WHERE v.district_id = :district_id AND v.plan_id = :plan_id
), whole AS (
    SELECT a.geom
    FROM plan AS p
    JOIN area AS a ON a.district_id = p.district_id AND a.id = p.area_id
    WHERE p.district_id = :district_id AND p.id = :plan_id
)
SELECT CASE WHEN v.plan_id = :plan_id THEN 'after'
            WHEN g.community_id IN (SELECT own.community_id FROM own) THEN 'before'
            ELSE 'around' END AS side,
       v.grid_id, v.code, v.name, v.area_m2, ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
WHERE v.district_id = :district_id
  AND (v.plan_id = :plan_id
       OR (v.validity @> CAST(:day AS date)
           AND (g.community_id IN (SELECT own.community_id FROM own)
                OR v.geom && (SELECT whole.geom FROM whole))))
ORDER BY v.grid_id
