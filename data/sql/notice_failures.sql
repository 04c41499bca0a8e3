-- What did not arrive or is tried again, the newest first: which notice, through which channel.
SELECT d.channel_id, c.name AS channel_name, d.notice_id, d.state, d.attempts, d.fault,
       d.tried_at, d.next_at, d.kind, d.case_id, k.number AS case_number, d.made_at
FROM notice_delivery AS d
JOIN notice_channel AS c ON c.district_id = d.district_id AND c.id = d.channel_id
JOIN area AS a ON a.district_id = c.district_id AND a.id = c.area_id
LEFT JOIN hazard_case AS k ON k.district_id = d.district_id AND k.id = d.case_id
WHERE d.district_id = :district_id
  AND a.path <@ CAST(:paths AS ltree[])
  AND d.fault IS NOT NULL AND d.state IN ('waiting', 'failed')
ORDER BY d.tried_at DESC, d.notice_id DESC
LIMIT :limit
