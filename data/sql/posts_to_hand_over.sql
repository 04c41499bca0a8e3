-- Roles of a holder on some days, with the days that would go, and the open cases of each grid: they
-- follow the grid. `kept`: the stand-in holds the same role then himself.
SELECT s.id, s.role, s.area_id, s.grid_id, p.code AS area_code, p.name AS area_name,
       v.code AS grid_code, v.name AS grid_name,
       lower(s.validity * daterange(CAST(:since AS date), CAST(:until AS date))) AS since,
       upper(s.validity * daterange(CAST(:since AS date), CAST(:until AS date))) AS until,
       coalesce(k.open_cases, 0) AS open_cases,
       EXISTS (
           SELECT 1 FROM assignment AS o
           WHERE o.district_id = s.district_id AND o.account_id = :stand_in AND o.role = s.role
             AND o.area_id IS NOT DISTINCT FROM s.area_id
             AND o.grid_id IS NOT DISTINCT FROM s.grid_id
             AND o.validity @> s.validity * daterange(CAST(:since AS date), CAST(:until AS date))
       ) AS kept
FROM assignment AS s
LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
JOIN area AS p ON p.district_id = s.district_id AND p.id = coalesce(s.area_id, g.community_id)
LEFT JOIN grid_status AS k ON k.district_id = s.district_id AND k.grid_id = s.grid_id
LEFT JOIN LATERAL (
    SELECT w.code, w.name FROM grid_version AS w
    WHERE w.district_id = s.district_id AND w.grid_id = s.grid_id AND w.validity IS NOT NULL
    ORDER BY w.validity @> CAST(:since AS date) DESC, lower(w.validity) DESC LIMIT 1
) AS v ON true
WHERE s.district_id = :district_id AND s.account_id = :holder
  AND s.validity && daterange(CAST(:since AS date), CAST(:until AS date))
ORDER BY s.id
LIMIT 500
