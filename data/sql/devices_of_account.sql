-- Devices that an account has, or will have again after a stand-in; those it has today first. One
-- that was revoked still shows for a month.
SELECT d.id, d.name, d.kind, d.of_post, d.made_at, d.seen_on, d.revoked_at, d.revoked_why,
       lower(h.validity) AS since, upper(h.validity) AS until
FROM device_holding AS h
JOIN device AS d ON d.district_id = h.district_id AND d.id = h.device_id
WHERE h.district_id = :district_id AND h.account_id = :account_id
  AND (upper(h.validity) IS NULL OR upper(h.validity) > :day)
  AND (d.revoked_at IS NULL OR d.revoked_at > :shown_since)
ORDER BY d.revoked_at IS NOT NULL, lower(h.validity) > :day, d.made_at DESC, h.id
LIMIT :limit
