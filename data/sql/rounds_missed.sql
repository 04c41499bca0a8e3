-- Rounds whose hours are over without a visit: of which nobody was asked why, or of which others
-- are to be told now.
SELECT r.district_id, r.id, r.grid_id, r.day, r.ends_at, r.reason, r.asked_at,
       CAST(a.path AS text) AS area_path, v.code, v.name
FROM planned_round AS r
JOIN grid AS g ON g.district_id = r.district_id AND g.id = r.grid_id
JOIN area AS a ON a.district_id = g.district_id AND a.id = g.community_id
LEFT JOIN grid_version AS v ON v.district_id = r.district_id AND v.grid_id = r.grid_id
    AND v.validity @> r.day
WHERE r.done_at IS NULL AND r.told_at IS NULL AND r.ends_at <= :at AND r.ends_at > :since
  AND (r.asked_at IS NULL OR r.reason IS NOT NULL OR r.ends_at <= :waited)
  AND (r.district_id, r.id) > (:after_district, :after_id)
ORDER BY r.district_id, r.id
LIMIT :batch
