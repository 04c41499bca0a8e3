-- Officers with one of some grids on a day, each with all the grids they have, and what those
-- elsewhere come to.
SELECT s.account_id, c.display_name, s.grid_id, v.code, v.name, v.households, v.buildings,
       coalesce(k.open_cases, 0) AS open_cases
FROM assignment AS s
JOIN account AS c ON c.district_id = s.district_id AND c.id = s.account_id AND c.active
LEFT JOIN grid_version AS v
  ON v.district_id = s.district_id AND v.grid_id = s.grid_id AND v.validity @> CAST(:day AS date)
LEFT JOIN grid_status AS k ON k.district_id = s.district_id AND k.grid_id = s.grid_id
WHERE s.district_id = :district_id AND s.role = 'officer' AND s.grid_id IS NOT NULL
  AND s.validity @> CAST(:day AS date)
  AND s.account_id IN (
      SELECT own.account_id FROM assignment AS own
      WHERE own.district_id = :district_id AND own.role = 'officer'
        AND own.grid_id = ANY(CAST(:grid_ids AS bigint[]))
        AND own.validity @> CAST(:day AS date)
  )
ORDER BY c.display_name, s.account_id, s.grid_id
