INSERT INTO tracker_discard AS t
    (district_id, account_id, device_id, day, off_duty, far_away, unreadable)
SELECT h.district_id, h.account_id, h.device_id, today.day, :off_duty, :far_away, :unreadable
FROM district AS w
CROSS JOIN LATERAL (
    SELECT CAST(CAST(:at AS timestamptz) AT TIME ZONE w.time_zone AS date) AS day
) AS today
JOIN device_holding AS h ON h.district_id = w.id AND h.device_id = :device_id
    AND h.validity @> today.day
WHERE w.id = :district_id
ON CONFLICT (district_id, account_id, device_id, day) DO UPDATE
SET off_duty = t.off_duty + excluded.off_duty, far_away = t.far_away + excluded.far_away,
    unreadable = t.unreadable + excluded.unreadable
