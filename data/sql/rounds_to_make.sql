-- Rounds that plans ask for on some days, as far as there are no rows of them yet. A grid that is
-- in force no more is walked no more.
SELECT p.district_id, p.id AS plan_id, p.grid_id, d.day,
       CAST(d.day AS timestamp) AT TIME ZONE w.time_zone AS midnight,
       p.from_minute, p.to_minute
FROM district AS w
JOIN round_plan AS p ON p.district_id = w.id
CROSS JOIN LATERAL (
    SELECT CAST(CAST(:at AS timestamptz) AT TIME ZONE w.time_zone AS date) + n AS day
    FROM generate_series(0, 1) AS n
) AS d
JOIN grid_version AS v ON v.district_id = p.district_id AND v.grid_id = p.grid_id
    AND v.validity @> d.day
WHERE d.day >= p.starts_on AND (p.ends_on IS NULL OR d.day <= p.ends_on)
  AND CASE WHEN p.every_days IS NULL
           THEN p.weekdays & (1 << (CAST(extract(isodow FROM d.day) AS int) - 1)) <> 0
           ELSE (d.day - p.starts_on) % p.every_days = 0 END
  AND NOT EXISTS (
      SELECT 1 FROM planned_round AS r
      WHERE r.district_id = p.district_id AND r.plan_id = p.id AND r.day = d.day
  )
ORDER BY p.district_id, p.id, d.day
