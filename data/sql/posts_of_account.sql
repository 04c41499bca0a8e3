-- Every role of an account, whenever it holds, with its place; the latest first.
SELECT s.id, s.role, lower(s.validity) AS since, upper(s.validity) AS until,
       s.area_id, s.grid_id, p.code AS area_code, p.name AS area_name,
       v.code AS grid_code, v.name AS grid_name
FROM assignment AS s
LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
JOIN area AS p ON p.district_id = s.district_id AND p.id = coalesce(s.area_id, g.community_id)
LEFT JOIN LATERAL (
    -- As the grid was called when the role began, or is called since.
    SELECT w.code, w.name FROM grid_version AS w
    WHERE w.district_id = s.district_id AND w.grid_id = s.grid_id AND w.validity IS NOT NULL
    ORDER BY w.validity @> lower(s.validity) DESC, lower(w.validity) DESC LIMIT 1
) AS v ON true
WHERE s.district_id = :district_id AND s.account_id = :account_id
ORDER BY lower(s.validity) DESC, s.id DESC
LIMIT 500
