-- The roles an account holds at a moment, as a day in its district's time zone. A role on a grid
-- takes the path of the grid's community, so that both kinds of role compare by path.
SELECT s.role, s.area_id, s.grid_id, CAST(a.path AS text) AS area_path,
       a.code AS area_code, a.name AS area_name, v.code AS grid_code, v.name AS grid_name
FROM assignment AS s
JOIN district AS d ON d.id = s.district_id
LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
JOIN area AS a ON a.district_id = s.district_id AND a.id = coalesce(s.area_id, g.community_id)
LEFT JOIN LATERAL (
    SELECT v.code, v.name
    FROM grid_version AS v
    WHERE v.district_id = s.district_id AND v.grid_id = s.grid_id
      AND v.validity @> CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date)
) AS v ON true
WHERE s.district_id = :district_id AND s.account_id = :account_id
  AND s.validity @> CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date)
ORDER BY s.id
