-- What was put right in a grid on a day of the district: by kind, and how many are checked already.
SELECT k.name AS category_name, k.name_en AS category_name_en, count(*) AS cases,
       count(*) FILTER (WHERE c.state IN ('verified', 'closed')) AS checked
FROM case_in_scope AS c
JOIN district AS d ON d.id = c.district_id
JOIN category AS k ON k.district_id = c.district_id AND k.id = c.category_id
WHERE {where} AND c.grid_id = :grid_id AND c.state IN ('handled', 'verified', 'closed')
  AND c.handled_at >= CAST(CAST(:day AS date) AS timestamp) AT TIME ZONE d.time_zone
  AND c.handled_at < CAST(CAST(:day AS date) + 1 AS timestamp) AT TIME ZONE d.time_zone
GROUP BY k.id, k.name, k.name_en
ORDER BY cases DESC, k.id
