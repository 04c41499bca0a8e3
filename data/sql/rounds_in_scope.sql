-- Planned rounds of grids that are seen, the newest day first.
SELECT r.id, r.plan_id, r.grid_id, v.code, v.name, r.day, r.starts_at, r.ends_at, r.done_at,
       r.reason, r.reason_at,
       CASE WHEN r.done_at IS NOT NULL THEN 'done' WHEN r.ends_at <= :at THEN 'missed'
            WHEN r.starts_at > :at THEN 'ahead' ELSE 'due' END AS state
FROM planned_round AS r
JOIN grid_version AS v ON v.district_id = r.district_id AND v.grid_id = r.grid_id
    AND v.validity @> r.day
WHERE r.district_id = :district_id AND {seen}
  AND r.day BETWEEN :first AND :last
  AND (CAST(:grid_id AS bigint) IS NULL OR r.grid_id = :grid_id)
  AND (CAST(:area_path AS ltree) IS NULL OR v.area_path <@ CAST(:area_path AS ltree))
  AND (CAST(:round_id AS uuid) IS NULL OR r.id = :round_id)
  AND (NOT :missed OR (r.done_at IS NULL AND r.ends_at <= :at))
  AND (CAST(:after_at AS timestamptz) IS NULL OR (r.starts_at, r.id) < (:after_at, :after_id))
ORDER BY r.starts_at DESC, r.id DESC
LIMIT :limit
