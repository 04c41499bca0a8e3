-- For each moment: who had the tracker that day, and which tracked shift of his it belongs to. One
-- that was not ended is a day long at most; of two at once the later one is meant.
SELECT h.account_id, s.id AS shift_id, s.started_at
FROM unnest(CAST(:moments AS timestamptz[])) WITH ORDINALITY AS m (at, number)
JOIN district AS w ON w.id = :district_id
LEFT JOIN device_holding AS h ON h.district_id = w.id AND h.device_id = :device_id
    AND h.validity @> CAST(m.at AT TIME ZONE w.time_zone AS date)
LEFT JOIN LATERAL (
    SELECT s.id, s.started_at
    FROM shift AS s
    WHERE s.district_id = w.id AND s.account_id = h.account_id AND s.tracked
      AND s.shift_day BETWEEN CAST(m.at AT TIME ZONE w.time_zone AS date) - 1
                          AND CAST(m.at AT TIME ZONE w.time_zone AS date)
      AND m.at BETWEEN s.started_at AND coalesce(s.ended_at, s.started_at + interval '24 hours')
    ORDER BY s.started_at DESC, s.id
    LIMIT 1
) AS s ON true
ORDER BY m.number
