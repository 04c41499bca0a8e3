-- An active account with the roles it holds at a moment, as a day in its district's time zone: a
-- row for each, and one without a role for an account that holds none. A role on a grid takes the
-- path of the grid's community, so that both kinds of role compare by path.
SELECT c.district_id, c.id, c.login, c.display_name, c.unit_id, c.must_change,
       s.role, s.area_id, s.grid_id, CAST(a.path AS text) AS area_path,
       a.code AS area_code, a.name AS area_name, v.code AS grid_code, v.name AS grid_name
FROM account AS c
JOIN district AS d ON d.id = c.district_id
CROSS JOIN LATERAL (
    SELECT CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS day
) AS today
LEFT JOIN assignment AS s ON s.district_id = c.district_id AND s.account_id = c.id
    AND s.validity @> today.day
LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
LEFT JOIN area AS a ON a.district_id = s.district_id AND a.id = coalesce(s.area_id, g.community_id)
LEFT JOIN grid_version AS v ON v.district_id = s.district_id AND v.grid_id = s.grid_id
    AND v.validity @> today.day
WHERE c.active AND {who}
ORDER BY s.id
