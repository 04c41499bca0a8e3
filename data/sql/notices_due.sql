-- What waits for a channel and may go, the oldest first; the channel's row is held meanwhile, so
-- that no two workers send through it at once.
SELECT d.notice_id, d.attempts, n.kind, n.facts, n.made_at, n.case_id,
       k.number, k.severity, g.name AS category_name, g.name_en AS category_name_en,
       a.name AS area_name, v.name AS grid_name
FROM notice_delivery AS d
JOIN notice AS n ON n.district_id = d.district_id AND n.id = d.notice_id
LEFT JOIN hazard_case AS k ON k.district_id = n.district_id AND k.id = n.case_id
LEFT JOIN category AS g ON g.district_id = k.district_id AND g.id = k.category_id
LEFT JOIN area AS a ON a.district_id = k.district_id AND a.path = k.area_path
LEFT JOIN LATERAL (
    SELECT o.name FROM grid_version AS o
    WHERE o.district_id = k.district_id AND o.grid_id = k.grid_id AND o.validity IS NOT NULL
    ORDER BY lower(o.validity) DESC LIMIT 1
) AS v ON true
WHERE d.district_id = :district_id AND d.channel_id = :channel_id
  AND d.state = 'waiting' AND d.next_at <= :at
ORDER BY d.notice_id
LIMIT :limit
