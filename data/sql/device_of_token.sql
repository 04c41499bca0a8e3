-- A device's token with all that its use is decided on: the device, who has it today, and the salt
-- of the token that is to take its place, where one was made and not used yet.
SELECT t.digest, t.district_id, t.device_id, t.account_id, t.made_at, t.used_at, t.good_until,
       d.name, d.kind, d.seen_on, d.revoked_at, today.day, h.account_id AS holder_id,
       n.salt AS next_salt
FROM device_token AS t
JOIN device AS d ON d.district_id = t.district_id AND d.id = t.device_id
JOIN district AS w ON w.id = t.district_id
CROSS JOIN LATERAL (
    SELECT CAST(CAST(:at AS timestamptz) AT TIME ZONE w.time_zone AS date) AS day
) AS today
LEFT JOIN device_holding AS h ON h.district_id = t.district_id AND h.device_id = t.device_id
    AND h.validity @> today.day
LEFT JOIN device_token AS n ON n.district_id = t.district_id AND n.device_id = t.device_id
    AND n.salt IS NOT NULL AND n.used_at IS NULL AND n.good_until IS NULL
    AND n.digest <> t.digest
WHERE t.digest = :digest
