-- The runs of each period and unit, latest period first.
SELECT r.id, r.unit, r.period_from, r.period_to, r.cases, r.settings, r.density_key, r.computed_at
FROM hotspot_run AS r
WHERE r.district_id = :district_id
  AND (CAST(:unit AS text) IS NULL OR r.unit = :unit)
  AND (CAST(:after_day AS date) IS NULL
       OR (r.period_to, r.id) < (CAST(:after_day AS date), CAST(:after_id AS bigint)))
ORDER BY r.period_to DESC, r.id DESC
LIMIT :limit
