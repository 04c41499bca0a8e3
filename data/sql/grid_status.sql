-- Status of the grids in force on a day, in the order of their ids, without nulls (-1 is never);
-- with `known`, a snapshot, only of those whose change was not committed when it was taken. `oldest` is that of the snapshot: it
-- narrows the index, the snapshot decides.
SELECT v.grid_id, CAST(v.area_path AS text) AS area_path, v.households,
       coalesce(s.open_cases, 0) AS open, coalesce(s.overdue_cases, 0) AS overdue,
       coalesce(s.handled_cases, 0) AS handled, coalesce(s.closed_cases, 0) AS closed,
       coalesce(s.patrols_30d, 0) AS patrols_30d,
       coalesce(s.patrol_seconds_30d, 0) AS patrol_seconds_30d,
       coalesce(s.patrol_metres_30d, 0) AS patrol_metres_30d,
       coalesce(CAST(floor(extract(epoch FROM s.last_patrol_at)) AS bigint), -1) AS last_patrol_at,
       coalesce(CAST(CAST(s.changed_in AS text) AS bigint), 0) AS changed_in
FROM grid_version AS v
LEFT JOIN grid_status AS s ON s.district_id = v.district_id AND s.grid_id = v.grid_id
WHERE v.district_id = :district_id
  AND v.validity @> CAST(:day AS date)
  AND (CAST(:known AS pg_snapshot) IS NULL
       OR (s.changed_in >= CAST(:oldest AS xid8)
           AND NOT pg_visible_in_snapshot(s.changed_in, CAST(:known AS pg_snapshot))))
ORDER BY v.grid_id
