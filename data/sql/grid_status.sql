SELECT v.grid_id, v.households,
       coalesce(s.open_cases, 0) AS open, coalesce(s.overdue_cases, 0) AS overdue,
       coalesce(s.handled_cases, 0) AS handled, coalesce(s.closed_cases, 0) AS closed,
       coalesce(s.patrols_30d, 0) AS patrols_30d,
       coalesce(s.patrol_seconds_30d, 0) AS patrol_seconds_30d,
       coalesce(s.patrol_metres_30d, 0) AS patrol_metres_30d,
       CAST(floor(extract(epoch FROM s.last_patrol_at)) AS bigint) AS last_patrol_at
FROM grid_version AS v
LEFT JOIN grid_status AS s ON s.district_id = v.district_id AND s.grid_id = v.grid_id
WHERE {in_scope}
  AND v.validity @> CAST(:day AS date)
  AND (CAST(:area_path AS ltree) IS NULL OR v.area_path <@ CAST(:area_path AS ltree))
  AND (CAST(:known AS xid8) IS NULL OR s.changed_in >= CAST(:known AS xid8))
ORDER BY v.grid_id
