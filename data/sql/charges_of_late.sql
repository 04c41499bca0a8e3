-- Roles of an account that hold or have ended of late, each with the day from which it holds no
-- more (null: open), as its district counts days; the latest first.
SELECT s.role, s.area_id, s.grid_id, CAST(a.path AS text) AS area_path,
       v.code AS grid_code, upper(s.validity) AS until,
       s.validity @> CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS holds
FROM assignment AS s
JOIN district AS d ON d.id = s.district_id
LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
JOIN area AS a ON a.district_id = s.district_id AND a.id = coalesce(s.area_id, g.community_id)
LEFT JOIN LATERAL (
    SELECT code FROM grid_version AS w
    WHERE w.district_id = s.district_id AND w.grid_id = s.grid_id
    ORDER BY lower(w.validity) DESC
    LIMIT 1
) AS v ON true
WHERE s.district_id = :district_id AND s.account_id = :account_id
  AND NOT isempty(s.validity)
  AND lower(s.validity) <= CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date)
  AND coalesce(upper(s.validity), 'infinity')
      > CAST(CAST(:since AS timestamptz) AT TIME ZONE d.time_zone AS date)
ORDER BY until DESC NULLS FIRST, s.id
