-- Channels with what went through them. The figures come from the channel's own rows, of which the
-- housekeeping keeps a month.
SELECT c.id, c.area_id, a.name AS area_name, c.account_id, p.display_name, p.login,
       c.unit_id, u.name AS unit_name, c.name, c.via, c.shown, c.sealed, c.kinds,
       c.quiet_from, c.quiet_to, c.language, c.active,
       coalesce(n.waiting, 0) AS waiting, coalesce(n.failed, 0) AS failed, n.sent_at
FROM notice_channel AS c
JOIN area AS a ON a.district_id = c.district_id AND a.id = c.area_id
LEFT JOIN account AS p ON p.district_id = c.district_id AND p.id = c.account_id
LEFT JOIN unit AS u ON u.district_id = c.district_id AND u.id = c.unit_id
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.state = 'waiting') AS waiting,
           count(*) FILTER (WHERE d.state = 'failed') AS failed,
           max(d.tried_at) FILTER (WHERE d.state = 'sent') AS sent_at
    FROM notice_delivery AS d
    WHERE d.district_id = c.district_id AND d.channel_id = c.id
) AS n ON true
WHERE c.district_id = :district_id
  AND a.path <@ CAST(:paths AS ltree[])
  AND (CAST(:channel_id AS bigint) IS NULL OR c.id = :channel_id)
  AND c.id > :after_id
ORDER BY c.id
LIMIT :limit
